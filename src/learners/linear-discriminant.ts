import type { Core } from '../../bindings/core.js';
import type { LabelledRows } from '../../bindings/kernels/softmax.js';
import { solvePositiveDefinite } from './cholesky.js';

const ROWS_PER_CALL = 1024;

/**
 * Fisher's linear discriminant: for each class a weight of every column and an intercept,
 * f64[classes][columns + 1]. It is what softmax regression finds, but for the penalty and chance,
 * where classes are normal with one covariance. All 0 where that covariance is singular.
 *
 * @param rowCount rows of x
 * @param columns how many of the columns of x are features: the first, of a variance about 1
 * @param ridge what is added to the variance within classes of each column, f64[columns]
 * @see C. R. Rao 1948, The Utilization of Multiple Measurements in Problems of Biological
 * Classification
 * @see C. Bishop 2006, Pattern Recognition and Machine Learning, section 4.2
 */
export function linearDiscriminant(
  core: Core,
  labelled: LabelledRows,
  rowCount: number,
  columns: number,
  ridge: ArrayLike<number>,
): Float64Array {
  const { x, stride, labels, classes, classWeights } = labelled;
  const [data, labelOf] = [x.array, labels.array];
  const weightOf = classWeights?.array.slice() ?? new Float64Array(classes).fill(1);
  const counts = new Float64Array(classes);
  const means = new Float64Array(classes * columns);
  for (let row = 0; row < rowCount; row++) {
    const label = labelOf[row];
    counts[label]++;
    for (let j = 0; j < columns; j++) means[label * columns + j] += data[row * stride + j];
  }
  for (let i = 0; i < means.length; i++) means[i] /= Math.max(1, counts[Math.floor(i / columns)]);
  const total = counts.reduce((sum, count, c) => sum + count * weightOf[c], 0);

  const within = covarianceWithin(
    core,
    labelled,
    means,
    weightOf.map((weight) => weight / total),
    rowCount,
    columns,
  );
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

/**
 * Sum over rows of their share of all weight times the products of deviations from the means of
 * classes, f64[columns][columns].
 */
function covarianceWithin(
  core: Core,
  { x, stride, labels }: LabelledRows,
  means: Float64Array,
  weights: Float64Array,
  rowCount: number,
  columns: number,
): Float64Array {
  const mark = core.arena.mark();
  const width = Math.ceil(columns / 4) * 4;
  const sums = core.arena.zeros('f64', width * width);
  // Products are of differences from the first row: that is all 0.
  const deviations = core.arena.zeros('f64', (ROWS_PER_CALL + 1) * columns);
  const offsets = core.arena.zeros('f64', columns);
  const roots = weights.map(Math.sqrt);
  const [data, labelOf, to] = [x.array, labels.array, deviations.array];
  for (let start = 0; start < rowCount; start += ROWS_PER_CALL) {
    const count = Math.min(ROWS_PER_CALL, rowCount - start);
    for (let i = 0, at = columns; i < count; i++) {
      const label = labelOf[start + i];
      for (let j = 0; j < columns; j++, at++) {
        to[at] = roots[label] * (data[(start + i) * stride + j] - means[label * columns + j]);
      }
    }
    core.covariance.addProducts(sums, deviations, offsets, columns, width, 1, count + 1);
  }
  const upper = sums.array;
  const within = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) for (let j = 0; j <= i; j++) within[i * columns + j] = upper[j * width + i];
  core.arena.release(mark);
  return within;
}
