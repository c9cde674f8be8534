/**
 * Softmax regression in single precision, for what a search needs on its way: loss and gradient far
 * from the optimum, and products of the Hessian with a vector.
 *
 *   loss = sum_n u_n (ln sum_c exp(w_c . x_n) - w_{y_n} . x_n),   dloss/dw_c = sum_n u_n (p_nc - [y_n = c]) x_n,
 *   (H v)_c = sum_n u_n p_nc (t_nc - sum_b p_nb t_nb) x_n,   t_nc = (v_c - v_{y_n}) . x_n,   u_n = classWeights[y_n].
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4; the product is the
 * derivative of the gradient along v (Pearlmutter 1994). wide.ts has the loss in float64. What is
 * by class is padded to `width`, the multiple of 8 from the number of classes, with zeros; labels,
 * class weights and layouts are those of wide.ts otherwise.
 * Cost: O(rows * width * stride) each, some 0.4 of that in float64.
 * Precision: float32 within blocks of 64 rows, whose sums are added up in float64. A loss is right
 * to about 1e-6 of the largest score; a product to some 1e-6 of itself even where classes are all
 * but told apart, as scores are taken from that of the row's own class before they are averaged:
 * what is small is then not the difference of what is large.
 */
import { fold_f32x4 } from '../lanes';
import { addProducts, largestOf, multiply, multiplyLikely } from './products';

/** Rows that are worked on at a time, so that they stay in the first-level cache. */
const BLOCK_ROWS = 64;
/**
 * Below e to this, which is next to nothing in float32, numbers are subnormal, and those are slow.
 */
const LEAST_EXPONENT: f32 = -80.0;
/** As in wide.ts, with the rounding of float32. */
const IMPOSSIBLE: f32 = 30.0;

/**
 * Returns the loss of rows [firstRow, lastRow), adds their gradient to gradient,
 * f64[stride][width], and writes their probabilities, f32[rows][width]. x: f32[rows][stride];
 * weights: f32[stride][width]; scratch: f32[64][width].
 */
export function softmaxSingleLoss(
  gradient: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  weights: usize,
  scratch: usize,
  classes: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): f64 {
  const rowBytes = <usize>stride << 2;
  const widthBytes = <usize>((classes + 7) & ~7) << 2;
  const classBytes = <usize>classes << 2;
  let loss = 0.0;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    let p = probabilities + <usize>start * widthBytes;
    multiply<f32>(p, px, weights, rowBytes, widthBytes, count);
    let residuals = scratch;
    for (let row = 0; row < count; row++) {
      const label = load<i32>(labels + (<usize>(start + row) << 2));
      const weight = classWeights ? load<f64>(classWeights + (<usize>label << 3)) : 1.0;
      const own = load<f32>(p + (<usize>label << 2));
      for (let c = classBytes; c < widthBytes; c += 4) store<f32>(p + c, -Infinity);
      const largest = largestOf<f32>(p, widthBytes);
      const shift_f32x4 = f32x4.splat(largest);
      const least_f32x4 = f32x4.splat(largest - IMPOSSIBLE);
      let total0_f32x4 = f32x4.splat(0);
      let total1_f32x4 = total0_f32x4;
      for (let c: usize = 0; c < widthBytes; c += 32) {
        let e0_f32x4 = v128.load(p + c);
        let e1_f32x4 = v128.load(p + c, 16);
        if (v128.any_true(f32x4.ge(f32x4.pmax(e0_f32x4, e1_f32x4), least_f32x4))) {
          e0_f32x4 = exp_f32x4(f32x4.sub(e0_f32x4, shift_f32x4));
          e1_f32x4 = exp_f32x4(f32x4.sub(e1_f32x4, shift_f32x4));
          total0_f32x4 = f32x4.add(total0_f32x4, e0_f32x4);
          total1_f32x4 = f32x4.add(total1_f32x4, e1_f32x4);
        } else {
          e0_f32x4 = f32x4.splat(0);
          e1_f32x4 = e0_f32x4;
        }
        v128.store(p + c, e0_f32x4);
        v128.store(p + c, e1_f32x4, 16);
      }
      const total = fold_f32x4(f32x4.add(total0_f32x4, total1_f32x4));
      loss += weight * (<f64>(largest - own) + <f64>Mathf.log(total));
      const scale_f32x4 = f32x4.splat(<f32>1.0 / total);
      const weight_f32x4 = f32x4.splat(<f32>weight);
      for (let c: usize = 0; c < widthBytes; c += 16) {
        const probability_f32x4 = f32x4.mul(v128.load(p + c), scale_f32x4);
        v128.store(p + c, probability_f32x4);
        v128.store(residuals + c, f32x4.mul(weight_f32x4, probability_f32x4));
      }
      for (let c = classBytes; c < widthBytes; c += 4) {
        store<f32>(p + c, 0);
        store<f32>(residuals + c, 0);
      }
      const ofOwn = residuals + (<usize>label << 2);
      store<f32>(ofOwn, load<f32>(ofOwn) - <f32>weight);
      p += widthBytes;
      residuals += widthBytes;
    }
    addProducts<f32>(gradient, px, scratch, rowBytes, widthBytes, count);
  }
  return loss;
}

