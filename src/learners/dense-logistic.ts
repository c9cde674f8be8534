/**
 * Logistic regression of few classes: by Newton's method with its whole Hessian, or where that is
 * too large by L-BFGS.
 */
import type { Core } from '../../bindings/core.js';
import type { LabelledRows } from '../../bindings/kernels/softmax.js';
import { solvePositiveDefinite } from './cholesky.js';
import { type Minimum, minimiseByLbfgs, minimiseByNewton } from './minimise.js';

/**
 * Loss over rows, each with the weight of its class, and a penalty on the weights: 0.5 sum
 * penalty_j w_cj^2.
 */
export interface DenseProblem extends LabelledRows {
  readonly rows: number;
  readonly columns: number;
  /** Of each element of a row of x, f64[stride]; 0 for the intercept. */
  readonly penalty: Float64Array;
}

/** Up to this many unknowns Newton's steps are cheaper than the many more of L-BFGS. */
const MOST_NEWTON_UNKNOWNS = 600;
/** Multiply-adds per row that a Hessian may cost. */
const MOST_HESSIAN_WORK = 500_000;
const ROWS_PER_CALL = 1024;

/**
 * Minimises loss + penalty; the weights found are f64[classes][stride], with two classes those of
 * class 1 alone. Takes memory from the arena and leaves it there.
 */
export async function minimiseDense(
  core: Core,
  problem: DenseProblem,
  pause: (iteration: number, most: number) => void | Promise<void>,
): Promise<Minimum> {
  const { labels, rows, columns, stride, classes, penalty } = problem;
  const fixed = classes === 2 ? 1 : 0;
  const unknowns = (classes - fixed) * stride;
  const weights = core.arena.alloc('f64', unknowns);
  const gradientBlock = core.arena.alloc('f64', unknowns);
  const probabilities = core.arena.alloc('f64', rows * classes);

  /** The objective with the first `count` rows standing for all. */
  const objectiveOf =
    (count: number) =>
    (at: Float64Array, gradient: Float64Array): number => {
      weights.array.set(at);
      gradientBlock.array.fill(0);
      let value = 0;
      forRows(count, (row, end) => {
        value += core.softmax.softmaxLoss(gradientBlock, probabilities, problem, weights, fixed, row, end);
      });
      value *= rows / count;
      const sums = gradientBlock.array;
      for (let i = 0; i < unknowns; i++) {
        const pull = penalty[i % stride] * at[i];
        value += 0.5 * pull * at[i];
        gradient[i] = sums[i] * (rows / count) + pull;
      }
      return value;
    };

  const pairs = (classes * (classes - 1)) / 2;
  if (unknowns > MOST_NEWTON_UNKNOWNS || pairs * stride * stride > MOST_HESSIAN_WORK) {
    return minimiseByLbfgs(new Float64Array(unknowns), objectiveOf(rows), 1e-9 * rows, pause);
  }

  const grams = core.arena.alloc('f64', pairs * stride * stride);
  const scratch = core.arena.alloc('f64', 128 * stride);
  const newtonStepOf =
    (count: number) =>
    (_at: Float64Array, gradient: Float64Array, step: Float64Array): void => {
      grams.array.fill(0);
      forRows(count, (row, end) => {
        core.softmax.softmaxHessian(grams, problem, probabilities, scratch, row, end);
      });
      const hessian = assembleHessian(grams.array, classes, fixed, stride, columns, penalty, rows, rows / count);
      descend(hessian, gradient, step, rows);
    };

  // Most of the way costs little on an eighth of the rows; from there the whole needs half of the
  // steps.
  const start = new Float64Array(unknowns);
  const few = Math.floor(rows / 8);
  if (standsForAll(labels.array, few, classes)) {
    const near = await minimiseByNewton(start, objectiveOf(few), newtonStepOf(few), pause, 1e-4, 20);
    start.set(near.at);
  }
  return minimiseByNewton(start, objectiveOf(rows), newtonStepOf(rows), pause);
}

function forRows(count: number, work: (row: number, end: number) => void): void {
  for (let row = 0; row < count; row += ROWS_PER_CALL) work(row, Math.min(row + ROWS_PER_CALL, count));
}

/** Whether the first `count` labels have enough of each class for a fit to be near that of all. */
function standsForAll(labels: Int32Array, count: number, classes: number): boolean {
  const seen = new Int32Array(classes);
  for (let i = 0; i < count; i++) seen[labels[i]]++;
  return seen.every((times) => times >= 50);
}

/** step = -H^-1 gradient. */
function descend(hessian: Float64Array, gradient: Float64Array, step: Float64Array, rows: number): void {
  const n = step.length;
  for (let i = 0; i < n; i++) step[i] = -gradient[i];
  let ridge = 0;
  while (!solvePositiveDefinite(hessian.slice(), step, n)) {
    // Separable classes flatten the function far out; a little curvature keeps the step finite, and
    // it still descends.
    ridge = ridge === 0 ? 1e-12 * rows : 10 * ridge;
    for (let i = 0; i < n; i++) {
      hessian[i * n + i] += ridge;
      step[i] = -gradient[i];
    }
  }
}

/**
 * H_ab = -G_ab, H_aa = sum_b G_ab, from the Gram matrices of which only the upper 4 x 4 tiles are
 * filled.
 */
function assembleHessian(
  grams: Float64Array,
  classes: number,
  fixed: number,
  stride: number,
  columns: number,
  penalty: Float64Array,
  rows: number,
  weight: number,
): Float64Array {
  const free = classes - fixed;
  const unknowns = free * stride;
  const hessian = new Float64Array(unknowns * unknowns);
  const add = (a: number, b: number, i: number, j: number, value: number) => {
    if (a >= fixed && b >= fixed) hessian[((a - fixed) * stride + i) * unknowns + (b - fixed) * stride + j] += value;
  };
  let pair = 0;
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++, pair++) {
      for (let i = 0; i < stride; i++) {
        for (let j = 0; j < stride; j++) {
          const [row, column] = i <= j ? [i, j] : [j, i];
          const g = weight * grams[(pair * stride + row) * stride + column];
          add(a, b, i, j, -g);
          add(b, a, i, j, -g);
          add(a, a, i, j, g);
          add(b, b, i, j, g);
        }
      }
    }
  }
  for (let a = fixed; a < classes; a++) {
    for (let i = 0; i < stride; i++) add(a, a, i, i, i > columns ? 1 : penalty[i]);
    // Adding a constant to all intercepts changes nothing: give that direction curvature, so that
    // steps leave it alone.
    if (fixed === 0) for (let b = 0; b < classes; b++) add(a, b, columns, columns, rows / classes ** 2);
  }
  return hessian;
}
