/**
 * One-dimensional mixtures of normal densities: components put in classes by their deviation, and
 * log-densities by log-sum-exp.
 *
 *   ln q(x) = ln sum_j exp(h_j - g_j (x - m_j)^2) - ln N - ln(2 pi) / 2,
 *
 * m_j the mean, v_j the logarithm of the variance, s_j the deviation, h_j = -v_j / 2 = -ln s_j,
 * g_j = exp(-v_j) / 2. A class holds the components whose deviation is S <= s_j < 2 S, in the order
 * of their means.
 *
 * Source: the mixture of posteriors of Chen et al. 2018, Isolating Sources of Disentanglement in
 * Variational Autoencoders, equation 2.
 * Cost: O(N) to arrange; a log-density takes two passes over the components it looks at.
 * Precision: float64; sums are made in blocks of 4,096 components, so that rounding stays below
 * 1e-12 of a density; the exponents lose what float64 loses of a number of their size.
 */
import { exp_f64x2, fold_f64x2 } from './lanes';

/** Classes per unit of the logarithm of the variance: 1 / (2 ln 2). */
const CLASSES_PER_LOGARITHM = 0.7213475204444817;
/**
 * Where terms, in parts of the largest, no longer count: a little less and they would be subnormal,
 * which is slow.
 */
const LEAST_EXPONENT = -700.0;
/** Components whose terms are summed before the sum is added to the total. */
const BLOCK = 4096;

// @ts-ignore: decorator
@inline
function classOf(logvar: f64, least: f64, classes: i32): i32 {
  return min(<i32>((logvar - least) * CLASSES_PER_LOGARITHM), classes - 1);
}

/**
 * Adds to counts, i32[classes], how many of logvars, f64[count], fall into each class; `least` is
 * their minimum.
 */
export function countClasses(counts: usize, logvars: usize, least: f64, count: i32, classes: i32): void {
  for (let i = 0; i < count; i++) {
    const cell = counts + (<usize>classOf(load<f64>(logvars + (<usize>i << 3)), least, classes) << 2);
    store<i32>(cell, load<i32>(cell) + 1);
  }
}

/**
 * Puts components [from, to) of those in the order of their means class by class: means and halves
 * (h_j), f64[N], and which component each is, rows, i32[N].
 * sorted: f64[N], the means in increasing order; order: i32[N], the component of each; logvars:
 * f64[N], by component;
 * cursors: i32[classes], where the next component of each class goes; moved on.
 */
export function placeComponents(
  means: usize,
  halves: usize,
  rows: usize,
  sorted: usize,
  order: usize,
  logvars: usize,
  cursors: usize,
  least: f64,
  classes: i32,
  from: i32,
  to: i32,
): void {
  for (let i = from; i < to; i++) {
    const row = load<i32>(order + (<usize>i << 2));
    const logvar = load<f64>(logvars + (<usize>row << 3));
    const cursor = cursors + (<usize>classOf(logvar, least, classes) << 2);
    const at = load<i32>(cursor);
    store<i32>(cursor, at + 1);
    store<f64>(means + (<usize>at << 3), load<f64>(sorted + (<usize>i << 3)));
    store<f64>(halves + (<usize>at << 3), -0.5 * logvar);
    store<i32>(rows + (<usize>at << 2), row);
  }
}

/**
 * Puts components [from, to) part by part, in the order that they have: means, halves, weights and
 * precisions, f64[N] each, from those of all.
 * parts: i32[N], the part of each component; cursors: i32[parts], where the next component of each
 * part goes; moved on.
 */
export function splitComponents(
  means: usize,
  halves: usize,
  weights: usize,
  precisions: usize,
  allMeans: usize,
  allHalves: usize,
  allWeights: usize,
  allPrecisions: usize,
  parts: usize,
  cursors: usize,
  from: i32,
  to: i32,
): void {
  for (let i = from; i < to; i++) {
    const cursor = cursors + (<usize>load<i32>(parts + (<usize>i << 2)) << 2);
    const place = load<i32>(cursor);
    store<i32>(cursor, place + 1);
    const at = <usize>place << 3;
    const here = <usize>i << 3;
    store<f64>(means + at, load<f64>(allMeans + here));
    store<f64>(halves + at, load<f64>(allHalves + here));
    store<f64>(weights + at, load<f64>(allWeights + here));
    store<f64>(precisions + at, load<f64>(allPrecisions + here));
  }
}

