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

/** The sum of all four lanes. */
// @ts-ignore: decorator
@inline
export function fold_f32x4(sum_f32x4: v128): f32 {
  const both = f32x4.add(sum_f32x4, i32x4.shuffle(sum_f32x4, sum_f32x4, 2, 3, 2, 3));
  return f32x4.extract_lane(both, 0) + f32x4.extract_lane(both, 1);
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
 * e to the power of both lanes: x = n ln 2 + r, |r| <= 0.35, the series of e^r up to r^13 (what is left out is below
 * 1e-17 of it), times 2^n in two halves, so that all of the range is right up to infinity. The error is below 1 unit in the
 * last place but where results are subnormal. No relaxed instruction: both builds give the same bits.
 */
// @ts-ignore: decorator
@inline
export function exp_f64x2(x: v128): v128 {
  const inside = f64x2.pmax(f64x2.pmin(x, f64x2.splat(710.0)), f64x2.splat(-750.0));
  // Added to 1.5 * 2^52 a number is rounded to a whole one, which is then the low bits of the sum.
  const magic = f64x2.splat(6755399441055744.0);
  const shifted = f64x2.add(f64x2.mul(inside, f64x2.splat(1.4426950408889634)), magic);
  const whole = f64x2.sub(shifted, magic);
  // ln 2 in two parts, the first of which has zeros enough at its end for the product to be exact.
  const high = f64x2.sub(inside, f64x2.mul(whole, f64x2.splat(6.93147180369123816490e-1)));
  const r = f64x2.sub(high, f64x2.mul(whole, f64x2.splat(1.90821492927058770002e-10)));
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const s23 = f64x2.add(f64x2.splat(1.0 / 2), f64x2.mul(r, f64x2.splat(1.0 / 6)));
  const s45 = f64x2.add(f64x2.splat(1.0 / 24), f64x2.mul(r, f64x2.splat(1.0 / 120)));
  const s67 = f64x2.add(f64x2.splat(1.0 / 720), f64x2.mul(r, f64x2.splat(1.0 / 5040)));
  const s89 = f64x2.add(f64x2.splat(1.0 / 40320), f64x2.mul(r, f64x2.splat(1.0 / 362880)));
  const s1011 = f64x2.add(f64x2.splat(1.0 / 3628800), f64x2.mul(r, f64x2.splat(1.0 / 39916800)));
  const s1213 = f64x2.add(f64x2.splat(1.0 / 479001600), f64x2.mul(r, f64x2.splat(1.0 / 6227020800)));
  const low = f64x2.add(s23, f64x2.mul(r2, s45));
  const middle = f64x2.add(s67, f64x2.mul(r2, s89));
  const top = f64x2.add(s1011, f64x2.mul(r2, s1213));
  const series = f64x2.add(low, f64x2.mul(r4, f64x2.add(middle, f64x2.mul(r4, top))));
  const e = f64x2.add(f64x2.splat(1), f64x2.add(r, f64x2.mul(r2, series)));
  const n = i64x2.sub(shifted, magic);
  const half = i64x2.shr_s(n, 1);
  const first = i64x2.shl(i64x2.add(half, i64x2.splat(1023)), 52);
  const second = i64x2.shl(i64x2.add(i64x2.sub(n, half), i64x2.splat(1023)), 52);
  return f64x2.mul(f64x2.mul(e, first), second);
}
