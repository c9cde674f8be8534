/**
 * Multinomial logistic regression without a penalty, every class counting the same however many rows it has, and the
 * cross entropy that it leaves on the rows it was fitted to.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core, WeightedRows } from '../../bindings/core.js';
import { discriminantScores } from './balanced-discriminant.js';
import { type CurvedObjective, type Effort, minimiseByNewtonCg } from './newton-cg.js';
import { type Solver, solverOfBlocks, solverOfWhole } from './softmax-solvers.js';

/** What is fitted. */
export interface BalancedProblem {
  /** f64[rows][stride]: features of mean 0 and variance about 1, a 1 for the intercept, zeros. */
  readonly x: Block<'f64'>;
  /** A multiple of 4 above columns. */
  readonly stride: number;
  /** i32[rows], 0 .. classes - 1; each class has a row. */
  readonly labels: Block<'i32'>;
  readonly rows: number;
  readonly columns: number;
  /** At least 2. */
  readonly classes: number;
}

/** What the fit left. */
export interface BalancedFit {
  /** Mean of -ln p over the rows, each counting once, in nats. 0 where the classes can be separated. */
  readonly crossEntropy: number;
  /**
   * 'separable': the largest score is everywhere that of the row's class, so that the cross entropy comes as near to 0 as
   * one likes. 'unfinished': the search was given up; the optimum is lower.
   */
  readonly outcome: 'minimum' | 'separable' | 'unfinished';
}

/** The search ends with the step that is predicted to gain less than this, in nats. */
const TOLERANCE = 1e-9;
const EFFORT: Effort = { steps: 60, productsPerStep: 60, products: 1500, leastGain: 1e-4 };
/** A step that took so many products is worth better blocks. */
const MANY_PRODUCTS = 20;
/** A step that takes so many would have been found sooner by the whole Hessian, */
const TOO_MANY_PRODUCTS = 40;
/** for which there is room up to so many unknowns. */
const MOST_UNKNOWNS = 1500;
/** Classes less likely than this for a row are left out of its part of the whole Hessian. */
const LEAST_LIKELY = 1e-10;
/** Rows times classes per kernel call. */
const CELLS_PER_CALL = 65536;
/** The share of the largest weight that rounding can move a score by, generously. */
const ROUNDING = 1e-10;

/**
 * Fits the model by Newton's method, from the classes' linear discriminants. Takes its memory from the arena and gives
 * it back.
 */
export async function fitBalanced(
  core: Core,
  problem: BalancedProblem,
  pause: (done: number, most: number) => void | Promise<void>,
): Promise<BalancedFit> {
  const { x, stride, labels, rows, columns, classes } = problem;
  return core.arena.scope(async () => {
    const width = Math.ceil(classes / 4) * 4;
    const counts = new Float64Array(classes);
    for (const label of labels.array) counts[label]++;
    // Of the mean over rows, so that values and steps do not depend on how many rows there are.
    const classWeights = core.arena.upload(
      'f64',
      counts.map((count) => 1 / (classes * count)),
    );
    const weighted: WeightedRows = { x, stride, labels, classWeights };
    const space = takeSpace(core, rows, stride, width, columns);
    const objective = curvedLoss(core, weighted, space, problem, width);
    const start = new Float64Array(stride * width);
    const scores = discriminantScores({ x: x.array, stride, labels: labels.array, rows, columns, classes });
    for (let c = 0; c < classes; c++) {
      for (let j = 0; j <= columns; j++) start[j * width + c] = scores[c * (columns + 1) + j];
    }
    const gradient = new Float64Array(stride * width);
    // Far from normal classes the discriminants may do worse than no weights at all.
    if (!(objective.evaluate(start, gradient) < core.naturalLogarithm(classes))) start.fill(0);

    const { at, outcome } = await minimiseByNewtonCg(start, objective, TOLERANCE, EFFORT, pause);
    if (outcome === 'unbounded') return { crossEntropy: 0, outcome: 'separable' };
    objective.evaluate(at, gradient);
    return { crossEntropy: objective.plainLoss() / rows, outcome };
  });
}

