/**
 * Rows by the value of a factor, and quantiles of the deviations within one value.
 *
 * For the interventional robustness score (Suter et al. 2019): the q-quantile over some rows of
 * |x - mean of x over these rows|, interpolated linearly between order statistics as
 * numpy.percentile does.
 * Cost: O(rows) for each: a counting sort, and selection by Hoare's method, whose result does not
 * depend on its pivots. High quantiles are selected from the few values above a level, which costs
 * a pass and spares most of the exchanging.
 * Precision: float64; means are summed around the first of the rows, so that a huge common offset
 * costs nothing.
 */
import { fold_f64x2 } from './lanes';

/**
 * order: i32[rows], the rows by code, in their own order within each; bounds: i32[values + 1],
 * where each code begins.
 * codes: i32[rows], 0 .. values - 1.
 */
export function orderByCode(order: usize, bounds: usize, codes: usize, rows: i32, values: i32): void {
  memory.fill(bounds, 0, <usize>(values + 1) << 2);
  const end = codes + (<usize>rows << 2);
  for (let p = codes; p < end; p += 4) {
    const q = bounds + (<usize>load<i32>(p) << 2);
    store<i32>(q, load<i32>(q) + 1);
  }
  let sum = 0;
  for (let value = 0; value <= values; value++) {
    const q = bounds + (<usize>value << 2);
    const count = load<i32>(q);
    store<i32>(q, sum);
    sum += count;
  }
  for (let row = 0; row < rows; row++) {
    const q = bounds + (<usize>load<i32>(codes + (<usize>row << 2)) << 2);
    const place = load<i32>(q);
    store<i32>(order + (<usize>place << 2), row);
    store<i32>(q, place + 1);
  }
  // Each bound has moved to the next one's place.
  memory.copy(bounds + 4, bounds, <usize>values << 2);
  store<i32>(bounds, 0);
}

/** Elements that may have to be selected from, beyond which most are first put aside. */
const SELECT_WHOLE = 64;
/** Places of the sample that the level for putting aside is taken from. */
const SAMPLE: i32 = 128;

/**
 * The q-quantiles, 0..1, of |x - mean| over rows order[first .. last) of columns [firstColumn,
 * lastColumn) of x (rows, columns) into out, f64[lastColumn - firstColumn]; last > first. scratch:
 * f64[lastColumn - firstColumn + 1][last - first] + f64[128].
 */
function deviationQuantiles<T>(
  out: usize,
  scratch: usize,
  x: usize,
  order: usize,
  columns: i32,
  firstColumn: i32,
  lastColumn: i32,
  first: i32,
  last: i32,
  q: f64,
): void {
  const stride = <usize>columns * sizeof<T>();
  const start = x + <usize>firstColumn * sizeof<T>();
  const width = <usize>(lastColumn - firstColumn) * sizeof<T>();
  const count = last - first;
  const columnBytes = <usize>count << 3;
  const rows = order + (<usize>first << 2);
  const origin = start + <usize>load<i32>(rows) * stride;
  // Rows are read once, whole, and written around the first of them, a column after the other.
  for (let i = 0; i < count; i++) {
    const row = start + <usize>load<i32>(rows + (<usize>i << 2)) * stride;
    let to = scratch + (<usize>i << 3);
    for (let j: usize = 0; j < width; j += sizeof<T>()) {
      store<f64>(to, <f64>load<T>(row + j) - <f64>load<T>(origin + j));
      to += columnBytes;
    }
  }
  const spare = scratch + <usize>(lastColumn - firstColumn) * columnBytes;
  for (let column = firstColumn; column < lastColumn; column++) {
    store<f64>(out + (<usize>(column - firstColumn) << 3), quantileAroundMean(scratch, count, q, spare));
    scratch += columnBytes;
  }
}

/**
 * The q-quantile of |value - mean| over values, f64[count], which become those. spare: f64[count] +
 * f64[128].
 */
