/** The decomposition of the KL divergence as minibatch estimators see it, batch by batch. */

import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import {
  type DensityBlocks,
  type Minibatch,
  minibatchStride,
  type PairLogWeights,
  type SampledPosteriorBlocks,
} from '../../bindings/kernels/minibatch.js';
import { type Note, note } from '../note.js';
import { STREAMS } from '../random.js';
import type { Pause } from '../stats/pause.js';
import { type Algebra, checkBatch, type EstimatorName, findEstimator } from './estimators.js';

/** Posteriors of N rows, with one sample of each: mu, logvar and z are f64[D][N]. */
export type SampledPosterior = SampledPosteriorBlocks;

/** Which estimator, and on what batches. */
export interface MinibatchOptions {
  readonly estimator: EstimatorName;
  /** Rows of a batch, from 2 to the number of rows. */
  readonly batch: number;
  /**
   * Rows of the data set that the batches are taken to come from, at least `batch`; default: the
   * rows at hand.
   */
  readonly datasetSize?: number;
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
}

/** The terms of the decomposition, in nats. The first three sum to the fourth. */
export interface MinibatchTerms<T> {
  /** Of index and code: E log q(z|x) - E log q(z). */
  readonly mutualInformation: T;
  /** E log q(z) - sum_d E log q(z_d). */
  readonly totalCorrelation: T;
  /** sum_d E log q(z_d) - E log p(z). */
  readonly dimensionwiseKl: T;
  /** E log q(z|x) - E log p(z), by the samples. */
  readonly kl: T;
  /** E log q(z) - E log p(z): the second and the third together. */
  readonly marginalKl: T;
}

/** What an estimator makes of a posterior. */
export interface MinibatchEstimate {
  readonly estimator: EstimatorName;
  readonly batch: number;
  readonly datasetSize: number;
  /** How many batches there are. */
  readonly batches: number;
  /** Rows that they hold: a last one that is not full is left out. */
  readonly rowsUsed: number;
  /** The row of each sample, batch after batch, i32[rowsUsed]. */
  readonly sampleRows: Int32Array;
  /** log q(z|x) of each sample, f64[rowsUsed]. */
  readonly logPosterior: Float64Array;
  /** Estimated log q(z). */
  readonly logJoint: Float64Array;
  /** Estimated sum_d log q(z_d). */
  readonly logMarginals: Float64Array;
  /** log p(z). */
  readonly logPrior: Float64Array;
  /** Means over each batch, f64[batches]. */
  readonly perBatch: MinibatchTerms<Float64Array>;
  /** Means over all batches. */
  readonly means: MinibatchTerms<number>;
  /** Standard errors of the means from the spread over batches; null where there is only one. */
  readonly standardErrors: MinibatchTerms<number> | null;
  /** What is to be said beside the numbers. */
  readonly notes: readonly Note[];
}

/** Pairs times latents of a kernel call. */
const TERMS_PER_CALL = 2 ** 18;

/**
 * Runs an estimator over the batches of a posterior: rows shuffled by the seed and cut, or, where
 * the batch is all rows, in order.
 *
 * The first and last terms use the samples, as training does, not their closed forms.
 * @throws TypeError or RangeError for an unknown estimator, a batch or a data set size that cannot
 * be
 */
