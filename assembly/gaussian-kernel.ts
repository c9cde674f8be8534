/**
 * Gaussian kernel of rows with rows:
 *
 *   k(a, b) = exp(-gamma |a - b|^2)
 *
 * Tables are columns, f64[columns][stride]. Cost: O(rows^2 * columns) and an exponential each.
 * Precision: float64, squares of differences summed in the order of the columns, so that k(a, b)
 * and k(b, a) are the same number.
 */
import { exp_f64x2 } from './lanes';

/**
 * out[i][j] = k(a_i, b_j) for rows i in [firstRow, lastRow) of a and j in [0, count) of b. out:
 * f64[lastRow - firstRow][outStride], outStride even and at least count.
 */
export function gaussianRows(
  out: usize,
  outStride: i32,
  a: usize,
  aStride: i32,
  b: usize,
  bStride: i32,
  columns: i32,
  gamma: f64,
  firstRow: i32,
  lastRow: i32,
  count: i32,
): void {
  const aBytes = <usize>aStride << 3;
  const bBytes = <usize>bStride << 3;
  const end = <usize>((count + 1) & ~1) << 3;
  const scale = f64x2.splat(-gamma);
  for (let row = firstRow; row < lastRow; row++) {
    for (let at: usize = 0; at < end; at += 16) {
      let sum = f64x2.splat(0);
      let p = a + (<usize>row << 3);
      let q = b + at;
      for (let column = 0; column < columns; column++) {
        const difference = f64x2.sub(v128.load64_splat(p), v128.load(q));
        sum = f64x2.add(sum, f64x2.mul(difference, difference));
        p += aBytes;
        q += bBytes;
      }
      v128.store(out + at, exp_f64x2(f64x2.mul(scale, sum)));
    }
    out += <usize>outStride << 3;
  }
}
