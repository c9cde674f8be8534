/**
 * Lane helpers that the kernels of training share; see assembly/lanes.ts. No tables: the module has
 * no data of its own.
 */

/**
 * a * b + c in float32 lanes. The build with relaxed SIMD rounds once where the processor has such
 * an instruction: results differ between builds and processors in the last bit, and nothing
 * discrete may hang on them.
 */
// @ts-ignore: decorator
@inline
export function multiplyAdd_f32x4(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a * b in float32 lanes; see {@link multiplyAdd_f32x4}. */
// @ts-ignore: decorator
@inline
export function multiplySubtract_f32x4(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** The sum of four float32 lanes, in float64. */
// @ts-ignore: decorator
@inline
export function foldInto64_f32x4(sum_f32x4: v128): f64 {
  const low = f64x2.promote_low_f32x4(sum_f32x4);
  const both = f64x2.add(low, f64x2.promote_low_f32x4(i32x4.shuffle(sum_f32x4, sum_f32x4, 2, 3, 2, 3)));
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** The first `count` float32 lanes at p, 0 for the others; reads nothing else. */
// @ts-ignore: decorator
@inline
export function loadPart_f32x4(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  let x = f32x4.splat(0);
  if (count > 0) x = v128.load_lane<i32>(p, x, 0);
  if (count > 1) x = v128.load_lane<i32>(p + 4, x, 1);
  if (count > 2) x = v128.load_lane<i32>(p + 8, x, 2);
  return x;
}

/** Stores the first `count` float32 lanes of x at p; writes nothing else. */
// @ts-ignore: decorator
@inline
export function storePart_f32x4(p: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, x);
  } else {
    if (count > 0) v128.store_lane<i32>(p, x, 0);
    if (count > 1) v128.store_lane<i32>(p + 4, x, 1);
    if (count > 2) v128.store_lane<i32>(p + 8, x, 2);
  }
}

/**
 * e to the power of float32 lanes that are at most 0, with -87 in place of what is below it: x = n
 * ln 2 + r, |r| <= 0.35, the series of e^r up to r^6 and a last term that makes up for what is left
 * out. The error is below 2 units of 2^-23 of the result; not a number stays so.
 */
// @ts-ignore: decorator
@inline
export function exp_f32x4(x: v128): v128 {
  const inside = f32x4.max(f32x4.splat(-87), x);
  // Added to 1.5 * 2^23 a number is rounded to a whole one, which is then the low bits of the sum.
  const magic = f32x4.splat(12582912.0);
  const shifted = f32x4.add(f32x4.mul(inside, f32x4.splat(1.4426950408889634)), magic);
  const whole = f32x4.sub(shifted, magic);
  // ln 2 in two parts, the first of which has zeros enough at its end for the product to be exact.
  const high = multiplySubtract_f32x4(whole, f32x4.splat(0.693359375), inside);
  const r = multiplyAdd_f32x4(whole, f32x4.splat(2.12194440054690583e-4), high);
  let series = multiplyAdd_f32x4(r, f32x4.splat(1.0 / 5040), f32x4.splat(1.0 / 720));
  series = multiplyAdd_f32x4(series, r, f32x4.splat(1.0 / 120));
  series = multiplyAdd_f32x4(series, r, f32x4.splat(1.0 / 24));
  series = multiplyAdd_f32x4(series, r, f32x4.splat(1.0 / 6));
  series = multiplyAdd_f32x4(series, r, f32x4.splat(0.5));
  const less1 = multiplyAdd_f32x4(f32x4.mul(r, r), series, r);
  const scale = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return f32x4.mul(f32x4.add(f32x4.splat(1), less1), scale);
}

/**
 * ln(1 + e) of float32 lanes from 0 to 1: 2 artanh(s), s = e / (2 + e) <= 1/3, its series up to
 * s^15 (what is left out is below 2e-9 of it). The error is below 3 units of 2^-24 of the result,
 * however small that is.
 */
// @ts-ignore: decorator
@inline
export function log1p_f32x4(e: v128): v128 {
  const s = f32x4.div(e, f32x4.add(f32x4.splat(2), e));
  const q = f32x4.mul(s, s);
  let series = multiplyAdd_f32x4(q, f32x4.splat(2.0 / 15), f32x4.splat(2.0 / 13));
  series = multiplyAdd_f32x4(series, q, f32x4.splat(2.0 / 11));
  series = multiplyAdd_f32x4(series, q, f32x4.splat(2.0 / 9));
  series = multiplyAdd_f32x4(series, q, f32x4.splat(2.0 / 7));
  series = multiplyAdd_f32x4(series, q, f32x4.splat(2.0 / 5));
  series = multiplyAdd_f32x4(series, q, f32x4.splat(2.0 / 3));
  const twice = f32x4.add(s, s);
  return multiplyAdd_f32x4(f32x4.mul(series, q), s, twice);
}

/** Activations, by the numbers that bindings/training.ts gives them. */
// @ts-ignore: decorator
@inline
export const RELU: i32 = 1;
// @ts-ignore: decorator
@inline
export const LEAKY_RELU: i32 = 2;
// @ts-ignore: decorator
@inline
export const TANH: i32 = 3;

/**
 * x where it is above 0; elsewhere 0 (relu) or alpha x (leaky relu). Any other kind leaves x as it
 * is; what is not a number stays so.
 */
// @ts-ignore: decorator
@inline
export function activate_f32x4(x: v128, kind: i32, alpha: v128): v128 {
  if (kind == RELU) return f32x4.pmax(x, f32x4.splat(0));
  if (kind == LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, alpha), f32x4.gt(x, f32x4.splat(0)));
  return x;
}
