/**
 * Newton's method for softmax regression of many classes, whose Hessian is too dear to be made at every step: steps are
 * solved by conjugate gradients from products of the Hessian with vectors (Nocedal & Wright 2006, algorithm 7.1), preconditioned
 * by the Hessian of a sample of the rows, which is made once. It starts from half of what a linear discriminant says.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { discriminantWeights } from './linear-discriminant.js';
import { type Minimum, minimiseByNewton } from './minimise.js';
import { preconditioner, type Solve } from './softmax-preconditioner.js';
import { closeFilling, widthOf } from './wide-softmax.js';

/** A softmax regression in the layout of the kernels. */
export interface SoftmaxProblem {
  /** f64[rows][stride]: standardised features, a 1, zeros. */
  readonly x: Block<'f64'>;
  /** i32[rows] */
  readonly labels: Block<'i32'>;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly classes: number;
  /** Of each element of a row of x, f64[stride]. */
  readonly penalty: Float64Array;
}

const ROWS_PER_CALL = 1024;
/** Rows times classes between two pauses: some milliseconds. */
const WORK_PER_PAUSE = 1 << 21;
const MOST_PRODUCTS = 250;
/** A step that took so many shows that the preconditioner is stale. */
const STALE_PRODUCTS = 30;
/** Relative to the value: a decrease so small is the square of what gradients are rounded by. */
const ROUNDING_ENERGY = 1e-29;

/** Minimises loss + penalty; the weights found are f64[classes][stride]. Takes memory from the arena and leaves it there. */
export async function minimiseTruncated(
  core: Core,
  problem: SoftmaxProblem,
  pause: (iteration: number, most: number) => void | Promise<void>,
): Promise<Minimum> {
  const { x, labels, rows, columns, stride, classes, penalty } = problem;
  const width = widthOf(classes);
  const unknowns = stride * width;
  const weights = core.arena.alloc('f64', unknowns);
  const sums = core.arena.alloc('f64', unknowns);
  const scratch = core.arena.alloc('f64', 32 * width);
  const probabilities = core.arena.alloc('f64', rows * width);
  let value = 0;

  const objective = (at: Float64Array, gradient: Float64Array): number => {
    weights.array.set(at);
    sums.array.fill(0);
    value = 0;
    for (let row = 0; row < rows; row += ROWS_PER_CALL) {
      const end = Math.min(row + ROWS_PER_CALL, rows);
      value += core.softmaxWideLoss(sums, probabilities, x, labels, weights, width, stride, row, end);
    }
    gradient.set(sums.array);
    for (let j = 0, i = 0; j < columns; j++) {
      for (let c = 0; c < width; c++, i++) {
        const pull = penalty[j] * at[i];
        value += 0.5 * pull * at[i];
        gradient[i] += pull;
      }
    }
    return value;
  };

  /** out = H v at the point where the objective was last evaluated. */
  const multiply = (v: Float64Array, out: Float64Array): void => {
    weights.array.set(v);
    sums.array.fill(0);
    for (let row = 0; row < rows; row += ROWS_PER_CALL) {
      const end = Math.min(row + ROWS_PER_CALL, rows);
      core.softmaxWideCurvature(sums, x, probabilities, weights, scratch, width, stride, row, end);
    }
    out.set(sums.array);
    for (let j = 0, i = 0; j < columns; j++) for (let c = 0; c < width; c++, i++) out[i] += penalty[j] * v[i];
    // The curvature that the preconditioner gives to what changes nothing, a constant added to all intercepts.
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += v[columns * width + c];
    for (let c = 0; c < classes; c++) out[columns * width + c] += (rows / classes ** 2) * sum;
  };

  let solve: Solve | null = null;
  const factor = core.arena.alloc('f64', (classes * (columns + 1)) ** 2 + classes * (columns + 1));
  let iteration = 0;
  let work = 0;
  const newtonStep = async (_at: Float64Array, gradient: Float64Array, step: Float64Array): Promise<void> => {
    solve ??= preconditioner(core, problem, probabilities, width, factor);
    const products = await conjugateGradients(gradient, step, solve, multiply, value, async () => {
      work += rows * classes;
      if (work < WORK_PER_PAUSE) return;
      work = 0;
      await pause(iteration, 100);
    });
    if (products > STALE_PRODUCTS) solve = null;
  };
  const before = (now: number, most: number) => {
    iteration = now;
    return pause(now, most);
  };

  const start = bestStart(core, problem, objective);
  const found = await minimiseByNewton(start, objective, newtonStep, before);
  const at = new Float64Array(classes * stride);
  for (let c = 0; c < classes; c++) for (let j = 0; j <= columns; j++) at[c * stride + j] = found.at[j * width + c];
  return { ...found, at };
}

/** 0, or half of the linear discriminant's weights where the objective is smaller there. */
function bestStart(
  core: Core,
  problem: SoftmaxProblem,
  objective: (at: Float64Array, gradient: Float64Array) => number,
): Float64Array {
  const { rows, stride, classes, columns } = problem;
  const width = widthOf(classes);
  const zero = new Float64Array(stride * width);
  closeFilling(zero, columns, classes);
  const discriminant = zero.slice();
  discriminantWeights(core, problem).forEach((row, c) => {
    for (let j = 0; j <= columns; j++) discriminant[j * width + c] = row[j] / 2;
  });
  const atZero = rows * core.naturalLogarithm(classes);
  return objective(discriminant, new Float64Array(zero.length)) < atZero ? discriminant : zero;
}

/**
 * step = -H^-1 gradient as nearly as it pays: the error, in the norm of H, is a share of the step that shrinks with the
 * decrease the step promises relative to the value, so that Newton's steps still square what is left.
 *
 * @returns how many products that took
 */
async function conjugateGradients(
  gradient: Float64Array,
  step: Float64Array,
  solve: Solve,
  multiply: (v: Float64Array, out: Float64Array) => void,
  value: number,
  afterProduct: () => Promise<void>,
): Promise<number> {
  const n = step.length;
  const residual = gradient.map((g) => -g);
  const solved = new Float64Array(n);
  const product = new Float64Array(n);
  step.fill(0);
  solve(residual, solved);
  const direction = solved.slice();
  let size = dot(residual, solved);
  const promised = Math.max(0, size / (1 + Math.abs(value)));
  const share = Math.min(0.1, Math.sqrt(promised));
  const enough = Math.max(size * share ** 2, ROUNDING_ENERGY * (1 + Math.abs(value)));
  let products = 0;
  while (products < MOST_PRODUCTS && size > enough) {
    multiply(direction, product);
    products++;
    const length = size / dot(direction, product);
    // Rounding has taken over.
    if (!(length > 0)) break;
    for (let i = 0; i < n; i++) {
      step[i] += length * direction[i];
      residual[i] -= length * product[i];
    }
    solve(residual, solved);
    const next = dot(residual, solved);
    for (let i = 0; i < n; i++) direction[i] = solved[i] + (next / size) * direction[i];
    size = next;
    await afterProduct();
  }
  return products;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
