/**
 * tfjs as the tests use it: the copy that the bundled backends compute on, with all of its
 * operations.
 */

import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { TensorLibrary } from '../../../src/train/tensors.js';

export { tf };

/** The same as `TensorLibrary`, as a user would give it. */
export const given = tf as unknown as TensorLibrary;

/**
 * `given`, with images of one step that are no numbers: a run diverges there and not before. Counts
 * tensors of the shape of a batch.
 */
export function spoiltAt(step: number, shape: readonly number[]): TensorLibrary {
  let batches = 0;
  return {
    ...given,
    tensor(values, ofShape, dtype) {
      const isSpoilt = ofShape?.join() === shape.join() && ++batches === step;
      return given.tensor(isSpoilt ? new Float32Array(values.length).fill(Number.NaN) : values, ofShape, dtype);
    },
  };
}

const plain = 'cpu';

/** Computes on tfjs' plain JavaScript, and goes back to the backend that was set. */
export function onCpu<R>(work: () => R): R {
  const before = tf.getBackend();
  if (tf.findBackendFactory(plain) === null) tf.registerBackend(plain, () => new MathBackendCPU());
  tf.setBackend(plain);
  try {
    return work();
  } finally {
    tf.setBackend(before);
  }
}

/** Values of the tensors that `work` makes; all tensors are disposed of. */
export function valuesOf(work: () => tf.Tensor[]): Float32Array[] {
  let values: Float32Array[] = [];
  tf.tidy(() => {
    values = work().map((tensor) => Float32Array.from(tensor.dataSync()));
  });
  return values;
}

/** Numbers in [-1, 1) that depend on the seed alone. */
export function draw(count: number, seed: number): Float32Array {
  let state = (seed + 1) * 0x9e3779b9;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

/** A drawn tensor on the backend that is set. */
export function drawTensor(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(
    draw(
      shape.reduce((product, size) => product * size, 1),
      seed,
    ),
    shape,
  );
}
