import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { LabelledRows } from '../../bindings/kernels/softmax.js';
import { assertNear, assertSame, codes, exactSum, normals, ROUNDING, uniforms } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

const exponentialsOf = (core: Core, x: Float64Array): Float64Array => {
  const mark = core.arena.mark();
  const values = core.arena.upload('f64', x);
  core.softmax.exponentials(values);
  const result = values.array.slice();
  core.arena.release(mark);
  return result;
};

test('exponentials are those of Math.exp to 1.5 units in the last place, over all of the range', () =>
  withWatchedCore((core) => {
    const next = uniforms(1);
    for (const [low, high] of [
      [-1e-8, 1e-8],
      [-1, 1],
      [-40, 0],
      [-708, 709.78],
    ]) {
      const x = Float64Array.from({ length: 20_001 }, () => low + (high - low) * next());
      const found = exponentialsOf(core, x);
      // Math.exp is itself right to less than one unit.
      x.forEach((value, i) => {
        const expected = Math.exp(value);
        const off = Math.abs(found[i] - expected) / expected / (2 * ROUNDING);
        assert.ok(off <= 1.5, `e^${value}: ${off} units off`);
      });
    }
  }));

test('exponentials at the ends of the range are 0 and infinity, of 0 exactly 1, of NaN NaN', () =>
  withWatchedCore((core) => {
    const x = [0, -0, 709.782712893384, 709.782712893385, 1e6, Number.MAX_VALUE, Number.POSITIVE_INFINITY];
    x.push(-745.2, -746, -1e300, Number.NEGATIVE_INFINITY, Number.NaN);
    const found = exponentialsOf(core, Float64Array.from(x));
    assertSame(found.subarray(0, 2), [1, 1], 'of 0');
    assert.ok(Math.abs(found[2] / Math.exp(x[2]) - 1) < 4 * ROUNDING);
    assertSame(found.subarray(3, 7), new Float64Array(4).fill(Number.POSITIVE_INFINITY), 'above');
    assertSame(found.subarray(7, 11), new Float64Array(4), 'below');
    assert.ok(Number.isNaN(found[11]));
    const subnormal = exponentialsOf(core, Float64Array.of(-709, -720, -744));
    [-709, -720, -744].forEach((value, i) => {
      assert.ok(Math.abs(subnormal[i] - Math.exp(value)) <= 2 * Number.MIN_VALUE + 4 * ROUNDING * Math.exp(value));
    });
  }));

interface Problem {
  readonly rows: number;
  readonly classes: number;
  readonly width: number;
  readonly stride: number;
  readonly x: Float64Array;
  readonly labels: Int32Array;
  /** [stride][width] */
  readonly weights: Float64Array;
}

function problemOf(rows: number, columns: number, classes: number, scale = 1): Problem {
  const stride = Math.ceil((columns + 1) / 4) * 4;
  const width = Math.ceil(classes / 4) * 4;
  const x = new Float64Array(rows * stride);
  const features = normals(rows * columns, rows + columns);
  for (let row = 0; row < rows; row++) {
    x.set(features.subarray(row * columns, (row + 1) * columns), row * stride);
    x[row * stride + columns] = 1;
  }
  const weights = normals(stride * width, classes).map((w) => w * scale);
  for (let c = classes; c < width; c++) {
    for (let j = 0; j < stride; j++) weights[j * width + c] = 0;
  }
  return { rows, classes, width, stride, x, labels: codes(rows, classes, rows), weights };
}

const PROBLEMS = LENGTHS.flatMap((rows) =>
  [
    [1, 8],
    [3, 9],
    [10, 40],
    [17, 3],
    // Most classes are impossible for a row.
    [10, 40, 30],
  ].map(([columns, classes, scale]) => problemOf(rows, columns, classes, scale)),
);

/** Probabilities and loss of each row by the formula, and how far rounding may take them. */
function solveRow({ classes, width, stride, x, labels, weights }: Problem, row: number) {
  const products = (c: number) =>
    Array.from({ length: stride }, (_, j) => x[row * stride + j] * weights[j * width + c]);
  const logits = Array.from({ length: classes }, (_, c) => exactSum(products(c)));
  const sizes = logits.map((_, c) => exactSum(products(c).map(Math.abs)));
  const top = Math.max(...logits);
  const total = exactSum(logits.map((logit) => Math.exp(logit - top)));
  const bound = (2 * (stride + 2) + classes + 8) * ROUNDING * (1 + Math.max(...sizes));
  return {
    probabilities: logits.map((logit) => Math.exp(logit - top) / total),
    loss: top + Math.log(total) - logits[labels[row]],
    bound,
  };
}

