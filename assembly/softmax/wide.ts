/**
 * Softmax regression with lanes over classes, and a weight for each class: loss and gradient, and
 * products of the Hessian with a vector.
 *
 *   loss = sum_n u_n (ln sum_c exp(w_c . x_n) - w_{y_n} . x_n),   dloss/dw_c = sum_n u_n (p_nc - [y_n = c]) x_n,
 *   (H v)_c = sum_n u_n p_nc (t_nc - sum_b p_nb t_nb) x_n,   t_nc = (v_c - v_{y_n}) . x_n,   u_n = classWeights[y_n].
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4; the product is the
 * derivative of the gradient along v (Pearlmutter 1994). src/learners/softmax-objective.ts drives
 * these; the same in single precision is in single.ts, the Hessian in curvature.ts, few classes in
 * dense.ts.
 * Cost: O(rows * width * stride) each. Precision: float64 throughout.
 *
 * x is row-major with `stride` columns, a multiple of 4: the features, a 1 for the intercept,
 * zeros. What is by class is the inner index, `width` of them, the multiple of 4 from the number of
 * classes: f64[stride][width]. Entries beyond the classes are 0 and stay so. A null pointer in
 * place of classWeights, f64[classes], stands for weights of 1.
 */
import { exp_f64x2, fold_f64x2, loadPair_f64x2 } from '../lanes';
import { addProducts, largestOf, multiply, multiplyLikely } from './products';

/** Rows that are worked on at a time, so that they stay in the first-level cache. */
const BLOCK_ROWS = 32;
/**
 * Classes whose scores are all so far below the largest are taken to be impossible: e^-48 is far
 * below what rounding leaves of 1. If rows of a class are next to each other, most are.
 */
const IMPOSSIBLE = 48.0;

/**
 * Returns the loss of rows [firstRow, lastRow), adds their gradient to gradient,
 * f64[stride][width], writes their probabilities, f64[rows][width], lowers tally[0] to the least
 * that the score of a row's class exceeds the next largest by, and adds the loss without class
 * weights to tally[1]. weights: f64[stride][width]; labels: i32[rows]; tally: f64[2];
 * scratch: f64[32][width].
 */
export function softmaxWideLoss(
  gradient: usize,
  probabilities: usize,
  tally: usize,
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
  const rowBytes = <usize>stride << 3;
  const widthBytes = <usize>((classes + 3) & ~3) << 3;
  let loss = 0.0;
  let plain = load<f64>(tally, 8);
  let least = load<f64>(tally);
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    let p = probabilities + <usize>start * widthBytes;
    multiply<f64>(p, px, weights, rowBytes, widthBytes, count);
    let residuals = scratch;
    for (let row = 0; row < count; row++) {
      const label = load<i32>(labels + (<usize>(start + row) << 2));
      const weight = classWeights ? load<f64>(classWeights + (<usize>label << 3)) : 1.0;
      const own = load<f64>(p + (<usize>label << 3));
      for (let c = <usize>classes << 3; c < widthBytes; c += 8) store<f64>(p + c, -Infinity);
      let largest = largestOf<f64>(p, widthBytes);
      if (own < largest) {
        least = min(least, own - largest);
      } else if (least > 0) {
        // Only where nothing is known to be misplaced does the second largest matter.
        store<f64>(p + (<usize>label << 3), -Infinity);
        least = min(least, own - largestOf<f64>(p, widthBytes));
        store<f64>(p + (<usize>label << 3), own);
      }
      const shift_f64x2 = f64x2.splat(largest);
      const least_f64x2 = f64x2.splat(largest - IMPOSSIBLE);
      let total_f64x2 = f64x2.splat(0);
      for (let c: usize = 0; c < widthBytes; c += 32) {
        let e0_f64x2 = v128.load(p + c);
        let e1_f64x2 = v128.load(p + c, 16);
        if (v128.any_true(f64x2.ge(f64x2.pmax(e0_f64x2, e1_f64x2), least_f64x2))) {
          e0_f64x2 = exp_f64x2(f64x2.sub(e0_f64x2, shift_f64x2));
          e1_f64x2 = exp_f64x2(f64x2.sub(e1_f64x2, shift_f64x2));
          total_f64x2 = f64x2.add(total_f64x2, f64x2.add(e0_f64x2, e1_f64x2));
        } else {
          e0_f64x2 = f64x2.splat(0);
          e1_f64x2 = e0_f64x2;
        }
        v128.store(p + c, e0_f64x2);
        v128.store(p + c, e1_f64x2, 16);
      }
      const total = fold_f64x2(total_f64x2);
      const rowLoss = largest - own + Math.log(total);
      loss += weight * rowLoss;
      plain += rowLoss;
      const scale_f64x2 = f64x2.splat(1.0 / total);
      const weight_f64x2 = f64x2.splat(weight);
      for (let c: usize = 0; c < widthBytes; c += 16) {
        const probability_f64x2 = f64x2.mul(v128.load(p + c), scale_f64x2);
        v128.store(p + c, probability_f64x2);
        v128.store(residuals + c, f64x2.mul(weight_f64x2, probability_f64x2));
      }
      const ofOwn = residuals + (<usize>label << 3);
      store<f64>(ofOwn, load<f64>(ofOwn) - weight);
      p += widthBytes;
      residuals += widthBytes;
    }
    addProducts<f64>(gradient, px, scratch, rowBytes, widthBytes, count);
  }
  store<f64>(tally, least);
  store<f64>(tally, plain, 8);
  return loss;
}

