/** Tensors one after the other in one array, which crosses between threads in one piece. */
import type { Operations } from '../operations.js';
import type { Tensor, TensorLibrary } from '../tensors.js';

type Packed = Float32Array<ArrayBuffer>;

/** How many values tensors of these shapes have. */
export function countValues(shapes: ReadonlyArray<readonly number[]>): number {
  return shapes.reduce((sum, shape) => sum + shape.reduce((product, length) => product * length, 1), 0);
}

/** The values of tensors, written to `into`, which has their length. */
export function pack(operations: Operations, tensors: readonly Tensor[], into: Packed): Packed {
  let at = 0;
  for (const tensor of tensors) {
    operations.copyOut(tensor, into.subarray(at));
    at += countValues([tensor.shape]);
  }
  return into;
}

/** Tensors of these shapes, with values of their own. */
export function unpack(tf: TensorLibrary, packed: Float32Array, shapes: ReadonlyArray<readonly number[]>): Tensor[] {
  // The cpu backend makes no copies.
  const values = tf.getBackend() === 'cpu' ? packed.slice() : packed;
  let at = 0;
  return shapes.map((shape) => {
    const from = at;
    at += countValues([shape]);
    return tf.tensor(values.subarray(from, at), [...shape]);
  });
}
