/**
 * Gradient-boosted trees beside growing them (trees.ts): the softmax's residuals, and what a tree says of other rows.
 *
 *   residual r = [y = c] - p_c, p = softmax of the scores
 *
 * Source: Friedman 2001, Greedy Function Approximation: A Gradient Boosting Machine (its L_K_TreeBoost).
 * Cost: O(rows classes); O(rows depth) a tree.
 * Precision: float64 throughout; residuals within 1e-15.
 */
import { exp_f64x2 } from './lanes';

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

/** Adds rate times the value of the tree at each row of x, f64[columns][rows], to raw, f64[rows]; see growTree. */
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
