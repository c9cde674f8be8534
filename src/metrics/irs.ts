import { boolean, choice, number } from '../options/rule.js';
import { factorDeviations } from '../stats/deviations.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { describeConstants, NO_FACTOR_VARIES, NO_LATENT_VARIES } from './notes.js';
import { BINS_OF_FACTORS } from './shared-options.js';

/** What IRS was made of; the matrix is [latent][factor]. */
export interface IrsParts {
  /**
   * 1 - deviation within a value of the factor / maximal deviation, D rows of K; null where latent
   * or factor is constant.
   */
  readonly matrix: Array<Array<number | null>>;
  /** max |z_d - E z_d|, D; 0 for a constant latent. */
  readonly maximalDeviation: number[];
  /** The factor that holds each latent best, D; null for a constant latent. */
  readonly bestFactor: Array<number | null>;
}

const OPTIONS = {
  quantile: number({
    default: 0.99,
    minimum: 0.5,
    maximum: 1,
    description: 'quantile of the deviations within a value; 1 is their maximum',
  }),
  bins: BINS_OF_FACTORS,
  edges: choice(['float64', 'unit'], {
    default: 'float64',
    description: 'edges between bins: exact, or of a factor scaled to 0 .. 1',
  }),
  rebin: boolean({ default: false, description: 'bin discrete factors like continuous ones' }),
};

/**
 * Interventional robustness score: does each latent stay where it is while one factor is held,
 * whatever the others do?
 *
 * For latent d and factor k, 1 - (mean over values v of factor k of the 99th percentile of |z_d -
 * E[z_d | v]|) / max |z_d - E z_d|; the largest over factors; the mean over latents, weighted by
 * their maximal deviation. Higher is better; at most 1, and above -1: below 0 where the values of
 * every factor spread wider than the whole. Constant latents and factors are left out. The
 * authors' maximum is `quantile` 1.
 *
 * Agrees with disentanglement_lib's and ubisoft's code to 1e-9 under those presets; the first
 * merges discrete factors of more than 20 values into 20 bins.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see R. Suter, D. Miladinović, B. Schölkopf, S. Bauer 2019, Robustly Disentangled Causal
 * Mechanisms
 */
export const irs = defineMetric<'irs', typeof OPTIONS, IrsParts, 'irs-score'>({
  name: 'irs',
  aliases: ['irs-score'],
  title: 'IRS',
  summary: 'each latent is held by one factor, whatever others do',
  needs: ['latents', 'factors'],
  // No two rows are farther apart than twice the maximal deviation.
  range: [-1, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: { quantile: 1 },
    'disentanglement-lib': { rebin: true },
    ubisoft: { quantile: 1, bins: 10, edges: 'unit' },
  },
  source: 'Suter et al. 2019',
  isPlugIn: false,
  cost: ({ rows, latents, factors }) => ({ seconds: 1.3e-8 * rows * latents * factors, bytes: 0 }),

  async compute(table: Table, options, { pause }) {
    const { latentCount, factorCount, varyingLatents, varyingFactors } = table;
    const { maximal, withinFactors } = await factorDeviations(table, options, pause);
    const matrix = Array.from({ length: latentCount }, () => new Array<number | null>(factorCount).fill(null));
    const bestFactor = new Array<number | null>(latentCount).fill(null);
    // Deviations are weights as shares of the largest, so that no sum overflows.
    const largest = maximal.reduce((a, b) => Math.max(a, b), 0);
    let sum = 0;
    let weights = 0;
    for (const d of varyingFactors.length === 0 ? [] : varyingLatents) {
      const scores = varyingFactors.map((k) => 1 - withinFactors[d * factorCount + k] / maximal[d]);
      varyingFactors.forEach((k, i) => {
        matrix[d][k] = scores[i];
      });
      const best = scores.reduce((a, b) => Math.max(a, b));
      // Differences up to 1e-12 are ties and go to the lowest index.
      bestFactor[d] = varyingFactors[scores.findIndex((score) => score >= best - 1e-12)];
      sum += (maximal[d] / largest) * best;
      weights += maximal[d] / largest;
    }
    return {
      value: weights === 0 ? null : sum / weights,
      parts: { matrix, maximalDeviation: Array.from(maximal), bestFactor },
      notes: [
        ...(varyingFactors.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...(varyingFactors.length > 0 && varyingLatents.length === 0 ? [NO_LATENT_VARIES] : []),
        ...describeConstants(table, 'left out'),
      ],
    };
  },
});
