import { mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { BINNED, type BinnedOptions } from './binned.js';
import { toRows } from './matrix-rows.js';
import type { Metric } from './metric.js';
import { describeConstants, NO_FACTOR_VARIES } from './notes.js';
import { findTopTwo } from './top-two.js';

/** What MIG was made of; matrices are [latent][factor]. */
export interface MigParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(v_k) in nats, K. */
  readonly entropy: number[];
  /** (largest - second largest I(.; v_k)) / H(v_k), K; null for a constant factor. */
  readonly gap: Array<number | null>;
  /** The latent with the most information on each factor, K; null for a constant factor. */
  readonly bestLatent: Array<number | null>;
}

/**
 * Mutual information gap: does one latent alone know each factor?
 *
 * MIG = mean over factors of (I(z_1st; v_k) - I(z_2nd; v_k)) / H(v_k), with the mutual information of equal-width bins;
 * 0 to 1, higher is better. One latent: the runner-up is 0. Constant factors are left out; constant latents have 0.
 *
 * Agrees with disentanglement_lib (discrete MIG, 20 bins) to 1e-9 where that is defined.
 *
 * @see R. T. Q. Chen, X. Li, R. Grosse, D. Duvenaud 2018, Isolating Sources of Disentanglement in VAEs, equation 6
 */
export const mig: Metric<BinnedOptions, MigParts> = {
  name: 'mig',
  aliases: ['mig-score'],
  title: 'MIG',
  summary: 'each factor is known by one latent alone',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  ...BINNED,
  source: 'Chen et al. 2018, equation 6',
  isPlugIn: true,

  async compute(table: Table, options, { pause }) {
    const { matrix, factorEntropies } = await mutualInformation(table, options, pause);
    const { latentCount, factorCount } = table;
    const gap = new Array<number | null>(factorCount).fill(null);
    const bestLatent = new Array<number | null>(factorCount).fill(null);
    for (const k of table.varyingFactors) {
      const { first, second, index } = findTopTwo(latentCount, (d) => matrix[d * factorCount + k]);
      gap[k] = (first - second) / factorEntropies[k];
      bestLatent[k] = index;
    }
    const defined = gap.filter((value) => value !== null);
    return {
      value: defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length,
      parts: {
        mutualInformation: toRows(matrix, latentCount, factorCount),
        entropy: Array.from(factorEntropies),
        gap,
        bestLatent,
      },
      notes: [
        ...(defined.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...describeConstants(table, 'no mutual information'),
        ...(latentCount === 1 ? ['one latent: the runner-up of each gap is 0'] : []),
      ],
    };
  },
};
