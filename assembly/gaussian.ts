/**
 * Densities of mixtures of diagonal Gaussians at many points, every pair, in float64: jointly and
 * in each dimension, in one pass and without an array of pairs.
 *
 *   l_ijd = ln N(z_id; mu_jd, exp(logvar_jd)),   sums over j of exp(sum_d l_ijd) and of exp(l_ijd)
 *
 * Source: the aggregated posterior of Hoffman and Johnson 2016, ELBO surgery; Chen et al. 2018,
 * equation 2. src/decomposition/plain-density.ts drives these.
 * Components come in packs of 128, points as they are. A sum is kept as its largest log-term and
 * the sum of the exponentials of the others less that (log-sum-exp), so that points far from every
 * component come out right.
 * Cost: O(points * components * D) exponentials. Precision: float64; the error of a
 * log-density is some units of 2^-53 of the terms that it is made of, measured below 1e-12 of them.
 */
import { exp_f64x2, fold_f64x2 } from './lanes';

/** Components of a pack. */
// @ts-ignore: decorator
@inline
const PACK: i32 = 128;
// @ts-ignore: decorator
@inline
const LINE_BYTES: usize = PACK << 3;
/** What a largest log-term is at least: -Infinity less itself would be no number. */
// @ts-ignore: decorator
@inline
const LEAST: f64 = -1.7976931348623157e308;

/**
 * Packs components [first, last), at most 128 of `rows`: mu and logvar are f64[latents][rows], pack
 * is f64[latents][3][128] of means, 1 / (sqrt(2) sigma) and -logvar / 2. What is beyond the last
 * component has no density.
 */
export function packGaussians(pack: usize, mu: usize, logvar: usize, rows: i32, latents: i32, first: i32, last: i32): void {
  const count = last - first;
  const minusHalf_f64x2 = f64x2.splat(-0.5);
  const rootOfHalf_f64x2 = f64x2.splat(0.7071067811865476);
  for (let d = 0; d < latents; d++) {
    const from = <usize>(d * rows + first) << 3;
    memory.copy(pack, mu + from, <usize>count << 3);
    memory.copy(pack + 2 * LINE_BYTES, logvar + from, <usize>count << 3);
    for (let j = count; j < PACK; j++) {
      const p = pack + (<usize>j << 3);
      store<f64>(p, 0);
      store<f64>(p + 2 * LINE_BYTES, Infinity);
    }
    for (let p = pack, end = pack + LINE_BYTES; p < end; p += 16) {
      const half_f64x2 = f64x2.mul(v128.load(p + 2 * LINE_BYTES), minusHalf_f64x2);
      v128.store(p + LINE_BYTES, f64x2.mul(exp_f64x2(half_f64x2), rootOfHalf_f64x2));
      v128.store(p + 2 * LINE_BYTES, half_f64x2);
    }
    pack += 3 * LINE_BYTES;
  }
}

/**
 * Adds the components of a pack to the sums of `count` points: for each of D dimensions, and then
 * jointly, sums and maxima, f64[latents + 1][span], such that the sum of exponentials is
 * exp(maximum) * sum. points: f64[latents][stride]. Log-terms are without their constant, ln(2 pi)
 * / 2 per dimension. scratch: f64[2][128].
 */
export function addDensities(
  sums: usize,
  maxima: usize,
  span: i32,
  pack: usize,
  points: usize,
  stride: i32,
  latents: i32,
  count: i32,
  scratch: usize,
): void {
  const joint = scratch + LINE_BYTES;
  const spanBytes = <usize>span << 3;
  for (let i: usize = 0, end = <usize>count << 3; i < end; i += 8) {
    memory.fill(joint, 0, LINE_BYTES);
    let from = pack;
    let at = i;
    for (let d = 0; d < latents; d++) {
      const z_f64x2 = v128.load64_splat(points + i + (<usize>d * <usize>stride << 3));
      const largest = writeTerms(scratch, joint, z_f64x2, from);
      addTerms(sums + at, maxima + at, scratch, largest);
      from += 3 * LINE_BYTES;
      at += spanBytes;
    }
    addTerms(sums + at, maxima + at, joint, largestOf(joint));
  }
}

