/**
 * Logistic regression at its optimum: softmax over K weight vectors, or one vector where K = 2,
 * with the penalty 0.5 |w|^2 / C on everything but the intercepts (scikit-learn's
 * LogisticRegression, run to convergence).
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { minimiseDense } from './dense-logistic.js';
import type { Minimum } from './minimise.js';
import { fillProbabilities, widthOf } from './softmax-objective.js';
import type { SoftmaxProblem } from './softmax-problem.js';
import { minimiseSoftmax } from './softmax-search.js';
import type { StoppingRules } from './truncated-newton.js';

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
  /**
   * What each row of a class counts, f64[classes], as of balancedWeights in class-weights.ts; 1 by
   * default.
   */
  readonly classWeights?: Float64Array;
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

/**
 * From so many classes on lanes run over classes, and steps are found from products; below, whole
 * Hessians cost less.
 */
const WIDE_CLASSES = 6;
/** To the limit of float64, as the penalty gives every direction curvature. */
const RULES: StoppingRules = {
  tolerance: 1e-14,
  steps: 100,
  productsPerStep: 250,
  products: Number.POSITIVE_INFINITY,
  leastGain: 0,
  trustsLast: true,
  rounding: 1e-12,
  halvings: 40,
};
/** Rows times classes between two pauses: some milliseconds. */
const WORK_PER_PAUSE = 1 << 21;
const ROWS_PER_CALL = 1024;
/**
 * A feature whose variance all but underflows: its weight is 0 with this as with any larger
 * penalty.
 */
const LARGEST_PENALTY = 1e200;

/**
 * Fits the model. Features are standardised inside (a badly scaled latent then costs nothing), and
 * the penalty is that of the features as they were given. Takes its memory from the arena and gives
 * it back.
 */
export async function fitLogistic(
  core: Core,
  problem: LogisticProblem,
  pause: (iteration: number, most: number) => void | Promise<void>,
): Promise<LogisticModel> {
  const { rows, columns, classes } = problem;
  const { means, scales } = columnScales(core, problem.features, rows, columns);
  return core.arena.scope(async () => {
    const stride = Math.ceil((columns + 1) / 4) * 4;
    const x = core.arena.alloc('f64', rows * stride);
    const mean = new Float64Array(columns);
    const perScale = scales.map((scale) => 1 / scale);
    core.rows.standardiseRows(x, problem.features, { first: means, mean, perScale }, stride, rows);
    const minimum = await minimise(core, problem, x, stride, scales, pause);
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
 * Takes from each unknown its mean over the classes. What all classes share changes no probability
 * and only adds to the penalty, so at the optimum it is 0; where the penalty is faint the minimiser
 * leaves a little of it.
 */
function centreClasses(at: Float64Array, classes: number, stride: number): void {
  for (let j = 0; j < stride; j++) {
    let mean = 0;
    for (let f = 0; f < classes; f++) mean += at[f * stride + j] / classes;
    for (let f = 0; f < classes; f++) at[f * stride + j] -= mean;
  }
}

/**
 * The class of each row of features (rows, columns); scores within 1e-12 are ties and go to the
 * lowest class.
 */
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

/**
 * The probability of each class for each row of features (rows, columns): f64[rows][classes], taken
 * from the arena.
 */
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
  const zeros = new Float64Array(columns);
  const asTheyAre = { first: zeros, mean: zeros, perScale: new Float64Array(columns).fill(1) };
  core.rows.standardiseRows(x, features, asTheyAre, stride, rows);
  if (classes >= WIDE_CLASSES) {
    fillProbabilities(core, probabilities, x, { coefficients, intercepts }, rows, columns, stride);
    core.arena.release(mark);
    return probabilities.slice(0, rows * classes);
  }
  const weights = core.arena.zeros('f64', coefficients.length * stride);
  const gradient = core.arena.zeros('f64', coefficients.length * stride);
  const labelled = { x, stride, labels: core.arena.zeros('i32', rows), classes, classWeights: null };
  coefficients.forEach((row, f) => {
    weights.array.set(row, f * stride);
    weights.array[f * stride + columns] = intercepts[f];
  });
  const fixed = classes - coefficients.length;
  for (let row = 0; row < rows; row += ROWS_PER_CALL) {
    const end = Math.min(row + ROWS_PER_CALL, rows);
    core.softmax.softmaxLoss(gradient, probabilities, labelled, weights, fixed, row, end);
  }
  core.arena.release(mark);
  return probabilities;
}

/**
 * Mean and standard deviation (divided by rows) of each column; 1 for a column whose values are all
 * equal.
 */
function columnScales(core: Core, features: Block<'f64'>, rows: number, columns: number) {
  if (rows < 2) return { means: features.array.slice(0, columns), scales: new Float64Array(columns).fill(1) };
  const { means, variances } = core.moments.columnVariances(features, rows, columns);
  return { means, scales: variances.map((variance) => (variance > 0 ? Math.sqrt((variance * (rows - 1)) / rows) : 1)) };
}

/**
 * Minimises loss + penalty for standardised features; the weights found are f64[classes or
 * 1][stride].
 */
async function minimise(
  core: Core,
  { labels, rows, columns, classes, c, classWeights: given }: LogisticProblem,
  x: Block<'f64'>,
  stride: number,
  scales: Float64Array,
  pause: (iteration: number, most: number) => void | Promise<void>,
): Promise<Pick<Minimum, 'at' | 'converged'>> {
  // |w|^2 / C in the scale of the given features: w_j = v_j / scale_j.
  const penalty = Float64Array.from({ length: stride }, (_, j) =>
    j < columns ? Math.min(1 / (c * scales[j] ** 2), LARGEST_PENALTY) : 0,
  );
  const classWeights = given ? core.arena.upload('f64', given) : null;
  const problem = { x, stride, labels, rows, columns, classes, classWeights, penalty };
  if (classes >= WIDE_CLASSES) {
    return minimiseWide(core, { ...problem, totalWeight: given ? sumOfWeights(labels.array, given) : rows }, pause);
  }
  return minimiseDense(core, problem, pause);
}

/** {@link minimise} of many classes, whose Hessian is too dear to be made at every step. */
async function minimiseWide(
  core: Core,
  problem: SoftmaxProblem,
  pause: (iteration: number, most: number) => void | Promise<void>,
): Promise<Pick<Minimum, 'at' | 'converged'>> {
  const { rows, columns, stride, classes, penalty, totalWeight } = problem;
  const width = widthOf(classes);
  // The penalty is added to the covariance, so that it can be solved by.
  const ridge = penalty.subarray(0, columns).map((value) => value / totalWeight);
  let [step, work] = [-1, 0];
  const beforeProduct = async (_: number, steps: number) => {
    work += rows * classes;
    if (steps === step && work < WORK_PER_PAUSE) return;
    [step, work] = [steps, 0];
    await pause(steps, RULES.steps);
  };
  const found = await minimiseSoftmax(core, problem, ridge, RULES, beforeProduct);
  const at = new Float64Array(classes * stride);
  for (let c = 0; c < classes; c++) for (let j = 0; j <= columns; j++) at[c * stride + j] = found.at[j * width + c];
  return { at, converged: found.outcome === 'minimum' };
}

function sumOfWeights(labels: Int32Array, classWeights: Float64Array): number {
  return labels.reduce((sum, label) => sum + classWeights[label], 0);
}
