/** Tensors one after the other in one array, which crosses between threads in one piece. */
import type { Tensor, TensorLibrary } from '../tensors.js';

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The values of tensors, in an array of its own. Only on backends that have them at hand. */
export function pack(tensors: readonly Tensor[]): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const tensor of tensors) {
    packed.set(tensor.dataSync() as Float32Array, at);
    at += sizeOf(tensor.shape);
  }
  return packed;
}

/** Tensors of these shapes. They may be views of `packed`, which must stay as it is. */
export function unpack(tf: TensorLibrary, packed: Float32Array, shapes: ReadonlyArray<readonly number[]>): Tensor[] {
  let at = 0;
  return shapes.map((shape) => {
    const from = at;
    at += sizeOf(shape);
    return tf.tensor(packed.subarray(from, at), [...shape]);
  });
}

/** sum += x, rounded to float32 as a backend's addition is. */
export function addInPlace(sum: Float32Array, x: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += x[i];
}
