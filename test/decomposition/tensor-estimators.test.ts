import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ESTIMATOR_NAMES, type EstimatorName } from '../../src/decomposition/estimators.js';
import { estimateByMinibatches } from '../../src/decomposition/minibatch.js';
import {
  type BatchTensors,
  batchDecomposition,
  batchLogDensities,
  type DecompositionTensors,
} from '../../src/decomposition/tensor-estimators.js';
import { assertNear } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import type { PlainBatch, Table } from './plain-estimators.js';
import { drawPosterior, uploadPosterior } from './posteriors.js';
import { tf } from './tensorflow.js';

const BATCH = 12;
const LATENTS = 3;
const DATASET = 5000;

/** Rounded to float32 first, so that tensors and kernels see the same numbers. */
const round = (table: Table): Table => table.map((row) => Float64Array.from(Float32Array.from(row)));
const drawn = drawPosterior(BATCH, LATENTS, 11);
const posterior: PlainBatch = { mu: round(drawn.mu), logvar: round(drawn.logvar), z: round(drawn.z) };

const tensorOf = (table: Table) => tf.tensor2d(table.map((row) => Array.from(row)));
const tensorsOf = ({ mu, logvar, z }: PlainBatch): BatchTensors<Tensor> => ({
  mu: tensorOf(mu),
  logvar: tensorOf(logvar),
  z: tensorOf(z),
});

/** What the float64 kernels make of a batch. */
async function byKernel(batch: PlainBatch, estimator: EstimatorName) {
  let found: Awaited<ReturnType<typeof estimateByMinibatches>> | undefined;
  await withWatchedCore(async (core) => {
    const options = { estimator, batch: batch.mu.length, datasetSize: DATASET, seed: 0 };
    found = await estimateByMinibatches(core, uploadPosterior(core, batch), options, () => {});
  });
  return found as NonNullable<typeof found>;
}

const TERMS = ['mutualInformation', 'totalCorrelation', 'dimensionwiseKl', 'kl'] as const satisfies ReadonlyArray<
  keyof DecompositionTensors<Tensor>
>;
const LOGS = ['logPosterior', 'logJoint', 'logMarginals', 'logPrior'] as const;
/**
 * Of a value: float32 carries 6e-8, and a density has some tens of roundings; 1.4e-7 was the most
 * seen.
 */
const RELATIVE = 1e-6;

for (const estimator of ESTIMATOR_NAMES) {
  test(`${estimator}: values are those of the kernel, to float32`, async () => {
    const expected = await byKernel(posterior, estimator);
    const options = { estimator, datasetSize: DATASET };
    const logs = batchLogDensities(tf, tensorsOf(posterior), options);
    for (const name of LOGS) {
      const bounds = expected[name].map((value) => RELATIVE * Math.max(1, Math.abs(value)));
      assert.equal(logs[name].shape, [BATCH]);
      assertNear(logs[name].dataSync(), expected[name], bounds, name);
    }
    const size = Math.max(...LOGS.flatMap((name) => Array.from(expected[name], Math.abs)));
    const terms = batchDecomposition(tf, tensorsOf(posterior), options);
    for (const name of TERMS) {
      assert.equal(terms[name].shape, []);
      assertNear(terms[name].dataSync(), [expected.means[name]], RELATIVE * size, name);
    }
  });

  test(`${estimator}: gradients are the finite differences of the kernel`, async () => {
    const step = 1e-4;
    const options = { estimator, datasetSize: DATASET };
    const { mu, logvar, z } = tensorsOf(posterior);
    const gradients = TERMS.map((name) =>
      tf
        .grads((m, l, s) => batchDecomposition(tf, { mu: m, logvar: l, z: s }, options)[name] as Scalar)([
          mu,
          logvar,
          z,
        ])
        .map((gradient) => gradient.dataSync()),
    );
    const inputs = ['mu', 'logvar', 'z'] as const;
    for (const [k, input] of inputs.entries()) {
      for (const at of [0, 4, 17, BATCH * LATENTS - 1]) {
        const moved = (by: number): PlainBatch => ({
          ...posterior,
          [input]: posterior[input].map((row, i) =>
            Float64Array.from(row, (value, d) => (i * LATENTS + d === at ? value + by : value)),
          ),
        });
        const [above, below] = [await byKernel(moved(step), estimator), await byKernel(moved(-step), estimator)];
        TERMS.forEach((name, t) => {
          const difference = (above.means[name] - below.means[name]) / (2 * step);
          // Float32 gradients are sums of B terms; the central difference is right to about step^2.
          assertNear([gradients[t][k][at]], [difference], 1e-6, `d ${name} / d ${input}[${at}]`);
        });
      }
    }
  });
}

test('a gradient that is compared is not 0 everywhere', () => {
  const { mu, logvar, z } = tensorsOf(posterior);
  const options = { estimator: 'mss', datasetSize: DATASET } as const;
  for (const name of ['mutualInformation', 'totalCorrelation', 'dimensionwiseKl'] as const) {
    const gradients = tf.grads(
      (m, l, s) => batchDecomposition(tf, { mu: m, logvar: l, z: s }, options)[name] as Scalar,
    )([mu, logvar, z]);
    for (const gradient of gradients) assert.ok(tf.max(tf.abs(gradient)).dataSync()[0] > 0.005, name);
  }
});

test('is finite for samples far from every mean', () => {
  const z = posterior.z.map((row, i) => (i === 3 ? Float64Array.from(row, () => 1e4) : row));
  const batch = tensorsOf({ ...posterior, z });
  for (const estimator of ESTIMATOR_NAMES) {
    const terms = batchDecomposition(tf, batch, { estimator, datasetSize: DATASET });
    for (const name of TERMS) assert.ok(Number.isFinite(terms[name].dataSync()[0]), `${estimator}, ${name}`);
  }
});

test('leaves no tensor behind but what it returns', () => {
  const batch = tensorsOf(posterior);
  for (const estimator of ESTIMATOR_NAMES) {
    const before = tf.memory().numTensors;
    const terms = batchDecomposition(tf, batch, { estimator, datasetSize: DATASET });
    assert.is(tf.memory().numTensors, before + 4);
    tf.dispose(terms);
    const logs = batchLogDensities(tf, batch, { estimator, datasetSize: DATASET });
    assert.is(tf.memory().numTensors, before + 4);
    tf.dispose(logs);
    assert.is(tf.memory().numTensors, before);
  }
});

test('refuses shapes that do not fit, too small a batch and too small a data set', () => {
  const batch = tensorsOf(posterior);
  const refuses = (given: Partial<BatchTensors<Tensor>>, datasetSize: number, message: RegExp) => {
    const before = tf.memory().numTensors;
    assert.throws(() => batchLogDensities(tf, { ...batch, ...given }, { estimator: 'mss', datasetSize }), message);
    assert.is(tf.memory().numTensors, before);
  };
  refuses({ mu: tf.zeros([5]) }, 10, /^mu: expected a shape of \(batch, latents\), got \(5\)$/);
  refuses({ logvar: tf.zeros([BATCH, 1]) }, 99, /^logvar: expected the shape of mu, \(12, 3\), got \(12, 1\)$/);
  refuses({ z: tf.zeros([BATCH]) }, 99, /^z: expected the shape of mu, \(12, 3\), got \(12\)$/);
  refuses({}, 11, /^datasetSize: expected a whole number of at least 12, the batch, got 11$/);
  const one = { mu: tf.zeros([1, 3]), logvar: tf.zeros([1, 3]), z: tf.zeros([1, 3]) };
  refuses(one, 99, /^batch: expected at least 2 rows to make one of, got 1$/);
});

test.run();
