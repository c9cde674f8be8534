/**
 * Rows by the value of a factor, and quantiles of the deviations within one value.
 *
 * For the interventional robustness score (Suter et al. 2019): the q-quantile over some rows of |x - mean of x over these rows|,
 * interpolated linearly between order statistics as numpy.percentile does.
 * Cost: O(rows) for each: a counting sort, and selection by Hoare's method, whose result does not depend on its pivots.
 * Precision: float64; means are summed around the first of the rows, so that a huge common offset costs nothing.
 */

/**
 * order: i32[rows], the rows by code, in their own order within each; bounds: i32[values + 1], where each code begins.
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

/**
 * The q-quantile, 0..1, of |x - mean| over rows order[first .. last) of one column of x (rows, columns); last > first.
 * scratch: f64[last - first].
 */
function deviationQuantile<T>(
  scratch: usize,
  x: usize,
  order: usize,
  columns: i32,
  column: i32,
  first: i32,
  last: i32,
  q: f64,
): f64 {
  const stride = <usize>columns * sizeof<T>();
  const start = x + <usize>column * sizeof<T>();
  const count = last - first;
  const rows = order + (<usize>first << 2);
  const origin = <f64>load<T>(start + <usize>load<i32>(rows) * stride);
  let sum = 0.0;
  for (let i = 0; i < count; i++) {
    const shifted = <f64>load<T>(start + <usize>load<i32>(rows + (<usize>i << 2)) * stride) - origin;
    store<f64>(scratch + (<usize>i << 3), shifted);
    sum += shifted;
  }
  const mean = sum / <f64>count;
  let largest = 0.0;
  for (let i = 0; i < count; i++) {
    const p = scratch + (<usize>i << 3);
    const deviation = abs<f64>(load<f64>(p) - mean);
    store<f64>(p, deviation);
    largest = max<f64>(largest, deviation);
  }
  const at = q * <f64>(count - 1);
  const below = min<i32>(<i32>floor(at), count - 1);
  if (below == count - 1) return largest;
  const lower = select(scratch, count, below);
  // What follows the place that was selected is not below it: the next order statistic is the least of that.
  let upper = largest;
  for (let i = below + 1; i < count; i++) upper = min<f64>(upper, load<f64>(scratch + (<usize>i << 3)));
  return lower + (at - <f64>below) * (upper - lower);
}

/** Puts the k-th smallest (from 0) of values, f64[count], at place k, what is smaller before it and what is larger behind. */
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

export function deviationQuantileF32(
  scratch: usize,
  x: usize,
  order: usize,
  columns: i32,
  column: i32,
  first: i32,
  last: i32,
  q: f64,
): f64 {
  return deviationQuantile<f32>(scratch, x, order, columns, column, first, last, q);
}

export function deviationQuantileF64(
  scratch: usize,
  x: usize,
  order: usize,
  columns: i32,
  column: i32,
  first: i32,
  last: i32,
  q: f64,
): f64 {
  return deviationQuantile<f64>(scratch, x, order, columns, column, first, last, q);
}
