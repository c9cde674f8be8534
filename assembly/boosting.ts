/**
 * Gradient-boosted trees beside growing them (trees/grow.ts): the softmax's residuals, and what a
 * tree says of other rows.
 *
 *   residual r = [y = c] - p_c, p = softmax of the scores
 *
 * Source: Friedman 2001, Greedy Function Approximation: A Gradient Boosting Machine (its
 * L_K_TreeBoost).
 * Cost: O(rows classes); O(rows depth) a tree.
 * Precision: float64 throughout; residuals within 1e-15.
 */
import { exp_f64x2 } from './lanes';

/**
 * Residuals of rows [firstRow, lastRow): residuals, raw: f64[classes][rows]; labels: i32[rows].
 * With two classes both arrays have the one row of class 1, whose probability is the logistic
 * function.
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
    const shift = <usize>row << 3;
    // Two rows at a time; of the last of an odd number one lane is left out.
    const isPair = row + 1 < lastRow;
    if (classes == 2) logistic(residuals + shift, raw + shift, isPair);
    else softmax(residuals + shift, raw + shift, step, classes, isPair);
    addOne(residuals + shift, load<i32>(labels + (<usize>row << 2)), step, classes);
    if (!isPair) continue;
    row++;
    addOne(residuals + shift + 8, load<i32>(labels + (<usize>row << 2)), step, classes);
  }
}

/** What the class of a row has more than its probability taken off. */
// @ts-ignore: decorator
@inline
function addOne(residual: usize, label: i32, step: usize, classes: i32): void {
  if (classes == 2 && label == 0) return;
  const at = residual + (classes == 2 ? 0 : <usize>label * step);
  store<f64>(at, load<f64>(at) + 1.0);
}

// @ts-ignore: decorator
@inline
function loadRows(p: usize, isPair: boolean): v128 {
  return isPair ? v128.load(p) : v128.load64_splat(p);
}

// @ts-ignore: decorator
@inline
function storeRows(p: usize, rows: v128, isPair: boolean): void {
  if (isPair) v128.store(p, rows);
  else v128.store64_lane(p, rows, 0);
}

/** - p of one or two neighbouring rows. */
function logistic(to: usize, from: usize, isPair: boolean): void {
  const one = f64x2.splat(1);
  const score = loadRows(from, isPair);
  const small = exp_f64x2(f64x2.neg(f64x2.abs(score)));
  const p = f64x2.div(v128.bitselect(small, one, f64x2.lt(score, f64x2.splat(0))), f64x2.add(one, small));
  storeRows(to, f64x2.neg(p), isPair);
}

/** - p of one or two neighbouring rows, for each class. */
function softmax(to: usize, from: usize, step: usize, classes: i32, isPair: boolean): void {
  let largest = f64x2.splat(-Infinity);
  for (let c = 0; c < classes; c++) largest = f64x2.pmax(largest, loadRows(from + <usize>c * step, isPair));
  let total = f64x2.splat(0);
  for (let c = 0; c < classes; c++) {
    const e = exp_f64x2(f64x2.sub(loadRows(from + <usize>c * step, isPair), largest));
    storeRows(to + <usize>c * step, e, isPair);
    total = f64x2.add(total, e);
  }
  const scale = f64x2.div(f64x2.splat(-1), total);
  for (let c = 0; c < classes; c++) {
    const at = to + <usize>c * step;
    storeRows(at, f64x2.mul(loadRows(at, isPair), scale), isPair);
  }
}

/**
 * Adds rate times the value of the tree at each row of x, f64[columns][rows], to raw, f64[rows];
 * see growTree.
 */
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
  if (depth == 3 && isFull(columnOf, inner)) {
    addFullTree(raw, x, columnOf, thresholds, values, rows, rate);
    return;
  }
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

function isFull(columnOf: usize, inner: i32): boolean {
  for (let node = 0; node < inner; node++) if (load<i32>(columnOf + (<usize>node << 2)) < 0) return false;
  return true;
}

/**
 * All seven questions to two rows at a time: more of them than on the way down, but none waits for
 * another.
 */
function addFullTree(
  raw: usize,
  x: usize,
  columnOf: usize,
  thresholds: usize,
  values: usize,
  rows: i32,
  rate: f64,
): void {
  const columnBytes = <usize>rows << 3;
  const x0 = x + <usize>load<i32>(columnOf) * columnBytes;
  const x1 = x + <usize>load<i32>(columnOf, 4) * columnBytes;
  const x2 = x + <usize>load<i32>(columnOf, 8) * columnBytes;
  const x3 = x + <usize>load<i32>(columnOf, 12) * columnBytes;
  const x4 = x + <usize>load<i32>(columnOf, 16) * columnBytes;
  const x5 = x + <usize>load<i32>(columnOf, 20) * columnBytes;
  const x6 = x + <usize>load<i32>(columnOf, 24) * columnBytes;
  const rate_f64x2 = f64x2.splat(rate);
  const leaves = values + 56;
  for (let row = 0; row < rows; row += 2) {
    const shift = <usize>row << 3;
    const right3 = f64x2.gt(v128.load(x3 + shift), v128.load64_splat(thresholds, 24));
    const right4 = f64x2.gt(v128.load(x4 + shift), v128.load64_splat(thresholds, 32));
    const right5 = f64x2.gt(v128.load(x5 + shift), v128.load64_splat(thresholds, 40));
    const right6 = f64x2.gt(v128.load(x6 + shift), v128.load64_splat(thresholds, 48));
    const value3 = v128.bitselect(v128.load64_splat(leaves, 8), v128.load64_splat(leaves), right3);
    const value4 = v128.bitselect(v128.load64_splat(leaves, 24), v128.load64_splat(leaves, 16), right4);
    const value5 = v128.bitselect(v128.load64_splat(leaves, 40), v128.load64_splat(leaves, 32), right5);
    const value6 = v128.bitselect(v128.load64_splat(leaves, 56), v128.load64_splat(leaves, 48), right6);
    const right1 = f64x2.gt(v128.load(x1 + shift), v128.load64_splat(thresholds, 8));
    const right2 = f64x2.gt(v128.load(x2 + shift), v128.load64_splat(thresholds, 16));
    const value1 = v128.bitselect(value4, value3, right1);
    const value2 = v128.bitselect(value6, value5, right2);
    const right0 = f64x2.gt(v128.load(x0 + shift), v128.load64_splat(thresholds));
    const change = f64x2.mul(rate_f64x2, v128.bitselect(value2, value1, right0));
    const at = raw + shift;
    // Of an odd number of rows the last is one lane.
    if (row + 1 < rows) v128.store(at, f64x2.add(v128.load(at), change));
    else store<f64>(at, load<f64>(at) + f64x2.extract_lane(change, 0));
  }
}
