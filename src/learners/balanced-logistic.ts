/**
 * Multinomial logistic regression without a penalty, every class counting the same however many
 * rows it has, and the cross entropy that it leaves on the rows it was fitted to.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { balancedWeights } from './class-weights.js';

import type { SoftmaxProblem } from './softmax-problem.js';
import { minimiseSoftmax } from './softmax-search.js';
import type { StoppingRules } from './truncated-newton.js';

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
  /**
   * Mean of -ln p over the rows, each counting once, in nats. 0 where the classes can be separated.
   */
  readonly crossEntropy: number;
  /**
   * 'separable': the largest score is everywhere that of the row's class, so that the cross entropy
   * comes as near to 0 as one likes. 'unfinished': the search was given up; the optimum is lower.
   */
  readonly outcome: 'minimum' | 'separable' | 'unfinished';
}

/**
 * Of a value in nats. Without a penalty the minimum may be far out, or nowhere: the search must
 * know when to give up.
 */
const RULES: StoppingRules = {
  tolerance: 1e-9,
  steps: 60,
  productsPerStep: 60,
  products: 1500,
  leastGain: 1e-4,
  trustsLast: false,
  rounding: 1e-12,
  halvings: 40,
};
/** Of the variance within classes: keeps features that have none there from being divided by 0. */
const LEAST_VARIANCE = 1e-10;

/**
 * Fits the model by Newton's method, from the classes' linear discriminants. Takes its memory from
 * the arena and gives it back.
 */
export async function fitBalancedLogistic(
  core: Core,
  { x, stride, labels, rows, columns, classes }: BalancedProblem,
  pause: (done: number, most: number) => void | Promise<void>,
): Promise<BalancedFit> {
  return core.arena.scope(async () => {
    // Of the mean over rows, so that values and steps do not depend on how many rows there are.
    const shares = balancedWeights(labels.array, classes).map((weight) => weight / rows);
    const classWeights = core.arena.upload('f64', shares);
    const penalty = new Float64Array(stride);
    const problem: SoftmaxProblem = {
      x,
      stride,
      labels,
      rows,
      columns,
      classes,
      classWeights,
      penalty,
      totalWeight: 1,
    };
    const ridge = new Float64Array(columns).fill(LEAST_VARIANCE);
    const waiting = (done: number) => pause(done, RULES.products);
    const { at, outcome, fine } = await minimiseSoftmax(core, problem, ridge, RULES, waiting);
    if (outcome === 'unbounded') return { crossEntropy: 0, outcome: 'separable' };
    fine.evaluate(at, new Float64Array(at.length));
    return { crossEntropy: fine.plainLoss() / rows, outcome };
  });
}
