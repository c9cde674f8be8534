/**
 * Mutual information from distances to nearest neighbours, of a number and a class and of two
 * numbers.
 *
 *   number and class:   I = psi(N) + < psi(k_i) - psi(n_i) - psi(m_i) >,
 *   two numbers:        I = psi(N) + < psi(k_i) - psi(x_i) - psi(y_i) >.
 *
 * The distance r_i from row i to its k-th nearest neighbour is taken among the rows of its class,
 * or in the plane with the larger of both distances. Of the rows nearer than r_i, itself among
 * them, k_i are in its class (or near in both coordinates), m_i in any class, x_i and y_i near in
 * one coordinate; n_i is the size of its class. Where no two distances tie, k_i = k. Where r_i is 0
 * the rows at distance 0 are counted, so that equal numbers need no noise.
 *
 * Source: Ross 2014, Mutual Information between Discrete and Continuous Data Sets, equation 7;
 * Kraskov, Stoegbauer, Grassberger 2004, Estimating Mutual Information, equation 8. Counting k_i
 * where distances tie: after Gao et al. 2017, Estimating Mutual Information for Discrete-Continuous
 * Mixtures.
 * Cost: O(N log N) for a class once the numbers are sorted; about O(N (k + log N)) in the plane.
 * Precision: differences of float64 are compared as they are; sums are float64.
 */

/** Less than any positive distance: rows nearer than this are those at distance 0. */
const LEAST = f64.MIN_VALUE;

/**
 * Writes psi(n), the derivative of ln gamma, for n = 1 .. count - 1 into out, f64[count]; out[0]
 * is 0.
 */
export function digammas(out: usize, count: i32): void {
  // The harmonic sum, with what each addition loses carried along.
  let sum = -0.5772156649015329;
  let lost = 0.0;
  if (count > 0) store<f64>(out, 0);
  for (let n = 1; n < count; n++) {
    store<f64>(out + (<usize>n << 3), sum);
    const term = 1.0 / <f64>n - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
}

/**
 * Takes the rows whose code is at least 0 out of x, f64[rows] in increasing order, order,
 * i32[rows], the row of each: their numbers into values, f64[kept], and the places of each class
 * there into places, i32[kept], class by class.
 * codes: i32[rows], by row; cursors: i32[classes], where each class begins in places; overwritten.
 */
export function placeClasses(
  values: usize,
  places: usize,
  x: usize,
  order: usize,
  codes: usize,
  cursors: usize,
  rows: i32,
): void {
  let kept = 0;
  for (let i = 0; i < rows; i++) {
    const code = load<i32>(codes + (<usize>load<i32>(order + (<usize>i << 2)) << 2));
    if (code < 0) continue;
    const cursor = cursors + (<usize>code << 2);
    const at = load<i32>(cursor);
    store<i32>(cursor, at + 1);
    store<i32>(places + (<usize>at << 2), kept);
    store<f64>(values + (<usize>kept << 3), load<f64>(x + (<usize>i << 3)));
    kept++;
  }
}

/**
 * The sum of psi(k_i) - psi(m_i) over the rows of classes [firstClass, lastClass), each of which
 * has at least two. values, places: see placeClasses; bounds: i32[classes + 1], where each class
 * begins in places; psi: see digammas.
 */
export function classTerms(
  values: usize,
  places: usize,
  bounds: usize,
  psi: usize,
  kept: i32,
  neighbours: i32,
  firstClass: i32,
  lastClass: i32,
): f64 {
  let sum = 0.0;
  for (let c = firstClass; c < lastClass; c++) {
    const start = load<i32>(bounds + (<usize>c << 2));
    const count = load<i32>(bounds + (<usize>c << 2), 4) - start;
    const own = places + (<usize>start << 2);
    const k = min(neighbours, count - 1);
    // The k + 1 rows of the class nearest to row i, itself among them, are side by side: [left,
    // left + k].
    let left = 0;
    let term = 0.0;
    for (let i = 0; i < count; i++) {
      const value = ownValue(values, own, i);
      if (i > 0 && value == ownValue(values, own, i - 1)) {
        sum += term;
        continue;
      }
      while (left + k + 1 < count && ownValue(values, own, left + k + 1) - value < value - ownValue(values, own, left)) left++;
      let first = left;
      let last = left + k;
      const radius = max(max(value - ownValue(values, own, first), ownValue(values, own, last) - value), LEAST);
      while (value - ownValue(values, own, first) >= radius) first++;
      while (ownValue(values, own, last) - value >= radius) last--;
      // Equal numbers may be more than the window holds.
      if (radius == LEAST) {
        first = i;
        last = lastNear(values, own, value, radius, i, count);
      }
      const before = first == 0 ? -1 : load<i32>(own + (<usize>(first - 1) << 2));
      const after = last == count - 1 ? kept : load<i32>(own + (<usize>(last + 1) << 2));
      const near =
        endOfNear(values, value, radius, load<i32>(own + (<usize>last << 2)), after) -
        startOfNear(values, value, radius, before, load<i32>(own + (<usize>first << 2)));
      term = load<f64>(psi + (<usize>(last - first + 1) << 3)) - load<f64>(psi + (<usize>near << 3));
      sum += term;
    }
  }
  return sum;
}

/** The number of the i-th row of a class. */
// @ts-ignore: decorator
@inline
function ownValue(values: usize, own: usize, i: i32): f64 {
  return load<f64>(values + (<usize>load<i32>(own + (<usize>i << 2)) << 3));
}

/** The last row of a class that is nearer than radius; row i is. */
function lastNear(values: usize, own: usize, value: f64, radius: f64, i: i32, count: i32): i32 {
  let low = i;
  let high = count;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (ownValue(values, own, middle) - value < radius) low = middle;
    else high = middle;
  }
  return low;
}

