/**
 * Negative log-likelihood of pixels x in [0, 1] under Bernoulli distributions given by logits l,
 * and its gradient:
 *
 *   loss = max(l, 0) - l x + ln(1 + e^-|l|)   d loss / d l = 1 / (1 + e^-l) - x
 *
 * Precision: each pixel in float32, its loss within 4e-7 of max(1, |l|) (relatively so where x is 0
 * or 1, down to logits of 87, behind which e^-87 stands for what is less), its gradient within
 * 3e-7; sums over pixels in float64. Not a number stays so.
 */
import { exp_f32x4, loadPart_f32x4, log1p_f32x4, storePart_f32x4 } from './lanes';

// @ts-ignore: decorator
@inline
const SIGN: i32 = 0x80000000;

/**
 * Writes the loss of each row to losses, f32[rows], and returns their sum; l and x are
 * f32[rows][pixels]. Unless dl is 0 it gets the gradient, times `scale`; it may be l.
 */
export function bernoulli(losses: usize, dl: usize, l: usize, x: usize, rows: i32, pixels: i32, scale: f32): f64 {
  const scale_f32x4 = f32x4.splat(scale);
  const one_f32x4 = f32x4.splat(1);
  const zero_f32x4 = f32x4.splat(0);
  let total = 0.0;
  for (let row = 0; row < rows; row++) {
    let low_f64x2 = f64x2.splat(0);
    let high_f64x2 = f64x2.splat(0);
    for (let left = pixels; left > 0; left -= 4) {
      const l_f32x4 = loadPart_f32x4(l, left);
      const x_f32x4 = loadPart_f32x4(x, left);
      const e_f32x4 = exp_f32x4(v128.or(l_f32x4, i32x4.splat(SIGN)));
      // max(l, 0) - l x without the loss of digits where x is 1.
      const far_f32x4 = f32x4.sub(f32x4.max(l_f32x4, zero_f32x4), f32x4.mul(l_f32x4, x_f32x4));
      let loss_f32x4 = f32x4.add(far_f32x4, log1p_f32x4(e_f32x4));
      if (left < 4) {
        // What is not there has the loss ln 2.
        const lanes_i32x4 = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(0), 1, 1), 2, 2), 3, 3);
        loss_f32x4 = v128.and(loss_f32x4, i32x4.lt_s(lanes_i32x4, i32x4.splat(left)));
      }
      low_f64x2 = f64x2.add(low_f64x2, f64x2.promote_low_f32x4(loss_f32x4));
      high_f64x2 = f64x2.add(high_f64x2, f64x2.promote_low_f32x4(i32x4.shuffle(loss_f32x4, loss_f32x4, 2, 3, 2, 3)));
      if (dl != 0) {
        const above_f32x4 = v128.bitselect(e_f32x4, one_f32x4, f32x4.lt(l_f32x4, zero_f32x4));
        const mean_f32x4 = f32x4.div(above_f32x4, f32x4.add(one_f32x4, e_f32x4));
        storePart_f32x4(dl, f32x4.mul(f32x4.sub(mean_f32x4, x_f32x4), scale_f32x4), left);
        dl += <usize>min(left, 4) << 2;
      }
      l += <usize>min(left, 4) << 2;
      x += <usize>min(left, 4) << 2;
    }
    const sum_f64x2 = f64x2.add(low_f64x2, high_f64x2);
    const sum = f64x2.extract_lane(sum_f64x2, 0) + f64x2.extract_lane(sum_f64x2, 1);
    store<f32>(losses + (<usize>row << 2), <f32>sum);
    total += sum;
  }
  return total;
}
