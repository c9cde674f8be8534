/**
 * What a model needs of the latents in order to tell one factor, and how well it tells it: the
 * learners that DCI may take.
 */
import { fitBoosting } from '../learners/boosting.js';
import { fitForest } from '../learners/forest.js';
import { fitLasso } from '../learners/lasso.js';
import { unitsOf } from '../learners/units.js';
import { type Note, note } from '../note.js';
import type { Pause } from '../stats/pause.js';
import type { Split } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { spreadOf, standardiseLatents } from './factor-classifier.js';
import { classesOf, columnsOf, factorNumbers, standardiser } from './factor-rows.js';
import { describeSplit, describeUnfinished } from './notes.js';
import { learnAsUbisoft } from './ubisoft-lasso.js';

/**
 * Gradient-boosted trees, a linear model with absolute penalty, a random forest; the second as
 * ubisoft's library has it.
 */
export const REGRESSORS = ['gbt', 'lasso', 'random-forest', 'ubisoft-lasso'] as const;
export type Regressor = (typeof REGRESSORS)[number];

/** How to learn. */
export interface LearningOptions {
  readonly regressor: Regressor;
  readonly seed: number;
  /** Of boosted trees. */
  readonly stages: number;
  readonly learningRate: number;
  readonly depth: number;
  readonly histogram: boolean;
  /** Of a random forest. */
  readonly trees: number;
  /** The penalty of the lasso; null for the one that cross-validation likes best. */
  readonly alpha: number | null;
}

/** What the model of one factor learned. */
export interface LearnedFactor {
  /** How much each latent matters, D: of trees shares of 1, of the lasso absolute weights. */
  readonly importance: readonly number[];
  /**
   * Accuracy, of numbers R^2 (at least 0), on the test rows and on those it was learned from; null
   * where there are no test rows.
   */
  readonly tested: number | null;
  readonly trained: number;
  /**
   * Of the lasso: root mean squared error on the test rows over their standard deviation; null
   * where they are all equal, or there are none.
   */
  readonly error?: number | null;
  readonly notes: readonly Note[];
}

/** Folds that the lasso's penalty is chosen by. */
const FOLDS = 10;

/** Fits a model to factor k on the training rows of a split. */
export async function learnFactor(
  table: Table,
  k: number,
  split: Split,
  options: LearningOptions,
  pause: Pause,
): Promise<LearnedFactor> {
  if (options.regressor === 'ubisoft-lasso') return learnAsUbisoft(table, k, pause);
  const learned =
    options.regressor === 'lasso'
      ? await learnByLasso(table, k, split, options.alpha, pause)
      : await learnByTrees(table, k, split, options, pause);
  if (split.test.length > 0) {
    if (learned.error !== null) return learned;
    const text = `factor ${k}: all rows to judge on have one value, so there is no error in units of their deviation`;
    return { ...learned, notes: [...learned.notes, note('nothing-to-judge', text)] };
  }
  const none = note('nothing-to-judge', `factor ${k}: no row is left to judge on`);
  return { ...learned, tested: null, notes: [...learned.notes, none] };
}