interface Space {
  readonly weights: Block<'f64'>;
  readonly result: Block<'f64'>;
  readonly probabilities: Block<'f64'>;
  /** The least margin, and the loss without class weights. */
  readonly tally: Block<'f64'>;
  readonly blocks: Block<'f64'>;
}

function takeSpace(core: Core, rows: number, stride: number, width: number, columns: number): Space {
  const pairs = Math.ceil(((columns + 1) * (columns + 2)) / 8) * 4;
  return {
    weights: core.arena.alloc('f64', stride * width),
    result: core.arena.alloc('f64', stride * width),
    probabilities: core.arena.alloc('f64', rows * width),
    tally: core.arena.alloc('f64', 2),
    blocks: core.arena.alloc('f64', pairs * width),
  };
}

/** The loss as a function of the weights, f64[stride][width]. */
function curvedLoss(
  core: Core,
  weighted: WeightedRows,
  { weights, result, probabilities, tally, blocks }: Space,
  { rows, columns, classes }: BalancedProblem,
  width: number,
): CurvedObjective & { plainLoss(): number } {
  const unknowns = columns + 1;
  const rowsPerCall = Math.ceil(CELLS_PER_CALL / width / 32) * 32;
  const forRows = (work: (row: number, end: number) => void): void => {
    for (let row = 0; row < rows; row += rowsPerCall) work(row, Math.min(row + rowsPerCall, rows));
  };
  let last: { at: Float64Array; gradient: Float64Array; value: number; largest: number } | null = null;
  let precondition: Solver = (residual, out) => out.set(residual);
  let products = MANY_PRODUCTS;
  let isWhole = false;
  const fits = classes * unknowns <= MOST_UNKNOWNS;
  return {
    evaluate(at, gradient) {
      if (!last?.at.every((weight, i) => weight === at[i])) {
        weights.array.set(at);
        result.array.fill(0);
        tally.array.set([Number.POSITIVE_INFINITY, 0]);
        let value = 0;
        forRows((row, end) => {
          value += core.weightedSoftmaxLoss(result, probabilities, tally, weighted, weights, row, end);
        });
        const largest = at.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
        last = { at: at.slice(), gradient: result.array.slice(), value, largest };
      }
      gradient.set(last.gradient);
      return last.value;
    },
    plainLoss: () => tally.array[1],
    isUnbounded: () => tally.array[0] > ROUNDING * (last?.largest ?? 0),
    prepare() {
      isWhole ||= fits && products >= TOO_MANY_PRODUCTS;
      // Blocks of a point nearby do as well, as long as steps are found soon.
      const isNear = !isWhole && products < MANY_PRODUCTS;
      products = 0;
      if (isWhole) {
        const mark = core.arena.mark();
        const hessian = core.arena.zeros('f64', (classes * weighted.stride) ** 2);
        forRows((row, end) => {
          core.weightedSoftmaxHessian(hessian, probabilities, weighted, LEAST_LIKELY, row, end);
        });
        precondition = solverOfWhole(hessian.array, classes, weighted.stride, unknowns, width);
        core.arena.release(mark);
      } else if (!isNear) {
        blocks.array.fill(0);
        forRows((row, end) => {
          core.weightedSoftmaxBlocks(blocks, probabilities, weighted, width, unknowns, row, end);
        });
        precondition = solverOfBlocks(blocks.array, classes, unknowns, width);
      }
    },
    multiply(vector, out) {
      products++;
      weights.array.set(vector);
      result.array.fill(0);
      forRows((row, end) => {
        core.weightedSoftmaxProduct(result, weights, probabilities, weighted, row, end);
      });
      out.set(result.array);
    },
    precondition: (residual, out) => precondition(residual, out),
    isFaithful: () => isWhole,
  };
}