/**
 * weights = exp(halves) = 1 / s, precisions = exp(2 halves) / 2, f64[N] each, of components [from,
 * to).
 */
export function componentTerms(weights: usize, precisions: usize, halves: usize, from: i32, to: i32): void {
  for (let i = from; i < to; i += 2) {
    const at = <usize>i << 3;
    const half_f64x2 = v128.load(halves + at);
    const weight_f64x2 = exp_f64x2(half_f64x2);
    const precision_f64x2 = f64x2.mul(exp_f64x2(f64x2.add(half_f64x2, half_f64x2)), f64x2.splat(0.5));
    if (i + 1 < to) {
      v128.store(weights + at, weight_f64x2);
      v128.store(precisions + at, precision_f64x2);
    } else {
      store<f64>(weights + at, f64x2.extract_lane(weight_f64x2, 0));
      store<f64>(precisions + at, f64x2.extract_lane(precision_f64x2, 0));
    }
  }
}

/** The logarithms of the terms of two components at x. */
// @ts-ignore: decorator
@inline
function exponents_f64x2(x_f64x2: v128, means: usize, halves: usize, precisions: usize, at: usize): v128 {
  const t_f64x2 = f64x2.sub(x_f64x2, v128.load(means + at));
  const squares_f64x2 = f64x2.mul(f64x2.mul(t_f64x2, t_f64x2), v128.load(precisions + at));
  return f64x2.sub(v128.load(halves + at), squares_f64x2);
}

// @ts-ignore: decorator
@inline
function exponent(x: f64, means: usize, halves: usize, precisions: usize, i: i32): f64 {
  const at = <usize>i << 3;
  const t = x - load<f64>(means + at);
  return load<f64>(halves + at) - t * t * load<f64>(precisions + at);
}

/** The largest logarithm of a term of components [from, to) at x. */
function largestExponent(x: f64, means: usize, halves: usize, precisions: usize, from: i32, to: i32): f64 {
  const x_f64x2 = f64x2.splat(x);
  let first_f64x2 = f64x2.splat(-Infinity);
  let second_f64x2 = first_f64x2;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    first_f64x2 = f64x2.pmax(first_f64x2, exponents_f64x2(x_f64x2, means, halves, precisions, <usize>i << 3));
    second_f64x2 = f64x2.pmax(second_f64x2, exponents_f64x2(x_f64x2, means, halves, precisions, <usize>(i + 2) << 3));
  }
  first_f64x2 = f64x2.pmax(first_f64x2, second_f64x2);
  let largest = max(f64x2.extract_lane(first_f64x2, 0), f64x2.extract_lane(first_f64x2, 1));
  for (; i < to; i++) largest = max(largest, exponent(x, means, halves, precisions, i));
  return largest;
}

/** The sum of the terms of components [from, to) at x, divided by e^largest. */
function sumTerms(x: f64, means: usize, halves: usize, precisions: usize, largest: f64, from: i32, to: i32): f64 {
  const x_f64x2 = f64x2.splat(x);
  const largest_f64x2 = f64x2.splat(largest);
  const least_f64x2 = f64x2.splat(LEAST_EXPONENT);
  let total = 0.0;
  for (let start = from; start < to; start += BLOCK) {
    const end = min(start + BLOCK, to);
    let first_f64x2 = f64x2.splat(0);
    let second_f64x2 = first_f64x2;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      const a_f64x2 = exponents_f64x2(x_f64x2, means, halves, precisions, <usize>i << 3);
      const b_f64x2 = exponents_f64x2(x_f64x2, means, halves, precisions, <usize>(i + 2) << 3);
      first_f64x2 = f64x2.add(first_f64x2, exp_f64x2(f64x2.pmax(f64x2.sub(a_f64x2, largest_f64x2), least_f64x2)));
      second_f64x2 = f64x2.add(second_f64x2, exp_f64x2(f64x2.pmax(f64x2.sub(b_f64x2, largest_f64x2), least_f64x2)));
    }
    total += fold_f64x2(f64x2.add(first_f64x2, second_f64x2));
    for (; i < end; i++) {
      const lone_f64x2 = f64x2.splat(max(exponent(x, means, halves, precisions, i) - largest, LEAST_EXPONENT));
      total += f64x2.extract_lane(exp_f64x2(lone_f64x2), 0);
    }
  }
  return total;
}

