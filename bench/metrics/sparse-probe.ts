import { formatCount } from '../../src/report/format-number.js';
import type { Bench } from '../contest.js';
import { encodeColumns } from '../plain/information.js';
import { decompose, solveByFactor } from '../plain/linear-algebra.js';
import { firstRows } from './first-rows.js';
import { type PlainScore, type Rows, scoreContest, splitOf } from './score.js';

const MOST_ROWS = 2000;
const FACTORS = 3;
const SIZES = [1, 2, 5];

/** Sparse probing of few rows; plain JavaScript fits each probe by Newton's method. */
export const bench: Bench = {
  name: 'sparse-probe',
  isFixedSize: true,
  prepare(ground) {
    const table = firstRows(ground, MOST_ROWS, FACTORS);
    const { middle, options } = splitOf(table.rows);
    const name = `sparse-probe of ${formatCount(table.rows)} rows, factors of 3, 6 and 40 values`;
    return [scoreContest(table, 'sparse-probe', () => scorePlain(table, middle), { name, options })];
  },
};

function scorePlain({ rows, latents, factors }: Rows, middle: number): PlainScore {
  const columns = Array.from({ length: latents.columns }, (_, d) => latents.column(d));
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
  const accuracies = SIZES.map((): number[] => []);
  sizes.forEach((size, k) => {
    const own = codes.subarray(k * rows, (k + 1) * rows);
    const [train, test] = [own.subarray(0, middle), own.subarray(middle)];
    for (let value = 0; value < size; value++) {
      if (!train.includes(value) || !test.includes(value)) continue;
      const truth = own.map((code) => (code === value ? 1 : 0));
      const ranking = rank(columns, truth, middle);
      SIZES.forEach((count, s) => {
        const x = ranking.slice(0, count).map((d) => columns[d]);
        accuracies[s].push(judge(x, fit(x, truth, middle), truth, middle));
      });
    }
  });
  const accuracy = accuracies.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  return { value: accuracy[0], parts: { accuracy } };
}

/** The columns by the difference of their means. */
function rank(columns: readonly Float64Array[], truth: Int32Array, middle: number): number[] {
  const distances = columns.map((x) => {
    const [sums, counts] = [
      [0, 0],
      [0, 0],
    ];
    for (let row = 0; row < middle; row++) {
      sums[truth[row]] += x[row];
      counts[truth[row]]++;
    }
    return Math.abs(sums[1] / counts[1] - sums[0] / counts[0]);
  });
  return [...distances.keys()].sort((a, b) => distances[b] - distances[a]);
}

/** Weights and, last, the intercept of the balanced regression with C = 1, by Newton's method. */
function fit(x: readonly Float64Array[], truth: Int32Array, middle: number): Float64Array {
  const unknowns = x.length + 1;
  const positives = truth.subarray(0, middle).reduce((sum, one) => sum + one, 0);
  const weightOf = [middle / (2 * (middle - positives)), middle / (2 * positives)];
  let at = new Float64Array(unknowns);
  const lossOf = (weights: Float64Array, gradient: Float64Array, hessian: Float64Array) => {
    let loss = 0;
    hessian.fill(0);
    for (let j = 0; j < unknowns; j++) {
      const penalty = j < x.length ? 1 : 0;
      gradient[j] = penalty * weights[j];
      hessian[j * unknowns + j] = penalty;
      loss += 0.5 * penalty * weights[j] ** 2;
    }
    const features = new Float64Array(unknowns).fill(1);
    for (let row = 0; row < middle; row++) {
      let logit = weights[x.length];
      for (let j = 0; j < x.length; j++) {
        features[j] = x[j][row];
        logit += weights[j] * features[j];
      }
      const sign = truth[row] === 1 ? 1 : -1;
      const weight = weightOf[truth[row]];
      loss += weight * (Math.max(0, -sign * logit) + Math.log1p(Math.exp(-Math.abs(logit))));
      const p = 1 / (1 + Math.exp(-logit));
      for (let i = 0; i < unknowns; i++) {
        gradient[i] += weight * (p - truth[row]) * features[i];
        for (let j = 0; j < unknowns; j++)
          hessian[i * unknowns + j] += weight * p * (1 - p) * features[i] * features[j];
      }
    }
    return loss;
  };
  const [gradient, hessian] = [new Float64Array(unknowns), new Float64Array(unknowns ** 2)];
  let loss = lossOf(at, gradient, hessian);
  for (let step = 0; step < 100; step++) {
    const direction = solveByFactor(decompose(hessian, unknowns), gradient.slice(), unknowns);
    const decrease = direction.reduce((sum, one, j) => sum + one * gradient[j], 0);
    if (!(decrease > 1e-18 * Math.abs(loss))) break;
    let scale = 1;
    let next = at;
    let reached = loss;
    for (; scale > 1e-6; scale /= 2) {
      next = at.map((one, j) => one - scale * direction[j]);
      reached = lossOf(next, gradient, hessian);
      if (reached <= loss) break;
    }
    if (!(reached < loss)) break;
    [at, loss] = [next, reached];
  }
  return at;
}

/** Balanced accuracy on the rows from middle on. */
function judge(x: readonly Float64Array[], weights: Float64Array, truth: Int32Array, middle: number): number {
  const [right, counts] = [
    [0, 0],
    [0, 0],
  ];
  for (let row = middle; row < truth.length; row++) {
    const logit = x.reduce((sum, column, j) => sum + weights[j] * column[row], weights[x.length]);
    counts[truth[row]]++;
    if ((logit > 0 ? 1 : 0) === truth[row]) right[truth[row]]++;
  }
  return (right[0] / counts[0] + right[1] / counts[1]) / 2;
}
