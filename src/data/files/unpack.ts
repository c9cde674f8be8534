/** Images written once to an .npy file that can be read in pieces. */
import { DataError } from '../../errors.js';
import { npyHeader } from '../../io/npy.js';
import { openTensors, type Tensor } from '../../io/open-tensors.js';
import { formatShape } from '../../io/shape.js';
import type { ByteSource } from '../../io/source.js';
import { openFileSource, openIfThere, writeFileAtomically } from './disk.js';

/** Bytes of an array that come in order. */
export interface ByteArray {
  readonly shape: readonly number[];
  /** Tells it from other arrays of that shape: checksums of the file that it comes from. */
  readonly origin: string;
  stream(): AsyncIterable<Uint8Array>;
}

/** An array that can be read in ranges, and the file it is in. */
export interface Unpacked {
  readonly tensor: Tensor;
  readonly source: ByteSource;
}

/** The file beside that says where the images come from. */
const ORIGIN = '.origin';

/**
 * Writes an array of bytes as .npy, unless it is there already, and opens it. The file appears
 * whole or not at all; PATH.origin beside it says which images they are.
 *
 * @throws DataError when another array or another file is there: nothing is written over
 */
export async function unpackTo(path: string, array: ByteArray): Promise<Unpacked> {
  let source = await openIfThere(path);
  if (source === null) {
    const [rows, width, ...more] = array.shape;
    await writeFileAtomically(path + ORIGIN, [new TextEncoder().encode(array.origin)]);
    await writeFileAtomically(path, withHeader(npyHeader('uint8', rows, width, ...more), array.stream()));
    source = await openFileSource(path);
  }
  try {
    return { tensor: await readUnpacked(source, array, path), source };
  } catch (error) {
    await source.close?.();
    throw error;
  }
}

async function readUnpacked(source: ByteSource, { shape, origin }: ByteArray, path: string): Promise<Tensor> {
  const expected = `expected the images unpacked before, ${formatShape(shape)} uint8`;
  const [tensor] = await openTensors(source);
  if (tensor === undefined || tensor.name !== null) {
    throw new DataError(`${expected} in an .npy file, got an .npz archive; name another file`, { path });
  }
  if (tensor.dtype !== 'uint8' || tensor.shape.join() !== shape.join()) {
    throw new DataError(`${expected}, got ${formatShape(tensor.shape)} ${tensor.dtype}; name another file`, { path });
  }
  if ((await readOrigin(path)) !== origin) {
    throw new DataError('expected the images unpacked before, got those of another file; name another one', { path });
  }
  return tensor;
}

async function readOrigin(path: string): Promise<string | null> {
  const source = await openIfThere(path + ORIGIN);
  if (source === null) return null;
  try {
    return new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close?.();
  }
}

async function* withHeader(header: Uint8Array, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield header;
  yield* stream;
}
