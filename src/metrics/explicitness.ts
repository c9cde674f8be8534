import { fitLogistic, type LogisticModel, logisticProbabilities } from '../learners/logistic.js';
import { fitOneVsRest, type OneVsRest, oneVsRestProbabilities } from '../learners/one-vs-rest.js';
import { type Note, note } from '../note.js';
import { boolean, choice, type ValuesOf } from '../options/rule.js';
import { areasUnderCurves } from '../stats/auc.js';
import { encodeFactor } from '../stats/binning.js';
import type { Pause } from '../stats/pause.js';
import { type Split, splitInSample, splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import {
  describeClassifier,
  type FactorClassifier,
  factorClassifier,
  fitClassifier,
  standardiseLatents,
} from './factor-classifier.js';
import { describeConstants, describeSplit, NO_FACTOR_VARIES, NONE_JUDGED } from './notes.js';
import { BINS_OF_FACTORS, PENALTY, TEST_SHARE } from './shared-options.js';

/** What explicitness was made of. */
export interface ExplicitnessParts {
  /**
   * Mean over the values of each factor of the area under the curve on the test rows, K; null for a
   * factor that is left out.
   */
  readonly auc: Array<number | null>;
  /** How many values (or bins) of each factor that is the mean of, K. */
  readonly values: number[];
}

const OPTIONS = {
  testShare: TEST_SHARE,
  c: { ...PENALTY, maximum: 1e10 },
  scaled: boolean({ default: false, description: '2 (AUC - 0.5) in place of AUC, so that chance is 0' }),
  bins: BINS_OF_FACTORS,
  scaling: choice(['standard', 'unit'], {
    default: 'standard',
    description: 'latents around their mean over their deviation, or to 0 .. 1',
  }),
  classifier: choice(['softmax', 'one-vs-rest', 'binary'], {
    default: 'softmax',
    description: 'one for all values, or each value against the rest, in shares or alone',
  }),
  balanced: boolean({
    default: true,
    description: 'of one-vs-rest and binary: rows weighted so that both sides count alike',
  }),
  inSample: boolean({ default: false, description: 'judge on the rows that were learned from, which are all' }),
};
type Options = ValuesOf<typeof OPTIONS>;

/**
 * Explicitness: can a linear classifier read each factor off all latents together?
 *
 * Logistic regression (penalty 0.5 |w|^2 / c, run to its optimum) on standardised latents; the area
 * under the ROC curve of each value against the rest on test rows, mean over values and then over
 * factors. 0.5 by chance, 1 is best.
 *
 * Agrees with disentanglement_lib, its classifier run to the optimum, to 1e-6 on the same rows;
 * under the presets `ubisoft` and `paper` with ubisoft's code to 1e-4 and the authors' to 2e-4.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. Ridgeway, M. Mozer 2018, Learning Deep Disentangled Embeddings with the F-Statistic Loss
 */
export const explicitness = defineMetric<'explicitness', typeof OPTIONS, ExplicitnessParts, 'explicitness-score'>({
  name: 'explicitness',
  aliases: ['explicitness-score'],
  title: 'Explicitness',
  summary: 'a linear classifier reads each factor off the latents',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: { c: 1e10, classifier: 'one-vs-rest', balanced: false, inSample: true },
    'disentanglement-lib': {},
    ubisoft: { scaled: true, bins: 10, scaling: 'unit', classifier: 'one-vs-rest', inSample: true },
  },
  source: 'Ridgeway & Mozer 2018',
  isPlugIn: false,
  cost: ({ rows, latents, factors }) => ({
    seconds: 1.2e-8 * rows * (latents + 8) * latents * factors,
    bytes: 20 * rows * latents,
  }),

  pieces: {
    count: (table: Table) => table.varyingFactors.length,
    compute: (table: Table, options, { seed, pause }, index): Promise<JudgedFactor> =>
      judgeFactor(table, table.varyingFactors[index], { ...options, seed }, pause),
  },

  async compute(table: Table, { scaled }, { pieces }) {
    const { factorCount, varyingFactors } = table;
    const auc = new Array<number | null>(factorCount).fill(null);
    const values = new Array<number>(factorCount).fill(0);
    const notes: Note[] = [];
    for (const [i, factor] of (await pieces<JudgedFactor>()).entries()) {
      auc[varyingFactors[i]] = factor.auc;
      values[varyingFactors[i]] = factor.values;
      notes.push(...factor.notes);
    }
    const defined = auc.filter((value) => value !== null);
    const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
    const undefinedWhy = varyingFactors.length === 0 ? NO_FACTOR_VARIES : NONE_JUDGED;
    return {
      // Below chance there is nothing to be read; the scale begins at 0.
      value: defined.length === 0 ? null : scaled ? Math.max(0, 2 * (mean - 0.5)) : mean,
      parts: { auc, values },
      notes: [...(defined.length === 0 ? [undefinedWhy] : []), ...describeConstants(table, 'not used'), ...notes],
    };
  },
});

