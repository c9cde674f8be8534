/**
 * Gradient-boosted classification trees in plain JavaScript: exact greedy splits over columns
 * sorted once.
 */

/** A variance, and a sum of curvatures, that count as none. */
const NO_VARIANCE = 2.220446049250313e-16;
const NO_CURVATURE = 1e-150;
/** Gains as near as this are equal: their columns share them. */
const TIE = 1e-10;

/** Columns, and their rows in increasing order, [columns][rows] both. */
export interface SortedColumns {
  readonly x: Float64Array;
  readonly order: Uint32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Sorts the columns of x, [columns][rows]. */
export function sortColumns(x: Float64Array, rows: number): SortedColumns {
  const columns = x.length / rows;
  const order = new Uint32Array(x.length);
  for (let at = 0; at < x.length; at += rows) {
    const own = order.subarray(at, at + rows);
    for (let row = 0; row < rows; row++) own[row] = row;
    own.sort((a, b) => x[at + a] - x[at + b]);
  }
  return { x, order, rows, columns };
}

/** [y = c] - p_c of every row from raw scores [classes][rows], into residuals [classes][rows]. */
export function boostingResiduals(
  residuals: Float64Array,
  raw: Float64Array,
  labels: ArrayLike<number>,
  rows: number,
  classes: number,
): void {
  for (let row = 0; row < rows; row++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, raw[c * rows + row]);
    let total = 0;
    for (let c = 0; c < classes; c++) {
      residuals[c * rows + row] = Math.exp(raw[c * rows + row] - largest);
      total += residuals[c * rows + row];
    }
    for (let c = 0; c < classes; c++) {
      residuals[c * rows + row] = (labels[row] === c ? 1 : 0) - residuals[c * rows + row] / total;
    }
  }
}

/**
 * Grows a tree on residuals; adds rate times its values to raw, and its gains to importances.
 * scale: that of leaves.
 */
export function growTree(
  { x, order, rows, columns }: SortedColumns,
  residuals: Float64Array,
  raw: Float64Array,
  importances: Float64Array,
  depth: number,
  scale: number,
  rate: number,
): void {
  // Nodes are numbered as in a heap; every row is somewhere on the level, or at a leaf above it.
  const nodeOf = new Int32Array(rows);
  const all = 2 ** (depth + 1) - 1;
  for (let level = 0; level < depth; level++) {
    const first = 2 ** level - 1;
    const width = 2 ** level;
    const counts = new Float64Array(width);
    const sums = new Float64Array(width);
    const squares = new Float64Array(width);
    for (let row = 0; row < rows; row++) {
      const node = nodeOf[row] - first;
      if (node < 0) continue;
      counts[node]++;
      sums[node] += residuals[row];
      squares[node] += residuals[row] * residuals[row];
    }
    // The best gain of each column in each node, and where to split for it.
    const gains = new Float64Array(width * columns).fill(-1);
    const thresholds = new Float64Array(width * columns);
    for (let column = 0; column < columns; column++) {
      const leftCounts = new Float64Array(width);
      const leftSums = new Float64Array(width);
      const last = new Float64Array(width);
      for (let i = 0; i < rows; i++) {
        const row = order[column * rows + i];
        const node = nodeOf[row] - first;
        if (node < 0) continue;
        const value = x[column * rows + row];
        const left = leftCounts[node];
        if (left > 0 && value > last[node]) {
          const difference = leftSums[node] - (left * sums[node]) / counts[node];
          const gain = (difference * difference * counts[node]) / (left * (counts[node] - left));
          if (gain > gains[node * columns + column] * (1 + TIE)) {
            gains[node * columns + column] = gain;
            thresholds[node * columns + column] = last[node] / 2 + value / 2;
          }
        }
        leftCounts[node]++;
        leftSums[node] += residuals[row];
        last[node] = value;
      }
    }
    const splits = new Int32Array(width).fill(-1);
    for (let node = 0; node < width; node++) {
      if (counts[node] < 2 || squares[node] / counts[node] - (sums[node] / counts[node]) ** 2 <= NO_VARIANCE) continue;
      const own = gains.subarray(node * columns, (node + 1) * columns);
      const best = Math.max(...own);
      if (best < 0) continue;
      const tied = Array.from(own.keys()).filter((column) => own[column] * (1 + TIE) >= best);
      for (const column of tied) importances[column] += best / tied.length;
      splits[node] = tied[0];
    }
    for (let row = 0; row < rows; row++) {
      const node = nodeOf[row] - first;
      if (node < 0 || splits[node] < 0) continue;
      const goesRight = x[splits[node] * rows + row] > thresholds[node * columns + splits[node]];
      nodeOf[row] = 2 * nodeOf[row] + (goesRight ? 2 : 1);
    }
  }
  const sums = new Float64Array(all);
  const curvatures = new Float64Array(all);
  for (let row = 0; row < rows; row++) {
    const p = Math.abs(residuals[row]);
    sums[nodeOf[row]] += residuals[row];
    curvatures[nodeOf[row]] += p * (1 - p);
  }
  for (let row = 0; row < rows; row++) {
    const curvature = curvatures[nodeOf[row]];
    if (curvature >= NO_CURVATURE) raw[row] += (rate * scale * sums[nodeOf[row]]) / curvature;
  }
}

/**
 * What splits by each column gained over all stages, as shares of 1, [columns]; at least three
 * classes.
 */
export function boostingImportance(
  sorted: SortedColumns,
  labels: ArrayLike<number>,
  classes: number,
  { stages, depth, rate }: { stages: number; depth: number; rate: number },
): Float64Array {
  const { rows, columns } = sorted;
  const counts = new Float64Array(classes);
  for (let row = 0; row < rows; row++) counts[labels[row]]++;
  const raw = new Float64Array(classes * rows);
  for (let c = 0; c < classes; c++) raw.fill(Math.log(counts[c] / rows), c * rows, (c + 1) * rows);
  const residuals = new Float64Array(classes * rows);
  const importances = new Float64Array(columns);
  for (let stage = 0; stage < stages; stage++) {
    boostingResiduals(residuals, raw, labels, rows, classes);
    for (let c = 0; c < classes; c++) {
      const [own, scores] = [residuals, raw].map((all) => all.subarray(c * rows, (c + 1) * rows));
      growTree(sorted, own, scores, importances, depth, (classes - 1) / classes, rate);
    }
  }
  const total = importances.reduce((sum, gain) => sum + gain, 0);
  return importances.map((gain) => gain / total);
}