/**
 * Adds the Hessian of rows [firstRow, lastRow), times vector, f32[stride][width], to out,
 * f64[stride][width].
 * probabilities: f32[rows][width]; x: f32[rows][stride]; scratch: f32[64][width].
 */
export function softmaxSingleProduct(
  out: usize,
  vector: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  scratch: usize,
  classes: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const rowBytes = <usize>stride << 2;
  const widthBytes = <usize>((classes + 7) & ~7) << 2;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    let p = probabilities + <usize>start * widthBytes;
    multiplyLikely<f32>(scratch, px, vector, p, rowBytes, widthBytes, widthBytes, count);
    let s = scratch;
    for (let row = 0; row < count; row++) {
      const label = load<i32>(labels + (<usize>(start + row) << 2));
      const weight_f32x4 = f32x4.splat(classWeights ? <f32>load<f64>(classWeights + (<usize>label << 3)) : <f32>1.0);
      const own_f32x4 = v128.load32_splat(s + (<usize>label << 2));
      let mean0_f32x4 = f32x4.splat(0);
      let mean1_f32x4 = mean0_f32x4;
      for (let c: usize = 0; c < widthBytes; c += 32) {
        const t0_f32x4 = f32x4.sub(v128.load(s + c), own_f32x4);
        const t1_f32x4 = f32x4.sub(v128.load(s + c, 16), own_f32x4);
        v128.store(s + c, t0_f32x4);
        v128.store(s + c, t1_f32x4, 16);
        mean0_f32x4 = f32x4.add(mean0_f32x4, f32x4.mul(v128.load(p + c), t0_f32x4));
        mean1_f32x4 = f32x4.add(mean1_f32x4, f32x4.mul(v128.load(p + c, 16), t1_f32x4));
      }
      const mean_f32x4 = f32x4.splat(fold_f32x4(f32x4.add(mean0_f32x4, mean1_f32x4)));
      for (let c: usize = 0; c < widthBytes; c += 16) {
        const weighted_f32x4 = f32x4.mul(weight_f32x4, v128.load(p + c));
        v128.store(s + c, f32x4.mul(weighted_f32x4, f32x4.sub(v128.load(s + c), mean_f32x4)));
      }
      p += widthBytes;
      s += widthBytes;
    }
    addProducts<f32>(out, px, scratch, rowBytes, widthBytes, count);
  }
}

/**
 * e to the power of lanes of at most 0, no less than e^-80: as exp_f64x2, with the series up to
 * r^7.
 */
// @ts-ignore: decorator
@inline
function exp_f32x4(x: v128): v128 {
  const inside = f32x4.pmax(x, f32x4.splat(LEAST_EXPONENT));
  const magic = f32x4.splat(12582912.0);
  const shifted = f32x4.add(f32x4.mul(inside, f32x4.splat(1.44269504)), magic);
  const whole = f32x4.sub(shifted, magic);
  // ln 2 in two parts, the first of which has zeros enough at its end for the product to be exact.
  const high = f32x4.sub(inside, f32x4.mul(whole, f32x4.splat(0.693359375)));
  const r = f32x4.sub(high, f32x4.mul(whole, f32x4.splat(-2.12194440e-4)));
  const r2 = f32x4.mul(r, r);
  const s23 = f32x4.add(f32x4.splat(1.0 / 2), f32x4.mul(r, f32x4.splat(1.0 / 6)));
  const s45 = f32x4.add(f32x4.splat(1.0 / 24), f32x4.mul(r, f32x4.splat(1.0 / 120)));
  const s67 = f32x4.add(f32x4.splat(1.0 / 720), f32x4.mul(r, f32x4.splat(1.0 / 5040)));
  const series = f32x4.add(s23, f32x4.mul(r2, f32x4.add(s45, f32x4.mul(r2, s67))));
  const e = f32x4.add(f32x4.splat(1), f32x4.add(r, f32x4.mul(r2, series)));
  return f32x4.mul(e, i32x4.shl(i32x4.add(i32x4.sub(shifted, magic), i32x4.splat(127)), 23));
}
