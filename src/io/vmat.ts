import { DataError } from '../errors.js';
import type { Dtype, Matrix } from '../matrix.js';
import type { ArrayFile } from './array-file.js';
import { type ArrayFormat, beginsWith, writeRows } from './array-format.js';
import { denseEntry, rangePayload } from './dense.js';
import { ITEM_BYTES } from './dtype.js';
import { encodeMatrix } from './encode-matrix.js';
import type { ByteSource } from './source.js';

/*
 * VMAT, a matrix behind 32 bytes, little-endian throughout:
 *   0  'VMAT'
 *   4  uint16  version, 1
 *   6  uint16  dtype, the place in the list below, from 1
 *   8  uint64  rows
 *  16  uint64  columns
 *  24  uint64  reserved, 0
 *  32  rows x columns elements, row by row, to the end of the file
 */

const VMAT_MAGIC: readonly number[] = [0x56, 0x4d, 0x41, 0x54];

const VMAT_VERSION = 1;
const VMAT_HEADER_BYTES = 32;
const VMAT_DTYPES: readonly Dtype[] = [
  'float16',
  'float32',
  'float64',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
];

/**
 * Opens a VMAT file.
 * @throws DataError when the header is damaged, or when the file is shorter or longer than it says
 */
export async function openVmat(source: ByteSource): Promise<ArrayFile> {
  const { path, size } = source;
  if (size < VMAT_HEADER_BYTES) {
    throw new DataError(`expected a VMAT header of ${VMAT_HEADER_BYTES} bytes, got ${size}`, { path });
  }
  const bytes = await source.read(0, VMAT_HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!VMAT_MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new DataError('expected a VMAT file to begin with VMAT', { path, byte: 0 });
  }
  const version = view.getUint16(4, true);
  if (version !== VMAT_VERSION) throw new DataError(`expected VMAT version 1, got ${version}`, { path, byte: 4 });
  const code = view.getUint16(6, true);
  const dtype = VMAT_DTYPES[code - 1];
  if (dtype === undefined) {
    throw new DataError(`expected a VMAT dtype code from 1 to ${VMAT_DTYPES.length}, got ${code}`, { path, byte: 6 });
  }
  const reserved = view.getBigUint64(24, true);
  if (reserved !== 0n) throw new DataError(`expected the reserved bytes to be 0, got ${reserved}`, { path, byte: 24 });
  const rows = view.getBigUint64(8, true);
  const columns = view.getBigUint64(16, true);
  const expected = BigInt(VMAT_HEADER_BYTES) + rows * columns * BigInt(ITEM_BYTES[dtype]);
  if (rows > Number.MAX_SAFE_INTEGER || columns > Number.MAX_SAFE_INTEGER) {
    throw new DataError(`expected rows and columns within 2^53, got ${rows} x ${columns}`, { path, byte: 8 });
  }
  if (BigInt(size) !== expected) {
    throw new DataError(
      `expected ${expected} bytes (a header of ${VMAT_HEADER_BYTES} and ${rows} x ${columns} ${dtype}), got ${size}`,
      { path },
    );
  }
  const shape = [Number(rows), Number(columns)];
  const payload = rangePayload(source, VMAT_HEADER_BYTES, size - VMAT_HEADER_BYTES);
  const layout = { dtype, bigEndian: false, fortranOrder: false, shape };
  return { path, format: 'vmat', arrays: [denseEntry(path, null, layout, payload)] };
}

/** Writes a matrix as VMAT. */
export function* writeVmat(matrix: Matrix): Generator<Uint8Array> {
  yield vmatHeader(matrix.dtype, matrix.rows, matrix.columns);
  yield* encodeMatrix(matrix);
}

/** The 32 bytes before the elements. */
export function vmatHeader(dtype: Dtype, rows: number, columns: number): Uint8Array {
  const bytes = new Uint8Array(VMAT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(VMAT_MAGIC);
  view.setUint16(4, VMAT_VERSION, true);
  view.setUint16(6, VMAT_DTYPES.indexOf(dtype) + 1, true);
  view.setBigUint64(8, BigInt(rows), true);
  view.setBigUint64(16, BigInt(columns), true);
  return bytes;
}

/** VMAT, one array; its files have no ending of their own. */
export const vmat = {
  name: 'vmat',
  extensions: ['vmat'],
  begins: (prefix) => beginsWith(prefix, VMAT_MAGIC),
  open: openVmat,
  output: {
    extensions: ['bin', 'vmat', 'raw', 'dat'],
    isArchive: false,
    hasStrings: false,
    write: ([entry]) => writeRows(entry, vmatHeader),
  },
} as const satisfies ArrayFormat;
