import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { fitLines, type LineModel } from '../../src/learners/svm.js';
import { assertNear, assertSame, codes, exactSum, normals } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';

interface Points {
  readonly x: Float64Array;
  /** Below 0: left out. */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Feature and class go together as far as the noise lets them; one row in ten is left out. */
function pointsOf(rows: number, classes: number, noise: number, seed: number): Points {
  const labels = codes(rows, classes, seed);
  const x = normals(rows, seed).map((e, i) => labels[i] + noise * e);
  return { x, labels: labels.map((label, i) => (i % 10 === 9 ? -1 : label)), classes };
}

const countsOf = ({ labels, classes }: Points) =>
  Int32Array.from({ length: classes }, (_, a) => labels.filter((label) => label === a).length);

function fit(core: Core, points: Points, c: number): Promise<LineModel> {
  const x = core.arena.upload('f64', points.x);
  const order = core.arena.upload(
    'i32',
    points.x.map((_, i) => i),
  );
  core.rows.sortRows(x, order);
  const codes = Array.from(order.array, (row) => points.labels[row]);
  const column = { x, codes: core.arena.upload('i32', codes) };
  return fitLines(core, column, countsOf(points), c, () => {});
}

/**
 * The objective of class a by its definition, with its gradient relative to that at the origin and
 * here.
 */
function evaluate({ x, labels, classes }: Points, a: number, c: number, w: number, b: number) {
  const counts = countsOf({ x, labels, classes });
  const rows = exactSum(counts);
  const balanced = (label: number) => rows / (classes * counts[label]);
  const values = [0.5 * (w * w + b * b)];
  const slopes = [w];
  const lifts = [b];
  const sizes = [Math.abs(w), Math.abs(b)];
  for (let i = 0; i < x.length; i++) {
    if (labels[i] < 0) continue;
    const y = labels[i] === a ? 1 : -1;
    const weight = c * (labels[i] === a || classes === 2 ? balanced(labels[i]) : 1);
    const hinge = Math.max(0, 1 - y * (w * x[i] + b));
    values.push(weight * hinge ** 2);
    slopes.push(-2 * weight * hinge * y * x[i]);
    lifts.push(-2 * weight * hinge * y);
    sizes[0] += 2 * weight * (1 + hinge) * Math.abs(x[i]);
    sizes[1] += 2 * weight * (1 + hinge);
  }
  return { value: exactSum(values), gradient: [exactSum(slopes) / sizes[0], exactSum(lifts) / sizes[1]] };
}

const lineOf = ({ slopes, intercepts, offset, perScale }: LineModel, a: number) => {
  const w = slopes[a] * perScale;
  return { w, b: intercepts[a] - w * offset };
};

test('the gradient of the objective is 0 at the solution, with two classes and with more', () =>
  withWatchedCore(async (core) => {
    for (const [rows, classes, noise, c] of [
      [10, 2, 1, 0.01],
      [40, 3, 1, 0.01],
      [300, 2, 0.1, 1],
      [500, 5, 2, 0.01],
      [2000, 10, 0.3, 0.01],
      [2000, 3, 0, 100],
      [3000, 40, 1, 0.01],
    ]) {
      const points = pointsOf(rows, classes, noise, rows);
      const model = await fit(core, points, c);
      assert.is(model.converged, true);
      for (let a = classes === 2 ? 1 : 0; a < classes; a++) {
        const { w, b } = lineOf(model, a);
        const { gradient } = evaluate(points, a, c, w, b);
        assertNear(gradient, [0, 0], 1e-11, `class ${a} of ${classes}, ${rows} rows, c = ${c}`);
      }
    }
  }));

test('no other line has a smaller objective', () =>
  withWatchedCore(async (core) => {
    const points = pointsOf(400, 4, 1, 1);
    const model = await fit(core, points, 0.01);
    const moves = normals(400, 2);
    for (let trial = 0; trial < 200; trial++) {
      const a = trial % 4;
      const { w, b } = lineOf(model, a);
      const size = 10 ** -(trial % 6);
      const { value } = evaluate(points, a, 0.01, w, b);
      const moved = evaluate(points, a, 0.01, w + size * moves[2 * trial], b + size * moves[2 * trial + 1]);
      assert.ok(moved.value >= value * (1 - 1e-13), `trial ${trial}`);
    }
  }));

test('of two classes the lines are opposite', () =>
  withWatchedCore(async (core) => {
    const { slopes, intercepts } = await fit(core, pointsOf(200, 2, 1, 3), 0.01);
    assertSame([slopes[0], intercepts[0]], [-slopes[1], -intercepts[1]], 'lines');
  }));

test('a feature of another sign gives the opposite slopes', () =>
  withWatchedCore(async (core) => {
    const points = pointsOf(500, 3, 1, 4);
    const model = await fit(core, points, 0.01);
    const turned = await fit(core, { ...points, x: points.x.map((x) => -x) }, 0.01);
    assertNear(
      turned.slopes,
      model.slopes.map((slope) => -slope),
      1e-12,
      'slopes',
    );
    assertNear(turned.intercepts, model.intercepts, 1e-12, 'intercepts');
  }));

test('features of any offset and scale reach the optimum', () =>
  withWatchedCore(async (core) => {
    const points = pointsOf(1000, 3, 1, 5);
    for (const [offset, scale] of [
      [1e6, 1],
      [0, 1e6],
      [0, 1e-9],
      [-1e3, 1e-3],
      [0, 1e100],
      [0, 1e-100],
    ]) {
      const x = points.x.map((value) => offset + scale * value);
      const model = await fit(core, { ...points, x }, 0.01);
      for (let a = 0; a < 3; a++) {
        const { w, b } = lineOf(model, a);
        const { gradient } = evaluate({ ...points, x }, a, 0.01, w, b);
        assertNear(gradient, [0, 0], 1e-7, `offset ${offset}, scale ${scale}, class ${a}`);
      }
    }
  }));

test('a constant feature and features of the largest magnitudes give finite lines', () =>
  withWatchedCore(async (core) => {
    const points = pointsOf(100, 3, 1, 6);
    for (const x of [
      new Float64Array(100),
      new Float64Array(100).fill(0.1),
      new Float64Array(100).fill(1e150),
      points.x.map((value) => value * 1e149),
      points.x.map((value) => 1e150 + value * 1e140),
      points.x.map((value) => value * 1e-300),
    ]) {
      const { slopes, intercepts } = await fit(core, { ...points, x }, 0.01);
      assert.ok([...slopes, ...intercepts].every(Number.isFinite), `${x[0]}`);
    }
  }));

test.run();