function quantileAroundMean(values: usize, count: i32, q: f64, spare: usize): f64 {
  const pairs = <usize>(count >> 1) << 4;
  const isOdd = count & 1;
  let sum0 = f64x2.splat(0);
  let sum1 = sum0;
  let p: usize = 0;
  for (; p + 32 <= pairs; p += 32) {
    sum0 = f64x2.add(sum0, v128.load(values + p));
    sum1 = f64x2.add(sum1, v128.load(values + p, 16));
  }
  for (; p < pairs; p += 16) sum0 = f64x2.add(sum0, v128.load(values + p));
  let sum = fold_f64x2(f64x2.add(sum0, sum1));
  if (isOdd) sum += load<f64>(values + pairs);
  const mean = sum / <f64>count;
  const mean_f64x2 = f64x2.splat(mean);
  let largest_f64x2 = f64x2.splat(0);
  for (p = 0; p < pairs; p += 16) {
    const deviation = f64x2.abs(f64x2.sub(v128.load(values + p), mean_f64x2));
    v128.store(values + p, deviation);
    largest_f64x2 = f64x2.pmax(largest_f64x2, deviation);
  }
  let largest = max<f64>(f64x2.extract_lane(largest_f64x2, 0), f64x2.extract_lane(largest_f64x2, 1));
  if (isOdd) {
    const deviation = abs<f64>(load<f64>(values + pairs) - mean);
    store<f64>(values + pairs, deviation);
    largest = max<f64>(largest, deviation);
  }

  const at = q * <f64>(count - 1);
  const below = min<i32>(<i32>floor(at), count - 1);
  if (below == count - 1) return largest;
  let from = values;
  let size = count;
  let place = below;
  const kept = keepLargest(spare, values, count, count - below);
  if (kept > 0) {
    from = spare;
    size = kept;
    place = below - (count - kept);
  }
  const lower = select(from, size, place);
  // What follows the place that was selected is not below it: the next order statistic is the least
  // of that.
  let upper = largest;
  for (let i = place + 1; i < size; i++) upper = min<f64>(upper, load<f64>(from + (<usize>i << 3)));
  return lower + (at - <f64>below) * (upper - lower);
}

/**
 * Copies values, f64[count], at or above some level to out, f64[count] + f64[128], such that the
 * `wanted` largest are among them; returns how many, or 0 where it is not worth while. The level
 * comes from a sample, and is checked: the result does not depend on it.
 */
function keepLargest(out: usize, values: usize, count: i32, wanted: i32): i32 {
  if (count < SELECT_WHOLE || wanted > count >> 3) return 0;
  const sampled = min<i32>(SAMPLE, count >> 2);
  const step = count / sampled;
  const sample = out + (<usize>count << 3);
  for (let i = 0; i < sampled; i++) {
    store<f64>(sample + (<usize>i << 3), load<f64>(values + (<usize>(i * step) << 3)));
  }
  // Twice the share that is wanted, and some more for chance.
  const above = (2 * sampled * wanted) / count + 3;
  const level = select(sample, sampled, max<i32>(sampled - above, 0));
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    // Written whether it counts or not: a branch here would be mispredicted.
    store<f64>(out + (<usize>kept << 3), value);
    kept += i32(value >= level);
  }
  return kept >= wanted ? kept : 0;
}

/**
 * Puts the k-th smallest (from 0) of values, f64[count], at place k, what is smaller before it and
 * what is larger behind.
 */
function select(values: usize, count: i32, k: i32): f64 {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    // The median of three, by which sorted rows are no worst case.
    const a = load<f64>(values + (<usize>low << 3));
    const b = load<f64>(values + (<usize>((low + high) >> 1) << 3));
    const c = load<f64>(values + (<usize>high << 3));
    const pivot = max<f64>(min<f64>(a, b), min<f64>(max<f64>(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (load<f64>(values + (<usize>i << 3)) < pivot) i++;
      while (load<f64>(values + (<usize>j << 3)) > pivot) j--;
      if (i <= j) {
        const p = values + (<usize>i << 3);
        const q = values + (<usize>j << 3);
        const held = load<f64>(p);
        store<f64>(p, load<f64>(q));
        store<f64>(q, held);
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return load<f64>(values + (<usize>k << 3));
}

export function deviationQuantilesF32(
  out: usize,
  scratch: usize,
  x: usize,
  order: usize,
  columns: i32,
  firstColumn: i32,
  lastColumn: i32,
  first: i32,
  last: i32,
  q: f64,
): void {
  deviationQuantiles<f32>(out, scratch, x, order, columns, firstColumn, lastColumn, first, last, q);
}

export function deviationQuantilesF64(
  out: usize,
  scratch: usize,
  x: usize,
  order: usize,
  columns: i32,
  firstColumn: i32,
  lastColumn: i32,
  first: i32,
  last: i32,
  q: f64,
): void {
  deviationQuantiles<f64>(out, scratch, x, order, columns, firstColumn, lastColumn, first, last, q);
}
