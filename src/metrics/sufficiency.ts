import { mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, NO_FACTOR_VARIES } from './notes.js';
import { BINNED_BY_15 } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What sufficiency was made of; matrices are [latent][factor]. */
export interface SufficiencyParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(v_k) in nats, K. */
  readonly entropy: number[];
  /** Largest I(z_d; v_k) / H(v_k) of each factor, K; null for a constant one. */
  readonly sufficiency: Array<number | null>;
  /** The latent that knows most of each factor, K; null for a constant factor. */
  readonly bestLatent: Array<number | null>;
}

/**
 * Sufficiency: does one latent know all of each factor?
 *
 * Mean over factors of max over latents of I(z_d; v_k) / H(v_k), with mutual information and
 * entropy of 15 equal-width bins; 0 to 1, higher is better. Constant factors are left out.
 *
 * Agrees with the authors' code to 1e-9.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see A. Almudévar, A. Ortega 2024, Defining and Measuring Disentanglement for non-Independent
 * Factors of Variation
 */
export const sufficiency = defineMetric<'sufficiency', typeof BINNED_BY_15, SufficiencyParts, 'sufficiency-score'>({
  name: 'sufficiency',
  aliases: ['sufficiency-score'],
  title: 'Sufficiency',
  summary: 'one latent knows all of each factor',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: BINNED_BY_15,
  presets: { paper: {} },
  source: 'Almudévar & Ortega 2024',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { matrix, factorEntropies } = await mutualInformation(table, options, pause);
    const { latentCount, factorCount, varyingFactors } = table;
    const ofFactor = new Array<number | null>(factorCount).fill(null);
    const bestLatent = new Array<number | null>(factorCount).fill(null);
    for (const k of varyingFactors) {
      const { first, index } = findTopTwo(latentCount, (d) => matrix[d * factorCount + k]);
      // Rounding may leave a little more than all.
      ofFactor[k] = Math.min(1, first / factorEntropies[k]);
      bestLatent[k] = index;
    }
    return {
      value: meanOfDefined(ofFactor),
      parts: {
        mutualInformation: toRows(matrix, latentCount, factorCount),
        entropy: Array.from(factorEntropies),
        sufficiency: ofFactor,
        bestLatent,
      },
      notes: [
        ...(varyingFactors.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...describeConstants(table, 'no mutual information'),
      ],
    };
  },
});
