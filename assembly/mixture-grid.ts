/**
 * One-dimensional mixtures of normal densities at many points: f(x) = sum_j w_j exp(-g_j (x -
 * m_j)^2), w_j = 1 / s_j, g_j = 1 / (2 s_j^2), of a class of components with S <= s_j < 2 S.
 *
 * Points are taken in increasing order and in runs. A sparse run is summed at its points, a dense
 * one at nodes, multiples of h <= 2 S / 9, from which its points are interpolated by the polynomial
 * through the 16 nodes on either side. At nodes a component costs three exponentials and then two
 * multiplications a node, because
 *
 *   e^(-g (t + 2h)^2) = e^(-g t^2) a,   a = e^(-4 g h (t + h)),
 *
 * and from one such step to the next a is multiplied by e^(-8 g h^2).
 * Steps lead away from the mean, so that what underflows is nothing. Components farther than R s_j
 * from a node or a point are left out there.
 *
 * Source: L. Greengard, J.-Y. Lee 2004, Accelerating the Nonuniform Fast Fourier Transform, section
 * 3 (Gaussians on a grid by multiplication).
 * Errors (u = 2^-53), beside those of interpolation (mixture-interpolation.ts):
 * - Recurrence. The first term is off by (15 + 2 y + 3 y^2) u of itself, y = |t| / s at the node;
 *   what it is multiplied by, by (13 + 10 y0 h/s) u, y0 that of the first node; its change by 3.7
 *   u. After k steps, k <= (y - y0) / (2 h/s) <= 4.55 (y - y0), a term is off by (15 + 68 y + 51.5
 *   y^2) u of itself, which is e^(-y^2/2) w or less: so by less than 84 u w, and in parts of itself
 *   by most where y = R.
 * - What is left out for being far: e^(-R^2/2) w for each component; at a point between nodes,
 *   times 1 + 1.95 where nodes miss it.
 * Cost: about 70 nodes a component.
 * Precision: float64; node coordinates are exact (multiples of a short h).
 */
import { exp_f64x2 } from './lanes';

/** Nodes on either side of a point that it is interpolated from. */
const SIDE = 16;
/** Slots before and after the nodes of a run that steps of two may write. */
const PAD = 2;
/** A run of nodes has at most about so many: its slots stay in the nearest cache. */
const LONGEST = 1024;
/** A run without nodes has at most so many points. */
const POINTS = 16;

/**
 * Cuts points, f64[count] in increasing order, into runs and returns how many. Of each run: lows
 * and highs, its first and last point; bases and nodes, the coordinate of its first node and their
 * number, 0 for none; firsts, i32[runs + 1], where it begins in points; slots, i32[runs + 1], where
 * its values begin among at most 4 count. Room for `count` runs. With useNodes = 0 no run has
 * nodes.
 */
export function cutRuns(
  lows: usize,
  highs: usize,
  bases: usize,
  nodes: usize,
  firsts: usize,
  slots: usize,
  points: usize,
  count: i32,
  h: f64,
  useNodes: i32,
): i32 {
  const gap = <f64>(2 * SIDE) * h;
  let runs = 0;
  let slot = 0;
  for (let first = 0; first < count; ) {
    const low = load<f64>(points + (<usize>first << 3));
    let high = low;
    let last = first + 1;
    // A dense run is not looked through again; one that is too sparse for nodes has some hundred
    // points at most.
    for (const end = useNodes ? count : min(count, first + POINTS); last < end; last++) {
      const x = load<f64>(points + (<usize>last << 3));
      if (x - high > gap || x - low > <f64>LONGEST * h) break;
      high = x;
    }
    let length = 0;
    let base = low;
    if (useNodes) {
      const start = Math.floor(low / h) - <f64>SIDE;
      base = start * h;
      length = <i32>(Math.floor(high / h) - start) + SIDE + 2;
      if (length + 2 * PAD > 4 * (last - first)) length = 0;
    }
    if (length == 0) {
      last = min(last, first + POINTS);
      high = load<f64>(points + (<usize>(last - 1) << 3));
    }
    store<f64>(lows + (<usize>runs << 3), low);
    store<f64>(highs + (<usize>runs << 3), high);
    store<f64>(bases + (<usize>runs << 3), base);
    store<i32>(nodes + (<usize>runs << 2), length);
    store<i32>(firsts + (<usize>runs << 2), first);
    store<i32>(slots + (<usize>runs << 2), slot);
    slot += length > 0 ? length + 2 * PAD : last - first;
    first = last;
    runs++;
  }
  store<i32>(firsts + (<usize>runs << 2), count);
  store<i32>(slots + (<usize>runs << 2), slot);
  return runs;
}

