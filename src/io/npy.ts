import type { Dtype, Matrix } from '../matrix.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { type ArrayFormat, beginsWith, writeRows } from './array-format.js';
import { denseEntry, type Payload, rangePayload, refusedEntry } from './dense.js';
import { encodeMatrix } from './encode-matrix.js';
import { descrOf, NPY_MAGIC, NPY_PREFIX_BYTES, type NpyHeader, parseNpyHeader } from './npy-header.js';
import { dropAxes, formatShape } from './shape.js';
import type { ByteSource } from './source.js';
import { encodeStrings, type NamedStrings, readStringList, type StringPayload } from './strings.js';

/**
 * Opens an .npy file of version 1, 2 or 3: any byte order, row or column order.
 * @throws DataError when the header is damaged, or when the file is shorter or longer than it says
 */
export async function openNpy(source: ByteSource): Promise<ArrayFile> {
  const { path, size } = source;
  const prefix = await source.read(0, Math.min(size, NPY_PREFIX_BYTES));
  const header = parseNpyHeader(prefix, size, { path });
  const payload = rangePayload(source, header.headerBytes, size - header.headerBytes);
  return { path, format: 'npy', arrays: [npyEntry(path, null, header, size, payload)] };
}

/** The entry for an array whose header is parsed. */
export function npyEntry(
  path: string,
  name: string | null,
  header: NpyHeader,
  size: number,
  payload: Payload,
): ArrayEntry {
  const { dtype, dtypeName, bigEndian, fortranOrder, shape, itemBytes } = header;
  if (dtype !== null) return denseEntry(path, name, { dtype, bigEndian, fortranOrder, shape }, payload);
  const isWide = dtypeName === 'string';
  const areStrings = (isWide || dtypeName === 'byte string') && shape.length > 0 && itemBytes !== null;
  const isList =
    areStrings &&
    dropAxes(shape)
      .slice(1)
      .every((n) => n === 1);
  const refusal =
    areStrings && !isList
      ? `expected numbers or one list of strings, got ${formatShape(shape)}; save each column apart, as x[:, 0]`
      : (header.refusal ?? `expected numbers, got ${dtypeName}`);
  const entry = refusedEntry(path, name, { dtype: dtypeName, shape, bytes: size - header.headerBytes, refusal });
  if (!isList) return entry;
  const strings: StringPayload = { isWide, isBig: bigEndian, count: shape[0], itemBytes, stream: payload.stream };
  const place = name === null ? { path } : { path, member: name };
  return { ...entry, readStrings: (most) => readStringList(strings, place, most) };
}

/** Writes a list of strings as .npy version 1.0, byte for byte as numpy does. */
export function* writeNpyStrings(list: NamedStrings): Generator<Uint8Array> {
  const { bytes, width } = encodeStrings(list);
  yield headerOf(`<U${width}`, `${list.strings.length},`);
  yield bytes;
}

/** Writes a matrix as .npy version 1.0, byte for byte as numpy does. */
export function* writeNpy(matrix: Matrix): Generator<Uint8Array> {
  yield npyHeader(matrix.dtype, matrix.rows, matrix.columns);
  yield* encodeMatrix(matrix);
}

/** The header of an array of any dimensions, at least two, in row order. */
export function npyHeader(dtype: Dtype, ...shape: readonly [number, number, ...number[]]): Uint8Array {
  return headerOf(descrOf(dtype), shape.join(', '));
}

function headerOf(descr: string, shape: string): Uint8Array {
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  // The elements begin at a multiple of 64, and the header ends in a newline.
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set(NPY_MAGIC);
  bytes.set([1, 0, (length - 10) & 0xff, (length - 10) >> 8], 6);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/** .npy, one array. */
export const npy = {
  name: 'npy',
  extensions: ['npy'],
  begins: (prefix) => beginsWith(prefix, NPY_MAGIC),
  open: openNpy,
  output: {
    extensions: ['npy'],
    isArchive: false,
    hasStrings: false,
    write: ([entry]) => writeRows(entry, npyHeader),
  },
} as const satisfies ArrayFormat;