/**
 * Log-terms of one dimension into line, f64[128], and added to joint, f64[128]; returns the
 * largest.
 */
// @ts-ignore: decorator
@inline
function writeTerms(line: usize, joint: usize, z_f64x2: v128, pack: usize): f64 {
  let most0_f64x2 = f64x2.splat(-Infinity);
  let most1_f64x2 = most0_f64x2;
  for (let j: usize = 0; j < LINE_BYTES; j += 32) {
    const p = pack + j;
    const t0 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p)), v128.load(p, LINE_BYTES));
    const t1 = f64x2.mul(f64x2.sub(z_f64x2, v128.load(p, 16)), v128.load(p, LINE_BYTES + 16));
    const l0 = f64x2.sub(v128.load(p, 2 * LINE_BYTES), f64x2.mul(t0, t0));
    const l1 = f64x2.sub(v128.load(p, 2 * LINE_BYTES + 16), f64x2.mul(t1, t1));
    v128.store(line + j, l0);
    v128.store(line + j, l1, 16);
    v128.store(joint + j, f64x2.add(v128.load(joint + j), l0));
    v128.store(joint + j, f64x2.add(v128.load(joint + j, 16), l1), 16);
    most0_f64x2 = f64x2.pmax(most0_f64x2, l0);
    most1_f64x2 = f64x2.pmax(most1_f64x2, l1);
  }
  return largestLane(f64x2.pmax(most0_f64x2, most1_f64x2));
}

// @ts-ignore: decorator
@inline
function largestOf(line: usize): f64 {
  let most0_f64x2 = f64x2.splat(-Infinity);
  let most1_f64x2 = most0_f64x2;
  for (let j: usize = 0; j < LINE_BYTES; j += 32) {
    most0_f64x2 = f64x2.pmax(most0_f64x2, v128.load(line + j));
    most1_f64x2 = f64x2.pmax(most1_f64x2, v128.load(line + j, 16));
  }
  return largestLane(f64x2.pmax(most0_f64x2, most1_f64x2));
}

// @ts-ignore: decorator
@inline
function largestLane(most_f64x2: v128): f64 {
  return max<f64>(f64x2.extract_lane(most_f64x2, 0), f64x2.extract_lane(most_f64x2, 1));
}

/** Adds the exponentials of line, f64[128], to a sum that is kept less its largest log-term. */
function addTerms(sum: usize, maximum: usize, line: usize, largest: f64): void {
  const before = load<f64>(maximum);
  const shift = max<f64>(max<f64>(before, largest), LEAST);
  const shift_f64x2 = f64x2.splat(shift);
  let sum0_f64x2 = f64x2.splat(0);
  let sum1_f64x2 = sum0_f64x2;
  for (let j: usize = 0; j < LINE_BYTES; j += 32) {
    sum0_f64x2 = f64x2.add(sum0_f64x2, exp_f64x2(f64x2.sub(v128.load(line + j), shift_f64x2)));
    sum1_f64x2 = f64x2.add(sum1_f64x2, exp_f64x2(f64x2.sub(v128.load(line + j, 16), shift_f64x2)));
  }
  const added = fold_f64x2(f64x2.add(sum0_f64x2, sum1_f64x2));
  const kept = load<f64>(sum);
  // Where the largest has not changed, or nothing has been summed, there is nothing to scale.
  store<f64>(sum, (before < shift && kept > 0 ? kept * Math.exp(before - shift) : kept) + added);
  store<f64>(maximum, shift);
}

/** values = maxima + ln(values) + offset, f64[count] both. */
export function finishDensities(values: usize, maxima: usize, offset: f64, count: i32): void {
  for (let i: usize = 0, end = <usize>count << 3; i < end; i += 8) {
    store<f64>(values + i, Math.log(load<f64>(values + i)) + load<f64>(maxima + i) + offset);
  }
}