/**
 * out = ln sum_j exp(..) + offset over all components, at points [from, to); nothing is left out.
 * out, points: f64[M]. Components: means, halves, precisions, f64[count], count > 0, in any order.
 */
export function plainLogDensities(
  out: usize,
  points: usize,
  means: usize,
  halves: usize,
  precisions: usize,
  count: i32,
  offset: f64,
  from: i32,
  to: i32,
): void {
  for (let i = from; i < to; i++) {
    const x = load<f64>(points + (<usize>i << 3));
    const largest = largestExponent(x, means, halves, precisions, 0, count);
    const sum = sumTerms(x, means, halves, precisions, largest, 0, count);
    store<f64>(out + (<usize>i << 3), largest + Math.log(sum) + offset);
  }
}

/** The first of [from, to) whose mean is at least x, or `to`. */
function firstFrom(means: usize, x: f64, from: i32, to: i32): i32 {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<f64>(means + (<usize>middle << 3)) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * out = ln sum_j exp(..) + offset at the points that list, i32[], names at [from, to), however far
 * they are from every mean: the components next to x bound the density from below by some e^b, and
 * of each class those are left out that are farther than r with n W exp(-r^2 G) <= e^(b - margin),
 * n the components of the class, W and G its largest weight and its least precision. Returns how
 * many pairs were looked at.
 *
 * Components: means, halves, precisions, f64[N], class by class, each in the order of means;
 * bounds: i32[classes + 1];
 * limits: f64[classes][2], ln(n W) + margin and 1 / G of each class; spans: i32[classes][2],
 * scratch.
 */
export function farLogDensities(
  out: usize,
  points: usize,
  list: usize,
  means: usize,
  halves: usize,
  precisions: usize,
  bounds: usize,
  limits: usize,
  spans: usize,
  classes: i32,
  offset: f64,
  from: i32,
  to: i32,
): f64 {
  let pairs = 0.0;
  for (let k = from; k < to; k++) {
    const point = <usize>load<i32>(list + (<usize>k << 2)) << 3;
    const x = load<f64>(points + point);
    let best = -Infinity;
    for (let c = 0; c < classes; c++) {
      const start = load<i32>(bounds + (<usize>c << 2));
      const end = load<i32>(bounds + (<usize>c << 2), 4);
      const at = firstFrom(means, x, start, end);
      store<i32>(spans + (<usize>c << 3), at);
      if (at < end) best = max(best, exponent(x, means, halves, precisions, at));
      if (at > start) best = max(best, exponent(x, means, halves, precisions, at - 1));
      pairs += <f64>(min(at + 1, end) - max(at - 1, start));
    }
    let largest = best;
    for (let c = 0; c < classes; c++) {
      const span = spans + (<usize>c << 3);
      const at = load<i32>(span);
      const excess = load<f64>(limits + (<usize>c << 4)) - best;
      let first = at;
      let last = at;
      if (excess > 0) {
        // A little farther than need be, so that what rounds off of x - r does not matter.
        const reach = Math.sqrt(excess * load<f64>(limits + (<usize>c << 4), 8)) * 1.000000001;
        first = firstFrom(means, x - reach, load<i32>(bounds + (<usize>c << 2)), at);
        last = firstFrom(means, x + reach, at, load<i32>(bounds + (<usize>c << 2), 4));
        largest = max(largest, largestExponent(x, means, halves, precisions, first, last));
      }
      store<i32>(span, first);
      store<i32>(span, last, 4);
    }
    let sum = 0.0;
    for (let c = 0; c < classes; c++) {
      const first = load<i32>(spans + (<usize>c << 3));
      const last = load<i32>(spans + (<usize>c << 3), 4);
      sum += sumTerms(x, means, halves, precisions, largest, first, last);
      pairs += <f64>(last - first);
    }
    store<f64>(out + point, largest + Math.log(sum) + offset);
  }
  return pairs;
}
