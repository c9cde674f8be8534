/**
 * Densities of mixtures of diagonal Gaussians at many points, every pair, in float32: see gaussian.ts, which has the same in float64.
 *
 *   l_ijd = c_jd - ((z_id - mu_jd) r_jd)^2 in bits, r = sqrt(log2(e) / 2) / sigma, c = log2(least sigma of the dimension / sigma)
 *
 * So no log-term is above 0, and a sum of exponentials of one dimension needs no maximum: where it falls so low that
 * the exponentials cut off at 2^-126 matter, src/decomposition/plain-density.ts notices by the error bound and asks
 * gaussian.ts instead. Joint log-terms of a pack are kept in the first-level cache; their sums have a maximum.
 * Cost: O(points * components * D), four points at a time, which share what is loaded of the components.
 * Precision: float32 per pair, in the relaxed build with fused multiplication and addition; 256 exponentials at most are added
 * before a sum goes on in float64. The error bound is worked out in src/decomposition/density-error.ts: 2.6e-5 nats for the 1,000 points
 * of the golden posterior, D = 10, where the largest error is 1.0e-6 of a joint log-density, 3.1e-7 of a marginal one, in both builds.
 */
import { exp_f64x2, exp2_f32x4, foldInto64_f32x4, multiplySubtract_f32x4 } from './lanes';

/** Components of a pack. */
// @ts-ignore: decorator
@inline
const PACK: i32 = 256;
// @ts-ignore: decorator
@inline
const LINE_BYTES: usize = PACK << 2;
/** What stands for a log-term of minus infinity: differences of it are numbers. */
// @ts-ignore: decorator
@inline
const NOTHING: f32 = -3e38;

/** The largest |x - float32(x)| of values, f64[count]; infinite where one is beyond the range of float32. */
export function largestRemainder(values: usize, count: i32): f64 {
  let largest = 0.0;
  for (let p = values, end = values + (<usize>count << 3); p < end; p += 8) {
    const x = load<f64>(p);
    largest = max<f64>(largest, abs<f64>(x - <f64>(<f32>x)));
  }
  return largest;
}

/**
 * Packs components [first, last), at most 256 of `rows`: mu and logvar are f64[latents][rows], leastLogvars f64[latents]; pack is
 * f32[latents][4][256] of means rounded, what rounding took from them, r and c. What is beyond the last component has no density.
 */
export function packGaussiansF32(
  pack: usize,
  mu: usize,
  logvar: usize,
  leastLogvars: usize,
  rows: i32,
  latents: i32,
  first: i32,
  last: i32,
): void {
  const count = last - first;
  for (let d = 0; d < latents; d++) {
    const from = <usize>(d * rows + first) << 3;
    const least = load<f64>(leastLogvars + (<usize>d << 3));
    for (let j = 0; j < PACK; j++) {
      const p = pack + (<usize>j << 2);
      if (j >= count) {
        store<f32>(p, 0);
        store<f32>(p + LINE_BYTES, 0);
        store<f32>(p + 2 * LINE_BYTES, 0);
        store<f32>(p + 3 * LINE_BYTES, NOTHING);
        continue;
      }
      const at = from + (<usize>j << 3);
      const mean = load<f64>(mu + at);
      const half = -0.5 * load<f64>(logvar + at);
      const high = <f32>mean;
      store<f32>(p, high);
      store<f32>(p + LINE_BYTES, <f32>(mean - <f64>high));
      const inverse = f64x2.extract_lane(exp_f64x2(f64x2.splat(half)), 0);
      store<f32>(p + 2 * LINE_BYTES, <f32>(0.8493218002880191 * inverse));
      store<f32>(p + 3 * LINE_BYTES, <f32>(1.4426950408889634 * (half + 0.5 * least)));
    }
    pack += 4 * LINE_BYTES;
  }
}

/**
 * Adds the components of a pack to the sums of `count` points: sums, f64[latents + 1][span], of 2^l for each of D dimensions, and
 * then jointly, there less maxima, f64[span], which are raised. points: f64[latents][stride]; splits: u8[latents], whether what
 * rounding to float32 takes from means and points is to be minded. scratch: f32[4][256] + f32[2][4][4].
 */
