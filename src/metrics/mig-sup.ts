import { latentEntropies, mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstants, NO_FACTOR_VARIES, NO_LATENT_VARIES, NO_SECOND_FACTOR } from './notes.js';
import { BINNED } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What MIG-sup was made of; matrices are [latent][factor]. */
export interface MigSupParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(z_d) of the bins in nats, D. */
  readonly entropy: number[];
  /** (largest - second largest I(z_d; .)) / H(z_d), D; null for a constant latent. */
  readonly gap: Array<number | null>;
  /** The factor that each latent knows most about, D; null for a constant latent. */
  readonly bestFactor: Array<number | null>;
}

/**
 * MIG-sup: does each latent know one factor alone? The mirror of MIG, with the gap between factors
 * instead of latents.
 *
 * MIG-sup = mean over latents of (I(z_d; v_1st) - I(z_d; v_2nd)) / H(z_d), with mutual information
 * and entropy of equal-width bins; 0 to 1, higher is better. Constant latents are left out. One
 * factor: the runner-up is 0.
 *
 * Agrees with ubisoft's mig_sup to 1e-9 under that preset.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Z. Li, J. V. Murkute, P. K. Gyawali, L. Wang 2020, Progressive Learning and Disentanglement
 * of Hierarchical Representations
 */
export const migSup = defineMetric<'mig-sup', typeof BINNED, MigSupParts, 'mig-sup-score'>({
  name: 'mig-sup',
  aliases: ['mig-sup-score'],
  title: 'MIG-sup',
  summary: 'each latent knows one factor alone',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: BINNED,
  presets: { paper: {}, ubisoft: { bins: 10, edges: 'unit' } },
  source: 'Li et al. 2020',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { matrix } = await mutualInformation(table, options, pause);
    const entropy = await latentEntropies(table, options);
    const { latentCount, factorCount, varyingLatents, varyingFactors } = table;
    const gap = new Array<number | null>(latentCount).fill(null);
    const bestFactor = new Array<number | null>(latentCount).fill(null);
    for (const d of varyingFactors.length === 0 ? [] : varyingLatents) {
      const { first, second, index } = findTopTwo(factorCount, (k) => matrix[d * factorCount + k]);
      gap[d] = (first - second) / entropy[d];
      bestFactor[d] = index;
    }
    const defined = gap.filter((value) => value !== null);
    return {
      value: defined.length === 0 ? null : defined.reduce((a, b) => a + b, 0) / defined.length,
      parts: {
        mutualInformation: toRows(matrix, latentCount, factorCount),
        entropy: Array.from(entropy),
        gap,
        bestFactor,
      },
      notes: [
        ...(varyingFactors.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...(varyingFactors.length > 0 && defined.length === 0 ? [NO_LATENT_VARIES] : []),
        ...describeConstants(table, 'left out'),
        ...(varyingFactors.length === 1 ? [NO_SECOND_FACTOR] : []),
      ],
    };
  },
});
