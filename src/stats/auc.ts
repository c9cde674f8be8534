import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';

/**
 * Area under the ROC curve of each class against the rest: the chance that a row of the class has a
 * larger score than one of the rest, ties counting half (Mann & Whitney 1947). Null for a class
 * without rows, or without a rest.
 *
 * @param scores f64[rows][classes], what says of each row how much it is of the class
 * @param truth the class of each row; -1 for one that is of none of them
 */
export function areasUnderCurves(
  core: Core,
  scores: Block<'f64'>,
  truth: Int32Array,
  classes: number,
): Array<number | null> {
  const rows = truth.length;
  const first = new Int32Array(classes + 1);
  for (const label of truth) if (label >= 0) first[label + 1]++;
  for (let a = 0; a < classes; a++) first[a + 1] += first[a];
  const mark = core.arena.mark();
  const own = core.arena.alloc('f64', first[classes]);
  const [from, to] = [scores.array, own.array];
  const next = first.slice(0, classes);
  for (let row = 0; row < rows; row++) if (truth[row] >= 0) to[next[truth[row]]++] = from[row * classes + truth[row]];
  const areas = Array.from({ length: classes }, (_, a) => {
    const count = first[a + 1] - first[a];
    if (count === 0 || count === rows) return null;
    to.subarray(first[a], first[a + 1]).sort();
    const pairs = core.ranking.countPairsAbove(
      own.slice(first[a], count),
      scores.slice(a, rows * classes - a),
      classes,
      rows,
    );
    // Rows of the class have been compared with each other as well: each pair of them, in both
    // orders, counts 2.
    return (pairs - count * count) / 2 / count / (rows - count);
  });
  core.arena.release(mark);
  return areas;
}
