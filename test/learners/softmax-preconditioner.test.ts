import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Core, withCore } from '../../bindings/core.js';
import { softmaxPreconditioner } from '../../src/learners/softmax-preconditioner.js';
import { assertNear, codes, normals } from '../assembly/samples.js';

const [CLASSES, WIDTH, SINGLE_WIDTH, COLUMNS, UNKNOWNS, STRIDE] = [3, 4, 8, 2, 3, 4];
const CLASS_WEIGHTS = [1, 0.5, 2];

/**
 * Random rows and probabilities, and the Hessian at them: of classes a and b -sum of u p_a p_b x
 * x^T, of each class what makes its rows add up to 0, and the penalty.
 */
function problemOf(core: Core, rows: number, penalty: number) {
  const numbers = normals(rows * (CLASSES + COLUMNS), rows);
  const labels = codes(rows, CLASSES, rows);
  const x = new Float64Array(rows * STRIDE);
  const p = new Float32Array(rows * SINGLE_WIDTH);
  const line = CLASSES * UNKNOWNS;
  const hessian = new Float64Array(line * line);
  for (let row = 0; row < rows; row++) {
    const own = Array.from(numbers.slice(row * 5, row * 5 + 5));
    x.set([own[3], own[4], 1], row * STRIDE);
    const e = own.slice(0, CLASSES).map(Math.exp);
    p.set(
      e.map((value) => value / e.reduce((a, b) => a + b, 0)),
      row * SINGLE_WIDTH,
    );
    for (let at = 0; at < hessian.length; at++) {
      const [a, i] = [Math.floor(at / line / UNKNOWNS), Math.floor(at / line) % UNKNOWNS];
      const [b, j] = [Math.floor((at % line) / UNKNOWNS), at % UNKNOWNS];
      const probability = (c: number) => p[row * SINGLE_WIDTH + c];
      const others = [0, 1, 2].reduce((sum, c) => sum + (c === a ? 0 : probability(c)), 0);
      const weight = CLASS_WEIGHTS[labels[row]] * probability(a) * (a === b ? others : -probability(b));
      hessian[at] += weight * x[row * STRIDE + i] * x[row * STRIDE + j];
    }
  }
  const penalties = Float64Array.of(penalty, penalty, 0, 0);
  for (let at = 0; at < line; at++) hessian[at * line + at] += penalties[at % UNKNOWNS];
  const problem = {
    x: core.arena.upload('f64', x),
    stride: STRIDE,
    labels: core.arena.upload('i32', labels),
    rows,
    columns: COLUMNS,
    classes: CLASSES,
    classWeights: core.arena.upload('f64', CLASS_WEIGHTS),
    penalty: penalties,
    totalWeight: labels.reduce((sum, label) => sum + CLASS_WEIGHTS[label], 0),
  };
  const element = (a: number, i: number, b: number, j: number) => hessian[(a * UNKNOWNS + i) * line + b * UNKNOWNS + j];
  const single = { ...problem, x: core.arena.upload('f32', x) };
  return { problem, single, probabilities: core.arena.upload('f32', p), element };
}

/** f64[STRIDE][WIDTH] */
const padded = (of: (j: number, c: number) => number) =>
  Float64Array.from({ length: STRIDE * WIDTH }, (_, at) => {
    const [j, c] = [Math.floor(at / WIDTH), at % WIDTH];
    return j < UNKNOWNS && c < CLASSES ? of(j, c) : 0;
  });

/** The Hessian, or its blocks on the diagonal alone, times a vector. */
const times = (h: (a: number, i: number, b: number, j: number) => number, v: Float64Array, blocks = false) =>
  padded((j, c) => {
    let sum = 0;
    for (let b = 0; b < CLASSES; b++) {
      for (let i = 0; i < UNKNOWNS && (!blocks || b === c); i++) sum += h(c, j, b, i) * v[i * WIDTH + b];
    }
    return sum;
  });

test('few rows are all taken: the Hessian is inverted, but for what is added to all classes alike', () =>
  withCore((core) => {
    for (const penalty of [0, 2]) {
      const { problem, single, probabilities, element } = problemOf(core, 50, penalty);
      const preconditioner = softmaxPreconditioner(
        core,
        problem,
        single,
        probabilities,
        WIDTH,
        new Float64Array(WIDTH),
      );
      preconditioner.prepare(0);
      assert.is(preconditioner.isFaithful(), true);
      assert.is(preconditioner.refine(), false, 'there is no better');
      const numbers = normals(9, 1);
      // Sums over the classes of 0, which is what the unpenalised optimum and steps have.
      const mean = (j: number) => (numbers[j * 3] + numbers[j * 3 + 1] + numbers[j * 3 + 2]) / 3;
      const vector = padded((j, c) => numbers[j * 3 + c] - mean(j));
      const out = new Float64Array(STRIDE * WIDTH).fill(7);
      preconditioner.solve(times(element, vector), out);
      assertNear(out, vector, 1e-9, `penalty ${penalty}`);
    }
  }));

