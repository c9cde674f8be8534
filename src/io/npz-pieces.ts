import type { Dtype } from '../matrix.js';
import { npyHeader, writeNpyStrings } from './npy.js';
import type { NamedStrings } from './strings.js';
import { writeZip, type ZipInput } from './zip-writer.js';

/** An array that is made in pieces while it is written. */
export interface PiecewiseArray {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly [number, number, ...number[]];
  /**
   * Its bytes in row order, little-endian. Asked for twice, and the same both times, unless the
   * archive is compressed.
   */
  pieces(): AsyncIterable<Uint8Array>;
}

/**
 * Writes arrays, and lists of strings, as .npz without ever holding one: checksums stand before the
 * bytes, so what is not compressed is made twice.
 */
export function writePieces(
  arrays: ReadonlyArray<PiecewiseArray | NamedStrings>,
  compress: boolean,
): AsyncGenerator<Uint8Array> {
  const members = arrays.map((array): ZipInput => {
    if ('strings' in array) return { name: `${array.name}.npy`, pieces: () => writeNpyStrings(array) };
    const { name, dtype, shape, pieces } = array;
    return {
      name: `${name}.npy`,
      async *pieces() {
        yield npyHeader(dtype, ...shape);
        yield* pieces();
      },
    };
  });
  return writeZip(members, compress);
}
