/**
 * The minibatch estimators as differentiable formulas on tensors, for training. The algebra is that
 * of estimators.ts; the tensor library, with the names and meanings of tfjs, is handed in. Nothing
 * is kept but what is returned.
 *
 * Memory: a few tensors of (B, B, D), as in every tensor implementation of these estimators.
 * Precision: that of the tensors; in float32 a sample's log-density was within 3e-7 of its size of
 * the float64 kernels, a mean within 3e-6 nats (64 rows of 10 latents).
 */
import { dataRangeError } from '../errors.js';
import { type Algebra, checkBatch, type EstimatorName, findEstimator, weightMatrix } from './estimators.js';

/** What is asked of a tensor. */
export interface Shaped {
  readonly shape: readonly number[];
}

/**
 * What is asked of a tensor library; that of tfjs will do. Arithmetic broadcasts, and is
 * differentiable.
 */
export interface TensorLibrary<T> {
  add(a: T, b: T | number): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T | number): T;
  neg(x: T): T;
  exp(x: T): T;
  square(x: T): T;
  mean(x: T): T;
  sum(x: T, axis: number): T;
  logSumExp(x: T, axis: number): T;
  expandDims(x: T, axis: number): T;
  tensor2d(values: Float32Array, shape: [number, number]): T;
  /** Runs `work` and disposes of every tensor made in it but those returned. */
  tidy<R extends { [name: string]: T }>(work: () => R): R;
}

/** A batch: the posteriors of B rows and one sample of each, all (B, D). */
export interface BatchTensors<T> {
  readonly mu: T;
  /** Natural logarithms of variances. */
  readonly logvar: T;
  readonly z: T;
}

/** Which estimator, and for how many rows. */
export interface TensorOptions {
  readonly estimator: EstimatorName;
  /** Rows of the data set that the batch comes from, at least B. */
  readonly datasetSize: number;
}

/** Log-densities of each sample in nats, (B) each. */
export type LogDensityTensors<T> = {
  /** log q(z|x). */
  logPosterior: T;
  /** Estimated log q(z). */
  logJoint: T;
  /** Estimated sum_d log q(z_d). */
  logMarginals: T;
  /** log p(z). */
  logPrior: T;
};

/**
 * The terms of the decomposition in nats, scalars; the first three sum to the fourth. See
 * `MinibatchTerms`.
 */
export type DecompositionTensors<T> = {
  mutualInformation: T;
  totalCorrelation: T;
  dimensionwiseKl: T;
  kl: T;
};

const LOG_2_PI = 1.8378770664093453;

/**
 * Log-densities of the samples of a batch, by an estimator; differentiable with respect to mu,
 * logvar and z.
 * @throws TypeError or RangeError for an unknown estimator, shapes that differ, fewer than 2 rows,
 * a data set below the batch
 */
export function batchLogDensities<T extends Shaped>(
  tf: TensorLibrary<NoInfer<T>>,
  batch: BatchTensors<T>,
  { estimator, datasetSize }: TensorOptions,
): LogDensityTensors<T> {
  const { algebra } = findEstimator(estimator);
  const [rows, latents] = shapeOf(batch);
  checkBatch(rows, datasetSize, rows);
  const { weights, jointTimes, normaliser } = algebra(rows, datasetSize, latents);
  const { mu, logvar, z } = batch;
  return tf.tidy(() => {
    // (B, B, D): sample i under posterior j.
    const ofPairs = logNormal(tf, tf.expandDims(z, 1), tf.expandDims(mu, 0), tf.expandDims(logvar, 0));
    const jointOfPairs = tf.sum(ofPairs, 2);
    const logWeights = logWeightsOf(tf, weights, rows);
    const joint = logWeights === null ? jointOfPairs : tf.add(jointOfPairs, tf.mul(logWeights, jointTimes));
    const marginals = logWeights === null ? ofPairs : tf.add(ofPairs, tf.expandDims(logWeights, 2));
    const logNormaliser = Math.log(normaliser);
    return {
      logPosterior: tf.sum(logNormal(tf, z, mu, logvar), 1),
      logJoint: tf.add(tf.logSumExp(joint, 1), -logNormaliser),
      logMarginals: tf.sum(tf.add(tf.logSumExp(marginals, 1), -logNormaliser), 1),
      logPrior: tf.sum(tf.mul(tf.add(tf.square(z), LOG_2_PI), -0.5), 1),
    };
  });
}

/**
 * Index-code mutual information, total correlation and dimension-wise KL of a batch, by an
 * estimator: what beta-TCVAE weighs. Differentiable with respect to mu, logvar and z; the errors
 * are those of {@link batchLogDensities}.
 *
 * @see Chen et al. 2018, equation 2
 */
export function batchDecomposition<T extends Shaped>(
  tf: TensorLibrary<NoInfer<T>>,
  batch: BatchTensors<T>,
  options: TensorOptions,
): DecompositionTensors<T> {
  return tf.tidy(() => {
    const { logPosterior, logJoint, logMarginals, logPrior } = batchLogDensities(tf, batch, options);
    const difference = (a: T, b: T) => tf.mean(tf.sub(a, b));
    return {
      mutualInformation: difference(logPosterior, logJoint),
      totalCorrelation: difference(logJoint, logMarginals),
      dimensionwiseKl: difference(logMarginals, logPrior),
      kl: difference(logPosterior, logPrior),
    };
  });
}

/** ln N(z; mu, exp(logvar)), element by element. */
function logNormal<T>(tf: TensorLibrary<T>, z: T, mu: T, logvar: T): T {
  const squares = tf.mul(tf.square(tf.sub(z, mu)), tf.exp(tf.neg(logvar)));
  return tf.mul(tf.add(tf.add(squares, logvar), LOG_2_PI), -0.5);
}

/** (B, B), or null where every weight is 1. */
function logWeightsOf<T>(tf: TensorLibrary<T>, weights: Algebra['weights'], rows: number): T | null {
  const matrix = weightMatrix(weights, rows);
  if (matrix.every((weight) => weight === 1)) return null;
  return tf.tensor2d(Float32Array.from(matrix, Math.log), [rows, rows]);
}

function shapeOf<T extends Shaped>({ mu, logvar, z }: BatchTensors<T>): readonly [number, number] {
  const { shape } = mu;
  if (shape.length !== 2 || shape[1] < 1) {
    throw dataRangeError(`mu: expected a shape of (batch, latents), got (${shape.join(', ')})`);
  }
  for (const [name, other] of Object.entries({ logvar, z })) {
    if (other.shape.length === 2 && other.shape.every((size, i) => size === shape[i])) continue;
    throw dataRangeError(`${name}: expected the shape of mu, (${shape.join(', ')}), got (${other.shape.join(', ')})`);
  }
  return [shape[0], shape[1]];
}
