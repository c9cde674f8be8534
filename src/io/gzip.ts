/** Files that gzip packed (RFC 1952): unpacked into memory, and read as what is in them. */
import { DataError } from '../errors.js';
import { crc32 } from './crc32.js';
import { InflateError, inflateGzip } from './inflate.js';
import { type ByteSource, blobSource, streamRange } from './source.js';

/** The most that is unpacked. */
const MOST_UNPACKED_BYTES = 2 ** 31;
// Tables of numbers shrink to a tenth, of few different values to a fiftieth.
const MOST_UNPACKED_PER_BYTE = 100;
const FEW_UNPACKED_BYTES = 2 ** 26;

/** The most that a gzip file of so many bytes is unpacked to: what repeats itself takes no room. */
export function mostUnpacked(size: number): number {
  return Math.min(MOST_UNPACKED_BYTES, Math.max(FEW_UNPACKED_BYTES, MOST_UNPACKED_PER_BYTE * size));
}

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
// What was inflated goes into a Blob in pieces of this size, so that it is never held twice.
const PIECE_BYTES = 64 << 20;
// Three bytes of compressed data look like the start of a member once in some 100 MB.
const MOST_WRONG_STARTS = 8;

/** Whether bytes begin as a member of a gzip file does: signature, deflate, no reserved flag. */
export function beginsAsGzip(bytes: Uint8Array, at = 0): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8 && (bytes[at + 3] & 0xe0) === 0;
}

/**
 * Unpacks a gzip file of one member or several, as pigz and bgzip write them. Length and checksum
 * of every member are checked.
 *
 * @throws DataError for damaged data, bytes after the last member, and more than `most` bytes
 */
export async function gunzip(source: ByteSource, most = mostUnpacked(source.size)): Promise<ByteSource> {
  const { path, size } = source;
  const starts = await findStarts(source);
  const parts: Blob[] = [];
  let left = most;
  let wrong = 0;
  for (let first = 0; first < starts.length; ) {
    // The platform does not say where a member ends: it ends where another begins, unless that only
    // looked like one.
    for (let next = first + 1; ; next++) {
      try {
        const member = await inflateMember(source, starts[first], starts[next] ?? size, left, most);
        left -= member.size;
        parts.push(member);
        first = next;
        break;
      } catch (error) {
        if (!(error instanceof InflateError)) throw error;
        if (next < starts.length && ++wrong <= MOST_WRONG_STARTS) continue;
        throw new DataError(error.message, { path, byte: starts[first] });
      }
    }
  }
  return blobSource(new Blob(parts), path);
}

/** Where a member may begin: at 0, and at every place that looks like it. */
async function findStarts(source: ByteSource): Promise<number[]> {
  const starts: number[] = [];
  let before = new Uint8Array(0);
  let offset = 0;
  for await (const block of streamRange(source, 0, source.size)) {
    const bytes = new Uint8Array(before.length + block.length);
    bytes.set(before);
    bytes.set(block, before.length);
    const end = bytes.length - 3;
    for (let at = bytes.indexOf(0x1f); at >= 0 && at < end; at = bytes.indexOf(0x1f, at + 1)) {
      if (beginsAsGzip(bytes, at)) starts.push(offset - before.length + at);
    }
    offset += block.length;
    before = bytes.slice(Math.max(0, end));
  }
  return starts;
}

async function inflateMember(
  source: ByteSource,
  start: number,
  end: number,
  left: number,
  most: number,
): Promise<Blob> {
  if (end - start < HEADER_BYTES + TRAILER_BYTES) throw new InflateError('the compressed data is cut short');
  const trailer = await source.read(end - TRAILER_BYTES, TRAILER_BYTES);
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER_BYTES);
  const pieces: Blob[] = [];
  let blocks: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  let size = 0;
  let crc = 0;
  for await (const block of inflateGzip(streamRange(source, start, end - start))) {
    size += block.length;
    if (size > left) {
      throw new DataError(`expected at most ${most} bytes when unpacked, got more; unpack it first`, {
        path: source.path,
      });
    }
    crc = crc32(block, crc);
    blocks.push(block as Uint8Array<ArrayBuffer>);
    held += block.length;
    if (held < PIECE_BYTES) continue;
    pieces.push(new Blob(blocks));
    blocks = [];
    held = 0;
  }
  // Platforms differ in whether they see bytes after the end of a member: these are no trailer.
  if (view.getUint32(0, true) !== crc || view.getUint32(4, true) !== size % 2 ** 32) {
    throw new InflateError('expected checksum and length of the data at the end, got other bytes');
  }
  return new Blob([...pieces, ...blocks]);
}