async function learnByTrees(
  table: Table,
  k: number,
  split: Split,
  options: LearningOptions,
  pause: Pause,
): Promise<LearnedFactor> {
  const { train, test } = split;
  const truthOf = factorNumbers(table, k);
  // The classes are the values that occur among the training rows.
  const classes = table.factors[k].codes ? classesOf(truthOf(train)) : null;
  const classOf = new Map(classes?.map((value, c) => [value, c]));
  const notes = classes ? describeSplit(k, split) : [];
  if (classes?.length === 1) {
    const tested = accuracy(truthOf(test), new Float64Array(test.length).fill(classes[0]));
    return { importance: new Array(table.latentCount).fill(0), tested, trained: 1, notes };
  }
  const problem = {
    columns: table.latentCount,
    train: columnsOf(table, train),
    trainRows: train.length,
    test: columnsOf(table, test),
    testRows: test.length,
    target: classes ? truthOf(train).map((value) => classOf.get(value) as number) : truthOf(train),
    classes: classes ? classes.length : null,
  };
  const step = (done: number, total: number) => pause(`trees of factor ${k}`, done, total);
  const { stages, learningRate, depth, histogram, seed, trees } = options;
  const fit =
    options.regressor === 'gbt'
      ? await fitBoosting(table.core, { ...problem, stages, learningRate, depth, bins: histogram ? 255 : 0 }, step)
      : await fitForest(table.core, problem, { seed, trees }, step);
  const rate = classes ? accuracy : explained;
  const decoded = (predicted: Float64Array) => (classes ? predicted.map((c) => classes[c]) : predicted);
  return {
    importance: [...fit.importance],
    tested: rate(truthOf(test), decoded(fit.predicted)),
    trained: rate(truthOf(train), decoded(fit.trained)),
    notes,
  };
}

/**
 * |w| of the lasso on latents and factor standardised by the training rows, its penalty given or
 * chosen by cross-validation among them. The values of a discrete factor are numbers to it.
 */
async function learnByLasso(
  table: Table,
  k: number,
  { train, test }: Split,
  alpha: number | null,
  pause: Pause,
): Promise<LearnedFactor> {
  const { core, latentCount } = table;
  const truthOf = factorNumbers(table, k);
  const [learned, judged] = [truthOf(train), truthOf(test)];
  const scale = standardiser(learned);
  if (train.length < 2) {
    const importance = new Array<number>(latentCount).fill(0);
    const told = judged.map(() => learned[0]);
    return { importance, tested: explained(judged, told), trained: 1, error: relativeError(judged, told), notes: [] };
  }
  const spread = spreadOf(table, train);
  return core.arena.scope(async () => {
    const features = standardiseLatents(table, spread, train);
    const problem = { features, rows: train.length, columns: latentCount, target: learned.map(scale) };
    const penalty = alpha === null ? { folds: FOLDS } : { alphas: [alpha] };
    const fit = await fitLasso(core, problem, penalty, (done, total) => pause(`lasso of factor ${k}`, done, total));
    const predict = (x: Float64Array, rows: number) =>
      Float64Array.from({ length: rows }, (_, row) =>
        fit.weights.reduce((sum, weight, d) => sum + weight * x[row * latentCount + d], fit.intercept),
      );
    const trained = explained(learned.map(scale), predict(features.array, train.length));
    const predicted = predict(standardiseLatents(table, spread, test).array, test.length);
    return {
      importance: Array.from(fit.weights, Math.abs),
      tested: explained(judged.map(scale), predicted),
      trained,
      error: relativeError(judged.map(scale), predicted),
      notes: describeUnfinished(`factor ${k}: the lasso`, fit.converged),
    };
  });
}

function accuracy(truth: Float64Array, predicted: Float64Array): number {
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) right++;
  return right / truth.length;
}

/** R^2, at least 0; of equal values 1 if they are met and else 0. */
function explained(truth: Float64Array, predicted: Float64Array): number {
  const left = unexplained(truth, predicted);
  if (left === null) return truth.every((value, i) => value === predicted[i]) ? 1 : 0;
  return Math.max(0, 1 - left);
}

/** Root mean squared error over the standard deviation; null of values that are all equal. */
function relativeError(truth: Float64Array, predicted: Float64Array): number | null {
  const left = unexplained(truth, predicted);
  return left === null ? null : Math.sqrt(left);
}

/** Mean squared error over the variance; null of values that are all equal. */
function unexplained(truth: Float64Array, predicted: Float64Array): number | null {
  if (truth.every((value) => value === truth[0])) return null;
  const { spread } = unitsOf(truth);
  return truth.reduce((sum, value, i) => sum + ((value - predicted[i]) / spread) ** 2, 0) / truth.length;
}
