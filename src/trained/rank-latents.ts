/** Latents in the order of what they carry. */
import { encodeRows } from '../train/encode-rows.js';
import type { EncoderOnData } from './encoder-on-data.js';

/** What one latent carries. */
export interface LatentDivergence {
  readonly latent: number;
  /**
   * KL(q(z_d|x) || N(0, 1)) in nats, averaged over rows; null where there are none, and if codes
   * are points, as those of autoencoders.
   */
  readonly kl: number | null;
  /** Of its means over the same rows; null where there are none. */
  readonly variance: number | null;
}

export interface LatentRanking {
  /** All latents, the largest first. */
  readonly latents: readonly LatentDivergence[];
  /**
   * By the variance if there is no posterior to diverge; by their numbers if there are no rows.
   */
  readonly orderedBy: 'kl' | 'variance' | 'number';
  /** How many rows divergences and variances are of. */
  readonly rows: number;
}

/** Rows that the divergence of a latent is averaged over, at most. */
const DIVERGENCE_ROWS = 2000;

/**
 * Ranks latents by their divergence from the prior over the first of some rows; points by the
 * variance of their means.
 */
export async function rankLatents({ encoder, dataset }: EncoderOnData, shown: Int32Array): Promise<LatentRanking> {
  const { latents } = encoder;
  const rows = shown.subarray(0, DIVERGENCE_ROWS);
  const { mu, logvar } = await encodeRows(encoder, dataset, rows);
  const average = (term: (i: number) => number) => averages(latents, rows.length, term);
  const mean = average((i) => mu[i]);
  const variance = average((i) => (mu[i] - mean[i % latents]) ** 2);
  const kl = logvar && average((i) => (mu[i] ** 2 + Math.exp(logvar[i]) - logvar[i] - 1) / 2);
  const size = kl ?? variance;
  return {
    latents: Array.from(size.keys(), (latent) => ({
      latent,
      kl: kl ? kl[latent] : null,
      variance: variance[latent],
    })).sort((a, b) => size[b.latent] - size[a.latent]),
    orderedBy: kl ? 'kl' : 'variance',
    rows: rows.length,
  };
}

/** Latents that there are no images to rank by. */
export function leaveUnranked(latents: number): LatentRanking {
  return {
    latents: Array.from({ length: latents }, (_, latent) => ({ latent, kl: null, variance: null })),
    orderedBy: 'number',
    rows: 0,
  };
}

/** Over rows, of each latent: `term` is told the place in an array (rows, D). */
function averages(latents: number, rows: number, term: (i: number) => number): Float64Array {
  const sums = new Float64Array(latents);
  for (let i = 0; i < rows * latents; i++) sums[i % latents] += term(i);
  return sums.map((sum) => sum / rows);
}
