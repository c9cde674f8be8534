/**
 * Lane helpers that the kernels share. Inlined everywhere; most work on float64 lanes whatever the
 * elements are, because sums over samples, and discrete decisions (a bin, a vote) where they are
 * close, are made in float64.
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
 * Whole numbers 0 .. 2^22 in float32 lanes as i32 lanes. Added to 2^23 they are the low bits of the
 * sum; the conversion instruction of WebAssembly, which also minds what does not occur here, takes
 * ten on x86.
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
 * Reads the first and last word of the rows of x that i32[] from `rows` to `end` names: WebAssembly
 * has no prefetch, but reads that nothing waits for overlap, and the rows are then in the cache.
 * `sink` is overwritten with what was read, so that the reads are not optimised away.
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
 * e to the power of both lanes: x = n ln 2 + r, |r| <= 0.35, the series of e^r up to r^13 (what is
 * left out is below 1e-17 of it), times 2^n in two halves, so that all of the range is right up to
 * infinity. The error is below 1 unit in the last place but where results are subnormal.
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

/** 2^(i / 64), i = 0 .. 63, each rounded once. */
const POWERS = memory.data<f64>([
  1.0, 1.0108892860517005, 1.0218971486541166, 1.0330248790212284, 1.0442737824274138, 1.0556451783605572,
  1.0671404006768237, 1.0787607977571199, 1.0905077326652577, 1.102382583307841, 1.1143867425958924,
  1.1265216186082418, 1.1387886347566916, 1.1511892299529827, 1.1637248587775775, 1.1763969916502812,
  1.189207115002721, 1.202156731452703, 1.215247359980469, 1.22848053610687, 1.241857812073484, 1.255380757024691,
  1.2690509571917332, 1.2828700160787783, 1.2968395546510096, 1.3109612115247644, 1.3252366431597413,
  1.339667524053303, 1.3542555469368927, 1.3690024229745905, 1.383909881963832, 1.3989796725383112, 1.4142135623730951,
  1.42961333839197, 1.4451808069770467, 1.460917794180647, 1.4768261459394993, 1.4929077282912648, 1.5091644275934228,
  1.5255981507445384, 1.5422108254079407, 1.559004400237837, 1.5759808451078865, 1.593142151342267, 1.6104903319492543,
  1.6280274218573478, 1.645755478153965, 1.6636765803267364, 1.681792830507429, 1.7001063537185235, 1.718619298122478,
  1.7373338352737062, 1.7562521603732995, 1.7753764925265212, 1.7947090750031072, 1.8142521755003989,
  1.8340080864093424, 1.8539791250833855, 1.8741676341103, 1.8945759815869656, 1.9152065613971474, 1.9360617934922943,
  1.9571441241754002, 1.978456026387951,
]);

/**
 * e to the power of both lanes, for x up to 708, and of -700 for all that is below: x = (64 n + i)
 * ln 2 / 64 + r, |r| <= .0055, the series of e^r up to r^5 (what is left out is below 4e-17 of it),
 * times 2^n 2^(i/64), which is read from a table. The error is below 1.5 units in the last place;
 * it takes half the time of {@link exp_f64x2}.
 */
// @ts-ignore: decorator
@inline
export function expByTable_f64x2(x: v128): v128 {
  const inside = f64x2.pmax(x, f64x2.splat(-700.0));
  const magic = f64x2.splat(6755399441055744.0);
  const shifted = f64x2.add(f64x2.mul(inside, f64x2.splat(92.332482616893657)), magic);
  const whole = f64x2.sub(shifted, magic);
  const high = f64x2.sub(inside, f64x2.mul(whole, f64x2.splat(6.93147180369123816490e-1 / 64)));
  const r = f64x2.sub(high, f64x2.mul(whole, f64x2.splat(1.90821492927058770002e-10 / 64)));
  const r2 = f64x2.mul(r, r);
  const s23 = f64x2.add(f64x2.splat(1.0 / 2), f64x2.mul(r, f64x2.splat(1.0 / 6)));
  const s45 = f64x2.add(f64x2.splat(1.0 / 24), f64x2.mul(r, f64x2.splat(1.0 / 120)));
  const less1 = f64x2.add(r, f64x2.mul(r2, f64x2.add(s23, f64x2.mul(r2, s45))));
  const i0 = <usize>(i32x4.extract_lane(shifted, 0) & 63) << 3;
  const i1 = <usize>(i32x4.extract_lane(shifted, 2) & 63) << 3;
  const power = v128.load_lane<i64>(POWERS + i1, v128.load64_zero(POWERS + i0), 1);
  // n is what is left of the low bits; shifted to where exponents are, what was above it is gone.
  const scale = i64x2.add(power, i64x2.shl(i64x2.shr_u(shifted, 6), 52));
  return f64x2.add(scale, f64x2.mul(scale, less1));
}

/**
 * At least e^y, at most 1.07 times as much: a line between powers of 2 lies above the exponential.
 */
// @ts-ignore: decorator
@inline
export function powerAbove(y: f64): f64 {
  const exponent = min(max(y * 1.4426950408889634, -1021.0), 1021.0);
  return reinterpret<f64>(<i64>((exponent + (1023.0 + 1e-9)) * 4503599627370496.0));
}

/**
 * At most ln x, at least .06 less: a line between powers of 2 lies below the logarithm. x is
 * positive and normal.
 */
// @ts-ignore: decorator
@inline
export function logarithmBelow(x: f64): f64 {
  return (<f64>reinterpret<i64>(x) / 4503599627370496.0 - (1023.0 + 1e-9)) * 0.6931471805599453;
}
