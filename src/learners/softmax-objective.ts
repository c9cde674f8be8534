/** Softmax regression with lanes over classes: its layout, its objective, where its search starts. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { LabelledRows } from '../../bindings/kernels/softmax.js';
import { linearDiscriminant } from './linear-discriminant.js';
import { softmaxPreconditioner } from './softmax-preconditioner.js';
import type { CurvedObjective } from './truncated-newton.js';

/** Loss over rows, each with the weight of its class, and a penalty on the weights: 0.5 sum penalty_j w_jc^2. */
export interface SoftmaxProblem extends LabelledRows {
  readonly rows: number;
  readonly columns: number;
  /** Of each element of a row of x, f64[stride]; 0 for the intercept. */
  readonly penalty: Float64Array;
  /** The sum of the weights of all rows. */
  readonly totalWeight: number;
}

/** The objective as a function of the weights, f64[stride][width]. */
export interface SoftmaxObjective extends CurvedObjective {
  /** Of the last evaluated point: the loss with each row counting 1. */
  plainLoss(): number;
}

/** Rows times classes per kernel call. */
const CELLS_PER_CALL = 65536;
/**
 * How far an intercept may want to go in one step. That of a class which is next to impossible everywhere has a slope and no
 * curvature: without a bound its step is longer than all others by any number of orders.
 */
const FARTHEST_INTERCEPT = 64;
/** The share of the largest weight that rounding can move a score by, generously. */
const ROUNDING = 1e-10;

/** Classes rounded up to what the kernels take at a time. */
export function widthOf(classes: number): number {
  return Math.ceil(classes / 4) * 4;
}

/** Takes its memory from the arena and leaves it there. */
export function softmaxObjective(core: Core, problem: SoftmaxProblem): SoftmaxObjective {
  const { rows, columns, stride, classes, penalty } = problem;
  const width = widthOf(classes);
  const weights = core.arena.alloc('f64', stride * width);
  const sums = core.arena.alloc('f64', stride * width);
  const probabilities = core.arena.alloc('f64', rows * width);
  const tally = core.arena.alloc('f64', 2);
  // Curvature that is added to that of the intercepts; it goes to 0 with the slopes, and leaves the minimum where it is.
  const damping = new Float64Array(width);
  const preconditioner = softmaxPreconditioner(core, problem, probabilities, width, damping);
  const isPenalised = penalty.some((value) => value > 0);
  let last: { at: Float64Array; gradient: Float64Array; value: number } | null = null;
  let products = 0;
  return {
    evaluate(at, gradient) {
      if (!last?.at.every((weight, i) => weight === at[i])) {
        weights.array.set(at);
        sums.array.fill(0);
        tally.array.set([Number.POSITIVE_INFINITY, 0]);
        let value = 0;
        forCells(rows, width, (row, end) => {
          value += core.softmax.softmaxWideLoss(sums, probabilities, tally, problem, weights, row, end);
        });
        const slopes = sums.array.slice();
        for (let j = 0, i = 0; j < columns; j++) {
          for (let c = 0; c < width; c++, i++) {
            const pull = penalty[j] * at[i];
            value += 0.5 * pull * at[i];
            slopes[i] += pull;
          }
        }
        last = { at: at.slice(), gradient: slopes, value };
      }
      gradient.set(last.gradient);
      return last.value;
    },
    plainLoss: () => tally.array[1],
    isUnbounded() {
      if (isPenalised || last === null) return false;
      // Each row's own class has the largest score: larger weights lose less, for ever.
      return tally.array[0] > ROUNDING * last.at.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    },
    prepare() {
      // Without a penalty a way out to nowhere may be the right one.
      if (isPenalised && last !== null) {
        for (let c = 0; c < classes; c++) {
          const slope = Math.abs(last.gradient[columns * width + c]);
          // A class that has become impossible misses a row at least; below that damping goes to 0 faster than slopes.
          damping[c] = (slope * Math.min(1, slope)) / FARTHEST_INTERCEPT;
        }
      }
      preconditioner.prepare(products);
      products = 0;
    },
    refine: () => preconditioner.refine(),
    multiply(vector, out) {
      products++;
      weights.array.set(vector);
      sums.array.fill(0);
      forCells(rows, width, (row, end) => {
        core.softmax.softmaxWideProduct(sums, weights, probabilities, problem, row, end);
      });
      out.set(sums.array);
      for (let j = 0, i = 0; j < columns; j++) for (let c = 0; c < width; c++, i++) out[i] += penalty[j] * vector[i];
      for (let c = 0, i = columns * width; c < width; c++, i++) out[i] += damping[c] * vector[i];
    },
    precondition: preconditioner.solve,
    isFaithful: preconditioner.isFaithful,
  };
}

/**
 * `share` of the weights of the linear discriminant, or 0 where these are better: far from normal classes discriminants
 * may do worse than no weights at all.
 */
export function startOfSearch(
  core: Core,
  problem: SoftmaxProblem,
  objective: CurvedObjective,
  ridge: ArrayLike<number>,
  share: number,
): Float64Array {
  const { rows, columns, stride, classes, totalWeight } = problem;
  const width = widthOf(classes);
  const start = new Float64Array(stride * width);
  const scores = linearDiscriminant(core, problem, rows, columns, ridge);
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j <= columns; j++) start[j * width + c] = share * scores[c * (columns + 1) + j];
  }
  const atZero = totalWeight * core.information.naturalLogarithm(classes);
  return objective.evaluate(start, new Float64Array(start.length)) < atZero ? start : start.fill(0);
}

/**
 * Fills the front of `probabilities`, f64[rows * width], with f64[rows][classes] for x, f64[rows][stride]. Leaves what it
 * takes from the arena there.
 */
export function fillProbabilities(
  core: Core,
  probabilities: Block<'f64'>,
  x: Block<'f64'>,
  { coefficients, intercepts }: { readonly coefficients: readonly Float64Array[]; readonly intercepts: Float64Array },
  rows: number,
  columns: number,
  stride: number,
): void {
  const classes = coefficients.length;
  const width = widthOf(classes);
  const weights = core.arena.zeros('f64', stride * width);
  const gradient = core.arena.zeros('f64', stride * width);
  const tally = core.arena.zeros('f64', 2);
  const labelled = { x, stride, labels: core.arena.zeros('i32', rows), classes, classWeights: null };
  const at = weights.array;
  coefficients.forEach((row, c) => {
    for (let j = 0; j < columns; j++) at[j * width + c] = row[j];
    at[columns * width + c] = intercepts[c];
  });
  forCells(rows, width, (row, end) => {
    core.softmax.softmaxWideLoss(gradient, probabilities, tally, labelled, weights, row, end);
  });
  const p = probabilities.array;
  for (let row = 1; width > classes && row < rows; row++) {
    p.copyWithin(row * classes, row * width, row * width + classes);
  }
}

function forCells(rows: number, width: number, work: (row: number, end: number) => void): void {
  const rowsPerCall = Math.ceil(CELLS_PER_CALL / width / 32) * 32;
  for (let row = 0; row < rows; row += rowsPerCall) work(row, Math.min(row + rowsPerCall, rows));
}