export function addDensitiesF32(
  sums: usize,
  maxima: usize,
  span: i32,
  pack: usize,
  points: usize,
  stride: i32,
  splits: usize,
  latents: i32,
  count: i32,
  scratch: usize,
): void {
  const spanBytes = <usize>span << 3;
  const strideBytes = <usize>stride << 3;
  const z = scratch + 4 * LINE_BYTES;
  for (let i = 0; i < count; i += 4) {
    memory.fill(scratch, 0, 4 * LINE_BYTES);
    const left = count - i;
    let point = points + (<usize>i << 3);
    let sum = sums + (<usize>i << 3);
    let from = pack;
    for (let d = 0; d < latents; d++) {
      for (let k = 0; k < 4; k++) {
        // Beyond the last point it is taken again, and its sums are not kept.
        const value = load<f64>(point + (<usize>min(k, left - 1) << 3));
        const high = <f32>value;
        v128.store(z + (<usize>k << 4), f32x4.splat(high));
        v128.store(z + (<usize>k << 4), f32x4.splat(<f32>(value - <f64>high)), 64);
      }
      if (load<u8>(splits + d)) addSplitTerms(sum, left, from, scratch, z);
      else addTerms(sum, left, from, scratch, z);
      from += 4 * LINE_BYTES;
      point += strideBytes;
      sum += spanBytes;
    }
    addJoint(sum, maxima + (<usize>i << 3), left, scratch);
  }
}

/** 2^l of four components, for the difference of a point and the means; l is added to four lanes of joint. */
// @ts-ignore: decorator
@inline
function addTerm(joint: usize, difference: v128, r: v128, c: v128): v128 {
  const t = f32x4.mul(difference, r);
  const l = multiplySubtract_f32x4(t, t, c);
  v128.store(joint, f32x4.add(v128.load(joint), l));
  return exp2_f32x4(l);
}

/** The difference of a point at z and means m in two parts. */
// @ts-ignore: decorator
@inline
function subtract(z: usize, m: v128, low: v128): v128 {
  return f32x4.add(f32x4.sub(v128.load(z), m), f32x4.sub(v128.load(z, 64), low));
}

/** Adds sums of four points, of which `left` are kept. */
// @ts-ignore: decorator
@inline
function keepSums(sums: usize, left: i32, s0: v128, s1: v128, s2: v128, s3: v128): void {
  store<f64>(sums, load<f64>(sums) + foldInto64_f32x4(s0));
  if (left > 1) store<f64>(sums, load<f64>(sums, 8) + foldInto64_f32x4(s1), 8);
  if (left > 2) store<f64>(sums, load<f64>(sums, 16) + foldInto64_f32x4(s2), 16);
  if (left > 3) store<f64>(sums, load<f64>(sums, 24) + foldInto64_f32x4(s3), 24);
}

/**
 * One dimension of a pack at four points; joint is f32[64][4 points][4 components], z is f32[2][4 points][4 alike], each point rounded
 * and what that took. z is read again and again: sixteen registers do not hold it beside sums and constants, and what engines
 * choose to keep in memory otherwise makes this a quarter slower, addSplitTerms twice as slow.
 */
function addTerms(sums: usize, left: i32, pack: usize, joint: usize, z: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let p = pack, end = pack + LINE_BYTES; p < end; p += 32) {
    let m = v128.load(p);
    let r = v128.load(p, 2 * LINE_BYTES);
    let c = v128.load(p, 3 * LINE_BYTES);
    s0 = f32x4.add(s0, addTerm(joint, f32x4.sub(v128.load(z), m), r, c));
    s1 = f32x4.add(s1, addTerm(joint + 16, f32x4.sub(v128.load(z, 16), m), r, c));
    s2 = f32x4.add(s2, addTerm(joint + 32, f32x4.sub(v128.load(z, 32), m), r, c));
    s3 = f32x4.add(s3, addTerm(joint + 48, f32x4.sub(v128.load(z, 48), m), r, c));
    m = v128.load(p, 16);
    r = v128.load(p, 2 * LINE_BYTES + 16);
    c = v128.load(p, 3 * LINE_BYTES + 16);
    s0 = f32x4.add(s0, addTerm(joint + 64, f32x4.sub(v128.load(z), m), r, c));
    s1 = f32x4.add(s1, addTerm(joint + 80, f32x4.sub(v128.load(z, 16), m), r, c));
    s2 = f32x4.add(s2, addTerm(joint + 96, f32x4.sub(v128.load(z, 32), m), r, c));
    s3 = f32x4.add(s3, addTerm(joint + 112, f32x4.sub(v128.load(z, 48), m), r, c));
    joint += 128;
  }
  keepSums(sums, left, s0, s1, s2, s3);
}