function run(core: Core, problem: Problem, first = 0, last = problem.rows) {
  const { rows, classes, width, stride } = problem;
  const gradient = core.arena.zeros('f64', stride * width);
  const probabilities = core.arena.zeros('f64', rows * width);
  const x = core.arena.upload('f64', problem.x);
  const labels = core.arena.upload('i32', problem.labels);
  const weights = core.arena.upload('f64', problem.weights);
  const labelled: LabelledRows = { x, stride, labels, classes, classWeights: null };
  const tally = core.arena.upload('f64', [Number.POSITIVE_INFINITY, 0]);
  const loss = core.softmax.softmaxWideLoss(gradient, probabilities, tally, labelled, weights, first, last);
  return { loss, gradient, probabilities, labelled };
}

test('gives loss, gradient and probabilities of the formula, 0 where classes only fill up, for a range of rows', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, classes, width, stride } = problem;
      for (const [first, last] of [
        [0, rows],
        [rows >> 2, rows - (rows >> 3)],
      ]) {
        core.arena.reset();
        const found = run(core, problem, first, last);
        const what = `rows ${first} .. ${last} of ${stride}, ${classes} classes`;
        const probabilities = new Float64Array(rows * width);
        const gradient = new Float64Array(stride * width);
        const bounds = new Float64Array(stride * width);
        let [loss, lossBound] = [0, 0];
        for (let row = first; row < last; row++) {
          const expected = solveRow(problem, row);
          probabilities.set(expected.probabilities, row * width);
          loss += expected.loss;
          lossBound += expected.bound + (last - first) * ROUNDING * expected.loss;
          for (let j = 0; j < stride; j++) {
            const value = problem.x[row * stride + j];
            for (let c = 0; c < classes; c++) {
              const own = problem.labels[row] === c ? 1 : 0;
              gradient[j * width + c] += (expected.probabilities[c] - own) * value;
              bounds[j * width + c] += (expected.bound + 4 * (last - first + 2) * ROUNDING) * Math.abs(value);
            }
          }
        }
        const most = Array.from({ length: last - first }, (_, i) => solveRow(problem, first + i).bound);
        assertNear([found.loss], [loss], lossBound, `loss of ${what}`);
        assertNear(found.gradient.array, gradient, bounds, `gradient of ${what}`);
        assertNear(found.probabilities.array, probabilities, Math.max(0, ...most), `probabilities of ${what}`);
      }
    }
  }));

test('does not overflow where scores are far apart', () =>
  withWatchedCore((core) => {
    const { loss, gradient, probabilities } = run(core, problemOf(31, 4, 9, 1e6));
    assert.ok(loss > 1e6 && gradient.array.every(Number.isFinite) && probabilities.array.every(Number.isFinite));
  }));

test('decomposes and solves what is positive definite, of any size, and refuses what is not', () =>
  withWatchedCore((core) => {
    for (const n of [1, 2, 3, 4, 5, 8, 9, 31]) {
      const stride = n + (n % 2);
      const root = normals(n * n, n);
      const element = (i: number, j: number) =>
        (i === j ? 1 : 0) + exactSum(Array.from({ length: n }, (_, k) => root[i * n + k] * root[j * n + k]));
      const solution = normals(n, n + 1);
      const lower = new Float64Array(n * stride).fill(7);
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) lower[i * stride + j] = element(i, j);
      const b = core.arena.upload(
        'f64',
        solution.map((_, i) => exactSum(Array.from(solution, (value, j) => element(i, j) * value))),
      );
      const a = core.arena.upload('f64', lower);
      assert.is(core.cholesky.decomposeCholesky(a, n, stride), true);
      core.cholesky.solveCholesky(a, b, n, stride);
      // All eigenvalues are at least 1, and below the trace of some n^2.
      assertNear(b.array, solution, 40 * n ** 3 * ROUNDING, `n = ${n}`);
      for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) assert.is(a.array[i * stride + j], 7);
    }
    for (const rows of [[0], [-1], [Number.NaN], [1, 0, 1, 1], [1, 0, 2, 1]]) {
      const n = Math.sqrt(rows.length);
      const padded = n === 1 ? [rows[0], 0] : rows;
      assert.is(core.cholesky.decomposeCholesky(core.arena.upload('f64', Float64Array.from(padded)), n, 2), false);
    }
  }));

test.run();
