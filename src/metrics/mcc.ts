import { type Note, note } from '../note.js';
import { choice, type ValuesOf } from '../options/rule.js';
import { correlateParts } from '../stats/correlations.js';
import type { Pause } from '../stats/pause.js';
import { type Split, splitAnyRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { type Aligned, alignAffinely, alignCanonically, alignmentMoments, alignNone } from './align-latents.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import type { Cost, TableShape } from './metric.js';
import { describeConstants, describeUnordered, NO_FACTOR_VARIES, NO_LATENT_VARIES, NONE_JUDGED } from './notes.js';
import { type PairedScore, scorePairs } from './paired-score.js';
import { TEST_SHARE } from './shared-options.js';

/**
 * What the mean correlation coefficient was made of. Of an alignment, predictions or canonical
 * variates of the latents take the place of latents, canonical variates of the factors that of
 * factors.
 */
export interface MccParts {
  /**
   * Correlation of each latent with each factor, with its sign, over the rows that are judged: D
   * rows of K; 0 for constant ones.
   */
  readonly matrix: number[][];
  /** The latent that each factor is paired with, K; null for one without. */
  readonly pairedLatent: Array<number | null>;
  /** What each factor adds to the sum, K; null for one that is left out. */
  readonly perFactor: Array<number | null>;
  /** The sum over min(D, K). */
  readonly matched: number | null;
  /** The sum over K: factors without a latent count 0. */
  readonly coverage: number | null;
  /** The score over the rows that the pairing is chosen on. */
  readonly inSample: number | null;
  /** The score of held-out rows, by absolute values; null if they are too few. */
  readonly heldOutAbsolute: number | null;
  /** The same with the signs of the training rows: 0 by chance. */
  readonly heldOutSigned: number | null;
}

const OPTIONS = {
  correlation: choice(['pearson', 'spearman'], {
    default: 'pearson',
    description: 'of the values, or of their ranks',
  }),
  normalisation: choice(['matched', 'coverage'], {
    default: 'matched',
    description: 'mean over pairs, or over all factors: those without a latent count 0',
  }),
  heldOut: choice(['none', 'absolute', 'signed'], {
    default: 'none',
    description: 'pairs chosen and judged on all rows, or judged on held-out ones, by absolute values or with signs',
  }),
  alignment: choice(['none', 'affine', 'canonical'], {
    default: 'none',
    description: 'latents as they are, least squares predictions of the factors, or canonical variates of both',
  }),
  testShare: TEST_SHARE,
};
type Options = ValuesOf<typeof OPTIONS>;

/**
 * Mean correlation coefficient: is each factor one latent, up to scale and sign?
 *
 * Latents and factors are paired one to one so that the sum of their absolute correlations is
 * largest; the value is the mean over pairs. 1 for a permuted and scaled code. Held out, pairs are
 * chosen on training rows and judged on test rows. With an alignment: is the code that, up to a
 * linear map?
 *
 * Agrees with an independent implementation and with the authors' programs to 1e-9.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see A. Hyvärinen, H. Morioka 2016, Unsupervised Feature Extraction by Time-Contrastive Learning
 * and Nonlinear ICA; I. Khemakhem et al. 2020, Variational Autoencoders and Nonlinear ICA
 */
export const mcc = defineMetric<'mcc', typeof OPTIONS, MccParts, 'mean-correlation-coefficient'>({
  name: 'mcc',
  aliases: ['mean-correlation-coefficient'],
  title: 'MCC',
  summary: 'each factor is one latent, up to scale and sign',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'Hyvärinen & Morioka 2016',
  isPlugIn: false,
  cost: costOf,

  async compute(table: Table, options, { seed, pause }) {
    const { heldOut, normalisation, testShare } = options;
    const split = await splitAnyRows(table, { testShare, seed });
    const scores = await scoreAll(table, split, options, pause);
    const chosen = scores[heldOut];
    const value = chosen[normalisation];
    const isCanonical = options.alignment === 'canonical';
    const { matrix, pairedLatent, perFactor } = isCanonical ? chosen : spreadOut(table, chosen);
    return {
      value,
      parts: {
        matrix: toRows(matrix, chosen.left, perFactor.length),
        pairedLatent,
        perFactor,
        matched: chosen.matched,
        coverage: chosen.coverage,
        inSample: scores.none[normalisation],
        heldOutAbsolute: scores.absolute[normalisation],
        heldOutSigned: scores.signed[normalisation],
      },
      ...(heldOut === 'signed' && { range: [-1, 1] as const }),
      notes: [
        ...(value === null ? [describeUndefined(table, options)] : []),
        ...describeConstants(table, 'correlated with nothing'),
        ...(isCanonical || value === null ? [] : describeUnjudged(table, perFactor)),
        ...describeUnordered(table),
      ],
    };
  },
});

/** By the products that are summed, what is sorted for ranks, and what an alignment solves. */
function costOf({ rows, latents, factors }: TableShape, { correlation, alignment }: Options): Cost {
  const all = latents + factors;
  const ranked = correlation === 'spearman' ? 4e-8 * all : 0;
  const aligned = alignment === 'none' ? 0 : 1e-9 * all ** 2;
  return {
    seconds: (ranked + aligned + 1e-9 * latents * (factors + 8)) * rows + (alignment === 'none' ? 0 : 3e-9 * all ** 3),
    bytes: 8 * rows * (3 * factors + 24) + (alignment === 'none' ? 0 : 32 * all ** 2),
  };
}

/** In sample and held out, of the latents or of what an alignment makes of them. */
async function scoreAll(
  table: Table,
  split: Pick<Split, 'train' | 'test'>,
  { correlation, alignment }: Options,
  pause: Pause,
): Promise<Record<Options['heldOut'], PairedScore>> {
  const correlate = (align: () => Aligned) =>
    table.core.arena.scope(async () => {
      const { left, right } = align();
      const found = await correlateParts(table, split, left, right, correlation, pause);
      return { ...found, left: left.count, right: right.count };
    });
  if (alignment === 'none') {
    const of = await correlate(() => alignNone(table, correlation === 'pearson' ? 'shares' : 'plain'));
    return {
      none: scorePairs(of, of.inSample, of.inSample, { chosenBy: of.inSample }),
      absolute: scorePairs(of, of.train, of.test, { chosenBy: of.train }),
      signed: scorePairs(of, of.train, of.test, { chosenBy: of.train, isSigned: true }),
    };
  }
  const moments = await alignmentMoments(table, split, pause);
  const align = alignment === 'affine' ? alignAffinely : alignCanonically;
  const all = await correlate(() => align(table, moments.inSample));
  const of = await correlate(() => align(table, moments.train));
  return {
    none: scorePairs(all, all.inSample, all.inSample, {}),
    // As in ICE-BeeM's program: which variates go together is chosen on the test rows.
    absolute: scorePairs(of, of.train, of.test, alignment === 'canonical' ? { chosenBy: of.test } : {}),
    signed: scorePairs(of, of.train, of.test, { isSigned: true }),
  };
}

/** A score of the factors that vary as one of all factors. */
function spreadOut({ varyingFactors, factorCount }: Table, { matrix, left, pairedLatent, perFactor }: PairedScore) {
  const count = varyingFactors.length;
  const spread = <T>(from: readonly T[]) => {
    const out = new Array<T | null>(factorCount).fill(null);
    varyingFactors.forEach((k, i) => {
      out[k] = from[i];
    });
    return out;
  };
  const wide = new Float64Array(left * factorCount);
  for (let d = 0; d < left; d++) {
    varyingFactors.forEach((k, i) => {
      wide[d * factorCount + k] = matrix[d * count + i];
    });
  }
  return { matrix: wide, pairedLatent: spread(pairedLatent), perFactor: spread(perFactor) };
}

function describeUndefined({ varyingFactors, varyingLatents }: Table, { heldOut }: Options): Note {
  if (varyingFactors.length === 0) return NO_FACTOR_VARIES;
  return heldOut === 'none' || varyingLatents.length === 0 ? NO_LATENT_VARIES : NONE_JUDGED;
}

/** Names the factors that are constant in a part of the rows. */
function describeUnjudged({ varyingFactors }: Table, perFactor: ReadonlyArray<number | null>): Note[] {
  return varyingFactors
    .filter((k) => perFactor[k] === null)
    .map((k) => note('nothing-to-judge', `factor ${k}: constant among the training or the test rows, left out`));
}
