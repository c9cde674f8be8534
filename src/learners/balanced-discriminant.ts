import { solvePositiveDefinite } from './cholesky.js';

/** Rows with classes; the class of a row has `perClass` / its number of rows as the row's weight. */
interface LabelledRows {
  /** f64[rows][stride]: features of variance about 1, of which the first `columns` count. */
  readonly x: Float64Array;
  readonly stride: number;
  readonly labels: Int32Array;
  readonly rows: number;
  readonly columns: number;
  /** Each has a row. */
  readonly classes: number;
}

/** Of the variance within classes: keeps features that have none there from being divided by 0. */
const LEAST_VARIANCE = 1e-10;

/**
 * The scores that tell classes of equal weight apart best if all are normal with one covariance: for each class a weight
 * of every column and an intercept, f64[classes][columns + 1].
 *
 * @see C. R. Rao 1948, The Utilization of Multiple Measurements in Problems of Biological Classification
 */
export function discriminantScores({ x, stride, labels, rows, columns, classes }: LabelledRows): Float64Array {
  const counts = new Float64Array(classes);
  const means = new Float64Array(classes * columns);
  for (let row = 0; row < rows; row++) {
    counts[labels[row]]++;
    for (let j = 0; j < columns; j++) means[labels[row] * columns + j] += x[row * stride + j];
  }
  for (let i = 0; i < means.length; i++) means[i] /= counts[Math.floor(i / columns)];

  const covariance = new Float64Array(columns * columns);
  const deviation = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const weight = 1 / (classes * counts[labels[row]]);
    for (let j = 0; j < columns; j++) deviation[j] = x[row * stride + j] - means[labels[row] * columns + j];
    for (let i = 0; i < columns; i++) {
      const scaled = weight * deviation[i];
      for (let j = 0; j <= i; j++) covariance[i * columns + j] += scaled * deviation[j];
    }
  }
  for (let i = 0; i < columns; i++) {
    covariance[i * columns + i] += LEAST_VARIANCE;
    for (let j = 0; j < i; j++) covariance[j * columns + i] = covariance[i * columns + j];
  }

  const scores = new Float64Array(classes * (columns + 1));
  for (let c = 0; c < classes; c++) {
    const mean = means.subarray(c * columns, (c + 1) * columns);
    const weights = mean.slice();
    // Positive definite but for rounding, which the variance that was added exceeds.
    if (!solvePositiveDefinite(covariance.slice(), weights, columns)) return new Float64Array(scores.length);
    scores.set(weights, c * (columns + 1));
    let intercept = 0;
    for (let j = 0; j < columns; j++) intercept -= 0.5 * weights[j] * mean[j];
    scores[c * (columns + 1) + columns] = intercept;
  }
  return scores;
}
