/**
 * Multinomial logistic regression: loss, gradient and the weighted Gram matrices of which the
 * Hessian is made.
 *
 *   loss = sum_n u_n (ln sum_c exp(w_c . x_n) - w_{y_n} . x_n),   dloss/dw_c = sum_n u_n (p_nc - [y_n = c]) x_n,
 *   d2loss/dw_a dw_b = sum_n u_n p_na ([a = b] - p_nb) x_n x_n^T,   with u_n = classWeights[y_n].
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4. The optimiser that
 * drives these is src/learners/dense-logistic.ts. With two classes the weights of class 0 are fixed
 * at 0 (fixedClasses = 1).
 * Cost: O(rows * classes * stride) for the loss, O(rows * classes^2 * stride^2 / 4) for the Gram
 * matrices.
 * Precision: float64 throughout.
 *
 * x is row-major with `stride` columns, a multiple of 4: the features, a 1 for the intercept,
 * zeros. A null pointer in place of classWeights, f64[classes], stands for weights of 1.
 */
import { fold_f64x2 } from '../lanes';
import { addTile } from './products';

/**
 * Returns the loss of rows [firstRow, lastRow), adds their gradient to gradient, f64[free][stride],
 * and writes their probabilities, f64[rows][classes]. weights: f64[free][stride], free = classes -
 * fixedClasses; labels: i32[rows].
 */
export function softmaxLoss(
  gradient: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  weights: usize,
  classes: i32,
  fixedClasses: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): f64 {
  const rowBytes = <usize>stride << 3;
  let loss = 0.0;
  for (let row = firstRow; row < lastRow; row++) {
    const px = x + <usize>row * rowBytes;
    const p = probabilities + ((<usize>row * <usize>classes) << 3);
    const label = load<i32>(labels + (<usize>row << 2));
    let largest = fixedClasses > 0 ? 0.0 : -Infinity;
    for (let c = 0; c < fixedClasses; c++) store<f64>(p + (<usize>c << 3), 0);
    for (let c = fixedClasses; c < classes; c++) {
      const w = weights + <usize>(c - fixedClasses) * rowBytes;
      let sum0 = f64x2.splat(0);
      let sum1 = sum0;
      for (let j: usize = 0; j < rowBytes; j += 32) {
        sum0 = f64x2.add(sum0, f64x2.mul(v128.load(px + j), v128.load(w + j)));
        sum1 = f64x2.add(sum1, f64x2.mul(v128.load(px + j, 16), v128.load(w + j, 16)));
      }
      const logit = fold_f64x2(f64x2.add(sum0, sum1));
      store<f64>(p + (<usize>c << 3), logit);
      largest = max(largest, logit);
    }
    const own = load<f64>(p + (<usize>label << 3));
    let total = 0.0;
    for (let c = 0; c < classes; c++) {
      const e = Math.exp(load<f64>(p + (<usize>c << 3)) - largest);
      store<f64>(p + (<usize>c << 3), e);
      total += e;
    }
    const weight = classWeights ? load<f64>(classWeights + (<usize>label << 3)) : 1.0;
    loss += weight * (largest + Math.log(total) - own);
    const scale = 1.0 / total;
    for (let c = 0; c < classes; c++) {
      const probability = load<f64>(p + (<usize>c << 3)) * scale;
      store<f64>(p + (<usize>c << 3), probability);
      if (c < fixedClasses) continue;
      const residual = f64x2.splat(weight * (c == label ? probability - 1.0 : probability));
      const g = gradient + <usize>(c - fixedClasses) * rowBytes;
      for (let j: usize = 0; j < rowBytes; j += 16) {
        v128.store(g + j, f64x2.add(v128.load(g + j), f64x2.mul(residual, v128.load(px + j))));
      }
    }
  }
  return loss;
}

/** Rows that are weighted at a time, so that they stay in the first-level cache. */
const BLOCK_ROWS = 128;

/**
 * Adds G_ab = sum_n u_n p_na p_nb x_n x_n^T over rows [firstRow, lastRow) to grams,
 * f64[pairs][stride][stride], for all class pairs a < b in order (0,1), (0,2) .. (1,2) .. ; only 4
 * x 4 tiles on and above the diagonal are written.
 * scratch: f64[128][stride]. The Hessian's blocks are H_ab = -G_ab and H_aa = sum_b G_ab.
 */
export function softmaxHessian(
  grams: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  probabilities: usize,
  scratch: usize,
  classes: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const rowBytes = <usize>stride << 3;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    let gram = grams;
    for (let a = 0; a < classes; a++) {
      for (let b = a + 1; b < classes; b++) {
        let pp = probabilities + ((<usize>start * <usize>classes) << 3);
        let label = labels + (<usize>start << 2);
        let from = px;
        let to = scratch;
        for (let row = 0; row < count; row++) {
          let weight = load<f64>(pp + (<usize>a << 3)) * load<f64>(pp + (<usize>b << 3));
          if (classWeights) weight *= load<f64>(classWeights + (<usize>load<i32>(label) << 3));
          const weight_f64x2 = f64x2.splat(weight);
          for (let j: usize = 0; j < rowBytes; j += 16) v128.store(to + j, f64x2.mul(weight_f64x2, v128.load(from + j)));
          label += 4;
          pp += <usize>classes << 3;
          from += rowBytes;
          to += rowBytes;
        }
        for (let i: usize = 0; i < rowBytes; i += 32) {
          for (let j = i; j < rowBytes; j += 32) {
            const to0 = gram + i * <usize>stride + j;
            const to1 = to0 + rowBytes;
            const to2 = to1 + rowBytes;
            addTile<f64>(to0, to1, to2, to2 + rowBytes, scratch + i, rowBytes, px + j, rowBytes, count);
          }
        }
        gram += rowBytes * <usize>stride;
      }
    }
  }
}
