/**
 * What subspace methods ask of a wide table x (rows, columns), such as images: its products with a
 * few directions q (columns, width), and those of its transpose.
 *
 *   b = scale (x - mean)      p = b q      z = z + b^T p
 *
 * Source: Halko, Martinsson & Tropp 2011, "Finding structure with randomness", algorithm 4.4. Cost:
 * 2 rows * columns * width multiply-adds for both products. Rows are centred some at a time, so
 * that a table of bytes is never held as floats; four lines by eight columns are accumulated in
 * registers.
 * Precision: means are exact for bytes, and in float64 around the first row for floats; products
 * are in float32, and sums over columns are cut every 256.
 *
 * Matrices of floats are made larger: b has lines of `stride` numbers, a multiple of 4, and a
 * multiple of 4 lines; q and z have `stride` lines of a multiple of 8 numbers. What is beyond the
 * table's size is 0, so that products have no remainder.
 */

import { loadPair_f64x2 } from './lanes';

/** Columns whose products are summed at a time: eight directions of them are 8 KiB. */
const DEPTH: i32 = 256;

/** sums, u32[columns], += the rows, for bytes of up to 2^24 rows. */
export function addRowsU8(sums: usize, x: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const line = x + <usize>row * <usize>columns;
    let column: usize = 0;
    for (; column + 8 <= <usize>columns; column += 8) {
      const eight = v128.load_ext<u8>(line + column);
      const at = sums + (column << 2);
      v128.store(at, i32x4.add(v128.load(at), i32x4.extend_low_i16x8_u(eight)));
      v128.store(at, i32x4.add(v128.load(at, 16), i32x4.extend_high_i16x8_u(eight)), 16);
    }
    for (; column < <usize>columns; column++) {
      const at = sums + (column << 2);
      store<u32>(at, load<u32>(at) + <u32>load<u8>(line + column));
    }
  }
}

/** sums, f64[columns], += the rows less `first`, f32[columns]. */
export function addRowsF32(sums: usize, x: usize, first: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const line = x + ((<usize>row * <usize>columns) << 2);
    for (let column: usize = 0; column < <usize>columns; column++) {
      const at = sums + (column << 3);
      const shifted = <f64>load<f32>(line + (column << 2)) - <f64>load<f32>(first + (column << 2));
      store<f64>(at, load<f64>(at) + shifted);
    }
  }
}

/** b, f32[rows][stride] = scale x - means, for bytes; means: f32[columns], scaled. */
export function centreRowsU8(
  b: usize,
  x: usize,
  means: usize,
  rows: i32,
  columns: i32,
  stride: i32,
  scale: f32,
): void {
  const factor = f32x4.splat(scale);
  for (let row = 0; row < rows; row++) {
    const line = x + <usize>row * <usize>columns;
    const out = b + ((<usize>row * <usize>stride) << 2);
    let column: usize = 0;
    for (; column + 8 <= <usize>columns; column += 8) {
      const eight = v128.load_ext<u8>(line + column);
      const low = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(eight));
      const high = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(eight));
      const at = column << 2;
      v128.store(out + at, f32x4.sub(f32x4.mul(low, factor), v128.load(means + at)));
      v128.store(out + at, f32x4.sub(f32x4.mul(high, factor), v128.load(means + at, 16)), 16);
    }
    for (; column < <usize>columns; column++) {
      const value = <f32>load<u8>(line + column) * scale;
      store<f32>(out + (column << 2), value - load<f32>(means + (column << 2)));
    }
  }
}

