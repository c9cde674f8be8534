/**
 * Covariances of the columns of a row-major table x (rows, columns), and the logarithm of a
 * determinant.
 *
 *   C_ij = sum (x_i - mean_i)(x_j - mean_j) / (rows - 1)
 *
 * Cost: one pass for the means, one for the products, O(rows * columns^2 / 2). Blocks of 64 rows
 * are centred into a scratch table that stays in the first-level cache; two columns by four are
 * accumulated in registers.
 * Precision: two passes in float64 around the mean (itself summed around the first row, so a huge
 * common offset costs nothing). Relative to the variances below 1e-13 at a million rows.
 */
import { loadPair_f64x2 } from './lanes';

const BLOCK_ROWS: i32 = 64;

/** offsets: f64[columns], the mean of each column less its first element. */
function columnOffsets<T>(offsets: usize, x: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns * sizeof<T>();
  for (let column = 0; column < columns; column++) {
    const start = x + <usize>column * sizeof<T>();
    const first = <f64>load<T>(start);
    let sum = 0.0;
    let p = start;
    for (let row = 0; row < rows; row++) {
      sum += <f64>load<T>(p) - first;
      p += stride;
    }
    store<f64>(offsets + (<usize>column << 3), sum / <f64>rows);
  }
}

export function columnOffsetsF32(offsets: usize, x: usize, rows: i32, columns: i32): void {
  columnOffsets<f32>(offsets, x, rows, columns);
}

export function columnOffsetsF64(offsets: usize, x: usize, rows: i32, columns: i32): void {
  columnOffsets<f64>(offsets, x, rows, columns);
}

/**
 * Adds the products of rows [firstRow, lastRow) to sums, f64[stride][stride], on and above the
 * diagonal. stride: columns, rounded up to a multiple of 4; offsets: f64[columns], of
 * columnOffsets; scratch: f64[64][stride].
 */
function addProducts<T>(
  sums: usize,
  scratch: usize,
  x: usize,
  offsets: usize,
  columns: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const bytes = <usize>stride << 3;
  memory.fill(scratch, 0, <usize>BLOCK_ROWS * bytes);
  for (let row = firstRow; row < lastRow; row += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - row);
    let p = x + <usize>row * <usize>columns * sizeof<T>();
    for (let i = 0; i < count; i++) {
      const q = scratch + <usize>i * bytes;
      let column = 0;
      for (; column + 2 <= columns; column += 2) {
        const at = <usize>column << 3;
        const shifted = f64x2.sub(loadPair_f64x2<T>(p), loadPair_f64x2<T>(x + <usize>column * sizeof<T>()));
        v128.store(q + at, f64x2.sub(shifted, v128.load(offsets + at)));
        p += 2 * sizeof<T>();
      }
      if (column < columns) {
        const at = <usize>column << 3;
        const shifted = <f64>load<T>(p) - <f64>load<T>(x + <usize>column * sizeof<T>());
        store<f64>(q + at, shifted - load<f64>(offsets + at));
        p += sizeof<T>();
      }
    }
    const end = scratch + <usize>count * bytes;
    for (let i = 0; i < columns; i += 2) {
      for (let j = i & ~3; j < stride; j += 4) {
        const at = sums + <usize>i * bytes + (<usize>j << 3);
        let a0 = f64x2.splat(0);
        let a1 = a0;
        let b0 = a0;
        let b1 = a0;
        for (let q = scratch; q < end; q += bytes) {
          const first = v128.load64_splat(q + (<usize>i << 3));
          const second = v128.load64_splat(q + (<usize>i << 3), 8);
          const left = v128.load(q + (<usize>j << 3));
          const right = v128.load(q + (<usize>j << 3), 16);
          a0 = f64x2.add(a0, f64x2.mul(first, left));
          a1 = f64x2.add(a1, f64x2.mul(first, right));
          b0 = f64x2.add(b0, f64x2.mul(second, left));
          b1 = f64x2.add(b1, f64x2.mul(second, right));
        }
        v128.store(at, f64x2.add(v128.load(at), a0));
        v128.store(at, f64x2.add(v128.load(at, 16), a1), 16);
        const below = at + bytes;
        v128.store(below, f64x2.add(v128.load(below), b0));
        v128.store(below, f64x2.add(v128.load(below, 16), b1), 16);
      }
    }
  }
}

export function addProductsF32(
  sums: usize,
  scratch: usize,
  x: usize,
  offsets: usize,
  columns: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  addProducts<f32>(sums, scratch, x, offsets, columns, stride, firstRow, lastRow);
}

export function addProductsF64(
  sums: usize,
  scratch: usize,
  x: usize,
  offsets: usize,
  columns: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  addProducts<f64>(sums, scratch, x, offsets, columns, stride, firstRow, lastRow);
}

/**
 * ln det of a symmetric matrix a, f64[n][n], by Cholesky decomposition; its lower triangle is
 * overwritten. NaN where a pivot is not above `least`: the matrix is singular, or as good as.
 */
export function logDeterminant(a: usize, n: i32, least: f64): f64 {
  const bytes = <usize>n << 3;
  let sum = 0.0;
  for (let j = 0; j < n; j++) {
    const pivotRow = a + <usize>j * bytes;
    const pivotAt = pivotRow + (<usize>j << 3);
    let pivot = load<f64>(pivotAt);
    for (let q = pivotRow; q < pivotAt; q += 8) pivot -= load<f64>(q) * load<f64>(q);
    if (!(pivot > least)) return NaN;
    sum += Math.log(pivot);
    const root = sqrt<f64>(pivot);
    store<f64>(pivotAt, root);
    for (let i = j + 1; i < n; i++) {
      const row = a + <usize>i * bytes;
      let rest = load<f64>(row + (<usize>j << 3));
      for (let k: usize = 0; k < <usize>j << 3; k += 8) rest -= load<f64>(row + k) * load<f64>(pivotRow + k);
      store<f64>(row + (<usize>j << 3), rest / root);
    }
  }
  return sum;
}