/** The first place in (low, high] that is nearer than radius; that at high is. */
// @ts-ignore: decorator
@inline
function startOfNear(values: usize, value: f64, radius: f64, low: i32, high: i32): i32 {
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (value - load<f64>(values + (<usize>middle << 3)) < radius) high = middle;
    else low = middle;
  }
  return high;
}

/** The first place in (low, high] that is not nearer than radius; that at low is. */
// @ts-ignore: decorator
@inline
function endOfNear(values: usize, value: f64, radius: f64, low: i32, high: i32): i32 {
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (load<f64>(values + (<usize>middle << 3)) - value < radius) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Puts points into strips of `width` that follow each other in x, each in the order of y: stripX
 * and stripY, f64[rows].
 * x: f64[rows] in increasing order; y: f64[rows] in increasing order; places: i32[rows], where the
 * point of each y is in x, equal y in increasing order; cursors: i32[strips], scratch.
 */
export function fillStrips(
  stripX: usize,
  stripY: usize,
  x: usize,
  y: usize,
  places: usize,
  cursors: usize,
  rows: i32,
  width: i32,
): void {
  const strips = (rows + width - 1) / width;
  for (let s = 0; s < strips; s++) store<i32>(cursors + (<usize>s << 2), s * width);
  for (let i = 0; i < rows; i++) {
    const place = load<i32>(places + (<usize>i << 2));
    const cursor = cursors + (<usize>(place / width) << 2);
    const at = load<i32>(cursor);
    store<i32>(cursor, at + 1);
    store<f64>(stripX + (<usize>at << 3), load<f64>(x + (<usize>place << 3)));
    store<f64>(stripY + (<usize>at << 3), load<f64>(y + (<usize>i << 3)));
  }
}

/**
 * The sum of psi(k_i) - psi(x_i) - psi(y_i) over the points of strips [firstStrip, lastStrip),
 * distances in x and y being taken perScaleX and perScaleY times. x, y: f64[rows], each in
 * increasing order; stripX, stripY: see fillStrips;
 * nearest: f64[neighbours], scratch; neighbours is below rows.
 */
export function planeTerms(
  stripX: usize,
  stripY: usize,
  x: usize,
  y: usize,
  psi: usize,
  nearest: usize,
  perScaleX: f64,
  perScaleY: f64,
  rows: i32,
  width: i32,
  neighbours: i32,
  firstStrip: i32,
  lastStrip: i32,
): f64 {
  let sum = 0.0;
  for (let strip = firstStrip; strip < lastStrip; strip++) {
    const start = strip * width;
    const end = min(start + width, rows);
    let term = 0.0;
    for (let i = start; i < end; i++) {
      const cx = load<f64>(stripX + (<usize>i << 3));
      const cy = load<f64>(stripY + (<usize>i << 3));
      if (i > start && cx == load<f64>(stripX + (<usize>(i - 1) << 3)) && cy == load<f64>(stripY + (<usize>(i - 1) << 3))) {
        sum += term;
        continue;
      }
      for (let j = 0; j < neighbours; j++) store<f64>(nearest + (<usize>j << 3), Infinity);
      let equal = scanUp(stripX, stripY, nearest, cx, cy, perScaleX, perScaleY, neighbours, i + 1, end);
      equal += scanDown(stripX, stripY, nearest, cx, cy, perScaleX, perScaleY, neighbours, i - 1, start);
      for (let from = start; from > 0; from -= width) {
        if ((cx - load<f64>(x + (<usize>(from - 1) << 3))) * perScaleX >= radiusOf(nearest, neighbours)) break;
        const middle = firstFrom(stripY, cy, from - width, from);
        equal += scanUp(stripX, stripY, nearest, cx, cy, perScaleX, perScaleY, neighbours, middle, from);
        equal += scanDown(stripX, stripY, nearest, cx, cy, perScaleX, perScaleY, neighbours, middle - 1, from - width);
      }
      for (let from = start + width; from < rows; from += width) {
        if ((load<f64>(x + (<usize>from << 3)) - cx) * perScaleX >= radiusOf(nearest, neighbours)) break;
        const to = min(from + width, rows);
        const middle = firstFrom(stripY, cy, from, to);
        equal += scanUp(stripX, stripY, nearest, cx, cy, perScaleX, perScaleY, neighbours, middle, to);
        equal += scanDown(stripX, stripY, nearest, cx, cy, perScaleX, perScaleY, neighbours, middle - 1, from);
      }
      const radius = radiusOf(nearest, neighbours);
      let near = 1;
      if (radius == LEAST) near += equal;
      else while (near <= neighbours && load<f64>(nearest + (<usize>(near - 1) << 3)) < radius) near++;
      term =
        load<f64>(psi + (<usize>near << 3)) -
        load<f64>(psi + (<usize>countNear(x, cx, perScaleX, radius, rows) << 3)) -
        load<f64>(psi + (<usize>countNear(y, cy, perScaleY, radius, rows) << 3));
      sum += term;
    }
  }
  return sum;
}

/** The distance to the farthest of the nearest points found so far. */
// @ts-ignore: decorator
@inline
function radiusOf(nearest: usize, neighbours: i32): f64 {
  return max(load<f64>(nearest + (<usize>(neighbours - 1) << 3)), LEAST);
}

/** Puts a distance, less than the last, among the nearest, which are in increasing order. */
// @ts-ignore: decorator
@inline
function insert(nearest: usize, distance: f64, neighbours: i32): void {
  let at = nearest + (<usize>(neighbours - 1) << 3);
  while (at > nearest && load<f64>(at - 8) > distance) {
    store<f64>(at, load<f64>(at - 8));
    at -= 8;
  }
  store<f64>(at, distance);
}

/**
 * Looks at the points from `from` up to `end` while they are near in y; returns how many are at
 * distance 0.
 */
function scanUp(
  stripX: usize,
  stripY: usize,
  nearest: usize,
  cx: f64,
  cy: f64,
  perScaleX: f64,
  perScaleY: f64,
  neighbours: i32,
  from: i32,
  end: i32,
): i32 {
  let equal = 0;
  let radius = radiusOf(nearest, neighbours);
  for (let j = from; j < end; j++) {
    const dy = (load<f64>(stripY + (<usize>j << 3)) - cy) * perScaleY;
    if (dy >= radius) break;
    const distance = max(Math.abs(load<f64>(stripX + (<usize>j << 3)) - cx) * perScaleX, dy);
    if (distance >= radius) continue;
    if (distance == 0) equal++;
    if (radius == LEAST) continue;
    insert(nearest, distance, neighbours);
    radius = radiusOf(nearest, neighbours);
  }
  return equal;
}

/** As scanUp, from `from` down to `start`. */
function scanDown(
  stripX: usize,
  stripY: usize,
  nearest: usize,
  cx: f64,
  cy: f64,
  perScaleX: f64,
  perScaleY: f64,
  neighbours: i32,
  from: i32,
  start: i32,
): i32 {
  let equal = 0;
  let radius = radiusOf(nearest, neighbours);
  for (let j = from; j >= start; j--) {
    const dy = (cy - load<f64>(stripY + (<usize>j << 3))) * perScaleY;
    if (dy >= radius) break;
    const distance = max(Math.abs(load<f64>(stripX + (<usize>j << 3)) - cx) * perScaleX, dy);
    if (distance >= radius) continue;
    if (distance == 0) equal++;
    if (radius == LEAST) continue;
    insert(nearest, distance, neighbours);
    radius = radiusOf(nearest, neighbours);
  }
  return equal;
}

/** The first of sorted[low .. high) that is at least value; high if none is. */
function firstFrom(sorted: usize, value: f64, low: i32, high: i32): i32 {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<f64>(sorted + (<usize>middle << 3)) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of sorted[rows] are nearer to the centre than radius. */
function countNear(sorted: usize, centre: f64, perScale: f64, radius: f64, rows: i32): i32 {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((centre - load<f64>(sorted + (<usize>middle << 3))) * perScale < radius) high = middle;
    else low = middle + 1;
  }
  const first = low;
  high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((load<f64>(sorted + (<usize>middle << 3)) - centre) * perScale < radius) low = middle + 1;
    else high = middle;
  }
  return low - first;
}
