import { HDF5_MAGIC } from '../../io/hdf5.js';
import type { ByteSource } from '../../io/source.js';

/** What a file is by its first bytes. */
export type FileKind = 'arrays' | 'hdf5' | 'gzip' | 'idx' | 'norb' | 'mat5' | 'tar' | 'png' | 'jpeg';

const LOOKED_AT_BYTES = 265;
const NPY = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const GZIP = [0x1f, 0x8b];
const MAT5 = Array.from('MATLAB 5.0 MAT-file', (letter) => letter.charCodeAt(0));
const USTAR = Array.from('ustar', (letter) => letter.charCodeAt(0));

/** Tells a file by how it begins; null where it begins like nothing that is read here. */
export async function kindOf(source: ByteSource): Promise<FileKind | null> {
  return kindOfBytes(await source.read(0, Math.min(source.size, LOOKED_AT_BYTES)));
}

/** The same from bytes that were read already. */
export function kindOfBytes(prefix: Uint8Array): FileKind | null {
  const has = (magic: readonly number[], at = 0) => magic.every((byte, i) => prefix[at + i] === byte);
  if (has(NPY) || has(ZIP)) return 'arrays';
  if (has(HDF5_MAGIC)) return 'hdf5';
  if (has(PNG)) return 'png';
  if (has(JPEG)) return 'jpeg';
  if (has(GZIP)) return 'gzip';
  if (has(MAT5)) return 'mat5';
  if (has(USTAR, 257)) return 'tar';
  if (prefix[0] === 0 && prefix[1] === 0 && isIdxType(prefix[2]) && prefix[3] >= 1 && prefix[3] <= 4) return 'idx';
  if (has([0x4c, 0x3d, 0x1e], 1) && prefix[0] >= 0x51 && prefix[0] <= 0x56) return 'norb';
  return null;
}

function isIdxType(code: number): boolean {
  return [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e].includes(code);
}
