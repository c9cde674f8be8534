/**
 * Gradients of what stands behind a product: biases and activations, from the output y of the
 * activation.
 *
 *   relu: dy [y > 0]   leaky relu: dy where y > 0, alpha dy elsewhere (alpha > 0)   tanh: dy (1 - y^2)   bias: sums of dy over rows
 *
 * Precision: float32; sums over rows are of blocks of 64 rows, then over blocks, so that rounding
 * grows with neither alone.
 */
import { LEAKY_RELU, loadPart_f32x4, multiplySubtract_f32x4, RELU, storePart_f32x4, TANH } from './lanes';

/** Rows whose sums are taken before they are added to the others. */
// @ts-ignore: decorator
@inline
const BLOCK_ROWS: i32 = 64;

/** Gradient before the activation, four at a time; `kind` is a constant where this is inlined. */
// @ts-ignore: decorator
@inline
function derive(kind: i32, dy: v128, y: v128, alpha: v128): v128 {
  if (kind == TANH) return multiplySubtract_f32x4(f32x4.mul(dy, y), y, dy);
  const isOn = f32x4.gt(y, f32x4.splat(0));
  if (kind == RELU) return v128.and(dy, isOn);
  return v128.bitselect(dy, f32x4.mul(dy, alpha), isOn);
}

// @ts-ignore: decorator
@inline
function deriveAll(kind: i32, dx: usize, dy: usize, y: usize, count: i32, alpha: f32): void {
  const alpha_f32x4 = f32x4.splat(alpha);
  let i = 0;
  for (; i + 4 <= count; i += 4, dx += 16, dy += 16, y += 16) {
    v128.store(dx, derive(kind, v128.load(dy), v128.load(y), alpha_f32x4));
  }
  const left = count - i;
  if (left > 0) storePart_f32x4(dx, derive(kind, loadPart_f32x4(dy, left), loadPart_f32x4(y, left), alpha_f32x4), left);
}

/**
 * dx, f32[count], from dy and the activation's output y; dx may be dy or y. kind: 1 relu, 2 leaky
 * relu, 3 tanh.
 */
export function activationGradient(dx: usize, dy: usize, y: usize, count: i32, kind: i32, alpha: f32): void {
  if (kind == RELU) deriveAll(RELU, dx, dy, y, count, alpha);
  else if (kind == LEAKY_RELU) deriveAll(LEAKY_RELU, dx, dy, y, count, alpha);
  else deriveAll(TANH, dx, dy, y, count, alpha);
}

/** db, f32[columns] = sums over the rows of dy, f32[rows][columns]. */
export function biasGradient(db: usize, dy: usize, rows: i32, columns: i32): void {
  const rowBytes = <usize>columns << 2;
  memory.fill(db, 0, rowBytes);
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const height = min(BLOCK_ROWS, rows - row);
    const block = dy + <usize>row * rowBytes;
    let column = 0;
    for (; column + 8 <= columns; column += 8) {
      let left_f32x4 = f32x4.splat(0);
      let right_f32x4 = left_f32x4;
      let p = block + (<usize>column << 2);
      for (const end = p + <usize>height * rowBytes; p < end; p += rowBytes) {
        left_f32x4 = f32x4.add(left_f32x4, v128.load(p));
        right_f32x4 = f32x4.add(right_f32x4, v128.load(p, 16));
      }
      const to = db + (<usize>column << 2);
      v128.store(to, f32x4.add(v128.load(to), left_f32x4));
      v128.store(to, f32x4.add(v128.load(to, 16), right_f32x4), 16);
    }
    for (; column < columns; column++) {
      let sum: f32 = 0;
      let p = block + (<usize>column << 2);
      for (const end = p + <usize>height * rowBytes; p < end; p += rowBytes) sum += load<f32>(p);
      const to = db + (<usize>column << 2);
      store<f32>(to, load<f32>(to) + sum);
    }
  }
}
