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

/**
 * Grows one tree on residuals, f64[rows], and adds rate times its values to raw, f64[rows], and its gains to
 * importances, f64[columns]. x: f64[columns][rows]; sorted: u64[columns][rows]; scratch: u64[2][columns][rows];
 * sides: u8[rows]; bounds: i32[2^(depth + 1) - 1][2]. scale: that of a class's leaves, 0 for squares.
 *
 * The tree: columnOf i32[2^depth - 1], -1 at a leaf; thresholds f64[2^depth - 1], a row at or below goes left;
 * values f64[2^(depth + 1) - 1], of leaves. Nodes below a leaf are not written.
 */
export function growTree(
  columnOf: usize,
  thresholds: usize,
  values: usize,
  raw: usize,
  importances: usize,
  residuals: usize,
  x: usize,
  sorted: usize,
  scratch: usize,
  sides: usize,
  bounds: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  scale: f64,
  rate: f64,
): void {
  const columnBytes = <usize>rows << 3;
  const tableBytes = <usize>columns * columnBytes;
  store<i32>(bounds, 0);
  store<i32>(bounds, rows, 4);
  let source = sorted;
  for (let level = 0; level < depth; level++) {
    const target = scratch + (level & 1 ? tableBytes : 0);
    const first = (1 << level) - 1;
    for (let node = first; node <= 2 * first; node++) {
      const ends = bounds + (<usize>node << 3);
      const left = bounds + (<usize>(2 * node + 1) << 3);
      const begin = load<i32>(ends);
      const end = load<i32>(ends, 4);
      v128.store(left, i32x4.splat(0));
      store<i32>(columnOf + (<usize>node << 2), -1);
      if (begin == end) continue;

      const best = findSplit(residuals, source, begin, end, columns, columnBytes);
      if (best < 0) {
        finishLeaf(values + (<usize>node << 3), raw, residuals, source, begin, end, scale, rate);
        continue;
      }
      const column = <i32>(best / rows);
      const middle = <i32>(best % rows);
      const own = source + <usize>column * columnBytes;
      store<i32>(columnOf + (<usize>node << 2), column);
      const gain = gainOf(residuals, own, begin, middle, end);
      const sum = importances + (<usize>column << 3);
      store<f64>(sum, load<f64>(sum) + gain);
      const ofColumn = x + <usize>column * columnBytes;
      const below = load<f64>(ofColumn + <usize>load<u32>(own + (<usize>(middle - 1) << 3)));
      const above = load<f64>(ofColumn + <usize>load<u32>(own + (<usize>middle << 3)));
      const halfway = below * 0.5 + above * 0.5;
      store<f64>(thresholds + (<usize>node << 3), halfway >= below && halfway < above ? halfway : below);

      if (level == depth - 1) {
        const child = values + (<usize>(2 * node + 1) << 3);
        finishLeaf(child, raw, residuals, own, begin, middle, scale, rate);
        finishLeaf(child + 8, raw, residuals, own, middle, end, scale, rate);
        continue;
      }
      store<i32>(left, begin);
      store<i32>(left, middle, 4);
      store<i32>(left, middle, 8);
      store<i32>(left, end, 12);
      for (let i = begin; i < end; i++) {
        const offset = <usize>load<u32>(own + (<usize>i << 3));
        store<u8>(sides + (offset >> 3), i < middle ? 0 : 1);
      }
      for (let c = 0; c < columns; c++) {
        const shift = <usize>c * columnBytes;
        partition(target + shift, source + shift, sides, begin, middle, end);
      }
    }
    source = target;
  }
}

/** column * rows + the place of the first row that goes right; -1 where there is nothing to split. */
function findSplit(residuals: usize, source: usize, begin: i32, end: i32, columns: i32, columnBytes: usize): i64 {
  const n = <f64>(end - begin);
  const last = source + (<usize>(end - 1) << 3);
  const start = source + (<usize>begin << 3);
  let sum = 0.0;
  for (let p = start; p <= last; p += 8) sum += load<f64>(residuals + <usize>load<u32>(p));
  const mean = sum / n;
  let squares = 0.0;
  for (let p = start; p <= last; p += 8) {
    const deviation = load<f64>(residuals + <usize>load<u32>(p)) - mean;
    squares += deviation * deviation;
  }
  if (squares / n <= NO_VARIANCE) return -1;

  const rows = <i64>(columnBytes >> 3);
  let best: i64 = -1;
  // What diff^2 / (l (n - l)) has to exceed.
  let bound = -1.0;
  for (let c = 0; c < columns; c++) {
    const shift = <usize>c * columnBytes;
    const stop = last + shift;
    let p = start + shift;
    let word = load<u64>(p);
    // A column that is constant here cannot be split.
    if (word >> 32 == load<u64>(stop) >> 32) continue;
    let diff = 0.0;
    let l = 0.0;
    for (; p < stop; p += 8) {
      const next = load<u64>(p, 8);
      diff += load<f64>(residuals + <usize>(<u32>word)) - mean;
      l += 1.0;
      // Rarely better: asked first, so that the branch on equal neighbours is taken as rarely.
      if (diff * diff > bound * (l * (n - l))) {
        if ((word ^ next) >> 32 != 0) {
          bound = ((diff * diff) / (l * (n - l))) * TIE;
          best = <i64>c * rows + <i64>((p + 8 - source - shift) >> 3);
        }
      }
      word = next;
    }
  }
  return best;
}

/** What the squares around the mean lose by the split. */
function gainOf(residuals: usize, own: usize, begin: i32, middle: i32, end: i32): f64 {
  let left = 0.0;
  let right = 0.0;
  for (let i = begin; i < middle; i++) left += load<f64>(residuals + <usize>load<u32>(own + (<usize>i << 3)));
  for (let i = middle; i < end; i++) right += load<f64>(residuals + <usize>load<u32>(own + (<usize>i << 3)));
  const l = <f64>(middle - begin);
  const r = <f64>(end - middle);
  const difference = left / l - right / r;
  return (difference * difference * l * r) / (l + r);
}

/** Those of side 0 to the front of the node, the others behind them, both in the order they had. */
function partition(target: usize, source: usize, sides: usize, begin: i32, middle: i32, end: i32): void {
  let p = source + (<usize>begin << 3);
  const stop = source + (<usize>end << 3);
  let left = target + (<usize>begin << 3);
  let right = target + (<usize>middle << 3);
  for (; p < stop; p += 8) {
    const word = load<u64>(p);
    const side = <usize>load<u8>(sides + (<usize>(<u32>word) >> 3));
    store<u64>(side ? right : left, word);
    right += side << 3;
    left += (side ^ 1) << 3;
  }
}

function finishLeaf(
  value: usize,
  raw: usize,
  residuals: usize,
  source: usize,
  begin: i32,
  end: i32,
  scale: f64,
  rate: f64,
): void {
  const start = source + (<usize>begin << 3);
  const stop = source + (<usize>end << 3);
  let sum = 0.0;
  let curvature = 0.0;
  for (let p = start; p < stop; p += 8) {
    const r = load<f64>(residuals + <usize>load<u32>(p));
    sum += r;
    curvature += Math.abs(r) * (1.0 - Math.abs(r));
  }
  let result = sum / <f64>(end - begin);
  if (scale != 0) result = curvature < NO_CURVATURE ? 0 : (scale * sum) / curvature;
  store<f64>(value, result);
  const change = rate * result;
  for (let p = start; p < stop; p += 8) {
    const at = raw + <usize>load<u32>(p);
    store<f64>(at, load<f64>(at) + change);
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
