import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discriminantScores } from '../../src/learners/balanced-discriminant.js';
import { assertNear, normals } from '../assembly/samples.js';

test('with one feature the weights are the means over the variance within classes', () => {
  // Means -1 and 2, squared deviations 1 and 4 within, each class counting one half.
  const x = Float64Array.of(-2, 0, 0, 4, 0, 4);
  const labels = Int32Array.of(0, 0, 1, 1, 1, 1);
  const scores = discriminantScores({ x, stride: 1, labels, rows: 6, columns: 1, classes: 2 });
  const variance = (1 + 4) / 2;
  assertNear(scores, [-1 / variance, -0.5 / variance, 2 / variance, -2 / variance], 1e-9, 'scores');
});

test('tells normal classes apart as their means and covariance say', () => {
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
  const scores = discriminantScores({ x, stride: 4, labels, rows, columns, classes });
  means.forEach(([p, q], c) => {
    const weights = [2 * p - 2 * q, -2 * p + 4 * q];
    const intercept = -0.5 * (weights[0] * p + weights[1] * q);
    assertNear(scores.slice(3 * c, 3 * c + 3), [...weights, intercept], 0.1, `class ${c}`);
  });
});

test('features that are constant within classes, or repeated, have finite weights', () => {
  const labels = Int32Array.of(0, 0, 1, 1, 2, 2);
  const x = Array.from(labels, (label) => [label - 1, label - 1, 0, 0]).flat();
  const scores = discriminantScores({ x: Float64Array.from(x), stride: 4, labels, rows: 6, columns: 2, classes: 3 });
  assert.ok(scores.every(Number.isFinite));
  const scoreOf = (value: number, c: number) => value * (scores[3 * c] + scores[3 * c + 1]) + scores[3 * c + 2];
  for (const value of [-1, 0, 1]) {
    const all = [0, 1, 2].map((c) => scoreOf(value, c));
    assert.is(all.indexOf(Math.max(...all)), value + 1);
  }
});

test.run();