/** What the classifier of one factor is worth. */
interface JudgedFactor {
  readonly auc: number | null;
  readonly values: number;
  readonly notes: readonly Note[];
}

async function judgeFactor(
  table: Table,
  k: number,
  options: Options & { readonly seed: number },
  pause: Pause,
): Promise<JudgedFactor> {
  const split = await (options.inSample ? splitInSample(table, k, options.bins) : splitRows(table, k, options));
  const classifier = await learnFactor(table, k, split, options, pause);
  const { auc, values } = factorAuc(table, classifier, split, options.classifier !== 'binary');
  const notes = [...describeSplit(k, split), ...describeClassifier(k, classifier)];
  if (auc === null) notes.push(note('nothing-to-judge', `factor ${k}: no value has rows in both parts, left out`));
  return { auc, values, notes };
}

/**
 * The classifier of factor k: the one that MED's informativeness takes as well, where it is the
 * same.
 */
async function learnFactor(
  table: Table,
  k: number,
  split: Split,
  options: Options & { readonly seed: number },
  pause: Pause,
): Promise<FactorClassifier<LogisticModel | OneVsRest> | null> {
  const { bins, scaling, classifier, balanced, inSample } = options;
  const isSoftmax = classifier === 'softmax';
  if (isSoftmax && scaling === 'standard' && !inSample) return factorClassifier(table, k, options, pause);
  const codes = await encodeFactor(table, k, bins);
  const waiting = (step: number, most: number) => pause('classifier', step, most);
  return fitClassifier<LogisticModel | OneVsRest>(table, codes, split, options, (problem) =>
    isSoftmax ? fitLogistic(table.core, problem, waiting) : fitOneVsRest(table.core, { ...problem, balanced }, waiting),
  );
}

/**
 * Mean area under the curve over the values of one factor; null where no value has rows in both
 * parts.
 * @param isShared whether probabilities of machines that were fitted apart are brought to a sum of
 * 1
 */
export function factorAuc(
  table: Table,
  classifier: FactorClassifier<LogisticModel | OneVsRest> | null,
  { test }: Pick<Split, 'test'>,
  isShared = true,
): { auc: number | null; values: number } {
  if (classifier === null || test.length === 0) return { auc: null, values: 0 };
  const { core } = table;
  const mark = core.arena.mark();
  const { model, classes, classOf } = classifier;
  const features = standardiseLatents(table, classifier, test);
  const probabilities =
    'machines' in model
      ? oneVsRestProbabilities(core, model, features, test.length, isShared)
      : logisticProbabilities(core, model, features, test.length);
  const areas = areasUnderCurves(core, probabilities, classOf(test), classes).filter((area) => area !== null);
  core.arena.release(mark);
  const auc = areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
  return { auc, values: areas.length };
}
