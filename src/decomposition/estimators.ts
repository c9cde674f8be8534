/**
 * Minibatch estimators of log q(z) and log q(z_d) as data. What they differ in is the weight of
 * each pair of a sample i and a posterior j of the same batch, what sums are divided by, and how
 * often a weight enters the joint density:
 *
 *   log q(z_i)  = ln (1 / normaliser) sum_j w_ij^times prod_d q(z_id|x_j)
 *   log q(z_id) = ln (1 / normaliser) sum_j w_ij q(z_id|x_j)
 *
 * minibatch.ts runs them by a kernel, tensor-estimators.ts writes them as differentiable formulas.
 */
import { wrongValue } from '../errors.js';
import { findNamed } from '../options/find-named.js';

/**
 * Weights of the pairs (i, j) of a batch; where several name a pair the last in this order has it.
 */
export interface PairWeights {
  /** Of every pair that nothing else names. */
  readonly rest: number;
  /** Of column j = 0, 1 ... in every row. */
  readonly columns: readonly number[];
  /** Of j = i, i + 1 ... modulo B: a sample's own posterior first. */
  readonly diagonals: readonly number[];
  /** Of single pairs. */
  readonly entries: ReadonlyArray<{ readonly row: number; readonly column: number; readonly weight: number }>;
}

/** What an estimator computes for a batch. Weights and normaliser are above 0. */
export interface Algebra {
  readonly weights: PairWeights;
  /** The power of a weight in the joint density. */
  readonly jointTimes: number;
  /** What each sum is divided by. */
  readonly normaliser: number;
}

/** A minibatch estimator of the aggregated posterior's density. */
export interface Estimator {
  readonly name: EstimatorName;
  readonly title: string;
  readonly description: string;
  /** Whether the density q(z), not its logarithm, is right on average over random batches. */
  readonly isUnbiased: boolean;
  /** What is known of the error of its logarithms and of what is made of them. */
  readonly bias: string;
  readonly source: string;
  /** The algebra for batches of B rows out of N, of D latents. */
  algebra(batch: number, datasetSize: number, latents: number): Algebra;
}

/** The names of the minibatch estimators. */
export const ESTIMATOR_NAMES = ['mws', 'mss', 'mss-chen', 'legacy-mss', 'legacy-yann-mss', 'legacy-yann-mws'] as const;
export type EstimatorName = (typeof ESTIMATOR_NAMES)[number];

const EQUAL: PairWeights = { rest: 1, columns: [], diagonals: [], entries: [] };

/** Own posterior 1/N, all others alike, so that the weights sum to 1. */
function stratifiedWeights(batch: number, datasetSize: number): PairWeights {
  const rest = (datasetSize - 1) / (datasetSize * (batch - 1));
  return { ...EQUAL, rest, diagonals: [1 / datasetSize] };
}

/** Own posterior 1/N, the next (N - M)/(N M), the rest 1/M, M = B - 1. */
function chenWeights(batch: number, datasetSize: number): PairWeights {
  const others = batch - 1;
  const next = (datasetSize - others) / (datasetSize * others);
  return { ...EQUAL, rest: 1 / others, diagonals: [1 / datasetSize, next] };
}

/**
 * The same weights where published code writes them: strides one short put the diagonals into the
 * first two columns.
 */
function shiftedWeights(batch: number, datasetSize: number): PairWeights {
  const { rest, diagonals } = chenWeights(batch, datasetSize);
  const next = diagonals[1];
  return { rest, columns: diagonals, diagonals: [], entries: [{ row: batch - 2, column: 0, weight: next }] };
}

const CHEN = 'Chen, Li, Grosse, Duvenaud 2018, Isolating Sources of Disentanglement in Variational Autoencoders';

