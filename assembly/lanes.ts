/**
 * Lane helpers that the kernels share. Inlined everywhere; each works on float64 lanes whatever the elements are,
 * because sums over samples and all discrete decisions (a bin, a vote) are made in float64.
 */

/** Two neighbouring elements as float64 lanes. */
// @ts-ignore: decorator
@inline
export function loadPair_f64x2<T>(p: usize): v128 {
  if (sizeof<T>() == 4) {
    if (isFloat<T>()) return f64x2.promote_low_f32x4(v128.load64_zero(p));
    return f64x2.convert_low_i32x4_s(v128.load64_zero(p));
  }
  return v128.load(p);
}

/** Two elements `stride` bytes apart as float64 lanes. */
// @ts-ignore: decorator
@inline
export function gatherPair_f64x2<T>(p: usize, stride: usize): v128 {
  if (sizeof<T>() == 4) {
    const both = v128.load_lane<i32>(p + stride, v128.load32_zero(p), 1);
    if (isFloat<T>()) return f64x2.promote_low_f32x4(both);
    return f64x2.convert_low_i32x4_s(both);
  }
  return v128.load_lane<i64>(p + stride, v128.load64_zero(p), 1);
}

/** The sum of both lanes. */
// @ts-ignore: decorator
@inline
export function fold_f64x2(sum_f64x2: v128): f64 {
  return f64x2.extract_lane(sum_f64x2, 0) + f64x2.extract_lane(sum_f64x2, 1);
}
