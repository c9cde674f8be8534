/**
 * The linear classifier from all latents to one factor, which explicitness and MED's
 * informativeness are read off.
 */

import type { Block, RealBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { fitLogistic, type LogisticModel, type LogisticProblem, predictLogistic } from '../learners/logistic.js';
import type { Note } from '../note.js';
import { encodeFactor, type FactorCodes } from '../stats/binning.js';
import type { Pause } from '../stats/pause.js';
import { type Split, splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { describeUnfinished } from './notes.js';

/** What the classifier of a factor depends on. */
export interface ClassifierOptions {
  readonly testShare: number;
  readonly seed: number;
  /** Bins of a continuous factor. */
  readonly bins: number;
  /** Inverse strength of the penalty on the weights. */
  readonly c: number;
}

/**
 * What latents are scaled by: their mean and standard deviation, or their extremes (to 0 .. 1), in
 * the training rows.
 */
export type Scaling = 'standard' | 'unit';

/** A classifier of one factor on latents as they spread in the training rows. */
export interface FactorClassifier<Model = LogisticModel> {
  readonly model: Model;
  /** Values of the factor that training rows have, at least 2. */
  readonly classes: number;
  /** The class of each of some rows, -1 where no training row has its value. */
  classOf(rows: Int32Array): Int32Array;
  /**
   * Of each latent first + mean becomes 0: its mean over the training rows, or its least value,
   * f64[D] each.
   */
  readonly first: Float64Array;
  readonly mean: Float64Array;
  /**
   * 1 / standard deviation (divided by rows) or range, 0 for a latent that does not vary there,
   * f64[D].
   */
  readonly perScale: Float64Array;
}

/**
 * The classifier of factor k, fitted once for all who ask alike; null where the training rows have
 * but one value.
 */
export function factorClassifier(
  table: Table,
  k: number,
  { testShare, seed, bins, c }: ClassifierOptions,
  pause: Pause,
): Promise<FactorClassifier | null> {
  return table.memo(`factor classifier ${k} ${testShare} ${seed} ${bins} ${c}`, async () => {
    const split = await splitRows(table, k, { testShare, seed, bins });
    const fit = (problem: LogisticProblem) =>
      fitLogistic(table.core, problem, (iteration, most) => pause('classifier', iteration, most));
    return fitClassifier(table, await encodeFactor(table, k, bins), split, { c, scaling: 'standard' }, fit);
  });
}

/**
 * Fits a classifier to the training rows of a split, to its optimum; null where they have but one
 * value.
 */
export async function fitClassifier<Model>(
  table: Table,
  { codes, size }: FactorCodes,
  { train }: Pick<Split, 'train'>,
  { c, scaling }: { readonly c: number; readonly scaling: Scaling },
  fit: (problem: LogisticProblem) => Promise<Model>,
): Promise<FactorClassifier<Model> | null> {
  const { core, latentCount: columns } = table;
  const codeOf = codes.array.slice();
  const occurring = new Int32Array(size);
  const ofTrain = new Int32Array(train.length);
  for (let i = 0; i < train.length; i++) {
    const code = codeOf[train[i]];
    ofTrain[i] = code;
    occurring[code]++;
  }
  let classes = 0;
  const placeOf = occurring.map((count) => (count > 0 ? classes++ : -1));
  if (classes < 2) return null;
  const classOf = (rows: Int32Array) => rows.map((row) => placeOf[codeOf[row]]);
  const spread = scaling === 'unit' ? extentOf(table, train) : spreadOf(table, train);
  return core.arena.scope(async () => {
    const features = standardiseLatents(table, spread, train);
    for (let i = 0; i < ofTrain.length; i++) ofTrain[i] = placeOf[ofTrain[i]];
    const labels = core.arena.upload('i32', ofTrain);
    const model = await fit({ features, labels, rows: train.length, columns, classes, c });
    return { model, classes, classOf, ...spread };
  });
}

/** The share of some rows, at least one, whose value the classifier tells. */
export function rateClassifier(table: Table, classifier: FactorClassifier, rows: Int32Array): number {
  const { arena } = table.core;
  const mark = arena.mark();
  const told = predictLogistic(classifier.model, standardiseLatents(table, classifier, rows).array, rows.length);
  arena.release(mark);
  const truth = classifier.classOf(rows);
  let right = 0;
  for (let i = 0; i < told.length; i++) if (told[i] === truth[i]) right++;
  return right / rows.length;
}

/** Says that the classifier of factor k is not what it should be. */
export function describeClassifier(
  k: number,
  classifier: FactorClassifier<{ readonly converged: boolean }> | null,
): Note[] {
  return describeUnfinished(`factor ${k}: the classifier`, classifier === null || classifier.model.converged);
}

export type Spread = Pick<FactorClassifier, 'first' | 'mean' | 'perScale'>;

/** How each latent spreads over some rows, at least one. */
export function spreadOf({ core, latents, latentCount }: Table, rows: Int32Array): Spread {
  const mark = core.arena.mark();
  const own = gatherLatents(core, latents, latentCount, rows);
  const offsets = core.arena.alloc('f64', latentCount);
  core.covariance.columnOffsets(offsets, own, rows.length, latentCount);
  const [first, mean] = [Float64Array.from(own.array.subarray(0, latentCount)), offsets.array.slice()];
  const variances =
    rows.length < 2
      ? new Float64Array(latentCount)
      : core.moments.columnVariances(own, rows.length, latentCount).variances;
  core.arena.release(mark);
  // Of a latent without spread in the training part nothing is learnt, and nothing may be made of
  // its test values.
  const perScale = variances.map((variance) => {
    const deviation = Math.sqrt((variance * (rows.length - 1)) / rows.length);
    return deviation > 0 ? 1 / deviation : 0;
  });
  return { first, mean, perScale };
}

/**
 * Where each latent lies among some rows: its least value, and how far from there to its largest.
 */
function extentOf({ latents, latentCount }: Table, rows: Int32Array): Spread {
  const from = latents.array;
  const first = new Float64Array(latentCount).fill(Number.POSITIVE_INFINITY);
  const largest = new Float64Array(latentCount).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < rows.length; i++) {
    for (let d = 0, start = rows[i] * latentCount; d < latentCount; d++) {
      first[d] = Math.min(first[d], from[start + d]);
      largest[d] = Math.max(largest[d], from[start + d]);
    }
  }
  const perScale = largest.map((most, d) => {
    const perRange = 1 / (most - first[d]);
    return Number.isFinite(perRange) ? perRange : 0;
  });
  return { first, mean: new Float64Array(latentCount), perScale };
}

/**
 * Latents of some rows in units of their spread in the training rows, f64[rows][D] from the arena.
 */
export function standardiseLatents(
  { core, latents, latentCount }: Table,
  spread: Spread,
  rows: Int32Array,
): Block<'f64'> {
  const features = core.arena.alloc('f64', rows.length * latentCount);
  const mark = core.arena.mark();
  const own = gatherLatents(core, latents, latentCount, rows);
  core.rows.standardiseRows(features, own, spread, latentCount, rows.length);
  core.arena.release(mark);
  return features;
}

/** The latents of some rows, (rows, D) from the arena. */
function gatherLatents(core: Core, latents: RealBlock, latentCount: number, rows: Int32Array): RealBlock {
  const own = core.arena.alloc(latents.type, rows.length * latentCount) as RealBlock;
  const mark = core.arena.mark();
  const chosen = core.arena.upload('i32', rows);
  if (own.type === 'f32') core.rows.gatherRows(own, latents as Block<'f32'>, chosen, rows.length, latentCount);
  else core.rows.gatherRows(own, latents as Block<'f64'>, chosen, rows.length, latentCount);
  core.arena.release(mark);
  return own;
}
