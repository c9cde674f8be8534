import { type Note, note } from '../note.js';
import { boolean, integer, type ValuesOf } from '../options/rule.js';
import type { Bins } from '../stats/binning.js';
import { scoreImportance } from '../stats/importance.js';
import { takeRows } from '../stats/load-table.js';
import { mutualInformation } from '../stats/mutual-information.js';
import type { Pause } from '../stats/pause.js';
import { splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { type ClassifierOptions, describeClassifier, factorClassifier, rateClassifier } from './factor-classifier.js';
import { pickRows, toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, describeSingleFactor, describeSplit, NO_COMPLETENESS, NO_FACTOR_VARIES } from './notes.js';
import { pickLatents } from './pick-latents.js';
import { BINS, COUNT_CONSTANT_LATENTS, PENALTY, TEST_SHARE, ZERO_BIN } from './shared-options.js';

/** What MED was made of; matrices are [latent][factor]. */
export interface MedParts {
  /**
   * The score: does each latent (of those kept) know one factor only? Null where a single factor
   * varies.
   */
  readonly disentanglement: number | null;
  /** Does one of the latents kept know each factor alone? Null where there is a single one. */
  readonly completeness: number | null;
  /** Mean accuracy of a linear classifier on the test rows; null unless asked for. */
  readonly informativeness: number | null;
  /** The same on the training rows. */
  readonly trainAccuracy: number | null;
  /** I(z_d; v_k) of the training rows in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** The same with columns of sum 1, those of factors that no latent informs on 0. */
  readonly importance: number[][];
  /** Disentanglement of each latent, D. */
  readonly perLatent: Array<number | null>;
  /** Completeness of each factor over the latents kept, K; null for a constant one. */
  readonly perFactor: Array<number | null>;
  /** The latents that the score is of: all, or the best of each factor. */
  readonly keptLatents: number[];
  /** Test accuracy for each factor, K; null for a constant one, and unless asked for. */
  readonly informativenessOfFactor: Array<number | null>;
}

const OPTIONS = {
  bins: BINS,
  zeroBin: ZERO_BIN,
  topK: integer({ default: 0, minimum: 0, maximum: 65535, description: 'latents to keep of each factor, 0 for all' }),
  countConstants: COUNT_CONSTANT_LATENTS,
  testShare: { ...TEST_SHARE, description: 'share of the rows that are not counted' },
  informativeness: boolean({ default: false, description: 'train linear classifiers, and rate them on these' }),
  c: { ...PENALTY, description: 'inverse strength of the penalty on their weights' },
};
type MedOptions = ValuesOf<typeof OPTIONS>;

/**
 * MED: DCI's disentanglement with mutual information for importance, so that nothing has to be
 * trained.
 *
 * R_dk = I(z_d; v_k) / sum_d I(z_d; v_k), with histograms of the training rows. Disentanglement is
 * 1 - H(R_d.) in base K, averaged over latents by their share of R; completeness 1 - H(R_.k) in
 * base D. Top-k MED gives each latent to the factor it matters to most, keeps of each factor the k
 * latents of highest disentanglement, and scores those. 0 to 1, higher is better.
 *
 * Agrees with the authors' code to 1e-9 on the same rows.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see J. Cao, R. Nai, Q. Yang, J. Huang, Y. Gao 2022, An Empirical Study on Disentanglement of
 * Negative-free Contrastive Learning
 * @example
 * const { value, parts } = await med(latents, factors, { topK: 2 });
 */
export const med = defineMetric<'med', typeof OPTIONS, MedParts, 'mutual-information-disentanglement'>({
  name: 'med',
  aliases: ['mutual-information-disentanglement'],
  title: 'MED',
  summary: 'each latent has information on one factor only',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'Cao et al. 2022',
  isPlugIn: true,
  cost: ({ rows, latents, factors }) => ({ seconds: 2e-8 * rows * latents * factors, bytes: 8 * rows * latents }),

  pieces: {
    count: (table: Table) => table.varyingFactors.length,
    compute: (table: Table, options, { seed, pause }, index): Promise<InformedFactor> =>
      informFactor(table, table.varyingFactors[index], { ...options, seed }, pause),
  },

  async compute(table: Table, { topK, countConstants }, { pieces }) {
    const { core, latentCount, factorCount, varyingFactors, varyingLatents } = table;
    const informed = await pieces<InformedFactor>();
    const information = spreadColumns(table, informed, ({ information: column }) => column);
    const importance = spreadColumns(table, informed, ({ information: column }) => sharesOf(column));
    const whole = scoreImportance(core, importance, latentCount, factorCount, varyingFactors);
    const counted = countConstants ? [...Array(latentCount).keys()] : varyingLatents;
    const keptLatents = topK === 0 ? counted : pickLatents(importance, whole.perLatent, factorCount, topK);
    const rows = pickRows(importance, keptLatents, factorCount);
    const scored = scoreImportance(core, rows, keptLatents.length, factorCount, varyingFactors);
    const varying = varyingFactors.length;
    const value = varying > 1 ? (scored.disentanglement ?? 0) : null;
    const tested = ofFactors(table, informed, ({ tested: accuracy }) => accuracy);
    return {
      value,
      parts: {
        disentanglement: value,
        completeness: scored.completeness,
        informativeness: meanOfDefined(tested),
        trainAccuracy: meanOfDefined(informed.map(({ trained }) => trained)),
        mutualInformation: toRows(information, latentCount, factorCount),
        importance: toRows(importance, latentCount, factorCount),
        perLatent: whole.perLatent,
        perFactor: scored.perFactor,
        keptLatents,
        informativenessOfFactor: tested,
      },
      notes: [
        ...(varying === 0 ? [NO_FACTOR_VARIES] : []),
        ...(varying === 1 ? [describeSingleFactor('disentanglement')] : []),
        ...(keptLatents.length === 0
          ? [note('no-information', 'no latent has information on any factor: none kept, 0 by definition')]
          : []),
        ...(keptLatents.length === 1 ? [NO_COMPLETENESS] : []),
        ...describeConstants(table, 'no importance'),
        ...informed.flatMap(({ notes }) => notes),
      ],
    };
  },
});

/** What the rows of one factor's split say of it. */
export interface InformedFactor {
  /** I(z_d; v) in nats of the training rows, D. */
  readonly information: readonly number[];
  /**
   * Accuracy on test rows and training rows; null where it was not asked for, or without test rows.
   */
  readonly tested: number | null;
  readonly trained: number | null;
  readonly notes: readonly Note[];
}

async function informFactor(
  table: Table,
  k: number,
  { bins, zeroBin, informativeness, ...options }: Pick<MedOptions, 'informativeness' | 'zeroBin'> & ClassifierOptions,
  pause: Pause,
): Promise<InformedFactor> {
  const split = await splitRows(table, k, { testShare: options.testShare, seed: options.seed, bins });
  const information = await trainingInformation(table, k, split.train, { bins, zeroBin }, pause);
  const isKnown = information.some((nats) => nats > 0);
  const notes = isKnown ? [] : [note('no-information', `factor ${k}: no latent has information on it`)];
  if (!informativeness) return { information, tested: null, trained: null, notes };
  notes.push(...describeSplit(k, split));
  const classifier = await factorClassifier(table, k, { ...options, bins }, pause);
  if (classifier === null || split.test.length === 0) {
    const text = `factor ${k}: nothing to tell, or none to be judged on, left out of informativeness`;
    notes.push(note('nothing-to-judge', text));
    return { information, tested: null, trained: null, notes };
  }
  return {
    information,
    tested: rateClassifier(table, classifier, split.test),
    trained: rateClassifier(table, classifier, split.train),
    notes: [...notes, ...describeClassifier(k, classifier)],
  };
}

/** I(z_d; v_k) of some rows, whose extremes the bins lie between. */
export async function trainingInformation(
  table: Table,
  k: number,
  rows: Int32Array,
  bins: Bins,
  pause: Pause,
): Promise<number[]> {
  const { arena } = table.core;
  return arena.scope(async () => {
    const part = takeRows(table, arena.upload('i32', rows), rows.length, {
      factors: [table.factors[k]],
      posterior: null,
    });
    return Array.from((await mutualInformation(part, { ...bins, millerMadow: false }, pause)).matrix);
  });
}

/** Numbers of the factors that vary as [latent][factor], 0 for those that do not. */
function spreadColumns(
  { latentCount, factorCount, varyingFactors }: Table,
  informed: readonly InformedFactor[],
  columnOf: (one: InformedFactor) => readonly number[],
): Float64Array {
  const matrix = new Float64Array(latentCount * factorCount);
  informed.forEach((one, i) => {
    columnOf(one).forEach((value, d) => {
      matrix[d * factorCount + varyingFactors[i]] = value;
    });
  });
  return matrix;
}

function sharesOf(column: readonly number[]): number[] {
  const total = column.reduce((sum, value) => sum + value, 0);
  return column.map((value) => (total > 0 ? value / total : 0));
}

/** One entry for each factor, null for those that do not vary. */
function ofFactors<T>(
  { factorCount, varyingFactors }: Table,
  informed: readonly InformedFactor[],
  of: (one: InformedFactor) => T,
) {
  const all = new Array<T | null>(factorCount).fill(null);
  varyingFactors.forEach((k, i) => {
    all[k] = of(informed[i]);
  });
  return all;
}
