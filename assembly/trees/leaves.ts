/**
 * Leaves of a boosted tree: their values, added to the scores of their rows.
 *
 *   scale sum r / sum |r| (1 - |r|) for classes, one step of Newton's method, |r| (1 - |r|) being p (1 - p); sum r / n for squares.
 *
 * Source: Friedman 2001, L_K_TreeBoost and LS_Boost.
 * Cost: O(rows). Precision: float64, from the residuals as they are.
 */

/**
 * Below this a sum of p (1 - p) is taken for none, and the leaf says nothing: scikit-learn's
 * number.
 */
const NO_CURVATURE: f64 = 1e-150;

/** The variance of the residuals of rows lists[begin .. end). */
export function varianceOf(residuals: usize, lists: usize, begin: i32, end: i32): f64 {
  const n = <f64>(end - begin);
  let sum = 0.0;
  for (let i = begin; i < end; i++) sum += load<f64>(residuals + (<usize>load<u32>(lists + (<usize>i << 2)) << 3));
  const mean = sum / n;
  let squares = 0.0;
  for (let i = begin; i < end; i++) {
    const deviation = load<f64>(residuals + (<usize>load<u32>(lists + (<usize>i << 2)) << 3)) - mean;
    squares += deviation * deviation;
  }
  return squares / n;
}

/** The value of a leaf of n rows, from its sums of r and of |r| (1 - |r|). */
function leafValue(sums_f64x2: v128, n: f64, scale: f64): f64 {
  const sum = f64x2.extract_lane(sums_f64x2, 0);
  const curvature = f64x2.extract_lane(sums_f64x2, 1);
  if (scale == 0) return sum / n;
  return curvature < NO_CURVATURE ? 0 : (scale * sum) / curvature;
}

/** [r, |r| (1 - |r|)] of the residual at p. */
// @ts-ignore: decorator
@inline
function leafTerms(p: usize): v128 {
  const r = v128.load64_splat(p);
  const absolute = f64x2.abs(r);
  return i64x2.shuffle(r, f64x2.mul(absolute, f64x2.sub(f64x2.splat(1), absolute)), 0, 3);
}

/** The leaf that rows lists[begin .. end) are. */
export function finishLeaf(
  value: usize,
  raw: usize,
  residuals: usize,
  lists: usize,
  begin: i32,
  end: i32,
  scale: f64,
  rate: f64,
): void {
  const start = lists + (<usize>begin << 2);
  const stop = lists + (<usize>end << 2);
  let sums_f64x2 = f64x2.splat(0);
  for (let p = start; p < stop; p += 4) {
    sums_f64x2 = f64x2.add(sums_f64x2, leafTerms(residuals + (<usize>load<u32>(p) << 3)));
  }
  const result = leafValue(sums_f64x2, <f64>(end - begin), scale);
  store<f64>(value, result);
  const change = rate * result;
  for (let p = start; p < stop; p += 4) {
    const at = raw + (<usize>load<u32>(p) << 3);
    store<f64>(at, load<f64>(at) + change);
  }
}

/** The two leaves that a last split makes. */
export function finishLeaves(
  values: usize,
  raw: usize,
  residuals: usize,
  ofColumn: usize,
  threshold: f64,
  lists: usize,
  begin: i32,
  end: i32,
  scale: f64,
  rate: f64,
): void {
  const start = lists + (<usize>begin << 2);
  const stop = lists + (<usize>end << 2);
  const threshold_f64x2 = f64x2.splat(threshold);
  let left_f64x2 = f64x2.splat(0);
  let right_f64x2 = f64x2.splat(0);
  let rights_i64x2 = i64x2.splat(0);
  for (let p = start; p < stop; p += 4) {
    const shift = <usize>load<u32>(p) << 3;
    const isRight_f64x2 = f64x2.gt(v128.load64_splat(ofColumn + shift), threshold_f64x2);
    const terms_f64x2 = leafTerms(residuals + shift);
    left_f64x2 = f64x2.add(left_f64x2, v128.andnot(terms_f64x2, isRight_f64x2));
    right_f64x2 = f64x2.add(right_f64x2, v128.and(terms_f64x2, isRight_f64x2));
    rights_i64x2 = i64x2.sub(rights_i64x2, isRight_f64x2);
  }
  const rights = <i32>i64x2.extract_lane(rights_i64x2, 0);
  store<f64>(values, leafValue(left_f64x2, <f64>(end - begin - rights), scale));
  store<f64>(values, leafValue(right_f64x2, <f64>rights, scale), 8);
  for (let p = start; p < stop; p += 4) {
    const shift = <usize>load<u32>(p) << 3;
    const at = raw + shift;
    // Which leaf is hard to predict: looked up, not chosen by a branch.
    const side = <usize>(load<f64>(ofColumn + shift) > threshold);
    store<f64>(at, load<f64>(at) + rate * load<f64>(values + (side << 3)));
  }
}
