import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkBatch,
  ESTIMATOR_NAMES,
  type EstimatorName,
  estimators,
  findEstimator,
  weightMatrix,
} from '../../src/decomposition/estimators.js';
import { assertNear } from '../assembly/samples.js';
import { expectedOf } from '../golden/load-golden.js';
import { logNormal, logSumExp, plainLogs, plainLogWeight } from './plain-estimators.js';
import { drawPosterior, rowsOf } from './posteriors.js';

const sum = (values: Iterable<number>) => Array.from(values).reduce((a, b) => a + b, 0);

test('legacy-mss has the log-weights that the published code makes', () => {
  const { weights } = findEstimator('legacy-mss').algebra(5, 20, 1);
  const expected = expectedOf('g_posterior', 'log_importance_weight_matrix_5_20')['W_log(batch 5, n 20)'].flat();
  assertNear(weightMatrix(weights, 5).map(Math.log), expected, 1e-12, 'log-weights');
});

test('has the weights of the definitions for every pair, down to batches of 2', () => {
  for (const { name, algebra } of estimators) {
    for (const [B, N] of [
      [2, 2],
      [2, 9],
      [3, 3],
      [5, 20],
      [64, 1e6],
    ]) {
      const expected = Array.from({ length: B * B }, (_, at) => plainLogWeight(name, Math.floor(at / B), at % B, B, N));
      assertNear(weightMatrix(algebra(B, N, 3).weights, B).map(Math.log), expected, 1e-12, `${name}, ${B} of ${N}`);
    }
  }
});

test('weights sum to 1 for each sample where they stand for a mean over the data set', () => {
  for (const name of ['mss', 'mss-chen'] as const) {
    for (const [B, N] of [
      [2, 5],
      [7, 7],
      [64, 50_000],
    ]) {
      const matrix = weightMatrix(findEstimator(name).algebra(B, N, 1).weights, B);
      for (let i = 0; i < B; i++) {
        assertNear([sum(matrix.subarray(i * B, (i + 1) * B))], [1], 1e-14, `${name}, ${B} of ${N}, sample ${i}`);
      }
    }
  }
});

test('says of each estimator rightly whether it is unbiased: mean density over every batch there can be', () => {
  const N = 6;
  const posterior = drawPosterior(N, 2, 4);
  const densities = (values: readonly number[]) => Math.exp(logSumExp(values)) / N;
  const ofRow = (row: number, d: number) =>
    posterior.mu.map((_, j) => logNormal(posterior.z[row][d], posterior.mu[j][d], posterior.logvar[j][d]));
  const exact = densities(ofRow(0, 0).map((log, j) => log + ofRow(0, 1)[j]));
  const others = Array.from({ length: N - 1 }, (_, i) => i + 1);
  const batches = others.flatMap((a) => others.filter((b) => b !== a).map((b) => [a, b]));
  for (const { name, isUnbiased } of estimators) {
    // Sample 0 in every place of the batch of 3, since weights may depend on the place.
    const means = [0, 1, 2].map((place) => {
      const found = batches.map((pair) => {
        const rows = [...pair.slice(0, place), 0, ...pair.slice(place)];
        return Math.exp(plainLogs(rowsOf(posterior, rows), name, N)[place][1]);
      });
      return sum(found) / found.length;
    });
    if (isUnbiased) assertNear(means, [exact, exact, exact], 1e-13 * exact, name);
    else assert.ok(Math.abs(sum(means) / 3 / exact - 1) > 0.05, `${name}: ${means} for ${exact}`);
  }
});

test('names, describes and sources every estimator', () => {
  assert.equal(
    estimators.map(({ name }) => name),
    ['mws', 'mss', 'mss-chen', 'legacy-mss', 'legacy-yann-mss', 'legacy-yann-mws'],
  );
  for (const { name, title, description, bias, source } of estimators) {
    for (const text of [title, description, bias, source]) assert.ok(text.length > 10, `${name}: ${text}`);
  }
});

const refuses = (work: () => unknown, kind: typeof TypeError | typeof RangeError, message: string) => {
  try {
    work();
  } catch (error) {
    assert.instance(error, kind);
    assert.is((error as Error).message, message);
    assert.is((error as { code?: string }).code, 'ERR_OPTION');
    return;
  }
  assert.unreachable(message);
};

test('refuses names that are no estimator', () => {
  const names = ESTIMATOR_NAMES.join(', ');
  refuses(() => findEstimator('exact'), RangeError, `estimator: expected one of ${names}, got 'exact'`);
  refuses(
    () => findEstimator(3 as unknown as EstimatorName),
    TypeError,
    `estimator: expected one of ${names}, got number`,
  );
});

test('refuses batches of fewer than 2 rows or of more than there are, and data sets smaller than the batch', () => {
  checkBatch(2, 2, 2);
  checkBatch(64, 64, 1000);
  const batchOf = (got: number) => `batch: expected a whole number from 2 to 9, the number of rows, got ${got}`;
  for (const batch of [1, 0, 10, 2.5, Number.NaN]) refuses(() => checkBatch(batch, 50, 9), RangeError, batchOf(batch));
  for (const size of [4, 5.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const message = `datasetSize: expected a whole number of at least 5, the batch, got ${size}`;
    refuses(() => checkBatch(5, size, 9), RangeError, message);
  }
  refuses(() => checkBatch(2, 2, 1), RangeError, 'batch: expected at least 2 rows to make one of, got 1');
});

test.run();
