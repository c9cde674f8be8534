import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { fitLogistic, type LogisticModel, logisticProbabilities } from '../../src/learners/logistic.js';
import { assertNear, normals } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { evaluate, type Points, randomPoints } from './plain-logistic.js';

const fit = (points: Points, c = 1): Promise<LogisticModel> =>
  withCore((core) => {
    const features = core.arena.upload('f64', points.x);
    const labels = core.arena.upload('i32', points.labels);
    return fitLogistic(core, { ...points, features, labels, c }, () => {});
  });

const largest = (numbers: Iterable<number>) => Array.from(numbers).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

test('many classes reach the optimum, for any penalty, with noise or without', async () => {
  for (const [rows, columns, classes, c, noise] of [
    [200, 10, 14, 1, 1],
    [1000, 10, 14, 1, 1],
    [3000, 10, 40, 1, 0.5],
    [3000, 3, 45, 100, 0.5],
    [1000, 10, 17, 0.01, 1],
    [800, 10, 20, 1, 0],
    [800, 10, 20, 1e6, 0],
    [2000, 10, 16, 1e6, 1],
  ]) {
    const points = randomPoints(rows, columns, classes, noise, rows + classes);
    const model = await fit(points, c);
    const what = `${rows} x ${columns}, ${classes} classes, c = ${c}, noise ${noise}`;
    assert.is(model.converged, true, what);
    const most = largest(evaluate(model, points, c).gradient);
    const bound = 20 * rows * 2 ** -53;
    assert.ok(most <= bound, `${what}: largest component of the gradient ${most}, expected at most ${bound}`);
  }
});

test('bins of points with far outliers, most of which a single row has, reach the optimum too', async () => {
  for (const [columns, seed] of [
    [1, 9],
    [1, 28],
    [2, 1],
    [2, 19],
    [4, 17],
    [4, 34],
  ]) {
    const points = binnedOutliers(400, columns, seed);
    const model = await fit(points);
    assert.is(model.converged, true);
    const most = largest(evaluate(model, points, 1).gradient);
    const bound = 20 * points.rows * largest(points.x) * 2 ** -53;
    assert.ok(most <= bound, `${columns} columns, seed ${seed}: largest component of the gradient ${most}`);
  }
});

/**
 * Points of Cauchy's distribution; their classes are the 20 equal-width bins of the first column,
 * those that occur.
 */
function binnedOutliers(rows: number, columns: number, seed: number): Points {
  const below = normals(rows * columns, seed + 500);
  const x = normals(rows * columns, seed).map((value, i) => value / Math.abs(below[i]));
  const first = x.filter((_, i) => i % columns === 0);
  const [low, high] = [Math.min(...first), Math.max(...first)];
  const bins = Array.from(first, (value) => Math.min(19, Math.floor(((value - low) / (high - low)) * 20)));
  const occurring = [...new Set(bins)].sort((a, b) => a - b);
  const labels = Int32Array.from(bins, (bin) => occurring.indexOf(bin));
  return { x, labels, rows, columns, classes: occurring.length };
}

test('a class without rows, and a feature of another scale, are no obstacle', async () => {
  const plain = randomPoints(1000, 10, 16, 1, 3);
  const labels = plain.labels.map((k) => (k === 5 ? 6 : k));
  const x = plain.x.map((value, i) => (i % 10 === 2 ? 1e-3 * value : i % 10 === 4 ? 1e5 * value : value));
  const points = { ...plain, x, labels };
  const model = await fit(points);
  assert.is(model.converged, true);
  evaluate(model, points, 1).gradient.forEach((g, i) => {
    // Relative to the sums that cancel in each component.
    const scale = i % 11 === 4 ? 1e5 : 1;
    assert.ok(Math.abs(g) <= 1e-12 * 1000 * scale, `component ${i}: ${g}`);
  });
});

test('leaves the arena as it was, but for the probabilities', () =>
  withWatchedCore(async (core) => {
    const points = randomPoints(700, 10, 18, 0.5, 1);
    const features = core.arena.upload('f64', points.x);
    const labels = core.arena.upload('i32', points.labels);
    const mark = core.arena.mark();
    const model = await fitLogistic(core, { ...points, features, labels, c: 1 }, () => {});
    assert.is(core.arena.mark(), mark);
    assert.is(logisticProbabilities(core, model, features, points.rows).length, 700 * 18);
  }));

test('probabilities are the softmax of the scores, for any number of classes', async () => {
  for (const classes of [2, 3, 7, 8, 9, 16, 20]) {
    const points = randomPoints(101, 4, classes, 1, classes);
    await withCore(async (core) => {
      const features = core.arena.upload('f64', points.x);
      const labels = core.arena.upload('i32', points.labels);
      const model = await fitLogistic(core, { ...points, features, labels, c: 1 }, () => {});
      const expected: number[] = [];
      for (let row = 0; row < 101; row++) {
        const own = model.coefficients.map((weights, f) =>
          weights.reduce((sum, w, j) => sum + w * points.x[row * 4 + j], model.intercepts[f]),
        );
        const scores = own.length < classes ? [0, ...own] : own;
        const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
        expected.push(...scores.map((score) => Math.exp(score) / total));
      }
      const probabilities = logisticProbabilities(core, model, features, 101);
      assertNear(probabilities.array, expected, 1e-14, `${classes} classes`);
    });
  }
});

test.run();
