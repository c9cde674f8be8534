/**
 * How sure a score is, and what it would be by chance.
 *
 * Interval: half of the rows are drawn without replacement, again and again. Around the score of
 * all N rows the scores of b rows spread with variance (N/b - 1) times that of the score itself, so
 * sqrt(b / (N - b)) times a deviation of halves is a deviation of wholes (for b = N/2 they are
 * equal); and a bias that falls as 1/N shows as the difference between their mean and the whole's
 * score. The plain bootstrap is not used: rows that stand in twice leak across a train/test split
 * and break nearest neighbours.
 * Source: D. Politis, J. Romano, M. Wolf 1999, Subsampling, section 2.2.
 *
 * Null: the rows of the factors are shuffled against those of the latents.
 */
import { deriveSeed, STREAMS } from '../random.js';
import type { Interval, NullDistribution, Spread } from '../types.js';
import { permuteFactors, takeRows } from './load-table.js';
import type { Table } from './table.js';

/** Computes the values of all scores on a table; null where one is undefined. */
export type Evaluate = (table: Table, seed: number) => Promise<ReadonlyArray<number | null>>;

/** What the rows are drawn again for. */
export type Resampling = 'interval' | 'null';

/**
 * The values of all scores on one resample: a random half of the rows for an interval, the factors'
 * rows in random order for a null. A function of the seed and the index alone.
 */
export function resampleOnce(
  table: Table,
  which: Resampling,
  index: number,
  seed: number,
  evaluate: Evaluate,
): Promise<ReadonlyArray<number | null>> {
  const { core } = table;
  return core.arena.scope(() => {
    const rows = core.arena.alloc('i32', table.rows);
    const half = halfOf(table.rows);
    const [count, stream] = which === 'interval' ? [half, STREAMS.subsample] : [table.rows, STREAMS.permutation];
    core.random.shuffledRows(rows, count, { seed, stream, index });
    const drawn = which === 'interval' ? takeRows(table, rows, half) : permuteFactors(table, rows);
    return evaluate(drawn, deriveSeed(seed, STREAMS.resampleSeed, index));
  });
}

/** The defined values of each score, over the resamples. */
export function collectScores(resamples: ReadonlyArray<ReadonlyArray<number | null>>): number[][] {
  const scores: number[][] = [];
  for (const values of resamples) {
    values.forEach((value, i) => {
      scores[i] ??= [];
      if (value !== null) scores[i].push(value);
    });
  }
  return scores;
}

/** Rows of a resample. */
function halfOf(rows: number): number {
  return Math.floor(rows / 2);
}

/**
 * The interval around `value`, the score of `rows` rows, from the scores of halves; null for fewer
 * than two of them.
 * @param correctBias whether the score of finitely many rows is biased as 1/N (a plug-in estimate),
 * so that the difference between wholes and halves is that bias and not only the chance of the
 * draws
 */
export function intervalAround(
  value: number,
  halves: readonly number[],
  rows: number,
  level: number,
  range: readonly [number | null, number | null],
  correctBias: boolean,
): Omit<Interval, 'coverage'> | null {
  if (halves.length < 2) return null;
  const share = halfOf(rows) / (rows - halfOf(rows));
  const mean = meanOf(halves);
  const bias = correctBias ? (mean - value) * share : 0;
  const deviations = halves.map((half) => (half - mean) * Math.sqrt(share)).sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  const [least, most] = [range[0] ?? Number.NEGATIVE_INFINITY, range[1] ?? Number.POSITIVE_INFINITY];
  const clip = (x: number) => Math.min(most, Math.max(least, x));
  return {
    low: clip(value - bias - quantile(deviations, 1 - tail)),
    high: clip(value - bias - quantile(deviations, tail)),
    level,
    bias,
    standardError: standardDeviationOf(deviations),
    resamples: halves.length,
  };
}

/** How the scores of halves spread; null for fewer than two of them. */
export function spreadOf(halves: readonly number[], level: number): Spread | null {
  if (halves.length < 2) return null;
  const sorted = [...halves].sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return {
    low: quantile(sorted, tail),
    high: quantile(sorted, 1 - tail),
    level,
    mean: meanOf(halves),
    standardDeviation: standardDeviationOf(halves),
    resamples: halves.length,
  };
}

/** What the permuted scores say of `value`; null where there are none. */
export function nullOf(
  value: number,
  permuted: readonly number[],
  better: 'higher' | 'lower',
): NullDistribution | null {
  if (permuted.length < 2) return null;
  const asGood = permuted.filter((other) => (better === 'higher' ? other >= value : other <= value)).length;
  return {
    mean: meanOf(permuted),
    standardDeviation: standardDeviationOf(permuted),
    maximum: permuted.reduce((a, b) => Math.max(a, b)),
    pValue: (1 + asGood) / (1 + permuted.length),
    permutations: permuted.length,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  // By the largest first: scores without an upper limit may be such that squares would overflow.
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  if (largest === 0) return 0;
  const squares = values.reduce((sum, value) => sum + ((value - mean) / largest) ** 2, 0);
  return largest * Math.sqrt(squares / (values.length - 1));
}

/**
 * Linear interpolation between order statistics, the i-th of n standing for the share i / (n + 1):
 * so a further draw lies beyond with the probability that is asked for. With i - 1 of n - 1, a 95 %
 * interval of 100 draws would hold 93.1 %.
 * Source: R. Hyndman, Y. Fan 1996, Sample Quantiles in Statistical Packages, definition 6.
 */
function quantile(sorted: readonly number[], q: number): number {
  const at = Math.min(sorted.length - 1, Math.max(0, q * (sorted.length + 1) - 1));
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