const REGISTRY: Readonly<Record<EstimatorName, Omit<Estimator, 'name'>>> = {
  mws: {
    title: 'Minibatch weighted sampling',
    description: 'every pair 1, sums divided by N B',
    isUnbiased: false,
    bias: 'densities come out too small by a factor from B (own posterior dominates) to N (it does not): mutual information too large by ln B to ln N, total correlation by up to D ln N - ln B, dimension-wise KL too small by D ln B to D ln N',
    source: `${CHEN}, equation 5`,
    algebra: (batch, datasetSize) => ({ weights: EQUAL, jointTimes: 1, normaliser: datasetSize * batch }),
  },
  mss: {
    title: 'Minibatch stratified sampling',
    description: 'own posterior 1/N, each other (N - 1)/(N (B - 1)); exact where the batch is the whole data set',
    isUnbiased: true,
    bias: 'logarithms of densities come out too small on average (Jensen), the more the fewer posteriors of the batch cover a sample; does not depend on the order of rows',
    source: `${CHEN}, appendix C.2, with the weight of the others shared evenly`,
    algebra: (batch, datasetSize) => ({
      weights: stratifiedWeights(batch, datasetSize),
      jointTimes: 1,
      normaliser: 1,
    }),
  },
  'mss-chen': {
    title: 'Minibatch stratified sampling, as in the paper',
    description: 'own posterior 1/N, the next (N - M)/(N M), the rest 1/M, M = B - 1',
    isUnbiased: true,
    bias: 'as mss; depends on the order of rows within a batch',
    source: `${CHEN}, appendix C.2`,
    algebra: (batch, datasetSize) => ({ weights: chenWeights(batch, datasetSize), jointTimes: 1, normaliser: 1 }),
  },
  'legacy-mss': {
    title: 'Minibatch stratified sampling, as shipped',
    description: 'the two special weights of mss-chen in the first two columns instead of on the diagonals',
    isUnbiased: false,
    bias: 'the own posterior has the weight of any other: where it dominates, log q(z) is too large, mutual information too small, by ln(N / (B - 1))',
    source: 'rtqichen/beta-tcvae and code that follows it',
    algebra: (batch, datasetSize) => ({ weights: shiftedWeights(batch, datasetSize), jointTimes: 1, normaliser: 1 }),
  },
  'legacy-yann-mss': {
    title: 'Minibatch stratified sampling, weights added once per dimension',
    description: 'as legacy-mss, with the log-weights added D times to the joint density',
    isUnbiased: false,
    bias: 'beside that of legacy-mss, log q(z) too small by about (D - 1) ln(B - 1): mutual information too large and total correlation too small by as much',
    source: 'YannDubs/disentangling-vae, is_mss=True',
    algebra: (batch, datasetSize, latents) => ({
      weights: shiftedWeights(batch, datasetSize),
      jointTimes: latents,
      normaliser: 1,
    }),
  },
  'legacy-yann-mws': {
    title: 'Minibatch weighted sampling without its normaliser',
    description: 'every pair 1, sums not divided',
    isUnbiased: false,
    bias: 'every logarithm is larger than that of mws by ln(N B)',
    source: 'YannDubs/disentangling-vae, is_mss=False',
    algebra: () => ({ weights: EQUAL, jointTimes: 1, normaliser: 1 }),
  },
};

/** Every minibatch estimator, the default of this library among them: mss. */
export const estimators: readonly Estimator[] = ESTIMATOR_NAMES.map((name) => ({ name, ...REGISTRY[name] }));

/** @throws TypeError or RangeError for what is no name of an estimator */
export function findEstimator(name: string): Estimator {
  return findNamed('estimator', name, estimators);
}

/** Sizes that every estimator is defined for: 2 <= B <= rows at hand, and N not below B. */
export function checkBatch(batch: number, datasetSize: number, rows: number): void {
  if (rows < 2) throw wrongValue({ option: 'batch', problem: `expected at least 2 rows to make one of, got ${rows}` });
  if (!Number.isInteger(batch) || batch < 2 || batch > rows) {
    throw wrongValue({
      option: 'batch',
      problem: `expected a whole number from 2 to ${rows}, the number of rows, got ${batch}`,
    });
  }
  if (!Number.isSafeInteger(datasetSize) || datasetSize < batch) {
    throw wrongValue({
      option: 'datasetSize',
      problem: `expected a whole number of at least ${batch}, the batch, got ${datasetSize}`,
    });
  }
}

/** The weights of all pairs of a batch, row by row: B * B numbers. */
export function weightMatrix({ rest, columns, diagonals, entries }: PairWeights, batch: number): Float64Array {
  const matrix = new Float64Array(batch * batch).fill(rest);
  for (let i = 0; i < batch; i++) {
    columns.forEach((weight, j) => {
      matrix[i * batch + j] = weight;
    });
    diagonals.forEach((weight, k) => {
      matrix[i * batch + ((i + k) % batch)] = weight;
    });
  }
  for (const { row, column, weight } of entries) matrix[row * batch + column] = weight;
  return matrix;
}
