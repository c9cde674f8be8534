/**
 * Logistic regression at its optimum: softmax over K weight vectors, or one vector where K = 2, with the penalty
 * 0.5 |w|^2 / C on everything but the intercepts (scikit-learn's LogisticRegression, run to convergence).
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { solvePositiveDefinite } from './cholesky.js';
import { type Minimum, minimiseByLbfgs, minimiseByNewton } from './minimise.js';
import { minimiseTruncated } from './truncated-newton.js';
import { fillWideProbabilities, widthOf } from './wide-softmax.js';

/** What is fitted. */
export interface LogisticProblem {
  /** f64[rows][columns] */
  readonly features: Block<'f64'>;
  /** i32[rows], 0 .. classes - 1 */
  readonly labels: Block<'i32'>;
  readonly rows: number;
  readonly columns: number;
  /** At least 2. */
  readonly classes: number;
  /** Inverse strength of the penalty. */
  readonly c: number;
}

/** A fitted model. With two classes there is one weight vector, that of class 1. */
export interface LogisticModel {
  readonly columns: number;
  readonly classes: number;
  /** One row of `columns` weights per vector. */
  readonly coefficients: readonly Float64Array[];
  readonly intercepts: Float64Array;
  readonly converged: boolean;
}

/** Up to this many unknowns Newton's steps are cheaper than the many more of L-BFGS. */
const MOST_NEWTON_UNKNOWNS = 600;
/** Multiply-adds per row that a Hessian may cost. */
const MOST_HESSIAN_WORK = 500_000;
/** Classes times stride from where products of the Hessian with vectors are cheaper than the Hessian. */
const MOST_EXACT_WORK = 150;
/** From so many classes on, lanes run over classes. */
const WIDE_CLASSES = 8;
const ROWS_PER_CALL = 1024;
/** A feature whose variance all but underflows: its weight is 0 with this as with any larger penalty. */
export const LARGEST_PENALTY = 1e200;

/**
 * Fits the model. Features are standardised inside (a badly scaled latent then costs nothing), and the penalty is that
 * of the features as they were given. Takes its memory from the arena and gives it back.
 */
export async function fitLogistic(
  core: Core,
  problem: LogisticProblem,
  pause: (iteration: number, most: number) => void | Promise<void>,
): Promise<LogisticModel> {
  const { rows, columns, classes, c } = problem;
  const { means, scales } = columnScales(problem.features.array, rows, columns);
  return core.arena.scope(async () => {
    const stride = Math.ceil((columns + 1) / 4) * 4;
    const x = core.arena.alloc('f64', rows * stride);
    standardise(x.array, problem.features.array, means, scales, rows, stride);
    const minimum = await minimise(core, problem, x, stride, scales, c, pause);
    const free = classes === 2 ? 1 : classes;
    if (free > 1) centreClasses(minimum.at, free, stride);
    const coefficients = Array.from({ length: free }, (_, f) =>
      Float64Array.from({ length: columns }, (_, j) => minimum.at[f * stride + j] / scales[j]),
    );
    const intercepts = Float64Array.from(coefficients, (weights, f) =>
      weights.reduce((sum, weight, j) => sum - weight * means[j], minimum.at[f * stride + columns]),
    );
    return { columns, classes, coefficients, intercepts, converged: minimum.converged };
  });
}

/**
 * Takes from each unknown its mean over the classes. What all classes share changes no probability and only adds to the
 * penalty, so at the optimum it is 0; where the penalty is faint the minimiser leaves a little of it.
 */
function centreClasses(at: Float64Array, classes: number, stride: number): void {
  for (let j = 0; j < stride; j++) {
    let mean = 0;
    for (let f = 0; f < classes; f++) mean += at[f * stride + j] / classes;
    for (let f = 0; f < classes; f++) at[f * stride + j] -= mean;
  }
}

/** The class of each row of features (rows, columns); scores within 1e-12 are ties and go to the lowest class. */
export function predictLogistic(model: LogisticModel, features: Float64Array, rows: number): Int32Array {
  const { columns, classes, coefficients, intercepts } = model;
  const out = new Int32Array(rows);
  const scores = new Float64Array(classes);
  const first = classes - coefficients.length;
  for (let row = 0, start = 0; row < rows; row++, start += columns) {
    let best = first === 1 ? 0 : Number.NEGATIVE_INFINITY;
    for (let f = 0; f < coefficients.length; f++) {
      const weights = coefficients[f];
      let score = intercepts[f];
      for (let j = 0; j < columns; j++) score += weights[j] * features[start + j];
      scores[first + f] = score;
      if (score > best) best = score;
    }
    let c = 0;
    while (scores[c] < best - 1e-12) c++;
    out[row] = c;
  }
  return out;
}

