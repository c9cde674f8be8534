/**
 * sum += x: gradients of the parts of a batch, in place. Memory is the limit: nothing is read or
 * written but the two, once.
 */
import { loadPart_f32x4, storePart_f32x4 } from './lanes';

/** sum, x: f32[count]. */
export function accumulate(sum: usize, x: usize, count: i32): void {
  let left = count;
  for (; left >= 8; left -= 8, sum += 32, x += 32) {
    v128.store(sum, f32x4.add(v128.load(sum), v128.load(x)));
    v128.store(sum, f32x4.add(v128.load(sum, 16), v128.load(x, 16)), 16);
  }
  for (; left > 0; left -= 4, sum += 16, x += 16) {
    storePart_f32x4(sum, f32x4.add(loadPart_f32x4(sum, left), loadPart_f32x4(x, left)), left);
  }
}
