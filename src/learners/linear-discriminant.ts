import type { Core } from '../../bindings/core.js';
import type { LabelledRows } from '../../bindings/kernels/softmax.js';
import { solvePositiveDefinite } from './cholesky.js';

/**
 * Fisher's linear discriminant: for each class a weight of every column and an intercept, f64[classes][columns + 1]. It is
 * what softmax regression finds, but for the penalty and chance, where classes are normal with one covariance. All 0 where
 * that covariance is singular.
 *
 * @param rowCount rows of x
 * @param columns how many of the columns of x are features: the first, of a variance about 1
 * @param ridge what is added to the variance within classes of each column, f64[columns]
 * @see C. R. Rao 1948, The Utilization of Multiple Measurements in Problems of Biological Classification
 * @see C. Bishop 2006, Pattern Recognition and Machine Learning, section 4.2
 */
export function linearDiscriminant(
  core: Core,
  { x, stride, labels, classes, classWeights }: LabelledRows,
  rowCount: number,
  columns: number,
  ridge: ArrayLike<number>,
): Float64Array {
  const [data, labelOf] = [x.array, labels.array];
  const weightOf = classWeights?.array ?? new Float64Array(classes).fill(1);
  const counts = new Float64Array(classes);
  const means = new Float64Array(classes * columns);
  for (let row = 0; row < rowCount; row++) {
    const label = labelOf[row];
    counts[label]++;
    for (let j = 0; j < columns; j++) means[label * columns + j] += data[row * stride + j];
  }
  for (let i = 0; i < means.length; i++) means[i] /= Math.max(1, counts[Math.floor(i / columns)]);
  const total = counts.reduce((sum, count, c) => sum + count * weightOf[c], 0);

  const within = new Float64Array(columns * columns);
  const deviation = new Float64Array(columns);
  for (let row = 0; row < rowCount; row++) {
    const label = labelOf[row];
    const share = weightOf[label] / total;
    for (let j = 0; j < columns; j++) deviation[j] = data[row * stride + j] - means[label * columns + j];
    for (let i = 0; i < columns; i++) {
      const scaled = share * deviation[i];
      for (let j = 0; j <= i; j++) within[i * columns + j] += scaled * deviation[j];
    }
  }
  for (let i = 0; i < columns; i++) within[i * columns + i] += ridge[i];

  const scores = new Float64Array(classes * (columns + 1));
  for (let c = 0; c < classes; c++) {
    const mean = means.subarray(c * columns, (c + 1) * columns);
    const weights = mean.slice();
    if (!solvePositiveDefinite(within.slice(), weights, columns)) return scores.fill(0);
    scores.set(weights, c * (columns + 1));
    // A class without rows is given half of one: its logarithm must be a number.
    const prior = (Math.max(0.5, counts[c]) * (weightOf[c] || 1)) / total;
    let intercept = core.information.naturalLogarithm(classes * prior);
    for (let j = 0; j < columns; j++) intercept -= 0.5 * weights[j] * mean[j];
    scores[c * (columns + 1) + columns] = intercept;
  }
  return scores;
}
