/**
 * The votes of the FactorVAE score: which latent varies least while a factor is fixed; and of
 * Z-max: which varies most while all factors but one are.
 * Source: Kim & Mnih 2018, section 4; weighted votes: Song 2018 (MSc thesis, University College
 * London), section 5.2.2; the largest variance: Kim et al. 2019, Relevance Factor VAE.
 * Cost: O(count * size * columns). Precision: float64 throughout; a latent that does not vary has
 * variance exactly 0.
 */
import { loadPair_f64x2, touchRows } from './lanes';

/**
 * Variances (divided by size - 1) of each batch and latent. out: f64[count][columns]; x: (rows,
 * columns); rows: i32[count][size]; size >= 2.
 */
function batchVariances<T>(out: usize, x: usize, rows: usize, count: i32, size: i32, columns: i32, isLarge: bool): void {
  const stride = <usize>columns * sizeof<T>();
  const second = 2 * sizeof<T>();
  const perRow = f64x2.splat(1.0 / <f64>size);
  const divisor = f64x2.splat(1.0 / <f64>(size - 1));
  const rowBytes = <usize>size << 2;
  for (let i = 0; i < count; i++) {
    const first = rows + <usize>i * rowBytes;
    const end = first + rowBytes;
    if (isLarge) touchRows(x, first, end, stride, out + ((<usize>i * <usize>columns) << 3));
    for (let column = 0; column < columns; column += 4) {
      const base = x + <usize>column * sizeof<T>();
      // Around the batch's first row: no digit is lost to a common offset, and equal values give
      // exactly 0.
      const origin = base + <usize>load<u32>(first) * stride;
      const shift0 = loadPair_f64x2<T>(origin);
      const shift1 = loadPair_f64x2<T>(origin + second);
      let sum0 = f64x2.splat(0);
      let sum1 = sum0;
      let square0 = sum0;
      let square1 = sum0;
      for (let p = first + 4; p < end; p += 4) {
        const row = base + <usize>load<u32>(p) * stride;
        const a = f64x2.sub(loadPair_f64x2<T>(row), shift0);
        const b = f64x2.sub(loadPair_f64x2<T>(row + second), shift1);
        sum0 = f64x2.add(sum0, a);
        sum1 = f64x2.add(sum1, b);
        square0 = f64x2.add(square0, f64x2.mul(a, a));
        square1 = f64x2.add(square1, f64x2.mul(b, b));
      }
      const variance0 = f64x2.mul(f64x2.sub(square0, f64x2.mul(f64x2.mul(sum0, sum0), perRow)), divisor);
      const variance1 = f64x2.mul(f64x2.sub(square1, f64x2.mul(f64x2.mul(sum1, sum1), perRow)), divisor);
      const q = out + ((<usize>i * <usize>columns + <usize>column) << 3);
      // Never below 0: with a deviation of 0 among them, the squares exceed the square of the sum
      // over n by a share of 1/n.
      store<f64>(q, f64x2.extract_lane(variance0, 0));
      if (column + 1 < columns) store<f64>(q, f64x2.extract_lane(variance0, 1), 8);
      if (column + 2 < columns) store<f64>(q, f64x2.extract_lane(variance1, 0), 16);
      if (column + 3 < columns) store<f64>(q, f64x2.extract_lane(variance1, 1), 24);
    }
  }
}

export function batchVariancesF32(
  out: usize,
  x: usize,
  rows: usize,
  count: i32,
  size: i32,
  columns: i32,
  isLarge: bool,
): void {
  batchVariances<f32>(out, x, rows, count, size, columns, isLarge);
}

export function batchVariancesF64(
  out: usize,
  x: usize,
  rows: usize,
  count: i32,
  size: i32,
  columns: i32,
  isLarge: bool,
): void {
  batchVariances<f64>(out, x, rows, count, size, columns, isLarge);
}

/**
 * For each batch the kept latent whose variance, relative to its global variance, is smallest;
 * differences up to 1e-12 are ties and go to the lowest index. Its weight: (sum_d s_d - s_min) /
 * sum_d s_d with s_d the relative standard deviation of the kept latents; where every s_d is 0 they
 * are all alike, and the weight is that of equal s_d.
 * chosen: i32[count]; weights: f64[count]; variances: f64[count][columns]; global: f64[columns], 0
 * for a latent left out.
 */
