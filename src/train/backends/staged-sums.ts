/**
 * Sums that stay right for any number of values. tfjs adds float32 in a row: for three million
 * equal values its sum is off by 4 % on wasm and by 1.4e-4 on webgpu, as every addition to a large
 * total rounds the same way. Here blocks are summed, then blocks of those sums, as in pairwise
 * summation (Higham 1993), so small that tfjs adds some 32 values in a row, and the error is below
 * 1e-6. What is made of sums is differentiable as tfjs' own.
 */
import type { Tensor, TensorLibrary } from '../tensors.js';

/**
 * Values of a block, by what `tf.getBackend()` says: graphics add in 64 lanes or more, and cpu
 * float64; the others get what they can add in a row.
 */
const BLOCKS: Readonly<Record<string, number>> = { webgpu: 2048, webgl: 2048, cpu: Number.POSITIVE_INFINITY };
const BLOCK = 32;

/** The library with sums, means and log-sum-exps in stages. */
export function withStagedSums<T extends TensorLibrary>(tf: T): T {
  const sum: TensorLibrary['sum'] = (x, axis, keepDims) => {
    const axes = axesOf(x, axis);
    const count = sizeOf(axes.map((a) => x.shape[a]));
    const block = BLOCKS[tf.getBackend()] ?? BLOCK;
    if (count <= block || x.dtype !== 'float32') return tf.sum(x, axis, keepDims);
    return tf.tidy(() => {
      const kept = [...x.shape.keys()].filter((a) => !axes.includes(a));
      const isLast = kept.every((a, place) => a === place);
      const arranged = isLast ? x : tf.transpose(x, [...kept, ...axes]);
      let rows = tf.reshape(arranged, [sizeOf(kept.map((a) => x.shape[a])), count]);
      while (rows.shape[1] > block) rows = sumBlocks(tf, rows, block);
      return tf.reshape(tf.sum(rows, 1), shapeOfSum(x, axes, keepDims));
    });
  };
  return {
    ...tf,
    sum,
    mean: (x, axis, keepDims) =>
      x.dtype === 'float32'
        ? tf.tidy(() => tf.div(sum(x, axis, keepDims), sizeOf(axesOf(x, axis).map((a) => x.shape[a]))))
        : tf.mean(x, axis, keepDims),
    logSumExp(x, axis, keepDims) {
      const compute = tf.customGrad((given, save) => {
        const largest = tf.max(given, axis, true);
        const whole = tf.add(largest, tf.log(sum(tf.exp(tf.sub(given, largest)), axis, true)));
        save([given, whole]);
        return {
          value: tf.reshape(whole, shapeOfSum(x, axesOf(x, axis), keepDims)),
          // By the tape it would be this and, for the largest, a difference of naive sums.
          gradFunc: (dy, [given, whole]) => tf.mul(tf.reshape(dy, whole.shape), tf.exp(tf.sub(given, whole))),
        };
      });
      return compute(x);
    },
  };
}

/** (R, N) to the sums of blocks, (R, N / block rounded up). */
function sumBlocks(tf: TensorLibrary, rows: Tensor, block: number): Tensor {
  const [count, length] = rows.shape;
  const blocks = Math.ceil(length / block);
  const missing = blocks * block - length;
  const whole = missing === 0 ? rows : tf.concat([rows, tf.zeros([count, missing])], 1);
  return tf.sum(tf.reshape(whole, [count, blocks, block]), 2);
}

/** The axes that are meant, from 0, in their order; all unless told. */
function axesOf({ shape }: Tensor, axis: number | number[] = [...shape.keys()]): number[] {
  return [axis]
    .flat()
    .map((a) => (a < 0 ? a + shape.length : a))
    .sort((a, b) => a - b);
}

function shapeOfSum({ shape }: Tensor, axes: readonly number[], keepDims = false): number[] {
  if (keepDims) return shape.map((size, a) => (axes.includes(a) ? 1 : size));
  return shape.filter((_, a) => !axes.includes(a));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
