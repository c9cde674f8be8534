import { DataError } from '../../errors.js';
import type { ArrayEntry, ArrayFile } from '../array-file.js';
import { denseEntry, refusedEntry } from '../dense.js';
import type { ByteSource } from '../source.js';
import { arrayOf, type Hdf5Array } from './array.js';
import { ObjectReader } from './objects.js';

// Of a few bytes, as much may be made as fits memory beside all else.
const BYTES_OF_ANY_FILE = 64 << 20;
const BYTES_PER_BYTE = 64;

/**
 * The arrays of an HDF5 file, by their names, with slashes behind those of groups. Links that lead
 * on by a name are passed over, and other files are never opened.
 *
 * @throws DataError when it is damaged
 */
export async function readHdf5(source: ByteSource): Promise<Hdf5Array[]> {
  const reader = new ObjectReader(source);
  return (await reader.leaves()).map((leaf) => arrayOf(reader, leaf)).filter((array) => array !== null);
}

/** What makes numbers of other types, by their names. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  text: 'save numpy.unique(x, return_inverse=True)[1]',
  'text or lists': 'save numpy.unique(x, return_inverse=True)[1], or numpy.stack(x)',
  compounds: "save its fields apart, as x['a'], or pandas.read_hdf('x.h5').to_csv('x.csv', index=False)",
};
const OTHER_WAY_OUT = "save x.astype('float64')";

// Where PyTables keeps the indices of a table.
const INDEX_FOLDER = /(?:^|\/)_i_[^/]+\//;

/**
 * Opens an HDF5 file: every data set of it is an array, called `group/name`.
 * @throws DataError when it is damaged
 */
export async function openHdf5(source: ByteSource): Promise<ArrayFile> {
  const { path } = source;
  const arrays = (await readHdf5(source)).filter(({ name }) => !INDEX_FOLDER.test(name));
  if (arrays.length === 0) throw new DataError('found no data set in the HDF5 file', { path });
  return { path, format: 'hdf5', arrays: arrays.map((array) => entryOf(source, array)) };
}

/** An array as a table of numbers. */
export function entryOf({ path, size }: ByteSource, array: Hdf5Array): ArrayEntry {
  const { name, shape, type, bytes } = array;
  const { dtype } = type;
  const refuse = (refusal: string, named: string) => refusedEntry(path, name, { dtype: named, shape, bytes, refusal });
  if (dtype === null) {
    return refuse(`expected numbers, got ${type.named}; ${WAYS_OUT[type.named] ?? OTHER_WAY_OUT}`, type.named);
  }
  if (array.refusal !== null) return refuse(array.refusal, dtype);
  const most = BYTES_OF_ANY_FILE + BYTES_PER_BYTE * size;
  if (bytes > most) {
    return refuse(`expected at most ${most} bytes in a file of ${size}, got ${bytes}; save it with numpy.savez`, dtype);
  }
  const rowBytes = shape.slice(1).reduce((product, length) => product * length, type.bytes);
  const read = (offset: number, length: number) => array.read(offset / rowBytes, (offset + length) / rowBytes);
  async function* stream() {
    yield await array.read(0, shape[0]);
  }
  return denseEntry(path, name, { dtype, bigEndian: type.bigEndian, fortranOrder: false, shape }, { stream, read });
}