/** b, f32[rows][stride] = scale (x - means), for floats; means: f64[columns]. */
export function centreRowsF32(
  b: usize,
  x: usize,
  means: usize,
  rows: i32,
  columns: i32,
  stride: i32,
  scale: f64,
): void {
  const factor = f64x2.splat(scale);
  for (let row = 0; row < rows; row++) {
    const line = x + ((<usize>row * <usize>columns) << 2);
    const out = b + ((<usize>row * <usize>stride) << 2);
    let column: usize = 0;
    for (; column + 2 <= <usize>columns; column += 2) {
      const deviation = f64x2.sub(loadPair_f64x2<f32>(line + (column << 2)), v128.load(means + (column << 3)));
      v128.store64_lane(out + (column << 2), f32x4.demote_f64x2_zero(f64x2.mul(deviation, factor)), 0);
    }
    if (column < <usize>columns) {
      const deviation = <f64>load<f32>(line + (column << 2)) - load<f64>(means + (column << 3));
      store<f32>(out + (column << 2), <f32>(deviation * scale));
    }
  }
}

/**
 * p, f32[rows][width] = b, f32[rows][stride], times q, f32[stride][width]; rows is a multiple of 4,
 * width of 8.
 */
export function projectRows(p: usize, b: usize, q: usize, rows: i32, stride: i32, width: i32): void {
  const lineBytes = <usize>stride << 2;
  const widthBytes = <usize>width << 2;
  memory.fill(p, 0, <usize>rows * widthBytes);
  for (let column = 0; column < stride; column += DEPTH) {
    const depth = min(DEPTH, stride - column);
    const directions = q + <usize>column * widthBytes;
    for (let row = 0; row < rows; row += 4) {
      const lines = b + <usize>row * lineBytes + (<usize>column << 2);
      const out = p + <usize>row * widthBytes;
      for (let j: usize = 0; j < widthBytes; j += 32) {
        addTile(out + j, widthBytes, lines, lineBytes, 4, directions + j, widthBytes, depth);
      }
    }
  }
}

/** z, f32[stride][width] += the transpose of b, f32[rows][stride], times p, f32[rows][width]. */
export function addProjected(z: usize, b: usize, p: usize, rows: i32, stride: i32, width: i32): void {
  const lineBytes = <usize>stride << 2;
  const widthBytes = <usize>width << 2;
  for (let column = 0; column < stride; column += 4) {
    const out = z + <usize>column * widthBytes;
    for (let j: usize = 0; j < widthBytes; j += 32) {
      addTile(out + j, widthBytes, b + (<usize>column << 2), 4, lineBytes, p + j, widthBytes, rows);
    }
  }
}

/**
 * c (4, 8) += sum over k < depth of a (4, depth) times b (depth, 8); a is `across` bytes from line
 * to line and `along` from product to product.
 */
// @ts-ignore: decorator
@inline
function addTile(
  c: usize,
  lineBytes: usize,
  a: usize,
  across: usize,
  along: usize,
  b: usize,
  bBytes: usize,
  depth: i32,
): void {
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(c + lineBytes);
  let c11 = v128.load(c + lineBytes, 16);
  let c20 = v128.load(c + 2 * lineBytes);
  let c21 = v128.load(c + 2 * lineBytes, 16);
  let c30 = v128.load(c + 3 * lineBytes);
  let c31 = v128.load(c + 3 * lineBytes, 16);
  for (let k = 0; k < depth; k++) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(a0, left));
    c01 = f32x4.add(c01, f32x4.mul(a0, right));
    const a1 = v128.load32_splat(a + across);
    c10 = f32x4.add(c10, f32x4.mul(a1, left));
    c11 = f32x4.add(c11, f32x4.mul(a1, right));
    const a2 = v128.load32_splat(a + 2 * across);
    c20 = f32x4.add(c20, f32x4.mul(a2, left));
    c21 = f32x4.add(c21, f32x4.mul(a2, right));
    const a3 = v128.load32_splat(a + 3 * across);
    c30 = f32x4.add(c30, f32x4.mul(a3, left));
    c31 = f32x4.add(c31, f32x4.mul(a3, right));
    a += along;
    b += bBytes;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + lineBytes, c10);
  v128.store(c + lineBytes, c11, 16);
  v128.store(c + 2 * lineBytes, c20);
  v128.store(c + 2 * lineBytes, c21, 16);
  v128.store(c + 3 * lineBytes, c30);
  v128.store(c + 3 * lineBytes, c31, 16);
}