/**
 * Adds the Hessian of rows [firstRow, lastRow), times vector, f64[stride][width], to out,
 * f64[stride][width]. probabilities: f32, rows of the multiple of 8 from classes; scratch:
 * f64[32][width]. Scores are taken from that of the row's own class, as in single.ts.
 */
export function softmaxWideProduct(
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
  const rowBytes = <usize>stride << 3;
  const widthBytes = <usize>((classes + 3) & ~3) << 3;
  const singleBytes = <usize>((classes + 7) & ~7) << 2;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    let p = probabilities + <usize>start * singleBytes;
    multiplyLikely<f64>(scratch, px, vector, p, rowBytes, widthBytes, singleBytes, count);
    let s = scratch;
    for (let row = 0; row < count; row++) {
      const label = load<i32>(labels + (<usize>(start + row) << 2));
      const weight_f64x2 = f64x2.splat(classWeights ? load<f64>(classWeights + (<usize>label << 3)) : 1.0);
      const own_f64x2 = v128.load64_splat(s + (<usize>label << 3));
      let mean0_f64x2 = f64x2.splat(0);
      let mean1_f64x2 = mean0_f64x2;
      for (let c: usize = 0; c < widthBytes; c += 32) {
        const pair0_f64x2 = loadPair_f64x2<f32>(p + (c >> 1));
        const pair1_f64x2 = loadPair_f64x2<f32>(p + (c >> 1) + 8);
        mean0_f64x2 = f64x2.add(mean0_f64x2, f64x2.mul(pair0_f64x2, f64x2.sub(v128.load(s + c), own_f64x2)));
        mean1_f64x2 = f64x2.add(mean1_f64x2, f64x2.mul(pair1_f64x2, f64x2.sub(v128.load(s + c, 16), own_f64x2)));
      }
      // Of the scores themselves.
      const mean_f64x2 = f64x2.add(own_f64x2, f64x2.splat(fold_f64x2(f64x2.add(mean0_f64x2, mean1_f64x2))));
      for (let c: usize = 0; c < widthBytes; c += 16) {
        const weighted_f64x2 = f64x2.mul(weight_f64x2, loadPair_f64x2<f32>(p + (c >> 1)));
        v128.store(s + c, f64x2.mul(weighted_f64x2, f64x2.sub(v128.load(s + c), mean_f64x2)));
      }
      p += singleBytes;
      s += widthBytes;
    }
    addProducts<f64>(out, px, scratch, rowBytes, widthBytes, count);
  }
}

/** Overwrites values, f64[count], with their exponentials. */
export function exponentials(values: usize, count: i32): void {
  const end = values + (<usize>count << 3);
  let p = values;
  for (; p + 16 <= end; p += 16) v128.store(p, exp_f64x2(v128.load(p)));
  if (p < end) store<f64>(p, f64x2.extract_lane(exp_f64x2(v128.load64_zero(p)), 0));
}
