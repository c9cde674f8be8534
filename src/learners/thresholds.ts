/**
 * Thresholds on a single feature: the largest balanced accuracy, the mean over classes of the share
 * of their rows that is told right, of cutting the line into at most as many intervals as there are
 * classes and naming each by a class. Exact; on the rows that are learned from.
 */
import type { Core } from '../../bindings/core.js';
import type { SortedColumn } from '../../bindings/kernels/svm.js';

/** Rows per kernel call: some milliseconds. */
const ROWS_PER_CALL = 16384;
/**
 * Numbers of intervals that one pass over the rows looks at: what it keeps of each class then fits
 * a cache, and memory grows with the classes and not with their square.
 */
const LEVELS_PER_PASS = 64;

/**
 * The accuracy of the best thresholds for the rows of a sorted column whose code is not below 0; 0
 * where they have one value, or one class.
 * @param counts rows of each class, none of them 0
 */
export async function thresholdAccuracy(
  core: Core,
  { x, codes }: SortedColumn,
  counts: Int32Array,
  pause: () => void | Promise<void>,
): Promise<number> {
  const classes = counts.length;
  const rows = x.length;
  if (classes < 2) return 0;
  return core.arena.scope(async () => {
    if (!varies(x.array, codes.array)) return 0;
    const weights = core.arena.upload(
      'f64',
      Float64Array.from(counts, (count) => 1 / (classes * count)),
    );
    const below = core.arena.zeros('f64', rows);
    let accuracy = 0;
    for (let first = 0; first < classes; first += LEVELS_PER_PASS) {
      const wanted = Math.min(LEVELS_PER_PASS, classes - first);
      const levels = wanted + (wanted % 2);
      accuracy = await core.arena.scope(async () => {
        const search = {
          best: core.arena.zeros('f64', levels),
          frozen: core.arena.alloc('f64', levels),
          gains: core.arena.zeros('f64', classes * levels),
          counts: core.arena.zeros('f64', classes),
          weights,
          below,
        };
        for (let row = 0; row < rows; row += ROWS_PER_CALL) {
          await pause();
          core.thresholds.cutColumn(search, x, codes, row, Math.min(row + ROWS_PER_CALL, rows));
        }
        return search.best.array[wanted - 1];
      });
    }
    // Shares that make up the whole are 1 but for rounding.
    return Math.min(1, accuracy);
  });
}

/** Whether the rows that count differ, of a column in increasing order; there is at least one. */
function varies(x: Float64Array, labels: Int32Array): boolean {
  let first = 0;
  let last = x.length - 1;
  while (labels[first] < 0) first++;
  while (labels[last] < 0) last--;
  return x[first] !== x[last];
}
