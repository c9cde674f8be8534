import { balancedWeights } from '../learners/class-weights.js';
import { fitLogistic, predictLogistic } from '../learners/logistic.js';
import { type Note, note } from '../note.js';
import { choice, integer, type ValuesOf } from '../options/rule.js';
import { encodeFactor } from '../stats/binning.js';
import type { Pause } from '../stats/pause.js';
import { splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { type Spread, spreadOf, standardiseLatents } from './factor-classifier.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, describeSplit, describeUnfinished, NO_FACTOR_VARIES, NONE_JUDGED } from './notes.js';
import { BINS_OF_FACTORS, PENALTY } from './shared-options.js';

/** What sparse probing found. */
export interface SparseProbeParts {
  /** How many latents a probe sees, in increasing order: 1, 2, 5 and `k`, but not more than D. */
  readonly sizes: number[];
  /** Balanced accuracy by size: the mean over all tasks. Null if there are none. */
  readonly accuracy: Array<number | null>;
  /**
   * The mean over the tasks of each factor, K rows by size; null for a factor without a task.
   */
  readonly accuracyOfFactor: Array<Array<number | null>>;
  /** How many tasks each factor has, K. */
  readonly tasks: number[];
}

const OPTIONS = {
  k: integer({ default: 1, minimum: 1, maximum: 1_000_000, description: 'latents of the probe that is the score' }),
  scale: choice(['raw', 'standardised'], {
    default: 'raw',
    description: 'latents as they are, or around their mean over their deviation in the training rows',
  }),
  c: PENALTY,
  train: integer({
    default: 4000,
    minimum: 2,
    maximum: 10_000_000,
    description: 'random rows to learn from, at most',
  }),
  test: integer({ default: 1000, minimum: 1, maximum: 10_000_000, description: 'random rows to test on, at most' }),
  bins: BINS_OF_FACTORS,
};
type Options = ValuesOf<typeof OPTIONS> & { readonly seed: number };

/** Sizes that are always told. */
const USUAL_SIZES = [1, 2, 5];
/** Values of a factor that the cost is reckoned with. */
const USUAL_VALUES = 20;

/**
 * Sparse probing: can a linear classifier tell each value of a factor from k latents?
 *
 * Each value against the rest is a task (a factor of two values is one). Its k latents are those
 * whose means differ most between value and rest; a balanced logistic regression (penalty 0.5 |w|^2
 * / c, run to its optimum) is judged by the balanced accuracy on test rows. Mean over all tasks;
 * 0.5 by chance, 1 is best.
 *
 * Agrees with the rankings of SAEBench and scikit-learn's classifier to .005 on the same rows.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see W. Gurnee et al. 2023, Finding Neurons in a Haystack: Case Studies with Sparse Probing
 */
export const sparseProbe = defineMetric<'sparse-probe', typeof OPTIONS, SparseProbeParts, 'k-sparse-probe'>({
  name: 'sparse-probe',
  aliases: ['k-sparse-probe'],
  title: 'Sparse probe',
  summary: 'few latents tell each value of a factor',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'Gurnee et al. 2023',
  isPlugIn: false,
  cost: ({ rows, latents, factors }, { train, test }) => {
    const seen = Math.min(rows, train + test);
    return { seconds: seen * factors * (2e-9 * latents + 2e-6 * USUAL_VALUES), bytes: 8 * seen * latents };
  },

  pieces: {
    count: (table: Table) => table.varyingFactors.length,
    compute: (table: Table, options, { seed, pause }, index): Promise<ProbedFactor> =>
      probe(table, table.varyingFactors[index], { ...options, seed }, pause),
  },

  async compute(table: Table, { k }, { pieces }) {
    const { factorCount, latentCount, varyingFactors } = table;
    const sizes = sizesOf(k, latentCount);
    const perTask: number[][] = [];
    const accuracyOfFactor = Array.from({ length: factorCount }, () => sizes.map((): number | null => null));
    const tasks = new Array<number>(factorCount).fill(0);
    const notes: Note[] = [];
    for (const [i, factor] of (await pieces<ProbedFactor>()).entries()) {
      const { accuracies } = factor;
      tasks[varyingFactors[i]] = accuracies.length;
      accuracyOfFactor[varyingFactors[i]] = meansBySize(sizes, accuracies);
      perTask.push(...accuracies);
      notes.push(...factor.notes);
    }
    const accuracy = meansBySize(sizes, perTask);
    const value = accuracy[sizes.indexOf(k)] ?? null;
    return {
      value,
      parts: { sizes, accuracy, accuracyOfFactor, tasks },
      notes: [
        ...describeUndefined(table, k, perTask.length),
        ...describeConstants(table, 'tells nothing', 'left out'),
        ...notes,
      ],
    };
  },
});

/** Why there is no score. */
function describeUndefined({ latentCount, varyingFactors }: Table, k: number, tasks: number): Note[] {
  if (varyingFactors.length === 0) return [NO_FACTOR_VARIES];
  if (tasks === 0) return [NONE_JUDGED];
  if (k <= latentCount) return [];
  return [
    note('few-latents', `undefined: a probe of ${k} latents, of which there are ${latentCount}`, { option: 'k' }),
  ];
}

function sizesOf(k: number, latents: number): number[] {
  return [...new Set([...USUAL_SIZES, k])].filter((size) => size <= latents).sort((a, b) => a - b);
}

function meansBySize(sizes: readonly number[], accuracies: ReadonlyArray<readonly number[]>): Array<number | null> {
  return sizes.map((_, s) => meanOfDefined(accuracies.map((ofTask) => ofTask[s])));
}

/** What probes of one factor are worth. */
interface ProbedFactor {
  /** Of each task, by size. */
  readonly accuracies: number[][];
  readonly notes: readonly Note[];
}

async function probe(table: Table, k: number, options: Options, pause: Pause): Promise<ProbedFactor> {
  const { core, latentCount } = table;
  const { train: mostTrain, test: mostTest, bins, seed, scale, c } = options;
  const testShare = mostTest / (mostTrain + mostTest);
  const split = await splitRows(table, k, { testShare, seed, bins, mostTrain, mostTest });
  const { codes, size } = await encodeFactor(table, k, bins);
  const codeOf = codes.array.slice();
  const [ofTrain, ofTest] = [split.train.map((row) => codeOf[row]), split.test.map((row) => codeOf[row])];
  const tasks = tasksOf(ofTrain, ofTest, size);
  const sizes = sizesOf(options.k, latentCount);
  const notes = [...describeSplit(k, split)];
  if (tasks.length === 0) {
    const text = `factor ${k}: no value has rows in both parts beside others, left out`;
    return { accuracies: [], notes: [...notes, note('nothing-to-judge', text)] };
  }
  return core.arena.scope(async () => {
    const spread = scale === 'raw' ? asTheyAre(latentCount) : spreadOf(table, split.train);
    const [train, test] = [split.train, split.test].map((rows) => standardiseLatents(table, spread, rows));
    const means = classMeans(train.array, ofTrain, size, latentCount);
    const accuracies: number[][] = [];
    let areFinished = true;
    for (const [at, value] of tasks.entries()) {
      const ranking = rankLatents(means, value, latentCount);
      const labels = ofTrain.map((code) => (code === value ? 1 : 0));
      const ofTask: number[] = [];
      for (const count of sizes) {
        await pause(`probes of factor ${k}`, at, tasks.length);
        const chosen = ranking.slice(0, count);
        const [accuracy, converged] = await core.arena.scope(async () => {
          const features = core.arena.alloc('f64', labels.length * count);
          core.rows.gatherColumns(features, train, chosen, latentCount, labels.length);
          const model = await fitLogistic(
            core,
            {
              features,
              labels: core.arena.upload('i32', labels),
              rows: labels.length,
              columns: count,
              classes: 2,
              c,
              classWeights: balancedWeights(labels, 2),
            },
            () => pause(`probes of factor ${k}`, at, tasks.length),
          );
          const seen = core.arena.alloc('f64', ofTest.length * count);
          core.rows.gatherColumns(seen, test, chosen, latentCount, ofTest.length);
          const told = predictLogistic(model, seen.array, ofTest.length);
          return [balancedAccuracy(told, ofTest, value), model.converged] as const;
        });
        ofTask.push(accuracy);
        areFinished &&= converged;
      }
      accuracies.push(ofTask);
    }
    return { accuracies, notes: [...notes, ...describeUnfinished(`factor ${k}: a probe`, areFinished)] };
  });
}

/** The values that both parts have beside others; of two values one stands for both. */
function tasksOf(ofTrain: Int32Array, ofTest: Int32Array, size: number): number[] {
  const [inTrain, inTest] = [new Set(ofTrain), new Set(ofTest)];
  if (inTrain.size < 2 || inTest.size < 2) return [];
  const values = [...Array(size).keys()].filter((value) => inTrain.has(value) && inTest.has(value));
  const isBinary = new Set([...inTrain, ...inTest]).size === 2;
  return isBinary ? values.slice(1) : values;
}

function asTheyAre(latents: number): Spread {
  const none = new Float64Array(latents);
  return { first: none, mean: none, perScale: none.map(() => 1) };
}

/** How many rows have each value, and the means of the latents over them, f64[values][D]. */
interface ClassMeans {
  readonly counts: Int32Array;
  readonly means: Float64Array;
}

function classMeans(x: Float64Array, codes: Int32Array, size: number, latents: number): ClassMeans {
  const counts = new Int32Array(size);
  for (const code of codes) counts[code]++;
  const means = new Float64Array(size * latents);
  codes.forEach((code, row) => {
    const share = 1 / counts[code];
    for (let d = 0; d < latents; d++) means[code * latents + d] += x[row * latents + d] * share;
  });
  return { counts, means };
}

/** The latents by how far apart their means are of a value and the rest; ties: the lowest first. */
function rankLatents({ counts, means }: ClassMeans, value: number, latents: number): number[] {
  const others = counts.reduce((sum, count) => sum + count, 0) - counts[value];
  const distances = Float64Array.from({ length: latents }, (_, d) => {
    let rest = 0;
    counts.forEach((count, other) => {
      if (other !== value) rest += means[other * latents + d] * (count / others);
    });
    return Math.abs(means[value * latents + d] - rest);
  });
  return [...distances.keys()].sort((a, b) => distances[b] - distances[a] || a - b);
}

/** The mean of the shares of a value's rows, and of the rest, that are told right. */
function balancedAccuracy(told: Int32Array, codes: Int32Array, value: number): number {
  const [right, counts] = [
    [0, 0],
    [0, 0],
  ];
  codes.forEach((code, row) => {
    const side = code === value ? 1 : 0;
    counts[side]++;
    if (told[row] === side) right[side]++;
  });
  return (right[0] / counts[0] + right[1] / counts[1]) / 2;
}
