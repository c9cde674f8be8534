import { DataError, wrongType } from '../errors.js';
import { kindOf } from '../options/check-options.js';

/**
 * Bytes that can be read in ranges: a file, a Blob, or memory.
 *
 * `read` gives exactly the bytes asked for, in memory that belongs to the caller from then on, or
 * throws a DataError that says how many there were.
 */
export interface ByteSource {
  /** What to call it in messages; `-` is standard input. */
  readonly path: string;
  /** Bytes in all. */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  close?(): Promise<void>;
}

/**
 * Bytes that are in memory already. They are copied on reading, so what is read never changes them.
 */
export function memorySource(bytes: Uint8Array, path = 'memory'): ByteSource {
  if (!(bytes instanceof Uint8Array)) throw wrongBytes('a Uint8Array', bytes);
  return {
    path,
    size: bytes.length,
    async read(offset, length) {
      refuseOutside(offset, length, bytes.length, path);
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
  };
}

/** A Blob, or a File dropped on a page. Only the ranges that are read are held in memory. */
export function blobSource(blob: Blob, path = (blob as File)?.name ?? 'blob'): ByteSource {
  if (!(blob instanceof Blob)) throw wrongBytes('a Blob or File', blob);
  return {
    path,
    size: blob.size,
    async read(offset, length) {
      refuseOutside(offset, length, blob.size, path);
      const bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      if (bytes.length !== length) throw truncated(offset, length, bytes.length, path);
      return bytes;
    },
  };
}

function wrongBytes(expected: string, given: unknown): TypeError {
  const got = given === undefined ? 'nothing' : kindOf(given);
  return wrongType({ option: 'bytes', problem: `expected ${expected}, got ${got}` });
}

/** Refuses a range that is not inside `size` bytes. For makers of a ByteSource. */
export function refuseOutside(offset: number, length: number, size: number, path: string): void {
  if (offset < 0 || length < 0 || offset + length > size) {
    throw truncated(offset, length, Math.max(0, size - offset), path);
  }
}

/** The refusal of a file that ended too soon. */
export function truncated(offset: number, expected: number, got: number, path: string): DataError {
  return new DataError(`the file ends too soon: expected ${expected} bytes, got ${got}`, { path, byte: offset });
}

/** The bytes before a text in UTF-8 that only say that it is one: 3 or 0. */
export async function lengthOfByteOrderMark(source: ByteSource): Promise<number> {
  const [a, b, c] = source.size < 3 ? [] : await source.read(0, 3);
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

const BLOCK_BYTES = 1 << 20;

/** A range of a source in order, in blocks of at most a mebibyte. */
export async function* streamRange(source: ByteSource, offset: number, length: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < length; done += BLOCK_BYTES) {
    yield await source.read(offset + done, Math.min(BLOCK_BYTES, length - done));
  }
}

/** The first bytes of a stream, at most `count`. The rest is not asked for. */
export async function firstBytes(stream: AsyncIterable<Uint8Array>, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let filled = 0;
  for await (const block of stream) {
    const part = block.subarray(0, count - filled);
    bytes.set(part, filled);
    filled += part.length;
    if (filled === count) break;
  }
  return bytes.subarray(0, filled);
}

/** Cuts a stream anew into blocks of exactly `blockBytes`; the last may be shorter. */
export async function* inBlocksOf(stream: AsyncIterable<Uint8Array>, blockBytes: number): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(blockBytes);
  let filled = 0;
  for await (const piece of stream) {
    if (filled === 0 && piece.length === blockBytes) {
      yield piece;
      continue;
    }
    for (let taken = 0; taken < piece.length; ) {
      const count = Math.min(piece.length - taken, blockBytes - filled);
      block.set(piece.subarray(taken, taken + count), filled);
      taken += count;
      filled += count;
      if (filled === blockBytes) {
        yield block;
        block = new Uint8Array(blockBytes);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