/**
 * Adds components [from, to) to the values of the runs within their reach, and returns the number
 * of exponentials this stands for. Components: means, weights, precisions, f64[], in the order of
 * means; runs: see cutRuns. values: f64[slots + 1]; partial: f64[slots + 1], 0 before and after;
 * starts, ends: i32[slots], incremented at the first and last node that a component got.
 */
export function addComponents(
  values: usize,
  partial: usize,
  starts: usize,
  ends: usize,
  means: usize,
  weights: usize,
  precisions: usize,
  lows: usize,
  highs: usize,
  bases: usize,
  nodes: usize,
  firsts: usize,
  slots: usize,
  points: usize,
  runs: i32,
  h: f64,
  reachPerDeviation: f64,
  from: i32,
  to: i32,
): f64 {
  let pairs = 0.0;
  let run = 0;
  let firstRun = runs;
  let lastRun = -1;
  for (let j = from; j < to; j++) {
    const mean = load<f64>(means + (<usize>j << 3));
    const weight = load<f64>(weights + (<usize>j << 3));
    const g = load<f64>(precisions + (<usize>j << 3));
    const reach = reachPerDeviation / weight;
    // The nodes of a run lie as far as this beyond its points.
    const low = mean - reach - <f64>(SIDE + 2) * h;
    const high = mean + reach + <f64>(SIDE + 2) * h;
    while (run < runs && load<f64>(highs + (<usize>run << 3)) < low) run++;
    while (run > 0 && load<f64>(highs + (<usize>(run - 1) << 3)) >= low) run--;
    if (run == runs || load<f64>(lows + (<usize>run << 3)) > high) continue;
    firstRun = min(firstRun, run);
    const steps_f64x2 = exp_f64x2(f64x2.mul(f64x2.splat(-4 * h * h * g), f64x2.replace_lane(f64x2.splat(1), 1, 2)));
    const bend4 = f64x2.extract_lane(steps_f64x2, 0);
    const bend8 = f64x2.extract_lane(steps_f64x2, 1);
    for (let r = run; r < runs && load<f64>(lows + (<usize>r << 3)) <= high; r++) {
      lastRun = max(lastRun, r);
      const length = load<i32>(nodes + (<usize>r << 2));
      const slot = load<i32>(slots + (<usize>r << 2));
      if (length == 0) {
        if (load<f64>(highs + (<usize>r << 3)) < mean - reach || load<f64>(lows + (<usize>r << 3)) > mean + reach) continue;
        const first = load<i32>(firsts + (<usize>r << 2));
        const count = load<i32>(firsts + (<usize>r << 2), 4) - first;
        addAtPoints(partial + (<usize>slot << 3), points + (<usize>first << 3), count, mean, weight, g);
        pairs += <f64>count;
        continue;
      }
      const base = load<f64>(bases + (<usize>r << 3));
      const perStep = 1.0 / h;
      const a = <i32>Math.ceil(max((mean - reach - base) * perStep, 0));
      const b = <i32>Math.floor(max(min((mean + reach - base) * perStep, <f64>(length - 1)), -1));
      if (a > b) continue;
      const nearest = <i32>max(min((mean - base) * perStep + 0.5, <f64>b), <f64>a);
      const d = base + <f64>nearest * h - mean;
      const near_f64x2 = exp_f64x2(f64x2.replace_lane(f64x2.splat(-d * d * g), 1, -h * h * g));
      const slope_f64x2 = exp_f64x2(f64x2.replace_lane(f64x2.splat(-2 * d * h * g), 1, 2 * d * h * g));
      const value = weight * f64x2.extract_lane(near_f64x2, 0);
      const bend = f64x2.extract_lane(near_f64x2, 1);
      const up = f64x2.extract_lane(slope_f64x2, 0);
      const down = f64x2.extract_lane(slope_f64x2, 1);
      // Terms of the nodes nearest, nearest + 1 and of nearest - 2, nearest - 1; what each is
      // multiplied by to get two farther.
      let right_f64x2 = f64x2.replace_lane(f64x2.splat(value), 1, value * (up * bend));
      let left_f64x2 = f64x2.replace_lane(f64x2.splat(value * (down * down * bend4)), 1, value * (down * bend));
      let rightStep_f64x2 = f64x2.replace_lane(f64x2.splat(up * up * bend4), 1, up * up * bend8);
      let leftStep_f64x2 = f64x2.replace_lane(f64x2.splat(down * down * bend4 * bend8), 1, down * down * bend8);
      const change_f64x2 = f64x2.splat(bend8);
      const rightSteps = (b - nearest + 2) >> 1;
      const leftSteps = (nearest - a + 1) >> 1;
      let right = partial + (<usize>(slot + PAD + nearest) << 3);
      let left = right - 16;
      const rightEnd = right + (<usize>rightSteps << 4);
      const leftEnd = left - (<usize>leftSteps << 4);
      const both = right + (<usize>min(rightSteps, leftSteps) << 4);
      for (; right < both; right += 16, left -= 16) {
        v128.store(right, f64x2.add(v128.load(right), right_f64x2));
        v128.store(left, f64x2.add(v128.load(left), left_f64x2));
        right_f64x2 = f64x2.mul(right_f64x2, rightStep_f64x2);
        left_f64x2 = f64x2.mul(left_f64x2, leftStep_f64x2);
        rightStep_f64x2 = f64x2.mul(rightStep_f64x2, change_f64x2);
        leftStep_f64x2 = f64x2.mul(leftStep_f64x2, change_f64x2);
      }
      for (; right < rightEnd; right += 16) {
        v128.store(right, f64x2.add(v128.load(right), right_f64x2));
        right_f64x2 = f64x2.mul(right_f64x2, rightStep_f64x2);
        rightStep_f64x2 = f64x2.mul(rightStep_f64x2, change_f64x2);
      }
      for (; left > leftEnd; left -= 16) {
        v128.store(left, f64x2.add(v128.load(left), left_f64x2));
        left_f64x2 = f64x2.mul(left_f64x2, leftStep_f64x2);
        leftStep_f64x2 = f64x2.mul(leftStep_f64x2, change_f64x2);
      }
      pairs += <f64>(2 * (rightSteps + leftSteps));
      increment(starts + (<usize>(slot + PAD + a) << 2));
      increment(ends + (<usize>(slot + PAD + b) << 2));
    }
  }
  if (lastRun >= 0) {
    // In pairs from an even slot on; the slots beside are 0 in partial.
    const start = <usize>(load<i32>(slots + (<usize>firstRun << 2)) & ~1) << 3;
    const end = <usize>load<i32>(slots + (<usize>lastRun << 2), 4) << 3;
    for (let at = start; at < end; at += 16) {
      v128.store(values + at, f64x2.add(v128.load(values + at), v128.load(partial + at)));
      v128.store(partial + at, f64x2.splat(0));
    }
  }
  return pairs;
}

// @ts-ignore: decorator
@inline
function increment(at: usize): void {
  store<i32>(at, load<i32>(at) + 1);
}

/** Adds a component to values, f64[count], at points, f64[count]. */
// @ts-ignore: decorator
@inline
function addAtPoints(values: usize, points: usize, count: i32, mean: f64, weight: f64, g: f64): void {
  for (let i = 0; i < count; i += 2) {
    const at = <usize>i << 3;
    const t_f64x2 = f64x2.sub(v128.load(points + at), f64x2.splat(mean));
    const e_f64x2 = exp_f64x2(f64x2.mul(f64x2.mul(t_f64x2, t_f64x2), f64x2.splat(-g)));
    const sum_f64x2 = f64x2.add(v128.load(values + at), f64x2.mul(e_f64x2, f64x2.splat(weight)));
    if (i + 1 < count) v128.store(values + at, sum_f64x2);
    else store<f64>(values + at, f64x2.extract_lane(sum_f64x2, 0));
  }
}