test('of many rows a sample is near, until all are asked for or steps take too many products', () =>
  withCore((core) => {
    const { problem, single, probabilities, element } = problemOf(core, 8000, 0);
    const numbers = normals(9, 1);
    const vector = padded(
      (j, c) => numbers[j * 3 + c] - (numbers[j * 3] + numbers[j * 3 + 1] + numbers[j * 3 + 2]) / 3,
    );
    const residual = times(element, vector);
    const errorOf = (preconditioner: ReturnType<typeof softmaxPreconditioner>) => {
      const out = new Float64Array(STRIDE * WIDTH);
      preconditioner.solve(residual, out);
      return Math.max(...out.map((value, i) => Math.abs(value - vector[i])));
    };
    // Of three classes that of all rows costs less than a product.
    const dear = { productsSaved: 0 };
    const asked = softmaxPreconditioner(core, problem, single, probabilities, WIDTH, new Float64Array(WIDTH), dear);
    asked.prepare(0);
    assert.is(asked.isFaithful(), false);
    const sampled = errorOf(asked);
    assert.ok(sampled > 1e-6 && sampled < 0.5, `${sampled}`);
    assert.is(asked.refine(), true);
    assert.is(asked.isFaithful(), true);
    assert.ok(errorOf(asked) < 1e-9);

    const slow = softmaxPreconditioner(core, problem, single, probabilities, WIDTH, new Float64Array(WIDTH), dear);
    slow.prepare(0);
    slow.prepare(3);
    assert.is(slow.isFaithful(), false);
    slow.prepare(100);
    assert.is(slow.isFaithful(), false, 'an old sample is made anew first');
    slow.prepare(100);
    assert.is(slow.isFaithful(), true);
  }));

test('of few likely classes that of all rows is made at every point', () =>
  withCore((core) => {
    const { problem, single, probabilities } = problemOf(core, 8000, 0);
    const usual = softmaxPreconditioner(core, problem, single, probabilities, WIDTH, new Float64Array(WIDTH));
    for (const products of [0, 1, 3]) {
      usual.prepare(products);
      assert.is(usual.isFaithful(), true);
    }
  }));

test('where unknowns are too many each class is solved for by itself', () =>
  withCore((core) => {
    const { problem, single, probabilities, element } = problemOf(core, 40, 0.5);
    const preconditioner = softmaxPreconditioner(core, problem, single, probabilities, WIDTH, new Float64Array(WIDTH), {
      mostUnknowns: 8,
    });
    preconditioner.prepare(0);
    assert.is(preconditioner.isFaithful(), false);
    assert.is(preconditioner.refine(), false);
    const numbers = normals(9, 2);
    const vector = padded((j, c) => numbers[j * CLASSES + c]);
    const out = new Float64Array(STRIDE * WIDTH).fill(7);
    preconditioner.solve(times(element, vector, true), out);
    assertNear(out, vector, 1e-6, 'vector');
  }));

test('a Hessian without curvature still has a solution, which descends', () =>
  withCore((core) => {
    for (const mostUnknowns of [100, 1]) {
      const { problem, single, probabilities } = problemOf(core, 20, 0);
      // All rows are sure of the first class.
      probabilities.array.set(
        Float32Array.from({ length: 20 * SINGLE_WIDTH }, (_, i) => (i % SINGLE_WIDTH === 0 ? 1 : 0)),
      );
      const preconditioner = softmaxPreconditioner(
        core,
        problem,
        single,
        probabilities,
        WIDTH,
        new Float64Array(WIDTH),
        { mostUnknowns },
      );
      preconditioner.prepare(0);
      const residual = padded((j, c) => (j === 0 ? [-1, 0.5, 0.5][c] : 0));
      const out = new Float64Array(STRIDE * WIDTH);
      preconditioner.solve(residual, out);
      const product = out.reduce((sum, value, i) => sum + value * residual[i], 0);
      assert.ok(product > 0 && Number.isFinite(product), `${product}`);
    }
  }));

test.run();
