import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { balancedWeights } from '../../src/learners/class-weights.js';
import { linearDiscriminant } from '../../src/learners/linear-discriminant.js';
import { assertNear, normals } from '../assembly/samples.js';

interface Labelled {
  readonly x: Float64Array;
  readonly stride: number;
  readonly labels: Int32Array;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
}

const discriminantOf = (
  { x, stride, labels, rows, columns, classes }: Labelled,
  classWeights: Float64Array | null,
  ridge: number,
): Promise<Float64Array> =>
  withCore((core) => {
    const labelled = {
      x: core.arena.upload('f64', x),
      stride,
      labels: core.arena.upload('i32', labels),
      classes,
      classWeights: classWeights && core.arena.upload('f64', classWeights),
    };
    return linearDiscriminant(core, labelled, rows, columns, new Float64Array(columns).fill(ridge));
  });

const balanced = (points: Labelled): Promise<Float64Array> =>
  discriminantOf(points, balancedWeights(points.labels, points.classes), 1e-10);

test('with one feature the weights are the means over the variance within classes', async () => {
  // Means -1 and 2, squared deviations 1 and 4 within, each class counting one half.
  const x = Float64Array.of(-2, 0, 0, 4, 0, 4);
  const labels = Int32Array.of(0, 0, 1, 1, 1, 1);
  const scores = await balanced({ x, stride: 1, labels, rows: 6, columns: 1, classes: 2 });
  const variance = (1 + 4) / 2;
  assertNear(scores, [-1 / variance, -0.5 / variance, 2 / variance, -2 / variance], 1e-9, 'scores');
});

test('tells normal classes apart as their means and covariance say', async () => {
  const [rows, columns, classes] = [30_000, 2, 3];
  const means = [
    [0, 0],
    [1, 0.5],
    [-1, 1],
  ];
  const noise = normals(rows * columns, 1);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const x = new Float64Array(rows * 4);
  // Covariance [[1, .5], [.5, .5]], whose inverse is [[2, -2], [-2, 4]].
  for (let row = 0; row < rows; row++) {
    const [a, b] = [noise[2 * row], noise[2 * row + 1]];
    x[4 * row] = means[labels[row]][0] + a;
    x[4 * row + 1] = means[labels[row]][1] + 0.5 * (a + b);
  }
  const scores = await balanced({ x, stride: 4, labels, rows, columns, classes });
  means.forEach(([p, q], c) => {
    const weights = [2 * p - 2 * q, -2 * p + 4 * q];
    const intercept = -0.5 * (weights[0] * p + weights[1] * q);
    assertNear(scores.slice(3 * c, 3 * c + 3), [...weights, intercept], 0.1, `class ${c}`);
  });
});

test('features that are constant within classes, or repeated, have finite weights', async () => {
  const labels = Int32Array.of(0, 0, 1, 1, 2, 2);
  const x = Array.from(labels, (label) => [label - 1, label - 1, 0, 0]).flat();
  const scores = await balanced({ x: Float64Array.from(x), stride: 4, labels, rows: 6, columns: 2, classes: 3 });
  assert.ok(scores.every(Number.isFinite));
  const scoreOf = (value: number, c: number) => value * (scores[3 * c] + scores[3 * c + 1]) + scores[3 * c + 2];
  for (const value of [-1, 0, 1]) {
    const all = [0, 1, 2].map((c) => scoreOf(value, c));
    assert.is(all.indexOf(Math.max(...all)), value + 1);
  }
});

test('without class weights classes count as they occur, and a ridge is added to the variance', async () => {
  const x = Float64Array.of(-2, 0, 0, 4, 0, 4);
  const labels = Int32Array.of(0, 0, 1, 1, 1, 1);
  const scores = await discriminantOf({ x, stride: 1, labels, rows: 6, columns: 1, classes: 2 }, null, 0.5);
  const variance = (2 * 1 + 4 * 4) / 6 + 0.5;
  const priors = [Math.log((2 * 2) / 6), Math.log((2 * 4) / 6)];
  assertNear(scores, [-1 / variance, priors[0] - 0.5 / variance, 2 / variance, priors[1] - 2 / variance], 1e-14, '');
});

test('is 0 where features do not vary within classes and nothing is added, finite where a class has no rows', async () => {
  const x = Float64Array.of(1, 1, 2, 2);
  const labels = Int32Array.of(0, 0, 2, 2);
  const points = { x, stride: 1, labels, rows: 4, columns: 1, classes: 3 };
  assertNear(await discriminantOf(points, null, 0), new Float64Array(6), 0, 'singular');
  const scores = await discriminantOf(points, null, 1);
  assert.ok(scores.every(Number.isFinite));
  assert.ok(scores[3] < scores[1], 'the class without rows is less likely than others where features are 0');
});

test.run();
