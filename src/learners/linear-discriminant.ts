import type { Core } from '../../bindings/core.js';
import { solvePositiveDefinite } from './cholesky.js';
import type { SoftmaxProblem } from './truncated-newton.js';

/**
 * Weights of Fisher's linear discriminant, an intercept after them: what softmax regression finds, but for the penalty and
 * chance, where classes are normal with one covariance. The penalty is added to the covariance, so that it can be solved by.
 *
 * @see C. Bishop 2006, Pattern Recognition and Machine Learning, section 4.2
 */
export function discriminantWeights(
  core: Core,
  { x, labels, rows, columns, stride, classes, penalty }: SoftmaxProblem,
): Float64Array[] {
  const [data, labelOf] = [x.array, labels.array];
  const means = new Float64Array(classes * columns);
  const counts = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const label = labelOf[row];
    counts[label]++;
    for (let j = 0; j < columns; j++) means[label * columns + j] += data[row * stride + j];
  }
  for (let i = 0; i < means.length; i++) means[i] /= Math.max(1, counts[Math.floor(i / columns)]);
  const within = new Float64Array(columns * columns);
  const deviation = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const mean = labelOf[row] * columns;
    for (let j = 0; j < columns; j++) deviation[j] = data[row * stride + j] - means[mean + j];
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j <= i; j++) within[i * columns + j] += deviation[i] * deviation[j];
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) within[i * columns + j] /= rows;
    within[i * columns + i] += penalty[i] / rows;
  }
  const inverse = Array.from({ length: columns }, (_, i) => {
    const unit = new Float64Array(columns);
    unit[i] = 1;
    return solvePositiveDefinite(within.slice(), unit, columns) ? unit : unit.fill(0);
  });
  return Array.from({ length: classes }, (_, c) => {
    const mean = means.subarray(c * columns, (c + 1) * columns);
    const weights = new Float64Array(columns + 1);
    // A class without rows is given half of one: its logarithm must be a number.
    weights[columns] = core.naturalLogarithm(Math.max(0.5, counts[c]) / rows);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) weights[i] += inverse[i][j] * mean[j];
      weights[columns] -= 0.5 * weights[i] * mean[i];
    }
    return weights;
  });
}