/** {@link addTerms} with differences of numbers in two parts: what rounding took is subtracted on its own. */
function addSplitTerms(sums: usize, left: i32, pack: usize, joint: usize, z: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let p = pack, end = pack + LINE_BYTES; p < end; p += 32) {
    let m = v128.load(p);
    let low = v128.load(p, LINE_BYTES);
    let r = v128.load(p, 2 * LINE_BYTES);
    let c = v128.load(p, 3 * LINE_BYTES);
    s0 = f32x4.add(s0, addTerm(joint, subtract(z, m, low), r, c));
    s1 = f32x4.add(s1, addTerm(joint + 16, subtract(z + 16, m, low), r, c));
    s2 = f32x4.add(s2, addTerm(joint + 32, subtract(z + 32, m, low), r, c));
    s3 = f32x4.add(s3, addTerm(joint + 48, subtract(z + 48, m, low), r, c));
    m = v128.load(p, 16);
    low = v128.load(p, LINE_BYTES + 16);
    r = v128.load(p, 2 * LINE_BYTES + 16);
    c = v128.load(p, 3 * LINE_BYTES + 16);
    s0 = f32x4.add(s0, addTerm(joint + 64, subtract(z, m, low), r, c));
    s1 = f32x4.add(s1, addTerm(joint + 80, subtract(z + 16, m, low), r, c));
    s2 = f32x4.add(s2, addTerm(joint + 96, subtract(z + 32, m, low), r, c));
    s3 = f32x4.add(s3, addTerm(joint + 112, subtract(z + 48, m, low), r, c));
    joint += 128;
  }
  keepSums(sums, left, s0, s1, s2, s3);
}

/** Adds the joint log-terms of a pack, f32[64][4 points][4 components], to sums less maxima, f64, of `left` points. */
function addJoint(sums: usize, maxima: usize, left: i32, joint: usize): void {
  for (let k: usize = 0, points = <usize>min(4, left); k < points; k++) {
    const end = joint + 4 * LINE_BYTES;
    let most_f32x4 = f32x4.splat(NOTHING);
    for (let p = joint + (k << 4); p < end; p += 64) most_f32x4 = f32x4.pmax(most_f32x4, v128.load(p));
    const largest = max<f32>(
      max<f32>(f32x4.extract_lane(most_f32x4, 0), f32x4.extract_lane(most_f32x4, 1)),
      max<f32>(f32x4.extract_lane(most_f32x4, 2), f32x4.extract_lane(most_f32x4, 3)),
    );
    const largest_f32x4 = f32x4.splat(largest);
    let sum0_f32x4 = f32x4.splat(0);
    let sum1_f32x4 = sum0_f32x4;
    for (let p = joint + (k << 4); p < end; p += 128) {
      sum0_f32x4 = f32x4.add(sum0_f32x4, exp2_f32x4(f32x4.sub(v128.load(p), largest_f32x4)));
      sum1_f32x4 = f32x4.add(sum1_f32x4, exp2_f32x4(f32x4.sub(v128.load(p, 64), largest_f32x4)));
    }
    const added = foldInto64_f32x4(f32x4.add(sum0_f32x4, sum1_f32x4));
    const sum = sums + (k << 3);
    const maximum = maxima + (k << 3);
    const before = load<f64>(maximum);
    const factor = Math.exp(-0.6931471805599453 * abs<f64>(before - <f64>largest));
    if (before < <f64>largest) {
      store<f64>(sum, load<f64>(sum) * factor + added);
      store<f64>(maximum, <f64>largest);
    } else {
      store<f64>(sum, load<f64>(sum) + added * factor);
    }
  }
}
