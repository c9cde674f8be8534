import { latentEntropies, mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, NO_FACTOR_VARIES, NO_LATENT_VARIES } from './notes.js';
import { BINNED_BY_15 } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What minimality was made of; matrices are [latent][factor]. */
export interface MinimalityParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(z_d) of the bins in nats, D. */
  readonly entropy: number[];
  /** Largest I(z_d; v_k) / H(z_d) of each latent, D; null for a constant one. */
  readonly minimality: Array<number | null>;
  /** The factor that each latent knows most of, D; null for a constant latent. */
  readonly bestFactor: Array<number | null>;
}

/**
 * Minimality: does each latent hold nothing but one factor?
 *
 * Mean over latents of max over factors of I(z_d; v_k) / H(z_d), with mutual information and
 * entropy of 15 equal-width bins; 0 to 1, higher is better. Constant latents are left out.
 *
 * Agrees with the authors' code to 1e-9 if no latent is constant, which is NaN there.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see A. Almudévar, A. Ortega 2024, Defining and Measuring Disentanglement for non-Independent
 * Factors of Variation
 */
export const minimality = defineMetric<'minimality', typeof BINNED_BY_15, MinimalityParts, 'minimality-score'>({
  name: 'minimality',
  aliases: ['minimality-score'],
  title: 'Minimality',
  summary: 'each latent holds nothing but one factor',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: BINNED_BY_15,
  presets: { paper: {} },
  source: 'Almudévar & Ortega 2024',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { matrix } = await mutualInformation(table, options, pause);
    const entropy = await latentEntropies(table, options);
    const { latentCount, factorCount, varyingLatents, varyingFactors } = table;
    const ofLatent = new Array<number | null>(latentCount).fill(null);
    const bestFactor = new Array<number | null>(latentCount).fill(null);
    for (const d of varyingFactors.length === 0 ? [] : varyingLatents) {
      const { first, index } = findTopTwo(factorCount, (k) => matrix[d * factorCount + k]);
      // One that falls into a single bin knows nothing; rounding may leave a little more than all.
      ofLatent[d] = entropy[d] > 0 ? Math.min(1, first / entropy[d]) : 0;
      bestFactor[d] = index;
    }
    return {
      value: meanOfDefined(ofLatent),
      parts: {
        mutualInformation: toRows(matrix, latentCount, factorCount),
        entropy: Array.from(entropy),
        minimality: ofLatent,
        bestFactor,
      },
      notes: [
        ...(varyingFactors.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...(varyingFactors.length > 0 && varyingLatents.length === 0 ? [NO_LATENT_VARIES] : []),
        ...describeConstants(table, 'left out'),
      ],
    };
  },
});
