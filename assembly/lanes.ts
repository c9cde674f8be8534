/**
 * Lane helpers that the kernels share. Inlined everywhere; most work on float64 lanes whatever the elements are, because
 * sums over samples, and discrete decisions (a bin, a vote) where they are close, are made in float64.
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

/** Four float32 elements `stride` bytes apart. */
// @ts-ignore: decorator
@inline
export function gatherQuad_f32x4(p: usize, stride: usize): v128 {
  let quad = v128.load32_zero(p);
  quad = v128.load_lane<i32>(p + stride, quad, 1);
  quad = v128.load_lane<i32>(p + 2 * stride, quad, 2);
  return v128.load_lane<i32>(p + 3 * stride, quad, 3);
}

/**
 * Whole numbers 0 .. 2^22 in float32 lanes as i32 lanes. Added to 2^23 they are the low bits of the sum; the conversion
 * instruction of WebAssembly, which also minds what does not occur here, takes ten on x86.
 */
// @ts-ignore: decorator
@inline
export function wholes_f32x4(x: v128): v128 {
  return v128.xor(f32x4.add(x, f32x4.splat(8388608.0)), f32x4.splat(8388608.0));
}

/** Whole numbers 0 .. 2^31 in two pairs of float64 lanes as i32 lanes; see {@link wholes_f32x4}. */
// @ts-ignore: decorator
@inline
export function wholes_f64x2(a: v128, b: v128): v128 {
  const magic = f64x2.splat(4503599627370496.0);
  return i32x4.shuffle(f64x2.add(a, magic), f64x2.add(b, magic), 0, 2, 4, 6);
}

/** The sum of both lanes. */
// @ts-ignore: decorator
@inline
export function fold_f64x2(sum_f64x2: v128): f64 {
  return f64x2.extract_lane(sum_f64x2, 0) + f64x2.extract_lane(sum_f64x2, 1);
}

/**
 * Reads the first and last word of the rows of x that i32[] from `rows` to `end` names: WebAssembly has no prefetch, but
 * reads that nothing waits for overlap, and the rows are then in the cache. `sink` is overwritten with what was read, so
 * that the reads are not optimised away.
 */
export function touchRows(x: usize, rows: usize, end: usize, stride: usize, sink: usize): void {
  let words: u32 = 0;
  for (let p = rows; p < end; p += 4) {
    const row = x + <usize>load<u32>(p) * stride;
    words ^= load<u32>(row) ^ load<u32>(row + stride - 4);
  }
  store<u32>(sink, words);
}

/**
 * e^x of two numbers that are at most 0; 0 below -708. Off by less than 1.5 units in the last place.
 *
 * x = n ln 2 + r with |r| <= ln 2 / 2; the series of e^r up to r^13, whose rest is below 5e-18; n goes to the exponent.
 */
// @ts-ignore: decorator
@inline
export function exp_f64x2(x: v128): v128 {
  // Added to 1.5 * 2^52 a number is rounded to a whole one, which is then in the low bits.
  const magic = f64x2.splat(6755399441055744.0);
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(1.4426950408889634)), magic);
  const n = f64x2.sub(shifted, magic);
  // ln 2 in two parts, of which the first has so few bits that its multiples are exact.
  let r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(0.6931471803691238)));
  r = f64x2.sub(r, f64x2.mul(n, f64x2.splat(1.9082149292705877e-10)));
  let sum = f64x2.splat(1.0 / 6227020800.0);
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 479001600.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 39916800.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 3628800.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 362880.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 40320.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 5040.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 720.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 120.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 24.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 6.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(0.5));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  const power = i64x2.add(sum, i64x2.shl(shifted, 52));
  return v128.and(power, f64x2.ge(x, f64x2.splat(-708)));
}
