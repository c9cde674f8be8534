/**
 * The features of the beta-VAE score: the mean absolute difference between the two samples of each
 * pair, per latent.
 * Source: Higgins et al. 2017, section 3 and appendix A.4. Cost: O(count * size * columns).
 * Precision: float64 throughout.
 */
import { loadPair_f64x2, touchRows } from './lanes';

/**
 * out: f64[count][columns]; x: (rows, columns); rows: i32[count][2][size], first samples and then
 * their partners.
 */
function pairDifferences<T>(out: usize, x: usize, rows: usize, count: i32, size: i32, columns: i32, isLarge: bool): void {
  const stride = <usize>columns * sizeof<T>();
  const second = 2 * sizeof<T>();
  const perPair = f64x2.splat(1.0 / <f64>size);
  const batchBytes = <usize>size << 2;
  for (let i = 0; i < count; i++) {
    const first = rows + 2 * <usize>i * batchBytes;
    const end = first + batchBytes;
    if (isLarge) touchRows(x, first, end + batchBytes, stride, out + ((<usize>i * <usize>columns) << 3));
    for (let column = 0; column < columns; column += 4) {
      const base = x + <usize>column * sizeof<T>();
      let sum0 = f64x2.splat(0);
      let sum1 = sum0;
      for (let p = first; p < end; p += 4) {
        const a = base + <usize>load<u32>(p) * stride;
        const b = base + <usize>load<u32>(p + batchBytes) * stride;
        sum0 = f64x2.add(sum0, f64x2.abs(f64x2.sub(loadPair_f64x2<T>(a), loadPair_f64x2<T>(b))));
        sum1 = f64x2.add(sum1, f64x2.abs(f64x2.sub(loadPair_f64x2<T>(a + second), loadPair_f64x2<T>(b + second))));
      }
      const mean0 = f64x2.mul(sum0, perPair);
      const mean1 = f64x2.mul(sum1, perPair);
      const q = out + ((<usize>i * <usize>columns + <usize>column) << 3);
      store<f64>(q, f64x2.extract_lane(mean0, 0));
      if (column + 1 < columns) store<f64>(q, f64x2.extract_lane(mean0, 1), 8);
      if (column + 2 < columns) store<f64>(q, f64x2.extract_lane(mean1, 0), 16);
      if (column + 3 < columns) store<f64>(q, f64x2.extract_lane(mean1, 1), 24);
    }
  }
}

export function pairDifferencesF32(
  out: usize,
  x: usize,
  rows: usize,
  count: i32,
  size: i32,
  columns: i32,
  isLarge: bool,
): void {
  pairDifferences<f32>(out, x, rows, count, size, columns, isLarge);
}

export function pairDifferencesF64(
  out: usize,
  x: usize,
  rows: usize,
  count: i32,
  size: i32,
  columns: i32,
  isLarge: bool,
): void {
  pairDifferences<f64>(out, x, rows, count, size, columns, isLarge);
}
