import { DataError } from '../errors.js';
import { type ArrayFormat, beginsWith } from './array-format.js';
import { csv } from './csv.js';
import { FORMATS } from './formats.js';
import { raw } from './raw.js';
import type { ByteSource } from './source.js';

const PREFIX_BYTES = 4096;

/** Formats that are known by how they begin, and not read here. */
const REFUSED: ReadonlyArray<{ magic: readonly number[]; problem: string }> = [
  { magic: [0x1f, 0x8b], problem: 'a gzip file; unpack it first' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], problem: 'a zstd file; unpack it first' },
  { magic: [0xff, 0xfe], problem: 'UTF-16 text; save it as UTF-8' },
  { magic: [0xfe, 0xff], problem: 'UTF-16 text; save it as UTF-8' },
  { magic: [0x80, 0x02], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
  { magic: [0x80, 0x03], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
  { magic: [0x80, 0x04], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
  { magic: [0x80, 0x05], problem: 'a Python pickle, which is never read; save the arrays with numpy.savez' },
];

/** How a file name ends, in small letters without the dot; null where it has no ending. */
export function extensionOf(path: string): string | null {
  return /\.([A-Za-z0-9]+)$/.exec(path)?.[1].toLowerCase() ?? null;
}

/**
 * Tells the format of a file by how it begins; by its name where it begins like nothing known.
 * @throws DataError for a file that is empty, of a format known but not read, or not what its name
 * says
 */
export async function detectFormat(source: ByteSource): Promise<ArrayFormat> {
  const { path, size } = source;
  if (size === 0) throw new DataError('the file is empty', { path });
  const prefix = await source.read(0, Math.min(size, PREFIX_BYTES));
  const begun = FORMATS.find(({ begins }) => begins?.(prefix, size));
  if (begun !== undefined) return begun;
  const extension = extensionOf(path);
  const named = extension === null ? undefined : FORMATS.find(({ extensions }) => extensions.includes(extension));
  // Bare values may begin with anything, so the short signatures count only under another name.
  if (named?.byName === 'always') return named;
  for (const { magic, problem } of REFUSED) {
    if (beginsWith(prefix, magic)) throw new DataError(problem, { path, byte: 0 });
  }
  if (named?.byName === 'unless') return named;
  if (named !== undefined) {
    const got = Array.from(prefix.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DataError(`does not begin as a file of its name (.${named.name}), but with ${got}`, { path, byte: 0 });
  }
  return isText(prefix) ? csv : raw;
}

function isText(prefix: Uint8Array): boolean {
  return prefix.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
