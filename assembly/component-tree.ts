/**
 * The components of a mixture of diagonal Gaussians as a balanced tree of boxes, for joint.ts.
 *
 *   log N(z; mu_j, sigma_j^2) = w_j - sum_d ((z_d - mu_jd) r_jd)^2,   r_jd = 1 / (sigma_jd sqrt 2),
 *   w_j = -1/2 sum_d (ln 2 pi + logvar_jd).
 *
 * Components are put in an order in which neighbours are alike: a range is cut at the median of the
 * mean, or of the log variance, of the dimension that tells its components apart best, and its
 * halves are cut in turn until they are leaves of `width` components. Cuts fall on whole leaves, so
 * that only the last is not full. With L leaves a node's left child is the next node and its right
 * child 2 (leaves of the left) further: the nodes need no pointers, only how many leaves each has.
 *
 * Source: J. Bentley 1975, Multidimensional binary search trees used for associative searching; A.
 * Gray, A. Moore 2003, Nonparametric density estimation: toward computational tractability (bounds
 * by boxes of a tree).
 * Cost: O(N (log N + D)).
 * Precision: float64. A cut that is not quite at the median costs time in joint.ts, never digits of
 * its bound.
 */
import { exp_f64x2 } from './lanes';

/** Components that a range's dimension is chosen by, at most. */
const PROBES = 64;
/** Partitions after which a cut is taken as it is: what is expected is a few. */
const MOST_PARTITIONS = 48;
/** How much a cut by log sigma is worth beside a cut by mean in units of sigma. */
const SCALE_WORTH = 3.0;
/** Exponents beyond this are taken to be it: powers stay finite. */
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

/**
 * Variance (divided by the count) of a column at order[start], order[start + step] ..; the mean is
 * written to `mean`.
 */
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

/**
 * How many components a dimension tells apart: the variance of its means in units of its typical
 * sigma, squared.
 */
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

/**
 * The column by whose median a range is best cut: below `columns` a mean, from there on a log
 * variance.
 */
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

/**
 * Moves the smallest keys of [start, end) before `middle`, and order along with them (C. Hoare
 * 1961, Find).
 */
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
 * Cuts nodes from `node` on, whose first leaves are in firsts, i32[nodes], and numbers of leaves in
 * counts, i32[nodes]: puts order, i32[rows], in the order of their halves and fills in their
 * children. mu, logvar: f64[columns][rows]; keys: f64[rows], mean: f64[1], scratch. Stops once the
 * nodes cut have `most` components together; returns the node to go on with, which is their number,
 * 2 counts[0] - 1, at the end.
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
