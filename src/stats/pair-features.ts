import type { Block } from '../../bindings/arena.js';
import type { Pause } from './pause.js';
import type { RowSource } from './row-source.js';
import type { Table } from './table.js';

/** Points of the beta-VAE score. */
export interface PairFeatures {
  /** Mean absolute differences, f64[points][D]. */
  readonly features: Block<'f64'>;
  /** Factor each point held fixed: index into source.factors, i32[points]. */
  readonly labels: Block<'i32'>;
}

/** Points per kernel call. */
const POINTS_PER_CALL = 128;

/**
 * Draws `points` points, each the mean over `batch` pairs of the absolute difference of two samples
 * that share the value of a factor. The blocks come from the arena: open a scope around their use.
 */
export async function drawPairFeatures(
  table: Table,
  source: RowSource,
  points: number,
  batch: number,
  pause: Pause,
): Promise<PairFeatures> {
  const { core, latentCount } = table;
  const features = core.arena.alloc('f64', points * latentCount);
  const labels = core.arena.alloc('i32', points);
  for (let first = 0; first < points; first += POINTS_PER_CALL) {
    await pause('pairs', first, points);
    const count = Math.min(POINTS_PER_CALL, points - first);
    await core.arena.scope(async () => {
      const { x, rows, fixed } = await source.drawPairs(first, count, batch);
      const out = features.slice(first * latentCount, count * latentCount);
      core.votes.pairDifferences(out, x, rows, count, batch, latentCount);
      labels.array.set(fixed.array, first);
    });
  }
  return { features, labels };
}
