import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { fitLogistic, logisticProbabilities } from '../learners/logistic.js';
import { areaUnderCurve } from '../stats/auc.js';
import { encodeFactor, type FactorCodes } from '../stats/binning.js';
import type { Pause } from '../stats/pause.js';
import { type Split, splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
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
      const found = await factorAuc(table, await encodeFactor(table, k, bins), split, c, pause);
      auc[k] = found.auc;
      values[k] = found.values;
      notes.push(...describeSplit(k, split));
      if (found.auc === null) notes.push(`factor ${k}: no value has rows in both parts, left out`);
      if (!found.converged) notes.push(`factor ${k}: the classifier stopped before its optimum`);
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
export async function factorAuc(
  table: Table,
  { codes, size }: FactorCodes,
  { train, test }: Pick<Split, 'train' | 'test'>,
  c: number,
  pause: Pause,
): Promise<{ auc: number | null; values: number; converged: boolean }> {
  const { core, latentCount: columns } = table;
  const occurring = new Int32Array(size);
  for (const row of train) occurring[codes.array[row]]++;
  const classes = occurring.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  if (classes < 2 || test.length === 0) return { auc: null, values: 0, converged: true };
  let next = 0;
  const placeOf = occurring.map((count) => (count > 0 ? next++ : -1));
  return core.arena.scope(async () => {
    const { trainFeatures, testFeatures } = standardisedLatents(table, train, test);
    const codeOf = codes.array;
    const labels = core.arena.upload(
      'i32',
      train.map((row) => placeOf[codeOf[row]]),
    );
    const problem = { features: trainFeatures, labels, rows: train.length, columns, classes, c };
    const model = await fitLogistic(core, problem, (iteration, most) => pause('classifier', iteration, most));
    const probabilities = logisticProbabilities(core, model, testFeatures, test.length);
    const ownCodes = codes.array;
    const truth = test.map((row) => placeOf[ownCodes[row]]);
    const areas = classAreas(core, probabilities, truth, classes).filter((area) => area !== null);
    const auc = areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
    return { auc, values: areas.length, converged: model.converged };
  });
}

/** The latents of either part around their training mean over their training deviation (divided by rows). */
function standardisedLatents(table: Table, train: Int32Array, test: Int32Array) {
  const { core, latentCount } = table;
  const trainFeatures = core.arena.alloc('f64', train.length * latentCount);
  const testFeatures = core.arena.alloc('f64', test.length * latentCount);
  const from = table.latents.array;
  const first = Float64Array.from({ length: latentCount }, (_, d) => from[train[0] * latentCount + d]);
  const means = new Float64Array(latentCount);
  const squares = new Float64Array(latentCount);
  const varies = new Uint8Array(latentCount);
  for (let i = 0; i < train.length; i++) {
    const at = train[i] * latentCount;
    for (let d = 0; d < latentCount; d++) {
      const shifted = from[at + d] - first[d];
      means[d] += shifted;
      if (shifted !== 0) varies[d] = 1;
    }
  }
  for (let d = 0; d < latentCount; d++) means[d] /= train.length;
  for (let i = 0; i < train.length; i++) {
    const at = train[i] * latentCount;
    for (let d = 0; d < latentCount; d++) {
      const deviation = from[at + d] - first[d] - means[d];
      squares[d] += deviation * deviation;
    }
  }
  // Of a latent without spread in the training part nothing is learnt, and nothing may be made of its test values.
  const perScale = squares.map((sum, d) => {
    const deviation = Math.sqrt(sum / train.length);
    return varies[d] && deviation > 0 ? 1 / deviation : 0;
  });
  const write = (to: Float64Array, rows: Int32Array) => {
    for (let i = 0, at = 0; i < rows.length; i++) {
      const start = rows[i] * latentCount;
      for (let d = 0; d < latentCount; d++, at++) to[at] = (from[start + d] - first[d] - means[d]) * perScale[d];
    }
  };
  write(trainFeatures.array, train);
  write(testFeatures.array, test);
  return { trainFeatures, testFeatures };
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
