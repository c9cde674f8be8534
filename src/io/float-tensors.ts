/**
 * Float32 tensors of any rank in .safetensors: weights, where tables of rows and columns will not
 * do.
 */
import { DataError, dataRangeError } from '../errors.js';
import { encodeHeader, type Metadata, readHeader } from './safetensors-header.js';
import { countElements, formatShape } from './shape.js';
import type { ByteSource } from './source.js';

/** A tensor: `values` in row-major order, as many as the shape has elements. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type FloatTensors = ReadonlyMap<string, FloatTensor>;

/**
 * Writes float32 tensors, in the order of the map. The chunks are views of the tensors: write them
 * before changing those.
 * @throws RangeError for a tensor with another number of values than its shape has; DataError for
 * the name `__metadata__`
 */
export function* writeFloatTensors(tensors: FloatTensors, metadata?: Metadata): Generator<Uint8Array> {
  const listed = [...tensors].map(([name, { shape, values }]) => {
    const expected = countElements(shape, 4, { member: name });
    if (values.length !== expected) {
      throw dataRangeError(`${name}: expected ${expected} values for ${formatShape(shape)}, got ${values.length}`);
    }
    return { name, dtype: 'float32' as const, shape, bytes: values.byteLength };
  });
  yield encodeHeader(listed, metadata);
  for (const { values } of tensors.values()) yield bytesOf(values);
}

/** The bytes of a tensor as a file has them; a view. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * Reads a .safetensors file of float32 tensors, in the order in which their data lies.
 * @throws DataError where it is damaged or has a tensor of another type
 */
export async function readFloatTensors(
  source: ByteSource,
): Promise<{ tensors: Map<string, FloatTensor>; metadata: Metadata }> {
  const { tensors: stored, metadata, dataStart } = await readHeader(source);
  const tensors = new Map<string, FloatTensor>();
  for (const { name, code, shape, begin, end } of [...stored].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (code !== 'F32') throw new DataError(`expected F32, got ${code}`, { path: source.path, member: name });
    const bytes = await source.read(dataStart + begin, end - begin);
    // A copy where the bytes do not begin at a multiple of four.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    tensors.set(name, { shape, values: new Float32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4) });
  }
  return { tensors, metadata };
}