export function chooseLatents(chosen: usize, weights: usize, variances: usize, global: usize, count: i32, columns: i32): void {
  for (let i = 0; i < count; i++) {
    const local = variances + ((<usize>i * <usize>columns) << 3);
    let smallest = Infinity;
    let sum = 0.0;
    let kept = 0;
    for (let d = 0; d < columns; d++) {
      const whole = load<f64>(global + (<usize>d << 3));
      if (whole == 0) continue;
      const ratio = load<f64>(local + (<usize>d << 3)) / whole;
      smallest = min(smallest, ratio);
      sum += Math.sqrt(ratio);
      kept++;
    }
    let best = -1;
    for (let d = 0; d < columns && best < 0; d++) {
      const whole = load<f64>(global + (<usize>d << 3));
      if (whole != 0 && load<f64>(local + (<usize>d << 3)) / whole <= smallest + 1e-12) best = d;
    }
    store<i32>(chosen + (<usize>i << 2), best);
    store<f64>(weights + (<usize>i << 3), sum > 0 ? (sum - Math.sqrt(smallest)) / sum : 1.0 - 1.0 / <f64>kept);
  }
}

/**
 * As chooseLatents, for the largest relative variance; there are no weights. A latent is kept whose
 * global variance is not 0.
 * chosen: i32[count]; variances: f64[count][columns]; global: f64[columns].
 */
export function chooseLargest(chosen: usize, variances: usize, global: usize, count: i32, columns: i32): void {
  for (let i = 0; i < count; i++) {
    const local = variances + ((<usize>i * <usize>columns) << 3);
    let largest = -1.0;
    for (let d = 0; d < columns; d++) {
      const whole = load<f64>(global + (<usize>d << 3));
      if (whole != 0) largest = max(largest, load<f64>(local + (<usize>d << 3)) / whole);
    }
    let best = -1;
    for (let d = 0; d < columns && best < 0; d++) {
      const whole = load<f64>(global + (<usize>d << 3));
      if (whole != 0 && load<f64>(local + (<usize>d << 3)) / whole >= largest - 1e-12) best = d;
    }
    store<i32>(chosen + (<usize>i << 2), best);
  }
}

/**
 * batchVariances and chooseLatents in one, for float32 tables: variances in float32, and again in
 * float64 for a batch whose two smallest are too close to call. The chosen latents are those of
 * float64, by this bound: around the first row, whose deviation is 0, the sum of squares S of n
 * rows is at most n times the sum V around the mean; summing in float32 errs by at most 3 n 2^-24
 * S, so V is within 3 n (n + 2) 2^-24 of itself. Weights have that error (1e-6 as measured for n =
 * 64). With isLargest it is batchVariances and chooseLargest, by the same bound, and weights mean
 * nothing.
 *
 * inverse: f32[columns + 12], 1 / ((size - 1) global), 0 for latents left out and beyond the last;
 * left: the same length, 0 for a latent that is kept and infinity for the others; global:
 * f64[columns], as in chooseLatents.
 * scratch: f32[columns + 12] and then f64[columns]. size <= 256, and the global variances are
 * between 1e-20 and 1e20, so that no square overflows and none underflows that is not far below the
 * tie of 1e-12.
 */
export function chooseLatentsF32(
  chosen: usize,
  weights: usize,
  x: usize,
  rows: usize,
  global: usize,
  inverse: usize,
  left: usize,
  scratch: usize,
  count: i32,
  size: i32,
  columns: i32,
  isLargest: bool,
  isLarge: bool,
): void {
  const stride = <usize>columns << 2;
  const rowBytes = <usize>size << 2;
  const exact = scratch + ((<usize>columns + 12) << 2);
  const bound = <f32>(9.0 * <f64>size * <f64>(size + 2) * 5.9604644775390625e-8 + 1.0);
  for (let i = 0; i < count; i++) {
    const first = rows + <usize>i * rowBytes;
    const end = first + rowBytes;
    if (isLarge) touchRows(x, first, end, stride, scratch);
    let roots = f32x4.splat(0);
    for (let column: usize = 0; column < stride; column += 48) {
      // Latents 12 at a time; vectors without any are not computed.
      const vectors = (stride - column + 15) >> 4;
      const at = column;
      if (vectors >= 3) roots = f32x4.add(roots, ratios(x + at, first, end, stride, size, inverse + at, left + at, scratch + at, 3));
      else if (vectors == 2) roots = f32x4.add(roots, ratios(x + at, first, end, stride, size, inverse + at, left + at, scratch + at, 2));
      else roots = f32x4.add(roots, ratios(x + at, first, end, stride, size, inverse + at, left + at, scratch + at, 1));
    }
    const index = <usize>i;
    if (isLargest) {
      const farthest = clearlyLargest(scratch, columns, bound);
      if (farthest < 0) {
        batchVariances<f32>(exact, x, first, 1, size, columns, false);
        chooseLargest(chosen + (index << 2), exact, global, 1, columns);
      } else {
        store<i32>(chosen + (index << 2), farthest);
      }
      continue;
    }
    let smallest: f32 = Infinity;
    let second: f32 = Infinity;
    let best = 0;
    for (let d = 0; d < columns; d++) {
      const ratio = load<f32>(scratch + (<usize>d << 2));
      if (ratio < smallest) {
        second = smallest;
        smallest = ratio;
        best = d;
      } else if (ratio < second) {
        second = ratio;
      }
    }
    if (second > smallest * bound + <f32>2e-12) {
      const sum = <f64>(f32x4.extract_lane(roots, 0) + f32x4.extract_lane(roots, 1) + f32x4.extract_lane(roots, 2) + f32x4.extract_lane(roots, 3));
      store<i32>(chosen + (index << 2), best);
      // Where one latent is kept alone, it is the whole sum.
      store<f64>(weights + (index << 3), second == Infinity ? 0 : (sum - Math.sqrt(<f64>smallest)) / sum);
    } else {
      batchVariances<f32>(exact, x, first, 1, size, columns, false);
      chooseLatents(chosen + (index << 2), weights + (index << 3), exact, global, 1, columns);
    }
  }
}

