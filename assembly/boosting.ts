/**
 * Gradient-boosted trees: the softmax's residuals, and one regression tree on the residuals of one class.
 *
 *   residual r = [y = c] - p_c; a split of n rows into l and n - l gains (S_l - l S / n)^2 n / (l (n - l)), S sums of r;
 *   leaf value = scale sum r / sum |r| (1 - |r|) for classes (|r| (1 - |r|) = p (1 - p)), sum r / n for squares.
 *
 * Source: Friedman 2001, Greedy Function Approximation: A Gradient Boosting Machine (its L_K_TreeBoost and LS_Boost), with
 * splits as scikit-learn 1.2 makes them: every value of every column is tried, the gain is that of `friedman_mse`, nodes
 * whose variance is at most 2^-52 are leaves. Where gains are equal to 1e-10 of the largest, the lowest column has it, then
 * the lowest threshold (scikit-learn draws the column at random).
 * Cost: O(rows columns depth) a tree: columns come sorted, and nodes keep the order by stable partition.
 * Precision: float64 throughout.
 *
 * A sorted column is u64[rows]: the rank of the value (equal values have one) in the high word, the row's number times 8,
 * which is its offset in a float64 array, in the low one. Nodes are numbered as in a heap: those of i are 2i + 1, 2i + 2.
 */

/** A variance that scikit-learn takes for none. */
const NO_VARIANCE: f64 = 2.220446049250313e-16;
/** Below this a sum of p (1 - p) is taken for none, and the leaf says nothing. */
const NO_CURVATURE: f64 = 1e-150;
/** How much better a later split must be. */
const TIE: f64 = 1.0 + 1e-10;

/**
 * Residuals of rows [firstRow, lastRow): residuals, raw: f64[classes][rows]; labels: i32[rows]. With two classes both arrays
 * have the one row of class 1, whose probability is the logistic function.
 */
export function boostingResiduals(
  residuals: usize,
  raw: usize,
  labels: usize,
  rows: i32,
  classes: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const step = <usize>rows << 3;
  for (let row = firstRow; row < lastRow; row++) {
    const label = load<i32>(labels + (<usize>row << 2));
    const from = raw + (<usize>row << 3);
    const to = residuals + (<usize>row << 3);
    if (classes == 2) {
      const score = load<f64>(from);
      const small = Math.exp(-Math.abs(score));
      const p = (score < 0 ? small : 1.0) / (1.0 + small);
      store<f64>(to, <f64>label - p);
      continue;
    }
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = max(largest, load<f64>(from + <usize>c * step));
    let total = 0.0;
    for (let c = 0; c < classes; c++) {
      const e = Math.exp(load<f64>(from + <usize>c * step) - largest);
      store<f64>(to + <usize>c * step, e);
      total += e;
    }
    const scale = 1.0 / total;
    for (let c = 0; c < classes; c++) {
      const at = to + <usize>c * step;
      store<f64>(at, (c == label ? 1.0 : 0.0) - load<f64>(at) * scale);
    }
  }
}

/** Adds rate times the value of the tree at each row of x, f64[columns][rows], to raw, f64[rows]; see {@link growTree}. */
export function addTree(
  raw: usize,
  x: usize,
  columnOf: usize,
  thresholds: usize,
  values: usize,
  rows: i32,
  depth: i32,
  rate: f64,
): void {
  const columnBytes = <usize>rows << 3;
  const inner = (1 << depth) - 1;
  for (let row = 0; row < rows; row++) {
    const offset = <usize>row << 3;
    let node = 0;
    while (node < inner) {
      const column = load<i32>(columnOf + (<usize>node << 2));
      if (column < 0) break;
      const goesRight =
        load<f64>(x + <usize>column * columnBytes + offset) > load<f64>(thresholds + (<usize>node << 3));
      node = 2 * node + 1 + i32(goesRight);
    }
    const at = raw + offset;
    store<f64>(at, load<f64>(at) + rate * load<f64>(values + (<usize>node << 3)));
  }
}
