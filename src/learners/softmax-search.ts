/** The search for the optimum of softmax regression, and where it starts. */
import type { Core } from '../../bindings/core.js';
import { linearDiscriminant } from './linear-discriminant.js';
import {
  type FineObjective,
  isWellPenalised,
  type SoftmaxObjective,
  softmaxObjective,
  widthOf,
} from './softmax-objective.js';
import type { SoftmaxProblem } from './softmax-problem.js';
import { evenRows, gatherByLabel, gatherLabelled } from './softmax-sample.js';
import { type CurvedMinimum, minimiseTruncated, type StoppingRules } from './truncated-newton.js';

type Pause = (products: number, steps: number) => void | Promise<void>;

/**
 * Of the linear discriminant's weights: the penalty and rows that are not normal ask for smaller
 * ones, or for none.
 */
const START_SHARES = [1, 0.75, 0.5, 0.25, 0];
/** One row in so many is fitted first, if there are so many that this comes near the optimum. */
const ROWS_PER_SAMPLE = 8;
const LEAST_SAMPLE = 4096;
/** Fewer rows of a class do not say where its border is. */
const LEAST_OF_CLASS = 20;
/** Of the way there in single precision, whose values are right to about 1e-6. */
const COARSE = { tolerance: 1e-5, steps: 10, leastGain: 0, trustsLast: true, rounding: 1e-5, halvings: 8 };

/**
 * The minimum, by rules, and the objective as it was evaluated there last: from the linear
 * discriminant, by way of the minimum of a sample if rows are many, and in single precision as far
 * as that goes. Takes its memory from the arena and leaves it there.
 * @param ridge what the covariance of the linear discriminant is solved with, f64[columns]
 */
export async function minimiseSoftmax(
  core: Core,
  given: SoftmaxProblem,
  ridge: ArrayLike<number>,
  rules: StoppingRules,
  pause: Pause,
): Promise<CurvedMinimum & { readonly fine: FineObjective }> {
  const problem = gatherByLabel(core, given);
  const { at: start, isCurved } = await core.arena.scope(() => startOfSearch(core, problem, ridge, rules, pause));
  const objective = softmaxObjective(core, problem, isCurved);
  const { coarse, fine } = objective;
  const near = coarse && (await minimiseTruncated(start, coarse, { ...rules, ...COARSE }, pause));
  return { ...(await minimiseTruncated(near?.at ?? start, fine, rules, pause)), fine };
}

/** Where to start, and whether there is curvature enough for single precision. */
async function startOfSearch(
  core: Core,
  problem: SoftmaxProblem,
  ridge: ArrayLike<number>,
  rules: StoppingRules,
  pause: Pause,
): Promise<{ at: Float64Array; isCurved: boolean }> {
  const isPenalised = isWellPenalised(problem);
  const sample = sampleOf(core, problem);
  const objective = softmaxObjective(core, sample ?? problem, isPenalised);
  const start = shareOfDiscriminant(core, sample ?? problem, objective, ridge);
  if (sample === null) return { at: start, isCurved: isPenalised };
  const { coarse, fine } = objective;
  const { at, outcome } = await (coarse
    ? minimiseTruncated(start, coarse, { ...rules, ...COARSE }, pause)
    : minimiseTruncated(start, fine, rules, pause));
  const isCurved = isPenalised || (outcome === 'minimum' && objective.isCurvedAt(at));
  // If a sample is all but separated, its minimum is farther out than that of all rows.
  return { at: isCurved ? at : start, isCurved };
}

/** Some of the rows, evenly over all, taken from the arena; null if there are too few. */
function sampleOf(core: Core, problem: SoftmaxProblem): SoftmaxProblem | null {
  const { rows, classes, penalty, totalWeight } = problem;
  const count = Math.floor(rows / ROWS_PER_SAMPLE);
  if (count < LEAST_SAMPLE) return null;
  const part = gatherLabelled(core, problem, core.arena.upload('i32', evenRows(rows, count)));
  const ofClass = new Int32Array(classes);
  for (const label of part.labels.array) ofClass[label]++;
  if (ofClass.some((one) => one < LEAST_OF_CLASS)) return null;
  const share = count / rows;
  return {
    ...problem,
    ...part,
    rows: count,
    penalty: penalty.map((one) => one * share),
    totalWeight: totalWeight * share,
  };
}

/** That share of the weights of the linear discriminant which some of the rows like best. */
function shareOfDiscriminant(
  core: Core,
  problem: SoftmaxProblem,
  objective: Pick<SoftmaxObjective, 'estimate'>,
  ridge: ArrayLike<number>,
): Float64Array {
  const { rows, columns, stride, classes } = problem;
  const width = widthOf(classes);
  const scores = linearDiscriminant(core, problem, rows, columns, ridge);
  let [best, least] = [new Float64Array(stride * width), Number.POSITIVE_INFINITY];
  for (const share of START_SHARES) {
    const start = new Float64Array(stride * width);
    for (let c = 0; c < classes; c++) {
      for (let j = 0; j <= columns; j++) start[j * width + c] = share * scores[c * (columns + 1) + j];
    }
    const value = objective.estimate(start);
    // The loss is convex along the way to 0.
    if (!(value < least)) break;
    [best, least] = [start, value];
  }
  return best;
}
