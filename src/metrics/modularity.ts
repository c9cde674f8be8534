import { note } from '../note.js';
import { mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstants, describeSingleFactor, NO_FACTOR_VARIES } from './notes.js';
import { BINNED, COUNT_CONSTANTS } from './shared-options.js';

/** What modularity was made of; matrices are [latent][factor]. */
export interface ModularityParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /**
   * Modularity of each latent, D; null for a latent without information on any factor, 0 where such
   * latents count.
   */
  readonly modularity: Array<number | null>;
}

const OPTIONS = {
  ...BINNED,
  countConstants: COUNT_CONSTANTS,
};

/**
 * Modularity: does each latent know one factor only?
 *
 * Mean over latents of 1 - (sum_k I_dk^2 - max_k I_dk^2) / (max_k I_dk^2 (K - 1)), with the mutual
 * information of equal-width bins and K the factors that vary; 0 to 1, higher is better. Latents
 * that know nothing are left out. One factor: undefined.
 *
 * Agrees with disentanglement_lib and with ubisoft's modularity to 1e-9 under those presets: both
 * count constant factors in K, and the first counts latents that know nothing as 0.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. Ridgeway, M. Mozer 2018, Learning Deep Disentangled Embeddings with the F-Statistic Loss
 */
export const modularity = defineMetric<'modularity', typeof OPTIONS, ModularityParts, 'modularity-score'>({
  name: 'modularity',
  aliases: ['modularity-score'],
  title: 'Modularity',
  summary: 'each latent knows one factor only',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: {},
    'disentanglement-lib': { edges: 'float32', countConstants: true },
    ubisoft: { bins: 10, edges: 'unit', countConstants: true },
  },
  source: 'Ridgeway & Mozer 2018',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { matrix } = await mutualInformation(table, options, pause);
    const { latentCount, factorCount, varyingFactors } = table;
    const { countConstants } = options;
    const others = varyingFactors.length === 0 ? -1 : (countConstants ? factorCount : varyingFactors.length) - 1;
    const ofLatent = Array.from({ length: latentCount }, (_, d) => {
      const squares = varyingFactors.map((k) => matrix[d * factorCount + k] ** 2);
      const largest = squares.reduce((a, b) => Math.max(a, b), 0);
      if (others < 1) return null;
      if (largest === 0) return countConstants ? 0 : null;
      // Where all are equal, rounding would leave a little less than nothing.
      return Math.max(0, 1 - (squares.reduce((a, b) => a + b, 0) - largest) / (largest * others));
    });
    const defined = ofLatent.filter((value) => value !== null);
    const silent = countConstants ? [] : table.varyingLatents.filter((d) => ofLatent[d] === null);
    return {
      value: defined.length === 0 ? null : defined.reduce((a, b) => a + b, 0) / defined.length,
      parts: { mutualInformation: toRows(matrix, latentCount, factorCount), modularity: ofLatent },
      notes: [
        ...(others < 0 ? [NO_FACTOR_VARIES] : []),
        ...(others === 0 ? [describeSingleFactor('modularity')] : []),
        ...(others > 0 && defined.length === 0
          ? [note('no-information', 'undefined: no latent has information on any factor')]
          : []),
        ...(countConstants
          ? describeConstants(table, 'counted as 0', 'counted among the others')
          : describeConstants(table, 'left out')),
        ...(others > 0 && silent.length > 0
          ? [note('no-information', `latents ${silent.join(', ')}: no information on any factor, left out`)]
          : []),
      ],
    };
  },
});