/** The probability of each class for each row of features (rows, columns): f64[rows][classes], taken from the arena. */
export function logisticProbabilities(
  core: Core,
  { columns, classes, coefficients, intercepts }: LogisticModel,
  features: Block<'f64'>,
  rows: number,
): Block<'f64'> {
  const probabilities = core.arena.alloc('f64', rows * (classes < WIDE_CLASSES ? classes : widthOf(classes)));
  const mark = core.arena.mark();
  const stride = Math.ceil((columns + 1) / 4) * 4;
  const x = core.arena.alloc('f64', rows * stride);
  standardise(x.array, features.array, new Float64Array(columns), new Float64Array(columns).fill(1), rows, stride);
  if (classes >= WIDE_CLASSES) {
    fillWideProbabilities(core, probabilities, x, { coefficients, intercepts }, rows, columns, stride);
    core.arena.release(mark);
    return probabilities.slice(0, rows * classes);
  }
  const weights = core.arena.zeros('f64', coefficients.length * stride);
  const gradient = core.arena.zeros('f64', coefficients.length * stride);
  const labels = core.arena.zeros('i32', rows);
  coefficients.forEach((row, f) => {
    weights.array.set(row, f * stride);
    weights.array[f * stride + columns] = intercepts[f];
  });
  const fixed = classes - coefficients.length;
  forRows(rows, (row, end) => {
    core.softmaxLoss(gradient, probabilities, x, labels, weights, classes, fixed, stride, row, end);
  });
  core.arena.release(mark);
  return probabilities;
}

/** Mean and standard deviation (divided by rows) of each column; 1 for a column whose values are all equal. */
export function columnScales(data: Float64Array, rows: number, columns: number) {
  const means = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const varies = new Uint8Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++, at++) {
      means[j] += data[at];
      if (data[at] !== data[j]) varies[j] = 1;
    }
  }
  for (let j = 0; j < columns; j++) means[j] /= rows;
  // A mean of equal values may round to a neighbour of theirs, which would look like a spread.
  for (let j = 0; j < columns; j++) if (!varies[j]) means[j] = data[j];
  for (let row = 0, at = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++, at++) {
      const deviation = data[at] - means[j];
      squares[j] += deviation * deviation;
    }
  }
  const scales = squares.map((sum) => (sum > 0 ? Math.sqrt(sum / rows) : 1));
  return { means, scales };
}

/** The features around their means over their scales, a 1 for the intercept, zeros up to the stride. */
export function standardise(
  out: Float64Array,
  data: Float64Array,
  means: Float64Array,
  scales: Float64Array,
  rows: number,
  stride: number,
): void {
  const columns = means.length;
  const perScale = scales.map((scale) => 1 / scale);
  out.fill(0);
  for (let row = 0, from = 0, to = 0; row < rows; row++, to += stride) {
    for (let j = 0; j < columns; j++, from++) out[to + j] = (data[from] - means[j]) * perScale[j];
    out[to + columns] = 1;
  }
}

async function minimise(
  core: Core,
  { labels, rows, columns, classes }: LogisticProblem,
  x: Block<'f64'>,
  stride: number,
  scales: Float64Array,
  c: number,
  pause: (iteration: number, most: number) => void | Promise<void>,
): Promise<Minimum> {
  const fixed = classes === 2 ? 1 : 0;
  const unknowns = (classes - fixed) * stride;
  // |w|^2 / C in the scale of the given features: w_j = v_j / scale_j.
  const penalty = Float64Array.from({ length: stride }, (_, j) =>
    j < columns ? Math.min(1 / (c * scales[j] ** 2), LARGEST_PENALTY) : 0,
  );
  const pairs = (classes * (classes - 1)) / 2;
  const isSmall = unknowns <= MOST_NEWTON_UNKNOWNS && pairs * stride * stride <= MOST_HESSIAN_WORK;
  if (isSmall && (classes - 1) * stride > MOST_EXACT_WORK && classes >= WIDE_CLASSES) {
    return minimiseTruncated(core, { x, labels, rows, columns, stride, classes, penalty }, pause);
  }
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
        value += core.softmaxLoss(gradientBlock, probabilities, x, labels, weights, classes, fixed, stride, row, end);
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

  if (!isSmall) {
    return minimiseByLbfgs(new Float64Array(unknowns), objectiveOf(rows), 1e-9 * rows, pause);
  }

  const grams = core.arena.alloc('f64', pairs * stride * stride);
  const scratch = core.arena.alloc('f64', 128 * stride);
  const newtonStepOf =
    (count: number) =>
    (_at: Float64Array, gradient: Float64Array, step: Float64Array): void => {
      grams.array.fill(0);
      forRows(count, (row, end) => {
        core.softmaxHessian(grams, x, probabilities, scratch, classes, stride, row, end);
      });
      const hessian = assembleHessian(grams.array, classes, fixed, stride, columns, penalty, rows, rows / count);
      descend(hessian, gradient, step, rows);
    };

  // Most of the way costs little on an eighth of the rows; from there the whole needs half of the steps.
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
export function descend(hessian: Float64Array, gradient: Float64Array, step: Float64Array, rows: number): void {
  const n = step.length;
  for (let i = 0; i < n; i++) step[i] = -gradient[i];
  let ridge = 0;
  while (!solvePositiveDefinite(hessian.slice(), step, n)) {
    // Separable classes flatten the function far out; a little curvature keeps the step finite, and it still descends.
    ridge = ridge === 0 ? 1e-12 * rows : 10 * ridge;
    for (let i = 0; i < n; i++) {
      hessian[i * n + i] += ridge;
      step[i] = -gradient[i];
    }
  }
}

/** H_ab = -G_ab, H_aa = sum_b G_ab, from the Gram matrices of which only the upper 4 x 4 tiles are filled. */
export function assembleHessian(
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
    // Adding a constant to all intercepts changes nothing: give that direction curvature, so that steps leave it alone.
    if (fixed === 0) for (let b = 0; b < classes; b++) add(a, b, columns, columns, rows / classes ** 2);
  }
  return hessian;
}
