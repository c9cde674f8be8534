/**
 * Finiteness, extremes, variances and covariances of the columns of a row-major table x (rows,
 * columns).
 *
 * Cost: one pass (two for variances), O(rows * columns). Four columns at a time, two float64
 * vectors; the last block may overlap the next row, whose lanes are computed and not written.
 * Precision: extremes exact. Variances: two passes in float64 around the mean (itself summed around
 * the first row, so a huge common offset costs nothing); relative error below 1e-13 at a million
 * rows.
 */
import { loadPair_f64x2 } from './lanes';

/** Index of the first element that is NaN or infinite, -1 if there is none. */
function firstNonFinite<T>(x: usize, count: usize): f64 {
  const lanes: usize = 16 / sizeof<T>();
  let i: usize = 0;
  // x * 0 is 0 for finite x and NaN otherwise; NaN survives the sum.
  while (i < count) {
    const blockEnd = min(i + 4096, count);
    const vectorEnd = i + ((blockEnd - i) / (2 * lanes)) * (2 * lanes);
    let p = x + i * sizeof<T>();
    const end = x + vectorEnd * sizeof<T>();
    let a = v128.splat<T>(<T>0);
    let b = a;
    const zero = a;
    while (p < end) {
      a = v128.add<T>(a, v128.mul<T>(v128.load(p), zero));
      b = v128.add<T>(b, v128.mul<T>(v128.load(p, 16), zero));
      p += 32;
    }
    const sum = v128.add<T>(a, b);
    let bad = v128.any_true(v128.ne<T>(sum, sum));
    for (let j = vectorEnd; j < blockEnd; j++) bad = bad || !isFinite<T>(load<T>(x + j * sizeof<T>()));
    if (bad) {
      for (let j = i; j < blockEnd; j++) if (!isFinite<T>(load<T>(x + j * sizeof<T>()))) return <f64>j;
    }
    i = blockEnd;
  }
  return -1;
}

export function firstNonFiniteF32(x: usize, count: usize): f64 {
  return firstNonFinite<f32>(x, count);
}

export function firstNonFiniteF64(x: usize, count: usize): f64 {
  return firstNonFinite<f64>(x, count);
}

/** Whether every element is a whole number (finite elements assumed). */
function allIntegral<T>(x: usize, rows: i32, columns: i32, column: i32): bool {
  const stride = <usize>columns * sizeof<T>();
  let p = x + <usize>column * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    const value = load<T>(p);
    if (trunc<T>(value) != value) return false;
    p += stride;
  }
  return true;
}

export function allIntegralF32(x: usize, rows: i32, columns: i32, column: i32): bool {
  return allIntegral<f32>(x, rows, columns, column);
}

export function allIntegralF64(x: usize, rows: i32, columns: i32, column: i32): bool {
  return allIntegral<f64>(x, rows, columns, column);
}

/** minima, maxima: f64[columns]. rows >= 1. */
function columnExtremes<T>(minima: usize, maxima: usize, x: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns * sizeof<T>();
  for (let column = 0; column < columns; column += 4) {
    const start = x + <usize>column * sizeof<T>();
    let low0 = loadPair_f64x2<T>(start);
    let low1 = loadPair_f64x2<T>(start + 2 * sizeof<T>());
    let high0 = low0;
    let high1 = low1;
    let p = start;
    for (let row = 1; row < rows; row++) {
      p += stride;
      const a = loadPair_f64x2<T>(p);
      const b = loadPair_f64x2<T>(p + 2 * sizeof<T>());
      low0 = f64x2.pmin(low0, a);
      low1 = f64x2.pmin(low1, b);
      high0 = f64x2.pmax(high0, a);
      high1 = f64x2.pmax(high1, b);
    }
    storeLanes(minima + (<usize>column << 3), low0, low1, columns - column);
    storeLanes(maxima + (<usize>column << 3), high0, high1, columns - column);
  }
}

export function columnExtremesF32(minima: usize, maxima: usize, x: usize, rows: i32, columns: i32): void {
  columnExtremes<f32>(minima, maxima, x, rows, columns);
}

export function columnExtremesF64(minima: usize, maxima: usize, x: usize, rows: i32, columns: i32): void {
  columnExtremes<f64>(minima, maxima, x, rows, columns);
}

export function columnExtremesI32(minima: usize, maxima: usize, x: usize, rows: i32, columns: i32): void {
  columnExtremes<i32>(minima, maxima, x, rows, columns);
}

