/**
 * The components of a mixture of diagonal Gaussians as a balanced tree of boxes, for joint.ts.
 *
 *   log N(z; mu_j, sigma_j^2) = w_j - sum_d ((z_d - mu_jd) r_jd)^2,   r_jd = 1 / (sigma_jd sqrt 2),
 *   w_j = -1/2 sum_d (ln 2 pi + logvar_jd).
 *
 * Components are put in an order in which neighbours are alike: a range is cut at the median of the mean, or of the log
 * variance, of the dimension that tells its components apart best, and its halves are cut in turn until they are leaves of
 * `width` components. Cuts fall on whole leaves, so that only the last is not full. With L leaves a node's left child is
 * the next node and its right child 2 (leaves of the left) further: the nodes need no pointers, only how many leaves each has.
 *
 * Source: J. Bentley 1975, Multidimensional binary search trees used for associative searching; A. Gray, A. Moore 2003,
 * Nonparametric density estimation: toward computational tractability (bounds by boxes of a tree).
 * Cost: O(N (log N + D)).
 * Precision: float64. A cut that is not quite at the median costs time in joint.ts, never digits of its bound.
 */
import { exp_f64x2 } from './lanes';

/** Components that a range's dimension is chosen by, at most. */
const PROBES = 64;
/** Partitions after which a cut is taken as it is: what is expected is a few. */
const MOST_PARTITIONS = 48;
/** How much a cut by log sigma is worth beside a cut by mean in units of sigma. */
const SCALE_WORTH = 1.0;
/** Larger in size than any exponent that float64 has a power for. */
const LARGEST_EXPONENT = 700.0;

// @ts-ignore: decorator
@inline
function at(x: usize, column: i32, rows: i32, row: i32): f64 {
  return load<f64>(x + ((<usize>column * <usize>rows + <usize>row) << 3));
}

// @ts-ignore: decorator
@inline
function exp(x: f64): f64 {
  return f64x2.extract_lane(exp_f64x2(f64x2.splat(min(max(x, -LARGEST_EXPONENT), LARGEST_EXPONENT))), 0);
}

/** Variance (divided by the count) of a column at order[start], order[start + step] ..; the mean is written to `mean`. */
function probe(mean: usize, x: usize, column: i32, rows: i32, order: usize, start: i32, end: i32, step: i32): f64 {
  const first = at(x, column, rows, load<i32>(order + (<usize>start << 2)));
  let sum = 0.0;
  let squares = 0.0;
  let count = 0.0;
  for (let i = start; i < end; i += step) {
    const value = at(x, column, rows, load<i32>(order + (<usize>i << 2))) - first;
    sum += value;
    squares += value * value;
    count++;
  }
  const centre = sum / count;
  store<f64>(mean, first + centre);
  return max(0, squares / count - centre * centre);
}

/** How many components a dimension tells apart: the variance of its means in units of its typical sigma, squared. */
function spreadOfMeans(
  mean: usize,
  mu: usize,
  logvar: usize,
  column: i32,
  rows: i32,
  order: usize,
  start: i32,
  end: i32,
): f64 {
  const step = max(1, (end - start) / PROBES);
  probe(mean, logvar, column, rows, order, start, end, step);
  const logVariance = load<f64>(mean);
  return probe(mean, mu, column, rows, order, start, end, step) * exp(-logVariance);
}

/**
 * Writes the dimensions, those that tell most components apart first, into dims, i32[columns].
 * mu, logvar: f64[columns][rows]; order: i32[rows], the numbers from 0; scratch: f64[columns + 1].
 */
export function orderDimensions(
  dims: usize,
  scratch: usize,
  mu: usize,
  logvar: usize,
  order: usize,
  rows: i32,
  columns: i32,
): void {
  const mean = scratch + (<usize>columns << 3);
  for (let d = 0; d < columns; d++) {
    const spread = spreadOfMeans(mean, mu, logvar, d, rows, order, 0, rows);
    let place = d;
    while (place > 0 && load<f64>(scratch + (<usize>(place - 1) << 3)) < spread) {
      store<f64>(scratch + (<usize>place << 3), load<f64>(scratch + (<usize>(place - 1) << 3)));
      store<i32>(dims + (<usize>place << 2), load<i32>(dims + (<usize>(place - 1) << 2)));
      place--;
    }
    store<f64>(scratch + (<usize>place << 3), spread);
    store<i32>(dims + (<usize>place << 2), d);
  }
}

