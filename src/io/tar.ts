import { DataError } from '../errors.js';
import type { ByteSource } from './source.js';

/** A file inside a tar archive. */
export interface TarMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
const MOST_MEMBERS = 1_000_000;

/**
 * Lists the plain files of a tar archive (POSIX.1-1988, "ustar", and GNU's); links, folders and
 * extended headers are passed over. Long names of extended headers are not read: such a member
 * keeps its cut name.
 *
 * @throws DataError for a damaged header or an archive that ends too soon
 */
export async function readTarDirectory(source: ByteSource): Promise<TarMember[]> {
  const { path, size } = source;
  const members: TarMember[] = [];
  for (let at = 0; at + BLOCK_BYTES <= size; ) {
    const header = await source.read(at, BLOCK_BYTES);
    // Two blocks of zeros end the archive; what follows is padding.
    if (header.every((byte) => byte === 0)) return members;
    const place = { path, byte: at };
    const length = octal(header, 124, 12);
    const sum = header.reduce((total, byte, i) => total + (i >= CHECKSUM_AT && i < CHECKSUM_AT + 8 ? 32 : byte), 0);
    if (length === null || octal(header, CHECKSUM_AT, 8) !== sum) {
      throw new DataError('expected the header of a member of a tar archive', place);
    }
    if (at + BLOCK_BYTES + length > size) {
      throw new DataError(`expected ${length} bytes of a member, got ${size - at - BLOCK_BYTES}`, place);
    }
    const type = header[156];
    if (type === 0 || type === 0x30) {
      const prefix = text(header, 345, 155);
      const isPosix = header[262] === 0;
      const name = text(header, 0, 100);
      members.push({
        name: isPosix && prefix !== '' ? `${prefix}/${name}` : name,
        offset: at + BLOCK_BYTES,
        size: length,
      });
      if (members.length > MOST_MEMBERS) throw new DataError(`expected at most ${MOST_MEMBERS} members`, { path });
    }
    at += BLOCK_BYTES + Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new DataError('the archive ends without the blocks of zeros at its end: it was cut short', { path });
}

/** A member as a source of its own. */
export function memberSource(source: ByteSource, { name, offset, size }: TarMember): ByteSource {
  const path = `${source.path}/${name}`;
  return {
    path,
    size,
    read(at, length) {
      if (at < 0 || length < 0 || at + length > size) {
        throw new DataError(`the member ends too soon: expected ${length} bytes, got ${Math.max(0, size - at)}`, {
          path,
          byte: at,
        });
      }
      return source.read(offset + at, length);
    },
  };
}

function octal(header: Uint8Array, at: number, length: number): number | null {
  const digits = text(header, at, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

function text(header: Uint8Array, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder('latin1').decode(end < 0 ? field : field.subarray(0, end));
}
