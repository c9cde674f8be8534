/**
 * From the sums of a class of components on runs (mixture-grid.ts) to log-densities at points, and
 * what these may be off.
 *
 * A point of a run with nodes gets the polynomial through the 16 nodes on either side, in
 * barycentric form:
 *
 *   p(x) = sum_k b_k f_k / (x - t_k) / sum_k b_k / (x - t_k),   b_k = (-1)^k binomial(31, k).
 *
 * Source: J.-P. Berrut, L. N. Trefethen 2004, Barycentric Lagrange Interpolation, equations 4.2 and
 * 5.1. Errors (u = 2^-53), for components of deviations s >= 4.5 h and weights w = 1 / s:
 * - Interpolation, in parts of w for one component. Cramer's inequality for Hermite functions says
 *   |f^(n)| <= 1.0865 s^-n sqrt(n!). With n = 32 nodes, the product of the distances to which is
 *   largest in the middle, p is off by at most 1.0865 (h/s)^32 prod_{i=1}^{16} (i - 1/2)^2 /
 *   sqrt(32!) < 2.4e-14; by nothing where none of the 32 nodes has a term of the component. This is
 *   multiplied by the number of the other components, which is found for every point, and the
 *   largest weight of the class.
 * - Rounding at nodes, of their sums and of p is a factor of sum |l_k| f_k, l_k the Lagrange
 *   weights (sum |l_k| < 1.95); it is found beside p.
 * Cost: 32 nodes a point and class.
 * Precision: float64.
 */

/** Nodes on either side of a point that it is interpolated from. */
const SIDE = 16;
/** Slots before and after the nodes of a run. */
const PAD = 2;

/**
 * Adds the values of runs to sums, f64[M], at points [from, to), and to errors, f64[M], the most
 * that each may be off: perComponent times the components that its nodes got, and rounding times
 * the sum of what it was interpolated from. Points are taken in order: `run` is that of point
 * `from`, returned is that of point `to`. basis: f64[32], (-1)^k binomial(31, k). starts and ends,
 * see addComponents, are overwritten with their running sums where a run begins.
 */
export function addRuns(
  sums: usize,
  errors: usize,
  values: usize,
  starts: usize,
  ends: usize,
  bases: usize,
  nodes: usize,
  firsts: usize,
  slots: usize,
  points: usize,
  basis: usize,
  h: f64,
  perComponent: f64,
  rounding: f64,
  run: i32,
  from: i32,
  to: i32,
): i32 {
  let r = run;
  for (; from < to; r++) {
    const length = load<i32>(nodes + (<usize>r << 2));
    const slot = load<i32>(slots + (<usize>r << 2));
    const first = load<i32>(firsts + (<usize>r << 2));
    const end = load<i32>(firsts + (<usize>r << 2), 4);
    const last = min(end, to);
    const start = from;
    from = last;
    if (length == 0) {
      for (let i = start; i < last; i++) {
        const at = <usize>i << 3;
        store<f64>(sums + at, load<f64>(sums + at) + load<f64>(values + (<usize>(slot + i - first) << 3)));
      }
      if (last < end) return r;
      continue;
    }
    const firstNode = slot + PAD;
    if (start == first) {
      sumUp(starts + (<usize>firstNode << 2), length);
      sumUp(ends + (<usize>firstNode << 2), length);
    }
    const base = load<f64>(bases + (<usize>r << 3));
    const started = load<i32>(starts + (<usize>(firstNode + length - 1) << 2));
    for (let i = started > 0 ? start : last; i < last; i++) {
      const at = <usize>i << 3;
      const x = load<f64>(points + at);
      const cell = max(min(<i32>((x - base) / h), length - SIDE - 1), SIDE - 1);
      const lowest = firstNode + cell - (SIDE - 1);
      const reached = load<i32>(starts + (<usize>(lowest + 2 * SIDE - 1) << 2)) -
        (lowest > firstNode ? load<i32>(ends + (<usize>(lowest - 1) << 2)) : 0);
      if (reached == 0) continue;
      // In whole parts of 2^-48, so that every distance to a node is exact, and 0 where it would be
      // next to nothing.
      const theta = (x - (base + <f64>cell * h)) / h + <f64>SIDE - <f64>SIDE;
      let sum: f64;
      let size: f64;
      if (theta == 0 || theta == 1) {
        sum = load<f64>(values + (<usize>(firstNode + cell + <i32>theta) << 3));
        size = sum;
      } else {
        let t_f64x2 = f64x2.replace_lane(f64x2.splat(theta + <f64>(SIDE - 1)), 1, theta + <f64>(SIDE - 2));
        let sum_f64x2 = f64x2.splat(0);
        let size_f64x2 = sum_f64x2;
        let scale_f64x2 = sum_f64x2;
        for (let k: usize = 0; k < <usize>(2 * SIDE) << 3; k += 16) {
          const share_f64x2 = f64x2.div(v128.load(basis + k), t_f64x2);
          const part_f64x2 = f64x2.mul(share_f64x2, v128.load(values + (<usize>lowest << 3) + k));
          sum_f64x2 = f64x2.add(sum_f64x2, part_f64x2);
          size_f64x2 = f64x2.add(size_f64x2, f64x2.abs(part_f64x2));
          scale_f64x2 = f64x2.add(scale_f64x2, share_f64x2);
          t_f64x2 = f64x2.sub(t_f64x2, f64x2.splat(2));
        }
        const scale = f64x2.extract_lane(scale_f64x2, 0) + f64x2.extract_lane(scale_f64x2, 1);
        sum = (f64x2.extract_lane(sum_f64x2, 0) + f64x2.extract_lane(sum_f64x2, 1)) / scale;
        size = Math.abs((f64x2.extract_lane(size_f64x2, 0) + f64x2.extract_lane(size_f64x2, 1)) / scale);
      }
      store<f64>(sums + at, load<f64>(sums + at) + sum);
      store<f64>(errors + at, load<f64>(errors + at) + (<f64>reached * perComponent + size * rounding));
    }
    if (last < end) return r;
  }
  return r;
}

/** Replaces numbers, i32[count], by their running sums. */
function sumUp(numbers: usize, count: i32): void {
  let sum = 0;
  for (let at = numbers, end = numbers + (<usize>count << 2); at < end; at += 4) {
    sum += load<i32>(at);
    store<i32>(at, sum);
  }
}

/**
 * out = ln sums + offset at points [from, to), f64[M] each, where the error of a sum, that in
 * errors, leftOut, and `rounding` of it, is at most `tolerance` of the density; the other points
 * are listed in far, i32[M], from `listed` on. Returns how many are listed then; largest: f64[1],
 * raised to the largest error that was accepted.
 */
export function takeLogDensities(
  out: usize,
  far: usize,
  largest: usize,
  sums: usize,
  errors: usize,
  leftOut: f64,
  rounding: f64,
  tolerance: f64,
  offset: f64,
  listed: i32,
  from: i32,
  to: i32,
): i32 {
  let most = load<f64>(largest);
  for (let i = from; i < to; i++) {
    const sum = load<f64>(sums + (<usize>i << 3));
    const error = load<f64>(errors + (<usize>i << 3)) + leftOut;
    const bound = error / (sum - error) + rounding;
    if (sum > error && bound <= tolerance) {
      store<f64>(out + (<usize>i << 3), Math.log(sum) + offset);
      most = max(most, bound);
    } else {
      store<i32>(far + (<usize>listed << 2), i);
      listed++;
    }
  }
  store<f64>(largest, most);
  return listed;
}
