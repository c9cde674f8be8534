import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { SortedColumn } from '../../bindings/kernels/svm.js';
import { fitLines, type LineModel } from '../learners/svm.js';
import { thresholdAccuracy } from '../learners/thresholds.js';
import { boolean, choice, number, type ValuesOf } from '../options/rule.js';
import { determination } from '../stats/determination.js';
import { latentVariances } from '../stats/latent-variances.js';
import type { Pause } from '../stats/pause.js';
import { type Split, splitInSample, splitRows, TEST, TRAIN } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstants, describeSplit, NO_FACTOR_VARIES, NO_SECOND_LATENT } from './notes.js';
import { PENALTY, TEST_SHARE } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What SAP was made of; the matrix is [latent][factor]. */
export interface SapParts {
  /**
   * How well each latent alone predicts each factor: R^2 of a continuous one, of a discrete one the
   * test accuracy of machines or the balanced accuracy of thresholds; 0 for a constant factor. D
   * rows of K.
   */
  readonly matrix: number[][];
  /**
   * Largest - second largest of the factor's column, K; null for a constant factor that does not
   * count.
   */
  readonly gap: Array<number | null>;
  /** The latent that predicts each factor best, K; null for a constant factor. */
  readonly bestLatent: Array<number | null>;
}

const OPTIONS = {
  classifier: choice(['svm', 'thresholds'], {
    default: 'svm',
    description: 'what tells a discrete factor: linear machines on test rows, or the best thresholds on all rows',
  }),
  testShare: TEST_SHARE,
  c: { ...PENALTY, default: 0.01 },
  leastVariance: number({
    default: 0,
    minimum: 0,
    description: 'for a continuous factor, latents of no larger variance count as constant',
  }),
  countConstants: boolean({
    default: false,
    description: 'count constant factors, as a gap of 0, where they would be left out',
  }),
};
type Options = ValuesOf<typeof OPTIONS>;

/**
 * SAP score: does one latent alone predict each factor?
 *
 * Mean over factors of the difference between the two latents that predict it best, each by itself:
 * by R^2 of a line for a continuous factor, by the test accuracy of linear support vector machines
 * for a discrete one, or by the balanced accuracy of thresholds. 0 to 1, higher is better.
 *
 * R^2 agrees with disentanglement_lib and ubisoft's code to 1e-9 under those presets, accuracies
 * with scikit-learn's converged machines on the same rows.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see A. Kumar, P. Sattigeri, A. Balakrishnan 2018, Variational Inference of Disentangled Latent
 * Concepts from Unlabeled Observations
 */
export const sap = defineMetric<'sap', typeof OPTIONS, SapParts, 'sap-score'>({
  name: 'sap',
  aliases: ['sap-score'],
  title: 'SAP',
  summary: 'each factor is predicted by one latent alone',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: { classifier: 'thresholds' },
    'disentanglement-lib': { leastVariance: 1e-12 },
    ubisoft: { countConstants: true },
  },
  presetLimits: {
    ubisoft:
      'discrete factors by linear machines, where its code takes decision trees of a depth found by cross-validation',
  },
  source: 'Kumar et al. 2018',
  isPlugIn: false,
  cost: ({ rows, latents, factors }) => ({ seconds: 1.2e-7 * rows * latents * factors, bytes: 0 }),

  async compute(table: Table, options, { seed, pause }) {
    const { classifier, leastVariance, countConstants } = options;
    const { latentCount, factorCount, varyingFactors } = table;
    const discrete = varyingFactors.filter((k) => table.factors[k].type === 'discrete');
    const splits = new Map<number, Split>();
    const isHeldOut = classifier === 'svm';
    for (const k of discrete) {
      splits.set(k, await (isHeldOut ? splitRows(table, k, { ...options, seed }) : splitInSample(table, k)));
    }
    const matrix = await singleLatentAccuracies(table, splits, options, pause);
    for (const k of varyingFactors) {
      if (splits.has(k)) continue;
      const column = await determination(table, k);
      const { variances } = await latentVariances(table);
      for (let d = 0; d < latentCount; d++) {
        matrix[d * factorCount + k] = variances[d] > leastVariance ? column[d] : 0;
      }
    }
    const nothingVaries = varyingFactors.length === 0;
    const gap = new Array<number | null>(factorCount).fill(countConstants && !nothingVaries ? 0 : null);
    const bestLatent = new Array<number | null>(factorCount).fill(null);
    for (const k of varyingFactors) {
      const { first, second, index } = findTopTwo(latentCount, (d) => matrix[d * factorCount + k]);
      gap[k] = first - second;
      bestLatent[k] = index;
    }
    const defined = gap.filter((value) => value !== null);
    return {
      value: defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length,
      parts: { matrix: toRows(matrix, latentCount, factorCount), gap, bestLatent },
      notes: [
        ...(defined.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...describeConstants(
          table,
          isHeldOut && discrete.length > 0 ? 'predicts by the frequencies of the values' : 'predicts nothing',
          countConstants ? 'a gap of 0' : 'left out',
        ),
        ...[...splits].flatMap(([k, split]) => describeSplit(k, split)),
        ...(latentCount === 1 ? [NO_SECOND_LATENT] : []),
      ],
    };
  },
});

