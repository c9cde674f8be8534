import { fitBoosting } from '../learners/boosting.js';
import { scoreImportance } from '../stats/importance.js';
import type { Pause } from '../stats/pause.js';
import { type Split, splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { toRows } from './matrix-rows.js';
import type { Metric } from './metric.js';
import { describeConstants, describeSplit, NO_FACTOR_VARIES } from './notes.js';

/** What DCI was made of; matrices are [latent][factor]. */
export interface DciParts {
  /** The score: does each latent matter to one factor only? Null where a single factor varies. */
  readonly disentanglement: number | null;
  /** Does one latent alone matter to each factor? Null where there is a single latent. */
  readonly completeness: number | null;
  /** How well the latents tell the factors: mean of `informativenessOfFactor`. */
  readonly informativeness: number | null;
  /** The same on the rows that were learned from. */
  readonly trainAccuracy: number | null;
  /** How much each latent matters to each factor, D rows of K: the columns of factors that vary sum to 1. */
  readonly importance: number[][];
  /** Disentanglement of each latent, D. */
  readonly perLatent: Array<number | null>;
  /** Completeness of each factor, K; null for a constant one. */
  readonly perFactor: Array<number | null>;
  /** Test accuracy, of a continuous factor R^2 (at least 0), K; null for a constant one. */
  readonly informativenessOfFactor: Array<number | null>;
}

const DEFAULTS = {
  train: 10000,
  test: 5000,
  stages: 100,
  learningRate: 0.1,
  depth: 3,
  histogram: false,
  entropyOffset: 0,
};
type DciOptions = typeof DEFAULTS;

/**
 * DCI: disentanglement, completeness and informativeness, from what boosted trees need to tell the factors.
 *
 * One model per factor gives R, the importance of each latent for it. Disentanglement is 1 - H(R_d.) in base K, averaged
 * over latents by their share of R; completeness 1 - H(R_.k) in base D; informativeness the accuracy on rows held back.
 * 0 to 1, higher is better; the value is the disentanglement.
 *
 * Agrees with disentanglement_lib within .005 on the same rows; within .02 where latents are doubled, among which scikit-learn
 * draws at each split and we share.
 *
 * @see C. Eastwood, C. K. I. Williams 2018, A Framework for the Quantitative Evaluation of Disentangled Representations
 */
export const dci: Metric<DciOptions, DciParts> = {
  name: 'dci',
  aliases: ['dci-disentanglement'],
  title: 'DCI',
  summary: 'each latent matters to one factor only',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  defaults: DEFAULTS,
  rules: {
    train: { type: 'integer', minimum: 2, maximum: 100_000, description: 'rows to learn from, at most' },
    test: { type: 'integer', minimum: 1, maximum: 100_000, description: 'rows to test on, at most' },
    stages: { type: 'integer', minimum: 1, maximum: 10_000, description: 'trees per class' },
    learningRate: { type: 'number', minimum: 1e-6, maximum: 1, description: 'what a tree counts' },
    depth: { type: 'integer', minimum: 1, maximum: 8, description: 'splits from the root of a tree to its leaves' },
    histogram: { type: 'boolean', description: 'split between 255 quantiles of each latent only, which is faster' },
    entropyOffset: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      description: 'added to every importance before its entropy is taken',
    },
  },
  presets: { 'disentanglement-lib': { entropyOffset: 1e-11 } },
  presetLimits: {
    paper: 'importances of boosted trees, where the paper takes those of a lasso or a random forest',
    ubisoft: 'boosted trees and the defaults, where its code takes a lasso',
  },
  source: 'Eastwood & Williams 2018',
  isSlow: true,
  isPlugIn: false,

  pieces: {
    count: (table: Table) => table.varyingFactors.length,
    async compute(table: Table, options, { seed, pause }, index): Promise<LearnedFactor> {
      const { train, test } = options;
      const k = table.varyingFactors[index];
      const testShare = test / (train + test);
      const split = await splitRows(table, k, { testShare, seed, mostTrain: train, mostTest: test });
      return learnFactor(table, k, split, options, pause);
    },
  },

  async compute(table: Table, { entropyOffset }, { pieces }) {
    const { importance, tested, trained, notes } = collectFactors(table, await pieces<LearnedFactor>());
    const { disentanglement, completeness, perLatent, perFactor } = scoreImportance(
      table.core,
      importance,
      table.latentCount,
      table.factorCount,
      table.varyingFactors,
      entropyOffset,
    );
    const varying = table.varyingFactors.length;
    const value = varying > 1 ? disentanglement : null;
    return {
      value,
      parts: {
        disentanglement: value,
        completeness,
        informativeness: meanOf(tested),
        trainAccuracy: meanOf(trained),
        importance: toRows(importance, table.latentCount, table.factorCount),
        perLatent,
        perFactor,
        informativenessOfFactor: tested,
      },
      notes: [
        ...(varying === 0 ? [NO_FACTOR_VARIES] : []),
        ...(varying === 1 ? ['undefined: a single factor varies, and disentanglement compares factors'] : []),
        ...(table.latentCount === 1 ? ['one latent: completeness, which compares latents, is undefined'] : []),
        ...describeConstants(table, 'no importance'),
        ...notes,
      ],
    };
  },
};

