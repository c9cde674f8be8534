/**
 * y = f(y + bias), in place, of f32[rows][columns]. Memory is the limit: nothing is read or written
 * but y, once.
 */
import { activate_f32x4, LEAKY_RELU, loadPart_f32x4, RELU, storePart_f32x4 } from './lanes';

/** bias: f32[columns]. kind: 0 none, 1 relu, 2 leaky relu, whose slope below 0 is alpha. */
export function addBias(y: usize, bias: usize, rows: i32, columns: i32, kind: i32, alpha: f32): void {
  if (kind == RELU) addAll(RELU, y, bias, rows, columns, alpha);
  else if (kind == LEAKY_RELU) addAll(LEAKY_RELU, y, bias, rows, columns, alpha);
  else addAll(0, y, bias, rows, columns, alpha);
}

/** `kind` is a constant where this is inlined. */
// @ts-ignore: decorator
@inline
function addAll(kind: i32, y: usize, bias: usize, rows: i32, columns: i32, alpha: f32): void {
  const alpha_f32x4 = f32x4.splat(alpha);
  if (columns < 4) {
    addToNarrow(kind, y, bias, rows * columns, columns, alpha_f32x4);
    return;
  }
  for (let row = 0; row < rows; row++) {
    let p = bias;
    let left = columns;
    for (; left >= 4; left -= 4, y += 16, p += 16) {
      v128.store(y, activate_f32x4(f32x4.add(v128.load(y), v128.load(p)), kind, alpha_f32x4));
    }
    if (left == 0) continue;
    const sum_f32x4 = f32x4.add(loadPart_f32x4(y, left), loadPart_f32x4(p, left));
    storePart_f32x4(y, activate_f32x4(sum_f32x4, kind, alpha_f32x4), left);
    y += <usize>left << 2;
  }
}

/** Fewer columns than lanes: after `columns` vectors the lanes have the same columns again. */
// @ts-ignore: decorator
@inline
function addToNarrow(kind: i32, y: usize, bias: usize, count: i32, columns: i32, alpha_f32x4: v128): void {
  const step = <usize>columns << 4;
  for (let first = 0; first < columns; first++) {
    let bias_f32x4 = f32x4.splat(load<f32>(bias + (<usize>((4 * first) % columns) << 2)));
    bias_f32x4 = f32x4.replace_lane(bias_f32x4, 1, load<f32>(bias + (<usize>((4 * first + 1) % columns) << 2)));
    bias_f32x4 = f32x4.replace_lane(bias_f32x4, 2, load<f32>(bias + (<usize>((4 * first + 2) % columns) << 2)));
    bias_f32x4 = f32x4.replace_lane(bias_f32x4, 3, load<f32>(bias + (<usize>((4 * first + 3) % columns) << 2)));
    let p = y + (<usize>first << 4);
    let left = count - 4 * first;
    for (; left >= 4; left -= 4 * columns, p += step) {
      v128.store(p, activate_f32x4(f32x4.add(v128.load(p), bias_f32x4), kind, alpha_f32x4));
    }
    if (left <= 0) continue;
    const sum_f32x4 = f32x4.add(loadPart_f32x4(p, left), bias_f32x4);
    storePart_f32x4(p, activate_f32x4(sum_f32x4, kind, alpha_f32x4), left);
  }
}
