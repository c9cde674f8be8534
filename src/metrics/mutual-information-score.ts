import { latentInformation } from '../stats/latent-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstantLatents, FEWER_THAN_TWO_LATENTS } from './notes.js';
import { BINNED, BINS, COUNT_CONSTANTS } from './shared-options.js';

/** What the mutual information score was made of. */
export interface MutualInformationScoreParts {
  /** I(z_d; z_e) in nats, D rows of D; on the diagonal the entropy of a latent's bins. */
  readonly informationBetweenLatents: number[][];
}

const OPTIONS = {
  ...BINNED,
  bins: { ...BINS, description: 'equal-width bins of a latent' },
  countConstants: COUNT_CONSTANTS,
};

/**
 * Mutual information score: what do latents know of each other?
 *
 * Mean over pairs of latents that vary of I(z_d; z_e) in nats, with equal-width bins; 0 where they
 * are independent, lower is better. Factors are not looked at. Fewer than two latents that vary:
 * undefined.
 *
 * Agrees with disentanglement_lib to 1e-9 under that preset (it counts pairs with a constant
 * latent, as 0).
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see F. Locatello et al. 2019, Challenging Common Assumptions in the Unsupervised Learning of
 * Disentangled Representations
 */
export const mutualInformationScore = defineMetric<
  'mutual-information-score',
  typeof OPTIONS,
  MutualInformationScoreParts,
  'mi-score'
>({
  name: 'mutual-information-score',
  aliases: ['mi-score'],
  title: 'MI score',
  summary: 'information that latents share',
  needs: ['latents'],
  range: [0, null],
  better: 'lower',
  options: OPTIONS,
  presets: { paper: {}, 'disentanglement-lib': { edges: 'float32', countConstants: true } },
  source: 'Locatello et al. 2019',
  isPlugIn: true,
  cost: ({ rows, latents }) => ({ seconds: 5e-10 * rows * latents ** 2, bytes: 0 }),

  async compute(table: Table, options, { pause }) {
    const { latentCount, varyingLatents } = table;
    const matrix = await latentInformation(table, options, pause);
    let sum = 0;
    for (const d of varyingLatents) for (const e of varyingLatents) if (d < e) sum += matrix[d * latentCount + e];
    const counted = options.countConstants ? latentCount : varyingLatents.length;
    const pairs = (counted * (counted - 1)) / 2;
    return {
      value: pairs === 0 ? null : sum / pairs,
      parts: { informationBetweenLatents: toRows(matrix, latentCount, latentCount) },
      notes: [
        ...(pairs === 0 ? [FEWER_THAN_TWO_LATENTS] : []),
        ...describeConstantLatents(table, options.countConstants ? 'pairs with it are 0' : 'left out'),
      ],
    };
  },
});
