import { DataError } from '../errors.js';
import type { Format } from './array-file.js';
import { NPY_MAGIC } from './npy-header.js';
import type { ByteSource } from './source.js';
import { VMAT_MAGIC } from './vmat.js';

const PREFIX_BYTES = 4096;
const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];
const EMPTY_ZIP_MAGIC = [0x50, 0x4b, 0x05, 0x06];
const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31];

/** Formats that are known by how they begin, and not read here. */
const REFUSED: ReadonlyArray<{ magic: readonly number[]; problem: string }> = [
  { magic: [0x89, 0x48, 0x44, 0x46], problem: 'HDF5 is not read here; save the arrays with numpy.savez' },
  { magic: [0x1f, 0x8b], problem: 'a gzip file; unpack it first' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], problem: 'a zstd file; unpack it first' },
  { magic: [0xff, 0xfe], problem: 'UTF-16 text; save it as UTF-8' },
  { magic: [0xfe, 0xff], problem: 'UTF-16 text; save it as UTF-8' },
  { magic: [0x80, 0x02], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
  { magic: [0x80, 0x03], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
  { magic: [0x80, 0x04], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
  { magic: [0x80, 0x05], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
];

const EXTENSIONS: Readonly<Record<string, Format>> = {
  npy: 'npy',
  npz: 'npz',
  csv: 'csv',
  txt: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  safetensors: 'safetensors',
  parquet: 'parquet',
  vmat: 'vmat',
  bin: 'raw',
  raw: 'raw',
  dat: 'raw',
};

/** The format a file name asks for, or null where it says nothing. `.bin` is `raw`. */
export function formatOfName(path: string): Format | null {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1].toLowerCase();
  return (extension !== undefined && EXTENSIONS[extension]) || null;
}

/**
 * Tells the format of a file by how it begins; by its name where it begins like nothing known.
 * @throws DataError for a file that is empty, of a format known but not read, or not what its name says
 */
export async function detectFormat(source: ByteSource): Promise<Format> {
  const { path, size } = source;
  if (size === 0) throw new DataError('the file is empty', { path });
  const prefix = await source.read(0, Math.min(size, PREFIX_BYTES));
  const begins = (magic: readonly number[]) => magic.every((byte, i) => prefix[i] === byte);

  if (begins(NPY_MAGIC)) return 'npy';
  if (begins(ZIP_MAGIC) || begins(EMPTY_ZIP_MAGIC)) return 'npz';
  if (begins(VMAT_MAGIC)) return 'vmat';
  if (begins(PARQUET_MAGIC)) return 'parquet';
  const named = formatOfName(path);
  if (named === 'safetensors' || beginsAsSafetensors(prefix, size)) return 'safetensors';
  // Bare values may begin with anything, so the short signatures count only under another name.
  if (named === 'raw') return 'raw';
  for (const { magic, problem } of REFUSED) {
    if (begins(magic)) throw new DataError(problem, { path, byte: 0 });
  }
  if (named === 'csv' || named === 'tsv') return named;
  if (named !== null) {
    const got = Array.from(prefix.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DataError(`does not begin as a file of its name (.${named}), but with ${got}`, { path, byte: 0 });
  }
  return isText(prefix) ? 'csv' : 'raw';
}

/** Eight bytes of length and then JSON: `{"` or, without any tensor, `{}`. */
function beginsAsSafetensors(prefix: Uint8Array, size: number): boolean {
  if (prefix.length < 10 || prefix[8] !== 0x7b || (prefix[9] !== 0x22 && prefix[9] !== 0x7d)) return false;
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(size - 8);
}

function isText(prefix: Uint8Array): boolean {
  return prefix.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
