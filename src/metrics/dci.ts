import { boolean, choice, integer, number } from '../options/rule.js';
import { scoreImportance } from '../stats/importance.js';
import { splitInOrder, splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { type LearnedFactor, learnFactor, REGRESSORS } from './learn-factor.js';
import { pickRows, toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import {
  describeConstants,
  describeNumbers,
  describeSingleFactor,
  NO_COMPLETENESS,
  NO_FACTOR_VARIES,
  NO_LATENT_VARIES,
} from './notes.js';
import { COUNT_CONSTANT_LATENTS } from './shared-options.js';
import { scoreAsUbisoft } from './ubisoft-lasso.js';

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
  /**
   * How much each latent matters to each factor, D rows of K: of trees the columns of factors that
   * vary sum to 1, of the lasso they are absolute weights.
   */
  readonly importance: number[][];
  /** Disentanglement of each latent, D; null for one that does not count. */
  readonly perLatent: Array<number | null>;
  /** Completeness of each factor, K; null for a constant one. */
  readonly perFactor: Array<number | null>;
  /**
   * Test accuracy, of a continuous factor and of the lasso R^2 (at least 0), K; null for a constant
   * one, or without test rows.
   */
  readonly informativenessOfFactor: Array<number | null>;
  /** Of the lasso: mean of `errorOfFactor`; lower is better. */
  readonly error?: number | null;
  /**
   * Of the lasso: root mean squared error on the test rows over their standard deviation, K; null
   * for a constant factor, and where the test rows are equal or there are none.
   */
  readonly errorOfFactor?: Array<number | null>;
}

const OPTIONS = {
  regressor: choice(REGRESSORS, { default: 'gbt', description: 'what learns the factors' }),
  train: integer({ default: 10000, minimum: 2, maximum: 100_000, description: 'random rows to learn from, at most' }),
  test: integer({ default: 5000, minimum: 1, maximum: 100_000, description: 'random rows to test on, at most' }),
  stages: integer({ default: 100, minimum: 1, maximum: 10_000, description: 'boosted trees per class' }),
  learningRate: number({ default: 0.1, minimum: 1e-6, maximum: 1, description: 'what a boosted tree counts' }),
  depth: integer({
    default: 3,
    minimum: 1,
    maximum: 8,
    description: 'splits from the root of a boosted tree to its leaves',
  }),
  histogram: boolean({
    default: false,
    description: 'split boosted trees between 255 quantiles of each latent only, which is faster',
  }),
  trees: integer({ default: 100, minimum: 1, maximum: 10_000, description: 'trees of a random forest' }),
  alpha: number({
    defaultText: 'by cross-validation',
    minimum: 0,
    isOpen: true,
    description: 'penalty of the lasso on the weights',
  }),
  split: choice(['random', 'in-order'], {
    default: 'random',
    description: 'rows to learn from and to test on: at random, or 80 % and, after the next 10 %, 10 % in their order',
  }),
  completenessMean: choice(['weighted', 'plain'], {
    default: 'weighted',
    description: 'mean of completeness over factors, weighted by their importances or not',
  }),
  entropyOffset: number({
    default: 0,
    minimum: 0,
    maximum: 1,
    description: 'added to every importance before its entropy is taken',
  }),
  countConstants: COUNT_CONSTANT_LATENTS,
};

/**
 * DCI: disentanglement, completeness and informativeness, from what a learner needs to tell the
 * factors.
 *
 * One model per factor (boosted trees, a random forest or a lasso) gives R, the importance of each
 * latent for it. Disentanglement is 1 - H(R_d.) in base K, averaged over latents by their share of
 * R; completeness 1 - H(R_.k) in base D, averaged over factors by theirs; informativeness the
 * accuracy or R^2 on rows held back. 0 to 1, higher is better; the value is the disentanglement.
 *
 * With boosted trees agrees with disentanglement_lib within .005 on the same rows; within .02 where
 * latents are doubled, among which scikit-learn draws at each split and we share.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see C. Eastwood, C. K. I. Williams 2018, A Framework for the Quantitative Evaluation of
 * Disentangled Representations
 */
export const dci = defineMetric<'dci', typeof OPTIONS, DciParts, 'dci-disentanglement'>({
  name: 'dci',
  aliases: ['dci-disentanglement'],
  title: 'DCI',
  summary: 'each latent matters to one factor only',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: { regressor: 'lasso', alpha: 0.02, split: 'in-order', completenessMean: 'plain' },
    'disentanglement-lib': { entropyOffset: 1e-11 },
    ubisoft: { regressor: 'ubisoft-lasso' },
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
      const split = await (options.split === 'in-order'
        ? splitInOrder(table, k)
        : splitRows(table, k, { testShare, seed, mostTrain: train, mostTest: test }));
      return learnFactor(table, k, split, { ...options, seed }, pause);
    },
  },

  async compute(table: Table, options, { pieces }) {
    const { regressor, entropyOffset, completenessMean, countConstants } = options;
    const { importance, tested, trained, errors, notes } = collectFactors(table, await pieces<LearnedFactor>());
    const { core, latentCount, factorCount, varyingFactors, varyingLatents } = table;
    const counted = countConstants ? [...Array(latentCount).keys()] : varyingLatents;
    const rows = pickRows(importance, counted, factorCount);
    const { disentanglement, completeness, perLatent, perFactor } =
      regressor === 'ubisoft-lasso'
        ? scoreAsUbisoft(core, rows, counted.length, factorCount, varyingFactors)
        : scoreImportance(core, rows, counted.length, factorCount, varyingFactors, entropyOffset);
    const varying = varyingFactors.length;
    const value = varying > 1 && counted.length > 0 ? disentanglement : null;
    const ofLatents = new Array<number | null>(latentCount).fill(null);
    counted.forEach((d, i) => {
      ofLatents[d] = perLatent[i];
    });
    return {
      value,
      parts: {
        disentanglement: value,
        completeness: completenessMean === 'plain' ? meanOfDefined(perFactor) : completeness,
        informativeness: meanOfDefined(tested),
        trainAccuracy: meanOfDefined(trained),
        importance: toRows(importance, latentCount, factorCount),
        perLatent: ofLatents,
        perFactor,
        informativenessOfFactor: tested,
        ...(regressor === 'lasso' && { error: meanOfDefined(errors), errorOfFactor: errors }),
      },
      notes: [
        ...(varying === 0 ? [NO_FACTOR_VARIES] : []),
        ...(varying === 1 ? [describeSingleFactor('disentanglement')] : []),
        ...(counted.length === 0 ? [NO_LATENT_VARIES] : []),
        ...(counted.length === 1 ? [NO_COMPLETENESS] : []),
        ...describeConstants(table, countConstants ? 'no importance' : 'left out'),
        ...(regressor === 'lasso' || regressor === 'ubisoft-lasso' ? describeNumbers(table) : []),
        ...notes,
      ],
    };
  },
});

/**
 * What was learned of the factors that vary, with importance as [latent][factor] and null for those
 * that do not.
 */
function collectFactors({ latentCount, factorCount, varyingFactors }: Table, learned: readonly LearnedFactor[]) {
  const importance = new Float64Array(latentCount * factorCount);
  const tested = new Array<number | null>(factorCount).fill(null);
  const trained = new Array<number | null>(factorCount).fill(null);
  const errors = new Array<number | null>(factorCount).fill(null);
  learned.forEach((one, i) => {
    const k = varyingFactors[i];
    one.importance.forEach((share, d) => {
      importance[d * factorCount + k] = share;
    });
    tested[k] = one.tested;
    trained[k] = one.trained;
    errors[k] = one.error ?? null;
  });
  return { importance, tested, trained, errors, notes: learned.flatMap(({ notes }) => notes) };
}
