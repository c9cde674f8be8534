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
 * before a sum goes on in float64. The error bound is worked out in src/decomposition/density-error.ts.
 */
import { exp_f64x2, exp2_f32x4, fold_f32x4, multiplySubtract_f32x4 } from './lanes';

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
 * rounding to float32 takes from means and points is to be minded. scratch: f32[4][256].
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
  joint: usize,
): void {
  const spanBytes = <usize>span << 3;
  const strideBytes = <usize>stride << 3;
  for (let i = 0; i < count; i += 4) {
    memory.fill(joint, 0, 4 * LINE_BYTES);
    const left = count - i;
    // Beyond the last point it is taken again, and its sums are not kept.
    const to1 = <usize>min(1, left - 1) << 3;
    const to2 = <usize>min(2, left - 1) << 3;
    const to3 = <usize>min(3, left - 1) << 3;
    let point = points + (<usize>i << 3);
    let sum = sums + (<usize>i << 3);
    let from = pack;
    for (let d = 0; d < latents; d++) {
      const z0 = load<f64>(point);
      const z1 = load<f64>(point + to1);
      const z2 = load<f64>(point + to2);
      const z3 = load<f64>(point + to3);
      if (load<u8>(splits + d)) addSplitTerms(sum, left, from, joint, z0, z1, z2, z3);
      else addTerms(sum, left, from, joint, z0, z1, z2, z3);
      from += 4 * LINE_BYTES;
      point += strideBytes;
      sum += spanBytes;
    }
    addJoint(sum, maxima + (<usize>i << 3), left, joint);
  }
}

/** 2^l of components at p, for a point less the means; l is added to four lanes of joint. */
// @ts-ignore: decorator
@inline
function addTerm(joint: usize, difference: v128, r: v128, c: v128): v128 {
  const t = f32x4.mul(difference, r);
  const l = multiplySubtract_f32x4(t, t, c);
  v128.store(joint, f32x4.add(v128.load(joint), l));
  return exp2_f32x4(l);
}

/** Adds sums of four points, of which `left` are kept. */
// @ts-ignore: decorator
@inline
function keepSums(sums: usize, left: i32, s0: v128, s1: v128, s2: v128, s3: v128): void {
  store<f64>(sums, load<f64>(sums) + fold_f32x4(s0));
  if (left > 1) store<f64>(sums, load<f64>(sums, 8) + fold_f32x4(s1), 8);
  if (left > 2) store<f64>(sums, load<f64>(sums, 16) + fold_f32x4(s2), 16);
  if (left > 3) store<f64>(sums, load<f64>(sums, 24) + fold_f32x4(s3), 24);
}

/** One dimension of a pack at four points; joint is f32[64][4 points][4 components]. */
function addTerms(sums: usize, left: i32, pack: usize, joint: usize, z0: f64, z1: f64, z2: f64, z3: f64): void {
  const z0_f32x4 = f32x4.splat(<f32>z0);
  const z1_f32x4 = f32x4.splat(<f32>z1);
  const z2_f32x4 = f32x4.splat(<f32>z2);
  const z3_f32x4 = f32x4.splat(<f32>z3);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let p = pack, end = pack + LINE_BYTES; p < end; p += 32) {
    let m = v128.load(p);
    let r = v128.load(p, 2 * LINE_BYTES);
    let c = v128.load(p, 3 * LINE_BYTES);
    s0 = f32x4.add(s0, addTerm(joint, f32x4.sub(z0_f32x4, m), r, c));
    s1 = f32x4.add(s1, addTerm(joint + 16, f32x4.sub(z1_f32x4, m), r, c));
    s2 = f32x4.add(s2, addTerm(joint + 32, f32x4.sub(z2_f32x4, m), r, c));
    s3 = f32x4.add(s3, addTerm(joint + 48, f32x4.sub(z3_f32x4, m), r, c));
    m = v128.load(p, 16);
    r = v128.load(p, 2 * LINE_BYTES + 16);
    c = v128.load(p, 3 * LINE_BYTES + 16);
    s0 = f32x4.add(s0, addTerm(joint + 64, f32x4.sub(z0_f32x4, m), r, c));
    s1 = f32x4.add(s1, addTerm(joint + 80, f32x4.sub(z1_f32x4, m), r, c));
    s2 = f32x4.add(s2, addTerm(joint + 96, f32x4.sub(z2_f32x4, m), r, c));
    s3 = f32x4.add(s3, addTerm(joint + 112, f32x4.sub(z3_f32x4, m), r, c));
    joint += 128;
  }
  keepSums(sums, left, s0, s1, s2, s3);
}

/** {@link addTerms} with differences of numbers in two parts: what rounding took is subtracted on its own. */
function addSplitTerms(sums: usize, left: i32, pack: usize, joint: usize, z0: f64, z1: f64, z2: f64, z3: f64): void {
  const z0_f32x4 = f32x4.splat(<f32>z0);
  const z1_f32x4 = f32x4.splat(<f32>z1);
  const z2_f32x4 = f32x4.splat(<f32>z2);
  const z3_f32x4 = f32x4.splat(<f32>z3);
  const low0_f32x4 = f32x4.splat(<f32>(z0 - <f64>(<f32>z0)));
  const low1_f32x4 = f32x4.splat(<f32>(z1 - <f64>(<f32>z1)));
  const low2_f32x4 = f32x4.splat(<f32>(z2 - <f64>(<f32>z2)));
  const low3_f32x4 = f32x4.splat(<f32>(z3 - <f64>(<f32>z3)));
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let p = pack, end = pack + LINE_BYTES; p < end; p += 16) {
    const m = v128.load(p);
    const low = v128.load(p, LINE_BYTES);
    const r = v128.load(p, 2 * LINE_BYTES);
    const c = v128.load(p, 3 * LINE_BYTES);
    s0 = f32x4.add(s0, addTerm(joint, f32x4.add(f32x4.sub(z0_f32x4, m), f32x4.sub(low0_f32x4, low)), r, c));
    s1 = f32x4.add(s1, addTerm(joint + 16, f32x4.add(f32x4.sub(z1_f32x4, m), f32x4.sub(low1_f32x4, low)), r, c));
    s2 = f32x4.add(s2, addTerm(joint + 32, f32x4.add(f32x4.sub(z2_f32x4, m), f32x4.sub(low2_f32x4, low)), r, c));
    s3 = f32x4.add(s3, addTerm(joint + 48, f32x4.add(f32x4.sub(z3_f32x4, m), f32x4.sub(low3_f32x4, low)), r, c));
    joint += 64;
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
    const added = fold_f32x4(f32x4.add(sum0_f32x4, sum1_f32x4));
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
