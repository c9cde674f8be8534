/** The best thresholds on a line as they are defined, for oracles. */

/**
 * The largest sum of weights of rows told right that the first i rows give when the line is cut
 * into at most 1, 2 ... `most` intervals between different values, each named by any class:
 * [rows + 1][most]. x is in increasing order; labels below 0 are of rows to leave out.
 */
export function bestByIntervals(
  x: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
  most: number,
): number[][] {
  const rows = x.length;
  const canCut = (i: number) => i === 0 || i === rows || x[i] !== x[i - 1];
  const best = Array.from({ length: rows + 1 }, () => new Array<number>(most).fill(0));
  for (let end = 1; end <= rows; end++) {
    // The last interval begins at `begin`, ever earlier.
    const sums = new Array<number>(weights.length).fill(0);
    for (let begin = end - 1; begin >= 0; begin--) {
      if (labels[begin] >= 0) sums[labels[begin]] += weights[labels[begin]];
      if (!canCut(begin)) continue;
      const own = Math.max(...sums);
      for (let j = 0; j < most; j++) {
        const before = j === 0 ? (begin === 0 ? 0 : Number.NEGATIVE_INFINITY) : best[begin][j - 1];
        best[end][j] = Math.max(best[end][j], before + own);
      }
    }
  }
  return best;
}
