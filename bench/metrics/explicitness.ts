import { formatCount } from '../../src/report/format-number.js';
import type { Bench } from '../contest.js';
import { areaUnderCurve } from '../plain/auc.js';
import { encodeColumns } from '../plain/information.js';
import { fitSoftmax } from '../plain/logistic.js';
import { firstRows } from './first-rows.js';
import { type PlainScore, type Rows, scoreContest, splitOf } from './score.js';

const MOST_ROWS = 2000;
const FACTORS = 2;

/**
 * Explicitness of few rows and the two smallest factors: plain JavaScript fits with whole Hessians,
 * which for 40 classes take seconds a step.
 */
export const bench: Bench = {
  name: 'explicitness',
  isFixedSize: true,
  prepare(ground) {
    const table = firstRows(ground, MOST_ROWS, FACTORS);
    const { middle, options } = splitOf(table.rows);
    const name = `explicitness of ${formatCount(table.rows)} rows, factors of 3 and 6 values`;
    // A rank may turn on the last digits of two probabilities.
    return [scoreContest(table, 'explicitness', () => scorePlain(table, middle), { name, options, tolerance: 1e-5 })];
  },
};

function scorePlain({ rows, latents, factors }: Rows, middle: number): PlainScore {
  const columns = latents.columns;
  const stride = columns + 1;
  const x = standardise(latents.data as Float32Array, rows, columns, middle);
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
  const auc = Float64Array.from(sizes, (classes, k) => {
    const labels = codes.subarray(k * rows, (k + 1) * rows);
    const weights = fitSoftmax({ x, labels, rows: middle, stride, classes });
    const scores = new Float64Array(classes * (rows - middle));
    const logits = new Float64Array(classes);
    for (let row = middle; row < rows; row++) {
      let total = 0;
      for (let c = 0; c < classes; c++) {
        let logit = 0;
        for (let j = 0; j < stride; j++) logit += weights[c * stride + j] * x[row * stride + j];
        logits[c] = Math.exp(logit);
        total += logits[c];
      }
      for (let c = 0; c < classes; c++) scores[c * (rows - middle) + row - middle] = logits[c] / total;
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const own = scores.subarray(c * (rows - middle), (c + 1) * (rows - middle));
      sum += areaUnderCurve(own, labels.subarray(middle), c);
    }
    return sum / classes;
  });
  return { value: auc.reduce((sum, area) => sum + area, 0) / auc.length, parts: { auc } };
}

/**
 * x (rows, columns) in units of its first rows, with a 1 for the intercept at the end of each row.
 */
function standardise(x: Float32Array, rows: number, columns: number, train: number): Float64Array {
  const stride = columns + 1;
  const out = new Float64Array(rows * stride).fill(1);
  for (let d = 0; d < columns; d++) {
    let mean = 0;
    for (let row = 0; row < train; row++) mean += x[row * columns + d] / train;
    let variance = 0;
    for (let row = 0; row < train; row++) variance += (x[row * columns + d] - mean) ** 2 / train;
    for (let row = 0; row < rows; row++) out[row * stride + d] = (x[row * columns + d] - mean) / Math.sqrt(variance);
  }
  return out;
}
