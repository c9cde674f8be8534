/**
 * The gaps between the two latents that know most of each factor: what MIG and RMIG are the mean
 * of.
 */
import { type HistogramOptions, latentEntropies, mutualInformation } from '../stats/mutual-information.js';
import type { Pause } from '../stats/pause.js';
import type { Table } from '../stats/table.js';
import { toRows } from './matrix-rows.js';
import type { Outcome } from './metric.js';
import { describeConstants, NO_FACTOR_VARIES, NO_SECOND_LATENT } from './notes.js';
import { findTopTwo } from './top-two.js';

/** What the mean gap was made of; matrices are [latent][factor]. */
export interface GapParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(v_k) in nats, K. */
  readonly entropy: number[];
  /**
   * (largest - second largest I(.; v_k)) / H(v_k), K; null for a constant factor that does not
   * count.
   */
  readonly gap: Array<number | null>;
  /** The latent with the most information on each factor, K; null for a constant factor. */
  readonly bestLatent: Array<number | null>;
}

/** How gaps are normalised, and what they are the mean of. */
export type GapOptions = {
  /**
   * By the entropy of the factor, or each I by that of its latent's bins before the largest is
   * looked for (0 without entropy).
   */
  normalise: 'factor' | 'latent';
  /** Constant factors have a gap of 0, and count. */
  countConstants: boolean;
};

/** Mean over factors of the gap between the two latents that know most of each. */
export async function meanGap(
  table: Table,
  options: HistogramOptions & GapOptions,
  pause: Pause,
): Promise<Outcome<GapParts>> {
  const { matrix, factorEntropies } = await mutualInformation(table, options, pause);
  const { latentCount, factorCount } = table;
  const ofLatents = options.normalise === 'latent';
  const units = ofLatents ? await latentEntropies(table, options) : new Float64Array(latentCount).fill(1);
  const gap = new Array<number | null>(factorCount).fill(
    options.countConstants && table.varyingFactors.length > 0 ? 0 : null,
  );
  const bestLatent = new Array<number | null>(factorCount).fill(null);
  for (const k of table.varyingFactors) {
    const { first, second, index } = findTopTwo(latentCount, (d) =>
      units[d] > 0 ? matrix[d * factorCount + k] / units[d] : 0,
    );
    gap[k] = (first - second) / (ofLatents ? 1 : factorEntropies[k]);
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
      ...describeConstants(table, 'no mutual information', options.countConstants ? 'a gap of 0' : 'left out'),
      ...(latentCount === 1 ? [NO_SECOND_LATENT] : []),
    ],
  };
}