/** What the model of one factor learned. */
export interface LearnedFactor {
  /** How much each latent matters, D shares of 1. */
  readonly importance: readonly number[];
  /** Accuracy, of a continuous factor R^2 (at least 0), on the test rows and on those it was learned from. */
  readonly tested: number;
  readonly trained: number;
  readonly notes: readonly string[];
}

/** Fits a model to factor k on the training rows of a split. */
export async function learnFactor(
  table: Table,
  k: number,
  split: Split,
  { stages, learningRate, depth, histogram }: Omit<DciOptions, 'train' | 'test' | 'entropyOffset'>,
  pause: Pause,
): Promise<LearnedFactor> {
  const { train, test } = split;
  const { codes, values } = table.factors[k];
  const truth = codes ? Float64Array.from(codes.array) : (values?.array.slice() as Float64Array);
  const truthOf = (rows: Int32Array) => Float64Array.from(rows, (row) => truth[row]);
  // The classes are the values that occur among the training rows.
  const classes = codes ? [...new Set(truthOf(train))].sort((a, b) => a - b) : null;
  const classOf = new Map(classes?.map((value, c) => [value, c]));
  const notes = classes ? describeSplit(k, split) : [];
  if (classes?.length === 1) {
    const tested = accuracy(truthOf(test), new Float64Array(test.length).fill(classes[0]));
    return { importance: new Array(table.latentCount).fill(0), tested, trained: 1, notes };
  }
  const fit = await fitBoosting(
    table.core,
    {
      columns: table.latentCount,
      train: columnsOf(table, train),
      trainRows: train.length,
      test: columnsOf(table, test),
      testRows: test.length,
      target: classes ? truthOf(train).map((value) => classOf.get(value) as number) : truthOf(train),
      classes: classes ? classes.length : null,
      stages,
      learningRate,
      depth,
      bins: histogram ? 255 : 0,
    },
    (done, total) => pause(`trees of factor ${k}`, done, total),
  );
  const rate = classes ? accuracy : explained;
  const decoded = (predicted: Float64Array) => (classes ? predicted.map((c) => classes[c]) : predicted);
  return {
    importance: [...fit.importance],
    tested: rate(truthOf(test), decoded(fit.predicted)),
    trained: rate(truthOf(train), decoded(fit.trained)),
    notes,
  };
}

/** What was learned of the factors that vary, with importance as [latent][factor] and null for those that do not. */
function collectFactors({ latentCount, factorCount, varyingFactors }: Table, learned: readonly LearnedFactor[]) {
  const importance = new Float64Array(latentCount * factorCount);
  const tested = new Array<number | null>(factorCount).fill(null);
  const trained = new Array<number | null>(factorCount).fill(null);
  learned.forEach((one, i) => {
    const k = varyingFactors[i];
    one.importance.forEach((share, d) => {
      importance[d * factorCount + k] = share;
    });
    tested[k] = one.tested;
    trained[k] = one.trained;
  });
  return { importance, tested, trained, notes: learned.flatMap(({ notes }) => notes) };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: ReadonlyArray<number | null>): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : sumOf(defined) / defined.length;
}

function accuracy(truth: Float64Array, predicted: Float64Array): number {
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) right++;
  return right / truth.length;
}

/** R^2, at least 0; of equal values 1 if they are met and else 0. */
function explained(truth: Float64Array, predicted: Float64Array): number {
  const mean = truth[0] + truth.reduce((sum, value) => sum + (value - truth[0]), 0) / truth.length;
  const spread = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = truth.reduce((sum, value, i) => sum + (value - predicted[i]) ** 2, 0);
  if (spread === 0) return error === 0 ? 1 : 0;
  return Math.max(0, 1 - error / spread);
}

/** The latents of some rows, [latent][row]. */
function columnsOf(table: Table, rows: Int32Array): Float64Array {
  const { latentCount } = table;
  const data = table.latents.array;
  const out = new Float64Array(latentCount * rows.length);
  for (let d = 0, to = 0; d < latentCount; d++) {
    for (let i = 0; i < rows.length; i++) out[to++] = data[rows[i] * latentCount + d];
  }
  return out;
}
