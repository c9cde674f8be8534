import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { logisticProbabilities } from '../learners/logistic.js';
import { areaUnderCurve } from '../stats/auc.js';
import { type Split, splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import {
  describeClassifier,
  type FactorClassifier,
  factorClassifier,
  standardiseLatents,
} from './factor-classifier.js';
import type { Metric } from './metric.js';
import { describeConstants, describeSplit, NO_FACTOR_VARIES } from './notes.js';

/** What explicitness was made of. */
export interface ExplicitnessParts {
  /** Mean over the values of each factor of the area under the curve on the test rows, K; null for a factor that is left out. */
  readonly auc: Array<number | null>;
  /** How many values (or bins) of each factor that is the mean of, K. */
  readonly values: number[];
}

const DEFAULTS = { testShare: 1 / 3, c: 1, scaled: false, bins: 20 };

/**
 * Explicitness: can a linear classifier read each factor off all latents together?
 *
 * Logistic regression (penalty 0.5 |w|^2 / c, run to its optimum) on standardised latents; the area under the ROC curve of
 * each value against the rest on test rows, mean over values and then over factors. 0.5 by chance, 1 is best.
 *
 * Agrees with disentanglement_lib, its classifier run to the optimum, to 1e-6 on the same rows.
 *
 * @see K. Ridgeway, M. Mozer 2018, Learning Deep Disentangled Embeddings with the F-Statistic Loss
 */
export const explicitness: Metric<typeof DEFAULTS, ExplicitnessParts> = {
  name: 'explicitness',
  aliases: ['explicitness-score'],
  title: 'Explicitness',
  summary: 'a linear classifier reads each factor off the latents',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  defaults: DEFAULTS,
  rules: {
    testShare: { type: 'number', minimum: 0.01, maximum: 0.99, description: 'share of the rows to be judged on' },
    c: { type: 'number', minimum: 1e-9, maximum: 1e9, description: 'inverse strength of the penalty on the weights' },
    scaled: { type: 'boolean', description: '2 (AUC - 0.5) in place of AUC, so that chance is 0' },
    bins: { type: 'integer', minimum: 2, maximum: 65535, description: 'equal-width bins of a continuous factor' },
  },
  source: 'Ridgeway & Mozer 2018',
  isPlugIn: false,

  async compute(table: Table, { testShare, c, scaled, bins }, { seed, pause }) {
    const { factorCount, varyingFactors } = table;
    const auc = new Array<number | null>(factorCount).fill(null);
    const values = new Array<number>(factorCount).fill(0);
    const notes: string[] = [];
    for (const k of varyingFactors) {
      const split = await splitRows(table, k, { testShare, seed, bins });
      const classifier = await factorClassifier(table, k, { testShare, seed, bins, c }, pause);
      const found = factorAuc(table, classifier, split);
      auc[k] = found.auc;
      values[k] = found.values;
      notes.push(...describeSplit(k, split), ...describeClassifier(k, classifier));
      if (found.auc === null) notes.push(`factor ${k}: no value has rows in both parts, left out`);
    }
    const defined = auc.filter((value) => value !== null);
    const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length;
    const undefinedWhy = varyingFactors.length === 0 ? NO_FACTOR_VARIES : 'undefined: no factor can be judged';
    return {
      // Below chance there is nothing to be read; the scale begins at 0.
      value: defined.length === 0 ? null : scaled ? Math.max(0, 2 * (mean - 0.5)) : mean,
      parts: { auc, values },
      notes: [...(defined.length === 0 ? [undefinedWhy] : []), ...describeConstants(table, 'not used'), ...notes],
    };
  },
};

/** Mean area under the curve over the values of one factor; null where no value has rows in both parts. */
export function factorAuc(
  table: Table,
  classifier: FactorClassifier | null,
  { test }: Pick<Split, 'test'>,
): { auc: number | null; values: number } {
  if (classifier === null || test.length === 0) return { auc: null, values: 0 };
  const { core } = table;
  const mark = core.arena.mark();
  const { model, classes, classOf } = classifier;
  const probabilities = logisticProbabilities(core, model, standardiseLatents(table, classifier, test), test.length);
  const areas = classAreas(core, probabilities, classOf(test), classes).filter((area) => area !== null);
  core.arena.release(mark);
  const auc = areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
  return { auc, values: areas.length };
}

/** Area under the curve of each class against the rest; null for one without test rows. */
function classAreas(core: Core, probabilities: Block<'f64'>, truth: Int32Array, classes: number): Array<number | null> {
  const scores = core.arena.alloc('f64', truth.length);
  const order = core.arena.alloc('i32', truth.length);
  return Array.from({ length: classes }, (_, a) => {
    const [from, to, row] = [probabilities.array, scores.array, order.array];
    for (let i = 0; i < truth.length; i++) {
      to[i] = from[i * classes + a];
      row[i] = i;
    }
    core.sortRows(scores, order);
    const rowAt = order.array;
    return areaUnderCurve(scores.array, (place) => truth[rowAt[place]] === a);
  });
}
