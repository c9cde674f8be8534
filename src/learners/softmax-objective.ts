/** Softmax regression with lanes over classes: its layout and its objective. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { softmaxPreconditioner } from './softmax-preconditioner.js';
import type { SoftmaxProblem } from './softmax-problem.js';
import type { CurvedObjective } from './truncated-newton.js';

/** The objective as a function of the weights, f64[stride][width]. */
export interface SoftmaxObjective {
  /**
   * Right to some 1e-6, for the way to the optimum; null if there is not curvature enough for
   * that.
   */
  readonly coarse: CurvedObjective | null;
  /** Right to the rounding of float64. */
  readonly fine: FineObjective;
  /** The value that one row in eight suggests. */
  estimate(at: Float64Array): number;
  /** Whether there is so much curvature in all directions that single precision tells it. */
  isCurvedAt(at: Float64Array): boolean;
}

export interface FineObjective extends CurvedObjective {
  /** Of the last evaluated point: the loss with each row counting 1. */
  plainLoss(): number;
}

/** Rows times classes per kernel call. */
const CELLS_PER_CALL = 65536;
/** Rows that the kernels in single precision work on at a time. */
const BLOCK_ROWS = 64;
/** One row in so many gives an estimate, where there are so many that it is one. */
const ROWS_PER_ESTIMATE = 8;
const LEAST_ESTIMATED = 4096;
/**
 * Of the weight of all rows: what is separated or repeated has no other curvature, and single
 * precision would take its own noise, of about this size, for some.
 */
const LEAST_PENALTY = 1e-7;
/** The same of curvature, in parts of the weight of all rows of a class. */
const LEAST_CURVATURE = 1e-4;
/**
 * How far an intercept may want to go in one step. That of a class which is next to impossible
 * everywhere has a slope and no curvature: without a bound its step is longer than all others by
 * any number of orders.
 */
const FARTHEST_INTERCEPT = 64;
/** The share of the largest weight that rounding can move a score by, generously. */
const ROUNDING = 1e-10;

/** Classes rounded up to what the kernels take at a time. */
export function widthOf(classes: number): number {
  return Math.ceil(classes / 4) * 4;
}

/** Classes rounded up to what those in single precision take. */
export function singleWidthOf(classes: number): number {
  return Math.ceil(classes / 8) * 8;
}

/** Whether the penalty is enough for single precision: there is curvature in all directions. */
export function isWellPenalised({ penalty, columns, totalWeight }: SoftmaxProblem): boolean {
  return penalty.subarray(0, columns).every((value) => value >= LEAST_PENALTY * totalWeight);
}

/**
 * Takes its memory from the arena and leaves it there: 4 bytes for each row and class, or element
 * of x, and little else.
 * @param isCurved whether there is known to be curvature enough, in all directions, for single
 * precision to tell it
 */
