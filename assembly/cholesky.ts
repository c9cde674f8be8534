/**
 * Cholesky decomposition A = L L^T, and solutions by it.
 *
 * Source: Golub & Van Loan 2013, Matrix Computations, section 4.2. Cost: n^3 / 6 multiply-adds to
 * decompose, n^2 to solve.
 * Precision: float64. Rows are f64[stride], stride even; the part above the diagonal is neither
 * read nor written.
 */
import { fold_f64x2 } from './lanes';

/**
 * Overwrites the lower part of a, f64[n][stride], with L; false where a pivot is below 1e-13 of its
 * diagonal element.
 */
export function decomposeCholesky(a: usize, n: i32, stride: i32): bool {
  const rowBytes = <usize>stride << 3;
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * rowBytes;
    const own = row + (<usize>i << 3);
    let j = 0;
    // Four columns at a time share what is read of the row, but for their products with each other.
    for (; j + 4 <= i; j += 4) {
      const other = a + <usize>j * rowBytes;
      subtractFour(row, other, rowBytes, j);
      for (let k = 0; k < 4; k++) {
        const line = other + <usize>k * rowBytes + (<usize>j << 3);
        const at = row + (<usize>j << 3);
        let value = load<f64>(at + (<usize>k << 3));
        for (let l: usize = 0; l < <usize>k << 3; l += 8) value -= load<f64>(at + l) * load<f64>(line + l);
        store<f64>(at + (<usize>k << 3), value / load<f64>(line + (<usize>k << 3)));
      }
    }
    for (; j < i; j++) {
      const other = a + <usize>j * rowBytes;
      const at = row + (<usize>j << 3);
      store<f64>(at, (load<f64>(at) - dot(row, other, j)) / load<f64>(other + (<usize>j << 3)));
    }
    const diagonal = load<f64>(own);
    const pivot = diagonal - dot(row, row, i);
    if (!(pivot > 1e-13 * diagonal)) return false;
    store<f64>(own, Math.sqrt(pivot));
  }
  return true;
}

/**
 * row[count + k] -= sum over the first `count` elements of row times those of line k of `other`,
 * for four lines; count is a multiple of 4.
 */
// @ts-ignore: decorator
@inline
function subtractFour(row: usize, other: usize, rowBytes: usize, count: i32): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let p0 = other;
  let p2 = other + 2 * rowBytes;
  const end = row + (<usize>count << 3);
  for (let p = row; p < end; p += 16) {
    const value = v128.load(p);
    s0 = f64x2.add(s0, f64x2.mul(value, v128.load(p0)));
    s1 = f64x2.add(s1, f64x2.mul(value, v128.load(p0 + rowBytes)));
    s2 = f64x2.add(s2, f64x2.mul(value, v128.load(p2)));
    s3 = f64x2.add(s3, f64x2.mul(value, v128.load(p2 + rowBytes)));
    p0 += 16;
    p2 += 16;
  }
  store<f64>(end, load<f64>(end) - fold_f64x2(s0));
  store<f64>(end, load<f64>(end, 8) - fold_f64x2(s1), 8);
  store<f64>(end, load<f64>(end, 16) - fold_f64x2(s2), 16);
  store<f64>(end, load<f64>(end, 24) - fold_f64x2(s3), 24);
}

/** Overwrites b, f64[n], with the solution of L L^T x = b. */
export function solveCholesky(l: usize, b: usize, n: i32, stride: i32): void {
  const rowBytes = <usize>stride << 3;
  for (let i = 0; i < n; i++) {
    const row = l + <usize>i * rowBytes;
    const at = b + (<usize>i << 3);
    store<f64>(at, (load<f64>(at) - dot(row, b, i)) / load<f64>(row + (<usize>i << 3)));
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = l + <usize>i * rowBytes;
    const at = b + (<usize>i << 3);
    const value = load<f64>(at) / load<f64>(row + (<usize>i << 3));
    store<f64>(at, value);
    const factor = f64x2.splat(value);
    let k = 0;
    for (; k + 2 <= i; k += 2) {
      const p = b + (<usize>k << 3);
      v128.store(p, f64x2.sub(v128.load(p), f64x2.mul(factor, v128.load(row + (<usize>k << 3)))));
    }
    if (k < i) store<f64>(b + (<usize>k << 3), load<f64>(b + (<usize>k << 3)) - value * load<f64>(row + (<usize>k << 3)));
  }
}

/** The product of the first `count` elements. */
// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, count: i32): f64 {
  let sum0_f64x2 = f64x2.splat(0);
  let sum1_f64x2 = sum0_f64x2;
  const whole = <usize>(count & ~3) << 3;
  let k: usize = 0;
  for (; k < whole; k += 32) {
    sum0_f64x2 = f64x2.add(sum0_f64x2, f64x2.mul(v128.load(a + k), v128.load(b + k)));
    sum1_f64x2 = f64x2.add(sum1_f64x2, f64x2.mul(v128.load(a + k, 16), v128.load(b + k, 16)));
  }
  let sum = fold_f64x2(f64x2.add(sum0_f64x2, sum1_f64x2));
  for (const end = <usize>count << 3; k < end; k += 8) sum += load<f64>(a + k) * load<f64>(b + k);
  return sum;
}
