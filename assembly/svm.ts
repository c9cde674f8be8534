/**
 * Linear support vector machines on a single feature, one against the rest: what their optimiser
 * and their evaluation read of the rows.
 *
 *   objective of class a = 0.5 (w^2 + b^2) + sum_i c_i max(0, 1 - y_i (w x_i + b))^2,   y_i = 1 for class a, else -1.
 *
 * Rows with a positive hinge are those on one side of a threshold on x, so over sorted rows their
 * share of objective, gradient and Hessian follows from running sums of 1, x and x^2: a step of
 * Newton's method costs a binary search in place of a pass. src/learners/svm.ts drives it.
 *
 * Source: Fan et al. 2008, LIBLINEAR: A Library for Large Linear Classification (the L2-loss
 * machine).
 * Cost: O(rows) for the sums of all classes, O(rows * classes / 2) for the evaluation.
 * Precision: float64 throughout, of x around its mean over its scale.
 */

/**
 * Groups sorted rows by class and adds them up. x: f64[rows], increasing; codes: i32[rows], the
 * class of each, below 0 for one to leave out.
 *
 * There is a segment for each class, and one more for all of them: bounds, i32[classes + 2], says
 * where each begins. values, f64[2 n]: (x - offset) * perScale, increasing within a segment. sums,
 * f64[2 n + classes + 1][2]: at bounds[c] + c + i the sums of the first i values of segment c, and
 * of their squares. cursors: i32[classes + 1], scratch.
 */
export function classSums(
  values: usize,
  sums: usize,
  cursors: usize,
  bounds: usize,
  x: usize,
  codes: usize,
  offset: f64,
  perScale: f64,
  classes: i32,
  rows: i32,
): void {
  for (let c = 0; c <= classes; c++) {
    const start = load<i32>(bounds + (<usize>c << 2));
    store<i32>(cursors + (<usize>c << 2), start);
    v128.store(sums + (<usize>(start + c) << 4), f64x2.splat(0));
  }
  for (let i = 0; i < rows; i++) {
    const code = load<i32>(codes + (<usize>i << 2));
    if (code < 0) continue;
    const value = (load<f64>(x + (<usize>i << 3)) - offset) * perScale;
    append(values, sums, cursors, code, value);
    append(values, sums, cursors, classes, value);
  }
}

// @ts-ignore: decorator
@inline
function append(values: usize, sums: usize, cursors: usize, segment: i32, value: f64): void {
  const cursor = cursors + (<usize>segment << 2);
  const place = load<i32>(cursor);
  store<i32>(cursor, place + 1);
  store<f64>(values + (<usize>place << 3), value);
  const sum = sums + (<usize>(place + segment) << 4);
  const added = f64x2.replace_lane(f64x2.splat(value), 1, value * value);
  v128.store(sum, f64x2.add(v128.load(sum), added), 16);
}

/**
 * How many rows the largest line slopes[c] * (x - offset) * perScale + intercepts[c] names rightly;
 * lines within 1e-12 of the largest are ties, which the lowest class wins. x, codes: as in
 * classSums. slopes, intercepts, scratch: f64[classes].
 */
export function countLargestLine(
  x: usize,
  codes: usize,
  slopes: usize,
  intercepts: usize,
  scratch: usize,
  offset: f64,
  perScale: f64,
  classes: i32,
  rows: i32,
): i32 {
  const bytes = <usize>classes << 3;
  const pairs = bytes & ~15;
  let hits = 0;
  for (let i = 0; i < rows; i++) {
    const code = load<i32>(codes + (<usize>i << 2));
    if (code < 0) continue;
    const value = (load<f64>(x + (<usize>i << 3)) - offset) * perScale;
    const spread = f64x2.splat(value);
    let largest = f64x2.splat(-Infinity);
    for (let c: usize = 0; c < pairs; c += 16) {
      const line = f64x2.add(f64x2.mul(v128.load(slopes + c), spread), v128.load(intercepts + c));
      v128.store(scratch + c, line);
      largest = f64x2.pmax(largest, line);
    }
    let most = max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
    if (pairs < bytes) {
      const line = load<f64>(slopes + pairs) * value + load<f64>(intercepts + pairs);
      store<f64>(scratch + pairs, line);
      most = max(most, line);
    }
    let best = 0;
    while (load<f64>(scratch + (<usize>best << 3)) < most - 1e-12) best++;
    if (best == code) hits++;
  }
  return hits;
}