/** means, variances: f64[columns]; variances divide by rows - 1. rows >= 2. */
function columnVariances<T>(means: usize, variances: usize, x: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns * sizeof<T>();
  const n = f64x2.splat(<f64>rows);
  const divisor = f64x2.splat(<f64>(rows - 1));
  for (let column = 0; column < columns; column += 4) {
    const start = x + <usize>column * sizeof<T>();
    const second = 2 * sizeof<T>();
    const shift0 = loadPair_f64x2<T>(start);
    const shift1 = loadPair_f64x2<T>(start + second);
    let sum0 = f64x2.splat(0);
    let sum1 = sum0;
    let p = start;
    for (let row = 0; row < rows; row++) {
      sum0 = f64x2.add(sum0, f64x2.sub(loadPair_f64x2<T>(p), shift0));
      sum1 = f64x2.add(sum1, f64x2.sub(loadPair_f64x2<T>(p + second), shift1));
      p += stride;
    }
    // The mean relative to the first row: kept apart from the shift so that no digit of it is lost
    // to a large offset.
    const offset0 = f64x2.div(sum0, n);
    const offset1 = f64x2.div(sum1, n);
    let square0 = f64x2.splat(0);
    let square1 = square0;
    p = start;
    for (let row = 0; row < rows; row++) {
      const a = f64x2.sub(f64x2.sub(loadPair_f64x2<T>(p), shift0), offset0);
      const b = f64x2.sub(f64x2.sub(loadPair_f64x2<T>(p + second), shift1), offset1);
      square0 = f64x2.add(square0, f64x2.mul(a, a));
      square1 = f64x2.add(square1, f64x2.mul(b, b));
      p += stride;
    }
    const left = columns - column;
    storeLanes(means + (<usize>column << 3), f64x2.add(shift0, offset0), f64x2.add(shift1, offset1), left);
    storeLanes(variances + (<usize>column << 3), f64x2.div(square0, divisor), f64x2.div(square1, divisor), left);
  }
}

export function columnVariancesF32(means: usize, variances: usize, x: usize, rows: i32, columns: i32): void {
  columnVariances<f32>(means, variances, x, rows, columns);
}

export function columnVariancesF64(means: usize, variances: usize, x: usize, rows: i32, columns: i32): void {
  columnVariances<f64>(means, variances, x, rows, columns);
}

/**
 * out: f64[columns], sums of (x - mean of the column) (y - mean of y). means: f64[columns]; y:
 * f64[rows].
 */
function columnProducts<T>(out: usize, x: usize, means: usize, y: usize, yMean: f64, rows: i32, columns: i32): void {
  const stride = <usize>columns * sizeof<T>();
  const second = 2 * sizeof<T>();
  for (let column = 0; column < columns; column += 4) {
    const mean0 = v128.load(means + (<usize>column << 3));
    const mean1 = v128.load(means + (<usize>column << 3), 16);
    let sum0 = f64x2.splat(0);
    let sum1 = sum0;
    let p = x + <usize>column * sizeof<T>();
    for (let row = 0; row < rows; row++) {
      const deviation = f64x2.splat(load<f64>(y + (<usize>row << 3)) - yMean);
      sum0 = f64x2.add(sum0, f64x2.mul(f64x2.sub(loadPair_f64x2<T>(p), mean0), deviation));
      sum1 = f64x2.add(sum1, f64x2.mul(f64x2.sub(loadPair_f64x2<T>(p + second), mean1), deviation));
      p += stride;
    }
    storeLanes(out + (<usize>column << 3), sum0, sum1, columns - column);
  }
}

export function columnProductsF32(
  out: usize,
  x: usize,
  means: usize,
  y: usize,
  yMean: f64,
  rows: i32,
  columns: i32,
): void {
  columnProducts<f32>(out, x, means, y, yMean, rows, columns);
}

export function columnProductsF64(
  out: usize,
  x: usize,
  means: usize,
  y: usize,
  yMean: f64,
  rows: i32,
  columns: i32,
): void {
  columnProducts<f64>(out, x, means, y, yMean, rows, columns);
}

/** Writes the first `count` of four float64 lanes. */
// @ts-ignore: decorator
@inline
function storeLanes(out: usize, a: v128, b: v128, count: i32): void {
  store<f64>(out, f64x2.extract_lane(a, 0));
  if (count > 1) store<f64>(out, f64x2.extract_lane(a, 1), 8);
  if (count > 2) store<f64>(out, f64x2.extract_lane(b, 0), 16);
  if (count > 3) store<f64>(out, f64x2.extract_lane(b, 1), 24);
}