export function estimateByMinibatches(
  core: Core,
  posterior: SampledPosterior,
  { estimator, batch, datasetSize = posterior.rows, seed }: MinibatchOptions,
  pause: Pause,
): Promise<MinibatchEstimate> {
  const { rows, latents } = posterior;
  const { algebra } = findEstimator(estimator);
  checkBatch(batch, datasetSize, rows);
  const batches = Math.floor(rows / batch);
  const rowsUsed = batches * batch;
  return core.arena.scope(async () => {
    const order = orderRows(core, rows, batch, seed);
    const weights = uploadWeights(core, algebra(batch, datasetSize, latents), batch);
    const components = core.arena.alloc('f64', 4 * latents * minibatchStride(batch));
    const minibatch: Minibatch = { latents, count: batch, components };
    const take = () => core.arena.alloc('f64', rowsUsed);
    const all = { logJoint: take(), logMarginals: take(), logPosterior: take(), logPrior: take() };
    const step = Math.max(1, Math.floor(TERMS_PER_CALL / (batch * latents)));
    for (let start = 0; start < rowsUsed; start += batch) {
      core.minibatch.fillMinibatch(minibatch, posterior, order.slice(start, batch));
      const out = cut(all, start, batch);
      for (let first = 0; first < batch; first += step) {
        await pause('minibatches', start + first, rowsUsed);
        core.minibatch.minibatchDensities(out, minibatch, weights, first, Math.min(first + step, batch));
      }
    }
    const logs = {
      logPosterior: all.logPosterior.array.slice(),
      logJoint: all.logJoint.array.slice(),
      logMarginals: all.logMarginals.array.slice(),
      logPrior: all.logPrior.array.slice(),
    };
    const perBatch = mapTerms(termsOf(logs), (terms) => meansOfBatches(terms, batch));
    return {
      estimator,
      batch,
      datasetSize,
      batches,
      rowsUsed,
      sampleRows: order.array.slice(0, rowsUsed),
      ...logs,
      perBatch,
      means: mapTerms(perBatch, meanOf),
      standardErrors: batches < 2 ? null : mapTerms(perBatch, standardErrorOf),
      notes: describeLeftOut(rows - rowsUsed, batch),
    };
  });
}

function orderRows(core: Core, rows: number, batch: number, seed: number): Block<'i32'> {
  const order = core.arena.alloc('i32', rows);
  if (batch < rows) core.random.shuffledRows(order, rows, { seed, stream: STREAMS.minibatches, index: 0 });
  else
    order.array.forEach((_, row, out) => {
      out[row] = row;
    });
  return order;
}

/** Logarithms are those of the kernels, the same on every host. */
function uploadWeights(core: Core, { weights, jointTimes, normaliser }: Algebra, batch: number): PairLogWeights {
  const log = (weight: number) => core.information.naturalLogarithm(weight);
  const columns = new Float64Array(minibatchStride(batch)).fill(Number.NEGATIVE_INFINITY);
  columns.fill(log(weights.rest), 0, batch);
  columns.set(weights.columns.map(log));
  return {
    columns: core.arena.upload('f64', columns),
    diagonals: core.arena.upload('f64', weights.diagonals.map(log)),
    entries: core.arena.upload(
      'f64',
      weights.entries.flatMap(({ row, column, weight }) => [row, column, log(weight)]),
    ),
    jointTimes,
    logNormaliser: log(normaliser),
  };
}

function cut({ logJoint, logMarginals, logPosterior, logPrior }: DensityBlocks, start: number, count: number) {
  return {
    logJoint: logJoint.slice(start, count),
    logMarginals: logMarginals.slice(start, count),
    logPosterior: logPosterior.slice(start, count),
    logPrior: logPrior.slice(start, count),
  };
}

type Logs = Pick<MinibatchEstimate, 'logPosterior' | 'logJoint' | 'logMarginals' | 'logPrior'>;

function termsOf({ logPosterior, logJoint, logMarginals, logPrior }: Logs): MinibatchTerms<Float64Array> {
  return {
    mutualInformation: logPosterior.map((log, i) => log - logJoint[i]),
    totalCorrelation: logJoint.map((log, i) => log - logMarginals[i]),
    dimensionwiseKl: logMarginals.map((log, i) => log - logPrior[i]),
    kl: logPosterior.map((log, i) => log - logPrior[i]),
    marginalKl: logJoint.map((log, i) => log - logPrior[i]),
  };
}

function mapTerms<A, B>(terms: MinibatchTerms<A>, map: (term: A) => B): MinibatchTerms<B> {
  return {
    mutualInformation: map(terms.mutualInformation),
    totalCorrelation: map(terms.totalCorrelation),
    dimensionwiseKl: map(terms.dimensionwiseKl),
    kl: map(terms.kl),
    marginalKl: map(terms.marginalKl),
  };
}

function meansOfBatches(values: Float64Array, batch: number): Float64Array {
  return Float64Array.from({ length: values.length / batch }, (_, i) =>
    meanOf(values.subarray(i * batch, (i + 1) * batch)),
  );
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardErrorOf(values: Float64Array): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function describeLeftOut(rows: number, batch: number): Note[] {
  if (rows === 0) return [];
  const which = rows === 1 ? '1 row is' : `${rows} rows are`;
  return [note('incomplete-batch', `${which} left out: fewer than a batch of ${batch}`, { option: 'batch' })];
}
