/** Regression trees without histograms or bounds, to hold those of assembly/trees against. */

/** A tree as the kernel numbers it, by trying every split of every node. */
export interface PlainTree {
  readonly columnOf: Map<number, number>;
  readonly thresholds: Map<number, number>;
  readonly values: Map<number, number>;
  readonly gains: Float64Array;
  /** Whether it has a split that gains nothing: by which column is then up to roundings. */
  hasVoidSplit: boolean;
  /** The value of each row's leaf. */
  readonly ofRow: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly threshold: number;
  readonly left: number[];
  readonly right: number[];
}

/**
 * The tree that trying every split grows, with the kernel's rule for ties.
 * @param lowest where only splits between bins count, the lowest value of each bin of each column
 */
export function growPlainly(
  x: Float64Array,
  r: Float64Array,
  columns: number,
  depth: number,
  scale: number,
  lowest: readonly (readonly number[])[] | null = null,
): PlainTree {
  const rows = r.length;
  const tree: PlainTree = {
    columnOf: new Map(),
    thresholds: new Map(),
    values: new Map(),
    gains: new Float64Array(columns),
    hasVoidSplit: false,
    ofRow: new Float64Array(rows),
  };
  const sumOf = (of: number[]) => of.reduce((sum, row) => sum + r[row], 0);
  const grow = (node: number, of: number[], level: number): void => {
    const mean = sumOf(of) / of.length;
    const variance = of.reduce((sum, row) => sum + (r[row] - mean) ** 2, 0) / of.length;
    const splits: Split[] = [];
    if (level < depth && variance > 2 ** -52) {
      for (let column = 0; column < columns; column++) {
        const value = (row: number) => x[column * rows + row];
        const distinct = [...new Set(of.map(value))].sort((a, b) => a - b);
        for (let i = 0; i + 1 < distinct.length; i++) {
          const isBetween = (bound: number) => distinct[i] < bound && bound <= distinct[i + 1];
          if (lowest && !lowest[column].some(isBetween)) continue;
          const left = of.filter((row) => value(row) <= distinct[i]);
          const right = of.filter((row) => value(row) > distinct[i]);
          // Without a division before the last, so that equal gains of whole residuals are equal
          // here.
          const deviation = of.length * sumOf(left) - left.length * sumOf(of);
          const gain = deviation ** 2 / (of.length * left.length * right.length);
          splits.push({ gain, column, threshold: distinct[i] / 2 + distinct[i + 1] / 2, left, right });
        }
      }
    }
    const best = splits.reduce((most, { gain }) => Math.max(most, gain), 0);
    const tied = splits.filter(({ gain }) => gain * (1 + 1e-10) >= best);
    const split = tied[0];
    if (!split) {
      const curvature = of.reduce((sum, row) => sum + Math.abs(r[row]) * (1 - Math.abs(r[row])), 0);
      const value = scale === 0 ? mean : curvature < 1e-150 ? 0 : (scale * sumOf(of)) / curvature;
      tree.values.set(node, value);
      if (level < depth) tree.columnOf.set(node, -1);
      for (const row of of) tree.ofRow[row] = value;
      return;
    }
    if (best < 1e-20) tree.hasVoidSplit = true;
    tree.columnOf.set(node, split.column);
    tree.thresholds.set(node, split.threshold);
    const sharing = new Set(tied.map(({ column }) => column));
    for (const column of sharing) tree.gains[column] += best / sharing.size;
    grow(2 * node + 1, split.left, level + 1);
    grow(2 * node + 2, split.right, level + 1);
  };
  grow(
    0,
    Array.from({ length: rows }, (_, row) => row),
    0,
  );
  return tree;
}