export function softmaxObjective(core: Core, problem: SoftmaxProblem, isCurved: boolean): SoftmaxObjective {
  const { rows, columns, stride, classes, penalty } = problem;
  const width = widthOf(classes);
  const singleWidth = singleWidthOf(classes);
  const weights = core.arena.alloc('f64', stride * width);
  const sums = core.arena.alloc('f64', stride * width);
  const singleWeights = core.arena.zeros('f32', stride * singleWidth);
  const singleSums = core.arena.alloc('f64', stride * singleWidth);
  const probabilities = core.arena.alloc('f32', rows * singleWidth);
  const single = { ...problem, x: core.arena.alloc('f32', rows * stride) };
  core.rows.narrowRows(single.x, problem.x, stride, stride, rows);
  const tally = core.arena.alloc('f64', 2);
  // Curvature that is added to that of the intercepts; it goes to 0 with the slopes, and leaves the
  // minimum where it is.
  const damping = new Float64Array(width);
  /** Of the intercepts, at the last evaluated point. */
  const slopes = new Float64Array(classes);
  const isPenalised = penalty.some((value) => value > 0);
  const preconditioner = softmaxPreconditioner(core, problem, isCurved ? single : null, probabilities, width, damping);
  let last: { at: Float64Array; gradient: Float64Array; value: number } | null = null;
  let products = 0;
  let isSharp = !isCurved;
  const counts = new Float64Array(classes);
  for (const label of problem.labels.array) counts[label]++;
  const largestClass = counts.indexOf(counts.reduce((a, b) => Math.max(a, b)));

  const shared = {
    prepare() {
      // Without a penalty a way out to nowhere may be the right one.
      for (let c = 0; isPenalised && c < classes; c++) {
        const slope = Math.abs(slopes[c]);
        // A class that has become impossible misses a row at least; below that damping goes to 0
        // faster than slopes.
        damping[c] = (slope * Math.min(1, slope)) / FARTHEST_INTERCEPT;
      }
      preconditioner.prepare(products);
      products = 0;
    },
    refine: () => preconditioner.refine(),
    precondition: preconditioner.solve,
    isFaithful: preconditioner.isFaithful,
  };
  const coarse: CurvedObjective = {
    ...shared,
    multiply: (vector, out) => multiply(multiplyRoughly, vector, out),
    evaluate(at, gradient) {
      last = null;
      narrowWeights(at, 1);
      singleSums.array.fill(0);
      let value = 0;
      forCells(rows, singleWidth, (row, end) => {
        value += core.softmaxSingle.softmaxSingleLoss(singleSums, probabilities, single, singleWeights, row, end);
      });
      widenSums(gradient, 1);
      slopes.set(gradient.subarray(columns * width, columns * width + classes));
      return value + addPenalty(at, gradient);
    },
    sharpen: () => false,
    isUnbounded: () => false,
  };
  const fine: FineObjective = {
    ...shared,
    multiply: (vector, out) => multiply(isSharp ? multiplySharply : multiplyRoughly, vector, out),
    evaluate(at, gradient) {
      if (!last?.at.every((weight, i) => weight === at[i])) {
        const mark = core.arena.mark();
        const wide = core.arena.alloc('f64', Math.min(rows, rowsPerCall(width)) * width);
        weights.array.set(at);
        sums.array.fill(0);
        tally.array.set([Number.POSITIVE_INFINITY, 0]);
        let value = 0;
        forCells(rows, width, (row, end) => {
          const count = end - row;
          const part = {
            ...problem,
            x: problem.x.slice(row * stride, count * stride),
            labels: problem.labels.slice(row, count),
          };
          value += core.softmax.softmaxWideLoss(sums, wide, tally, part, weights, 0, count);
          core.rows.narrowRows(
            probabilities.slice(row * singleWidth, count * singleWidth),
            wide,
            width,
            singleWidth,
            count,
          );
        });
        core.arena.release(mark);
        const sum = sums.array.slice();
        last = { at: at.slice(), gradient: sum, value: value + addPenalty(at, sum) };
      }
      gradient.set(last.gradient);
      slopes.set(gradient.subarray(columns * width, columns * width + classes));
      return last.value;
    },
    // Where classes are all but told apart, curvatures differ by more than single precision can
    // tell.
    sharpen() {
      if (isSharp) return false;
      isSharp = true;
      return true;
    },
    plainLoss: () => tally.array[1],
    isUnbounded() {
      if (isPenalised || last === null) return false;
      // Each row's own class has the largest score: larger weights lose less, for ever.
      return tally.array[0] > ROUNDING * last.at.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    },
  };
  return { coarse: isCurved ? coarse : null, fine, estimate, isCurvedAt };

  function isCurvedAt(at: Float64Array): boolean {
    fine.evaluate(at, new Float64Array(at.length));
    return preconditioner.leastCurvature() >= (LEAST_CURVATURE * problem.totalWeight) / classes;
  }

  /**
   * Takes from each row of f64[stride][width] its mean over the classes, which is 0 but for the
   * rounding of probabilities: along what all classes share there is no curvature, and what is left
   * there would have the search follow it.
   */
  function centre(sums: Float64Array): void {
    for (let j = 0; j < stride; j++) {
      let mean = 0;
      for (let c = 0; c < classes; c++) mean += sums[j * width + c] / classes;
      for (let c = 0; c < classes; c++) sums[j * width + c] -= mean;
    }
  }

  function multiply(of: (vector: Float64Array, out: Float64Array) => void, vector: Float64Array, out: Float64Array) {
    products++;
    of(vector, out);
    centre(out);
    for (let j = 0, i = 0; j < columns; j++) for (let c = 0; c < width; c++, i++) out[i] += penalty[j] * vector[i];
    for (let c = 0, i = columns * width; c < width; c++, i++) out[i] += damping[c] * vector[i];
  }

  function multiplyRoughly(vector: Float64Array, out: Float64Array): void {
    // What is added to all classes alike changes nothing: without it those that hardly move keep
    // their digits beside one that moves far.
    const relative = vector.slice();
    for (let j = 0; j < stride; j++) {
      const common = vector[j * width + largestClass];
      for (let c = 0; c < classes; c++) relative[j * width + c] -= common;
    }
    // Near 1, so that nothing leaves the range of float32.
    const largest = relative.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    narrowWeights(relative, 1 / largest);
    singleSums.array.fill(0);
    forCells(rows, singleWidth, (row, end) => {
      core.softmaxSingle.softmaxSingleProduct(singleSums, singleWeights, probabilities, single, row, end);
    });
    widenSums(out, largest);
  }

  function multiplySharply(vector: Float64Array, out: Float64Array): void {
    weights.array.set(vector);
    sums.array.fill(0);
    forCells(rows, width, (row, end) => {
      core.softmax.softmaxWideProduct(sums, weights, probabilities, problem, row, end);
    });
    out.set(sums.array);
  }

  function estimate(at: Float64Array): number {
    narrowWeights(at, 1);
    let [value, count] = [0, 0];
    const step = rows < LEAST_ESTIMATED ? BLOCK_ROWS : ROWS_PER_ESTIMATE * BLOCK_ROWS;
    for (let row = 0; row < rows; row += step) {
      const end = Math.min(row + BLOCK_ROWS, rows);
      value += core.softmaxSingle.softmaxSingleLoss(singleSums, probabilities, single, singleWeights, row, end);
      count += end - row;
    }
    return value * (rows / count) + addPenalty(at, new Float64Array(at.length));
  }

  /** Returns the penalty, and adds its gradient. */
  function addPenalty(at: Float64Array, gradient: Float64Array): number {
    let value = 0;
    for (let j = 0, i = 0; j < columns; j++) {
      for (let c = 0; c < width; c++, i++) {
        const pull = penalty[j] * at[i];
        value += 0.5 * pull * at[i];
        gradient[i] += pull;
      }
    }
    return value;
  }

  function narrowWeights(from: Float64Array, scale: number): void {
    const to = singleWeights.array;
    for (let j = 0; j < stride; j++) {
      for (let c = 0; c < width; c++) to[j * singleWidth + c] = scale * from[j * width + c];
    }
  }

  function widenSums(to: Float64Array, scale: number): void {
    const from = singleSums.array;
    for (let j = 0; j < stride; j++) {
      for (let c = 0; c < width; c++) to[j * width + c] = scale * from[j * singleWidth + c];
    }
  }
}

/**
 * Fills the front of `probabilities`, f64[rows * width], with f64[rows][classes] for x,
 * f64[rows][stride]. Leaves what it takes from the arena there.
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
  const step = rowsPerCall(width);
  for (let row = 0; row < rows; row += step) work(row, Math.min(row + step, rows));
}

/** A multiple of the rows that kernels work on at a time. */
function rowsPerCall(width: number): number {
  return Math.ceil(CELLS_PER_CALL / width / BLOCK_ROWS) * BLOCK_ROWS;
}