/**
 * The latent whose ratio is the largest by more than the bound, -1 where that is not clear. ratios:
 * f32[columns], infinity for those left out.
 */
function clearlyLargest(ratios: usize, columns: i32, bound: f32): i32 {
  let largest: f32 = -1;
  let second: f32 = -1;
  let best = -1;
  for (let d = 0; d < columns; d++) {
    const ratio = load<f32>(ratios + (<usize>d << 2));
    if (ratio == Infinity) continue;
    if (ratio > largest) {
      second = largest;
      largest = ratio;
      best = d;
    } else if (ratio > second) {
      second = ratio;
    }
  }
  return second < 0 || largest > second * bound + <f32>2e-12 ? best : -1;
}

/**
 * Writes the relative variances of up to 4 * vectors latents of one batch to out, f32, infinity for
 * those left out; returns the sums of their square roots by lane.
 */
// @ts-ignore: decorator
@inline
function ratios(
  x: usize,
  first: usize,
  end: usize,
  stride: usize,
  size: i32,
  inverse: usize,
  left: usize,
  out: usize,
  vectors: i32,
): v128 {
  const zero = f32x4.splat(0);
  const origin = x + <usize>load<u32>(first) * stride;
  const shift0 = v128.load(origin);
  const shift1 = vectors > 1 ? v128.load(origin, 16) : zero;
  const shift2 = vectors > 2 ? v128.load(origin, 32) : zero;
  let sum0 = zero;
  let sum1 = zero;
  let sum2 = zero;
  let square0 = zero;
  let square1 = zero;
  let square2 = zero;
  for (let p = first + 4; p < end; p += 4) {
    const row = x + <usize>load<u32>(p) * stride;
    const a = f32x4.sub(v128.load(row), shift0);
    sum0 = f32x4.add(sum0, a);
    square0 = f32x4.add(square0, f32x4.mul(a, a));
    if (vectors > 1) {
      const b = f32x4.sub(v128.load(row, 16), shift1);
      sum1 = f32x4.add(sum1, b);
      square1 = f32x4.add(square1, f32x4.mul(b, b));
    }
    if (vectors > 2) {
      const c = f32x4.sub(v128.load(row, 32), shift2);
      sum2 = f32x4.add(sum2, c);
      square2 = f32x4.add(square2, f32x4.mul(c, c));
    }
  }
  const perRow = f32x4.splat(<f32>(1.0 / <f64>size));
  let roots = writeRatios(sum0, square0, perRow, inverse, left, out);
  if (vectors > 1) roots = f32x4.add(roots, writeRatios(sum1, square1, perRow, inverse + 16, left + 16, out + 16));
  if (vectors > 2) roots = f32x4.add(roots, writeRatios(sum2, square2, perRow, inverse + 32, left + 32, out + 32));
  return roots;
}

// @ts-ignore: decorator
@inline
function writeRatios(sum: v128, square: v128, perRow: v128, inverse: usize, left: usize, out: usize): v128 {
  const around = f32x4.sub(square, f32x4.mul(f32x4.mul(sum, sum), perRow));
  const left_f32x4 = v128.load(left);
  // Rounding can leave a little less than nothing.
  const ratio = f32x4.mul(f32x4.pmax(around, f32x4.splat(0)), v128.load(inverse));
  v128.store(out, f32x4.add(ratio, left_f32x4));
  // Lanes beyond the last latent hold what follows the row in memory, anything at all: they are
  // cut, not multiplied, away.
  return v128.and(f32x4.sqrt(ratio), f32x4.eq(left_f32x4, f32x4.splat(0)));
}