/** The column by whose median a range is best cut: below `columns` a mean, from there on a log variance. */
function chooseColumn(
  mean: usize,
  mu: usize,
  logvar: usize,
  order: usize,
  rows: i32,
  columns: i32,
  start: i32,
  end: i32,
): i32 {
  const step = max(1, (end - start) / PROBES);
  let best = 0;
  let most = -1.0;
  for (let d = 0; d < columns; d++) {
    // 1/4: the variance of log sigma by that of log sigma^2.
    const ofScales = 0.25 * SCALE_WORTH * SCALE_WORTH * probe(mean, logvar, d, rows, order, start, end, step);
    const logVariance = load<f64>(mean);
    const ofMeans = probe(mean, mu, d, rows, order, start, end, step) * exp(-logVariance);
    if (ofMeans > most) {
      most = ofMeans;
      best = d;
    }
    if (ofScales > most) {
      most = ofScales;
      best = columns + d;
    }
  }
  return best;
}

// @ts-ignore: decorator
@inline
function median(a: f64, b: f64, c: f64): f64 {
  return max(min(a, b), min(max(a, b), c));
}

/** Moves the smallest keys of [start, end) before `middle`, and order along with them (C. Hoare 1961, Find). */
function cutAt(keys: usize, order: usize, start: i32, end: i32, middle: i32): void {
  let low = start;
  let high = end - 1;
  for (let round = 0; round < MOST_PARTITIONS && low < high; round++) {
    const pivot = median(
      load<f64>(keys + (<usize>low << 3)),
      load<f64>(keys + (<usize>((low + high) >>> 1) << 3)),
      load<f64>(keys + (<usize>high << 3)),
    );
    let i = low;
    let j = high;
    while (i <= j) {
      while (load<f64>(keys + (<usize>i << 3)) < pivot) i++;
      while (load<f64>(keys + (<usize>j << 3)) > pivot) j--;
      if (i > j) break;
      const key = load<f64>(keys + (<usize>i << 3));
      store<f64>(keys + (<usize>i << 3), load<f64>(keys + (<usize>j << 3)));
      store<f64>(keys + (<usize>j << 3), key);
      const row = load<i32>(order + (<usize>i << 2));
      store<i32>(order + (<usize>i << 2), load<i32>(order + (<usize>j << 2)));
      store<i32>(order + (<usize>j << 2), row);
      i++;
      j--;
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

/**
 * Cuts nodes from `node` on, whose first leaves are in firsts, i32[nodes], and numbers of leaves in counts, i32[nodes]:
 * puts order, i32[rows], in the order of their halves and fills in their children. mu, logvar: f64[columns][rows]; keys:
 * f64[rows], mean: f64[1], scratch. Stops once the nodes cut have `most` components together; returns the node to go on with,
 * which is their number, 2 counts[0] - 1, at the end.
 */
export function cutNodes(
  firsts: usize,
  counts: usize,
  order: usize,
  keys: usize,
  mean: usize,
  mu: usize,
  logvar: usize,
  rows: i32,
  columns: i32,
  width: i32,
  node: i32,
  most: i32,
): i32 {
  const lastNode = 2 * load<i32>(counts) - 1;
  let done = 0;
  for (; node < lastNode && done < most; node++) {
    const leaves = load<i32>(counts + (<usize>node << 2));
    if (leaves == 1) continue;
    const first = load<i32>(firsts + (<usize>node << 2));
    const left = (leaves + 1) >>> 1;
    const start = first * width;
    const end = min(rows, (first + leaves) * width);
    const column = chooseColumn(mean, mu, logvar, order, rows, columns, start, end);
    const values = (column < columns ? mu : logvar) + ((<usize>(column % columns) * <usize>rows) << 3);
    for (let i = start; i < end; i++) {
      const row = <usize>load<i32>(order + (<usize>i << 2));
      store<f64>(keys + (<usize>i << 3), load<f64>(values + (row << 3)));
    }
    cutAt(keys, order, start, end, (first + left) * width);
    store<i32>(firsts + (<usize>(node + 1) << 2), first);
    store<i32>(counts + (<usize>(node + 1) << 2), left);
    store<i32>(firsts + (<usize>(node + 2 * left) << 2), first + left);
    store<i32>(counts + (<usize>(node + 2 * left) << 2), leaves - left);
    done += end - start;
  }
  return node;
}

/**
 * Writes leaves [firstLeaf, lastLeaf): of each, f64[1 + 2 columns][width], w_j, then mu_j and r_j of each dimension in the
 * order of dims, i32[columns]. Beyond the last component w is -infinity, mu and r are 0.
 */
export function packLeaves(
  leaves: usize,
  order: usize,
  dims: usize,
  mu: usize,
  logvar: usize,
  rows: i32,
  columns: i32,
  width: i32,
  firstLeaf: i32,
  lastLeaf: i32,
): void {
  const line = <usize>width << 3;
  for (let leaf = firstLeaf; leaf < lastLeaf; leaf++) {
    const to = leaves + <usize>leaf * <usize>(1 + 2 * columns) * line;
    const start = leaf * width;
    const count = min(width, rows - start);
    memory.fill(to, 0, <usize>(1 + 2 * columns) * line);
    for (let d = 0; d < columns; d++) {
      const dim = load<i32>(dims + (<usize>d << 2));
      const means = to + <usize>(1 + 2 * d) * line;
      for (let i = 0; i < count; i++) {
        const row = load<i32>(order + (<usize>(start + i) << 2));
        const logVariance = at(logvar, dim, rows, row);
        const here = <usize>i << 3;
        store<f64>(means + here, at(mu, dim, rows, row));
        store<f64>(means + line + here, logVariance);
        store<f64>(to + here, load<f64>(to + here) - 0.5 * (1.8378770664093453 + logVariance));
      }
      const lanes = <usize>((count + 1) & ~1) << 3;
      for (let p = means + line; p < means + line + lanes; p += 16) {
        const half = f64x2.mul(v128.load(p), f64x2.splat(-0.5));
        const inside = f64x2.pmin(half, f64x2.splat(LARGEST_EXPONENT));
        v128.store(p, f64x2.mul(exp_f64x2(inside), f64x2.splat(0.7071067811865476)));
      }
      if (count & 1) store<f64>(means + line + (<usize>count << 3), 0);
    }
    for (let i = count; i < width; i++) store<f64>(to + (<usize>i << 3), -Infinity);
  }
}

/** What a bound is widened by, relatively, because its sum is rounded in another order than those it bounds. */
// @ts-ignore: decorator
@inline
function slack(columns: i32): f64 {
  return <f64>(columns + 8) * 4.44e-16;
}

/**
 * Writes the box of each node: f64[3][stride] and two more, the least and the largest mean and the least r of each dimension,
 * the largest w, and a 0; stride is columns rounded up to an even number, and what is beyond columns is 0.
 */
export function boxNodes(
  boxes: usize,
  firsts: usize,
  counts: usize,
  leaves: usize,
  rows: i32,
  columns: i32,
  width: i32,
): void {
  const line = <usize>width << 3;
  const span = <usize>((columns + 1) & ~1) << 3;
  const size = span * 3 + 16;
  const nodes = 2 * load<i32>(counts) - 1;
  for (let node = nodes - 1; node >= 0; node--) {
    const to = boxes + <usize>node * size;
    const count = load<i32>(counts + (<usize>node << 2));
    if (count > 1) {
      mergeBoxes(to, to + size, to + <usize>((count + 1) & ~1) * size, span);
      continue;
    }
    const leaf = load<i32>(firsts + (<usize>node << 2));
    const from = leaves + <usize>leaf * <usize>(1 + 2 * columns) * line;
    const end = <usize>min(width, rows - leaf * width) << 3;
    memory.fill(to, 0, size);
    let most = -Infinity;
    for (let p: usize = 0; p < end; p += 8) most = max(most, load<f64>(from + p));
    store<f64>(to + 3 * span, most + Math.abs(most) * slack(columns));
    for (let d = 0; d < columns; d++) {
      const means = from + <usize>(1 + 2 * d) * line;
      let low = Infinity;
      let high = -Infinity;
      let least = Infinity;
      for (let p: usize = 0; p < end; p += 8) {
        low = min(low, load<f64>(means + p));
        high = max(high, load<f64>(means + p));
        least = min(least, load<f64>(means + line + p));
      }
      const here = to + (<usize>d << 3);
      store<f64>(here, low);
      store<f64>(here + span, high);
      store<f64>(here + 2 * span, least * (1 - slack(columns)));
    }
  }
}

/** The box of two nodes together. */
function mergeBoxes(to: usize, left: usize, right: usize, span: usize): void {
  for (let d: usize = 0; d < span; d += 16) {
    v128.store(to + d, f64x2.pmin(v128.load(left + d), v128.load(right + d)));
    const high = to + span + d;
    v128.store(high, f64x2.pmax(v128.load(left + span + d), v128.load(right + span + d)));
    const least = to + 2 * span + d;
    v128.store(least, f64x2.pmin(v128.load(left + 2 * span + d), v128.load(right + 2 * span + d)));
  }
  store<f64>(to + 3 * span, max(load<f64>(left + 3 * span), load<f64>(right + 3 * span)));
  store<f64>(to + 3 * span + 8, 0);
}
