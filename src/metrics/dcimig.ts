import { mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstants, NO_FACTOR_VARIES, NO_SECOND_FACTOR } from './notes.js';
import { BINNED } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What DCIMIG was made of; matrices are [latent][factor]. */
export interface DcimigParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(v_k) in nats, K. */
  readonly entropy: number[];
  /**
   * The largest gap of a latent that knows this factor best, in nats, K; 0 where no latent does,
   * null for a constant factor.
   */
  readonly gap: Array<number | null>;
  /** That latent, K; null where there is none. */
  readonly bestLatent: Array<number | null>;
}

/**
 * DCIMIG: is each factor known by a latent that knows little of the other factors?
 *
 * A latent's gap is I(z_d; v_1st) - I(z_d; v_2nd) over factors; each factor takes the largest gap
 * among the latents whose best factor it is; DCIMIG is the sum of those over the sum of H(v_k). 0
 * to 1, higher is better. Constant factors are left out.
 *
 * Agrees with ubisoft's dcimig to 1e-9 under that preset.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see A. Sepliarskaia, J. Kiseleva, M. de Rijke 2019, How to Not Measure Disentanglement
 */
export const dcimig = defineMetric<'dcimig', typeof BINNED, DcimigParts, 'dcimig-score'>({
  name: 'dcimig',
  aliases: ['dcimig-score'],
  title: 'DCIMIG',
  summary: 'each factor is known by a latent that knows no other',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: BINNED,
  presets: { paper: {}, ubisoft: { bins: 10, edges: 'unit' } },
  source: 'Sepliarskaia et al. 2019',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { matrix, factorEntropies } = await mutualInformation(table, options, pause);
    const { latentCount, factorCount, varyingFactors } = table;
    const gap = new Array<number | null>(factorCount).fill(null);
    const bestLatent = new Array<number | null>(factorCount).fill(null);
    for (const k of varyingFactors) gap[k] = 0;
    for (let d = 0; d < latentCount; d++) {
      const { first, second, index } = findTopTwo(factorCount, (k) => matrix[d * factorCount + k]);
      // A latent that knows nothing is nobody's.
      if (first === 0) continue;
      if (first - second > (gap[index] ?? 0) + 1e-12) {
        gap[index] = first - second;
        bestLatent[index] = d;
      }
    }
    const whole = varyingFactors.reduce((sum, k) => sum + factorEntropies[k], 0);
    return {
      value: varyingFactors.length === 0 ? null : varyingFactors.reduce((sum, k) => sum + (gap[k] ?? 0), 0) / whole,
      parts: {
        mutualInformation: toRows(matrix, latentCount, factorCount),
        entropy: Array.from(factorEntropies),
        gap,
        bestLatent,
      },
      notes: [
        ...(varyingFactors.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...describeConstants(table, 'no mutual information'),
        ...(varyingFactors.length === 1 ? [NO_SECOND_FACTOR] : []),
      ],
    };
  },
});
