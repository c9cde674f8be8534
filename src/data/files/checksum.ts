import { crc32 } from '../../io/crc32.js';
import type { ByteSource } from '../../io/source.js';

const END_BYTES = 1 << 16;

/**
 * What tells a file from another at little cost: its size, and the CRC-32 of its first and last 64
 * KiB.
 */
export interface FileIdentity {
  readonly bytes: number;
  readonly checksum: string;
}

/** Reads at most 128 KiB. */
export async function identifyFile(source: ByteSource): Promise<FileIdentity> {
  const { size } = source;
  const first = await source.read(0, Math.min(size, END_BYTES));
  const last = await source.read(Math.max(0, size - END_BYTES), Math.min(size, END_BYTES));
  return { bytes: size, checksum: formatChecksum(crc32(last, crc32(first))) };
}

/** Eight hexadecimal digits. */
export function formatChecksum(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** The CRC-32 of a text. */
export function checksumOfText(text: string): string {
  return formatChecksum(crc32(new TextEncoder().encode(text)));
}
