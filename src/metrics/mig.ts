import { choice } from '../options/rule.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { type GapParts, meanGap } from './information-gap.js';
import { BINNED, COUNT_CONSTANTS } from './shared-options.js';

/** What MIG was made of; matrices are [latent][factor]. */
export type MigParts = GapParts;

const OPTIONS = {
  ...BINNED,
  normalise: choice(['factor', 'latent'], {
    default: 'factor',
    description: "by the factor's entropy, or each I by its latent's before the best is looked for",
  }),
  countConstants: COUNT_CONSTANTS,
};

/**
 * Mutual information gap: does one latent alone know each factor?
 *
 * MIG = mean over factors of (I(z_1st; v_k) - I(z_2nd; v_k)) / H(v_k), with the mutual information
 * of equal-width bins; 0 to 1, higher is better. One latent: the runner-up is 0. Constant factors
 * are left out; constant latents have 0.
 *
 * Agrees with disentanglement_lib (discrete MIG, 20 bins) to 1e-9 where that is defined, and with
 * ubisoft's mig under that preset.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see R. T. Q. Chen, X. Li, R. Grosse, D. Duvenaud 2018, Isolating Sources of Disentanglement in
 * VAEs, equation 6
 * @example
 * const { value, parts } = await mig(latents, factors, { bins: 20 });
 */
export const mig = defineMetric<'mig', typeof OPTIONS, MigParts, 'mig-score'>({
  name: 'mig',
  aliases: ['mig-score'],
  title: 'MIG',
  summary: 'each factor is known by one latent alone',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: {},
    'disentanglement-lib': { edges: 'float32' },
    ubisoft: { bins: 10, edges: 'unit', normalise: 'latent', countConstants: true },
  },
  source: 'Chen et al. 2018, equation 6',
  isPlugIn: true,
  histograms: (options) => options,

  compute: (table: Table, options, { pause }) => meanGap(table, options, pause),
});
