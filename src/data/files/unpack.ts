/** Images written once to an .npy file that can be read in pieces. */
import { DataError } from '../../errors.js';
import { npyHeader } from '../../io/npy.js';
import type { ByteSource } from '../../io/source.js';
import { openTensors, type Tensor } from '../../io/tensors.js';
import { openFileSource, openIfThere, writeFileAtomically } from './disk.js';

/** Bytes of an array that come in order. */
export interface ByteArray {
  readonly shape: readonly number[];
  stream(): AsyncIterable<Uint8Array>;
}

/** An array that can be read in ranges, and the file it is in. */
export interface Unpacked {
  readonly tensor: Tensor;
  readonly source: ByteSource;
}

/**
 * Writes an array of bytes as .npy, unless an array of that shape is there already, and opens it. The file appears whole
 * or not at all.
 *
 * @throws DataError when another array or another file is there: nothing is written over
 */
export async function unpackTo(path: string, array: ByteArray): Promise<Unpacked> {
  let source = await openIfThere(path);
  if (source === null) {
    const [rows, width, ...more] = array.shape;
    await writeFileAtomically(path, withHeader(npyHeader('uint8', rows, width, ...more), array.stream()));
    source = await openFileSource(path);
  }
  const [tensor] = await openTensors(source);
  if (tensor.dtype !== 'uint8' || tensor.shape.join() !== array.shape.join() || tensor.name !== null) {
    const got = `(${tensor.shape.join(', ')}) ${tensor.dtype}`;
    await source.close?.();
    throw new DataError(`expected the images unpacked before, (${array.shape.join(', ')}) uint8, got ${got}`, { path });
  }
  return { tensor, source };
}

async function* withHeader(header: Uint8Array, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield header;
  yield* stream;
}