/**
 * The classes of a discrete factor that have training rows, and each row's place in either part; -1
 * is not in it.
 */
interface CodedSplit {
  readonly k: number;
  readonly trainCodes: Block<'i32'>;
  /** A class without training rows is one beyond the last, which nothing names. */
  readonly testCodes: Block<'i32'>;
  readonly counts: Int32Array;
  readonly testRows: number;
}

/**
 * Accuracy of each latent alone for the factors that have a split, f64[D][K]; 0 for the others. Of
 * machines it is that on the test rows, of thresholds the balanced one on the training rows.
 */
export async function singleLatentAccuracies(
  table: Table,
  splits: ReadonlyMap<number, Pick<Split, 'test' | 'parts'>>,
  { classifier, c }: Pick<Options, 'classifier' | 'c'>,
  pause: Pause,
): Promise<Float64Array> {
  const { core, rows, latentCount, factorCount } = table;
  const matrix = new Float64Array(latentCount * factorCount);
  if (splits.size === 0) return matrix;
  return core.arena.scope(async () => {
    const coded = Array.from(splits, ([k, split]) => codeSplit(table, k, split));
    const x = core.arena.alloc('f64', rows);
    const order = core.arena.alloc('i32', rows);
    const codes = core.arena.alloc('i32', rows);
    for (let d = 0; d < latentCount; d++) {
      const [latents, keys, row] = [table.latents.array, x.array, order.array];
      for (let i = 0; i < rows; i++) {
        keys[i] = latents[i * latentCount + d];
        row[i] = i;
      }
      core.rows.sortRows(x, order);
      for (const split of coded) {
        const waiting = () => pause('classifiers of one latent', d, latentCount);
        core.rows.gatherColumn(codes, split.trainCodes, order, rows);
        if (classifier === 'svm') {
          const lines = await fitMachines(core, { x, codes }, split, c, waiting);
          core.rows.gatherColumn(codes, split.testCodes, order, rows);
          matrix[d * factorCount + split.k] = rateMachines(core, { x, codes }, split, lines);
        } else {
          matrix[d * factorCount + split.k] = await thresholdAccuracy(core, { x, codes }, split.counts, waiting);
        }
      }
    }
    return matrix;
  });
}

type Lines = Pick<LineModel, 'slopes' | 'intercepts' | 'offset' | 'perScale'>;

/** A machine for each class of the training rows. */
async function fitMachines(
  core: Core,
  column: SortedColumn,
  { counts }: CodedSplit,
  c: number,
  pause: () => void | Promise<void>,
): Promise<Lines> {
  if (counts.length > 1) return fitLines(core, column, counts, c, pause);
  return { slopes: new Float64Array(1), intercepts: new Float64Array(1), offset: 0, perScale: 1 };
}

/** Share of the test rows whose value is that of the machine with the largest line. */
function rateMachines(
  core: Core,
  column: SortedColumn,
  { testRows }: CodedSplit,
  { slopes, intercepts, offset, perScale }: Lines,
): number {
  const hits = core.svm.countLargestLine(column, slopes, intercepts, offset, perScale);
  return testRows === 0 ? 0 : hits / testRows;
}

function codeSplit(table: Table, k: number, { test, parts }: Pick<Split, 'test' | 'parts'>): CodedSplit {
  const { core, rows, factors } = table;
  const trainCodes = core.arena.alloc('i32', rows);
  const testCodes = core.arena.alloc('i32', rows);
  const codes = (factors[k].codes as Block<'i32'>).array;
  const occurring = new Int32Array(factors[k].size as number);
  for (let row = 0; row < rows; row++) if (parts[row] & TRAIN) occurring[codes[row]]++;
  const counts = occurring.filter((count) => count > 0);
  let next = 0;
  const placeOf = occurring.map((count) => (count > 0 ? next++ : counts.length));
  const [ofTrain, ofTest] = [trainCodes.array, testCodes.array];
  for (let row = 0; row < rows; row++) {
    const place = placeOf[codes[row]];
    ofTrain[row] = parts[row] & TRAIN ? place : -1;
    ofTest[row] = parts[row] & TEST ? place : -1;
  }
  return { k, trainCodes, testCodes, counts, testRows: test.length };
}
