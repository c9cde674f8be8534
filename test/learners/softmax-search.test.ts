/** Fits of so many rows that a sample is fitted first: the same minimum as without one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Core, withCore } from '../../bindings/core.js';
import { softmaxObjective, widthOf } from '../../src/learners/softmax-objective.js';
import type { SoftmaxProblem } from '../../src/learners/softmax-problem.js';
import { minimiseSoftmax } from '../../src/learners/softmax-search.js';
import { minimiseTruncated, type StoppingRules } from '../../src/learners/truncated-newton.js';
import { codes, normals } from '../assembly/samples.js';

const [ROWS, COLUMNS, CLASSES, STRIDE] = [40_000, 3, 7, 4];
const RULES: StoppingRules = {
  tolerance: 1e-9,
  steps: 60,
  productsPerStep: 60,
  products: 1500,
  leastGain: 0,
  trustsLast: false,
  rounding: 1e-12,
  halvings: 40,
};

/**
 * Rows around places on a circle of that radius, as many as classes, and a 1 for the intercept;
 * labelOf names a row by its place.
 */
function problemOf(core: Core, radius: number, penalty: number, labelOf = (place: number, _row: number) => place) {
  const places = codes(ROWS, CLASSES, 3);
  const noise = normals(ROWS * COLUMNS, 4);
  const x = new Float64Array(ROWS * STRIDE);
  for (let row = 0; row < ROWS; row++) {
    const angle = (2 * Math.PI * places[row]) / CLASSES;
    const [a, b, c] = noise.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    x.set([radius * Math.cos(angle) + a, radius * Math.sin(angle) + b, c, 1], row * STRIDE);
  }
  const problem: SoftmaxProblem = {
    x: core.arena.upload('f64', x),
    stride: STRIDE,
    labels: core.arena.upload('i32', places.map(labelOf)),
    rows: ROWS,
    columns: COLUMNS,
    classes: CLASSES,
    classWeights: core.arena.upload('f64', new Float64Array(CLASSES).fill(1 / ROWS)),
    penalty: Float64Array.of(penalty, penalty, penalty, 0),
    totalWeight: 1,
  };
  return problem;
}

const search = (core: Core, problem: SoftmaxProblem) =>
  minimiseSoftmax(core, problem, new Float64Array(COLUMNS).fill(1e-10), RULES, () => {});

/** From the origin, with all rows and in double precision. */
const searchPlainly = (core: Core, problem: SoftmaxProblem) =>
  minimiseTruncated(
    new Float64Array(STRIDE * widthOf(CLASSES)),
    softmaxObjective(core, problem, false).fine,
    RULES,
    () => {},
  );

for (const [what, radius, penalty] of [
  ['classes that overlap', 1, 0],
  ['classes that overlap, with a penalty', 1, 1e-3],
  ['classes that are all but told apart', 8, 0],
  ['classes that are all but told apart, with a penalty', 8, 1e-5],
] as const) {
  test(`comes to the minimum of all rows: ${what}`, () =>
    withCore(async (core) => {
      const problem = problemOf(core, radius, penalty);
      const [found, plain] = [await search(core, problem), await searchPlainly(core, problem)];
      assert.equal([found.outcome, plain.outcome], ['minimum', 'minimum']);
      assert.ok(Math.abs(found.value - plain.value) < 1e-9, `${found.value} is not ${plain.value}`);
      const gradient = new Float64Array(found.at.length);
      found.fine.evaluate(found.at, gradient);
      assert.ok(Math.max(...gradient.map(Math.abs)) < 1e-5, 'nothing is left to gain');
    }));
}

test('a class that a sample has too few rows of is fitted all the same', () =>
  withCore(async (core) => {
    // Seven rows of the last class.
    const problem = problemOf(core, 1, 0, (place, row) => (place === CLASSES - 1 && row > 60 ? 0 : place));
    const [found, plain] = [await search(core, problem), await searchPlainly(core, problem)];
    assert.is(found.outcome, 'minimum');
    assert.ok(Math.abs(found.value - plain.value) < 1e-9, `${found.value} is not ${plain.value}`);
  }));

test('rows of which the sample can be separated and the whole cannot have a minimum', () =>
  withCore(async (core) => {
    const problem = problemOf(core, 60, 0, (place, row) => (row === 17 ? (place + 1) % CLASSES : place));
    const { outcome } = await search(core, problem);
    assert.is.not(outcome, 'unbounded');
    const separable = await search(core, problemOf(core, 60, 0));
    assert.is(separable.outcome, 'unbounded');
  }));

test.run();
