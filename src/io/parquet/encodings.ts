/**
 * How Parquet encodes values
 * (https://github.com/apache/parquet-format/blob/master/Encodings.md): each function reads from the
 * start of some bytes, never beyond their end, and does work in proportion to what is asked for.
 */
import { Cursor, EncodingError, tooShort } from './cursor.js';

/** Runs of equal values, and values packed in `width` bits each, up to 32. */
export function readHybrid(bytes: Uint8Array, width: number, count: number): Uint32Array {
  if (width > 32) throw new EncodingError(`expected values of at most 32 bits, got ${width}`);
  const values = new Uint32Array(count);
  const cursor = new Cursor(bytes);
  const valueBytes = Math.ceil(width / 8);
  for (let filled = 0; filled < count; ) {
    const head = Number(cursor.varint());
    if (head % 2 === 0) {
      const run = Math.min(head / 2, count - filled);
      let value = 0;
      for (const [i, byte] of cursor.take(valueBytes).entries()) value |= byte << (8 * i);
      values.fill(value, filled, filled + run);
      filled += run;
      continue;
    }
    const run = Math.min(((head - 1) / 2) * 8, count - filled);
    // The last group may be cut short.
    const packed = cursor.take(Math.min(((head - 1) / 2) * width, bytes.length - cursor.at));
    if (packed.length < Math.ceil((run * width) / 8)) throw tooShort();
    unpack(packed, width, values.subarray(filled, filled + run));
    filled += run;
  }
  return values;
}

function unpack(packed: Uint8Array, width: number, out: Uint32Array): void {
  // Of 25 bits and more a value may span five bytes.
  const mask = width === 32 ? 0xffffffff : 2 ** width - 1;
  for (let i = 0, bit = 0; i < out.length; i++, bit += width) {
    const at = bit >>> 3;
    const low = (packed[at] | (packed[at + 1] << 8) | (packed[at + 2] << 16) | (packed[at + 3] << 24)) >>> (bit & 7);
    const high = width > 24 && (bit & 7) > 0 ? packed[at + 4] << (32 - (bit & 7)) : 0;
    out[i] = (low | high) & mask;
  }
}

/** Whole numbers as differences, `width` is 32 or 64; they wrap around as the format has it. */
export function readDeltas(cursor: Cursor, count: number, width: 32 | 64): BigInt64Array {
  const blockValues = Number(cursor.varint());
  const miniblocks = Number(cursor.varint());
  const total = Number(cursor.varint());
  const perMiniblock = blockValues / miniblocks;
  if (total !== count || !Number.isSafeInteger(perMiniblock) || perMiniblock < 8 || perMiniblock % 8 !== 0) {
    throw new EncodingError(`expected ${count} differences in blocks, got ${total} in ${miniblocks} of ${blockValues}`);
  }
  const values = new BigInt64Array(count);
  let value = zigzag(cursor.varint());
  for (let filled = 0; filled < count; ) {
    if (filled === 0) values[filled++] = BigInt.asIntN(width, value);
    if (filled === count) break;
    const least = zigzag(cursor.varint());
    const widths = cursor.take(miniblocks);
    for (let i = 0; i < miniblocks && filled < count; i++) {
      if (widths[i] > width) throw new EncodingError(`expected at most ${width} bits, got ${widths[i]}`);
      const packed = cursor.take((perMiniblock / 8) * widths[i]);
      const run = Math.min(perMiniblock, count - filled);
      for (let k = 0; k < run; k++) {
        value = BigInt.asIntN(width, value + least + bitsAt(packed, k * widths[i], widths[i]));
        values[filled++] = value;
      }
    }
  }
  return values;
}

function zigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

function bitsAt(packed: Uint8Array, bit: number, width: number): bigint {
  let value = 0n;
  for (let got = 0; got < width; ) {
    const at = bit + got;
    const count = Math.min(8 - (at & 7), width - got);
    value |= BigInt((packed[at >>> 3] >>> (at & 7)) & ((1 << count) - 1)) << BigInt(got);
    got += count;
  }
  return value;
}

/** Texts, their lengths first as differences. */
export function readDeltaLengths(cursor: Cursor, count: number): Uint8Array[] {
  const lengths = readDeltas(cursor, count, 32);
  return Array.from(lengths, (length) => cursor.take(lengthOf(length)));
}

/**
 * Texts that each share their beginning with the one before.
 * @param spend called with the bytes that a text takes
 */
export function readDeltaTexts(cursor: Cursor, count: number, spend: (bytes: number) => void): Uint8Array[] {
  const shared = readDeltas(cursor, count, 32);
  const ends = readDeltaLengths(cursor, count);
  let last = new Uint8Array(0);
  return ends.map((end, i) => {
    const length = lengthOf(shared[i]);
    if (length > last.length) throw new EncodingError('a text shares more than there is of the one before');
    spend(length + end.length);
    const text = new Uint8Array(length + end.length);
    text.set(last.subarray(0, length));
    text.set(end, length);
    last = text;
    return text;
  });
}

function lengthOf(value: bigint): number {
  if (value < 0n) throw new EncodingError(`expected a length of at least 0, got ${value}`);
  return Number(value);
}

/** Texts, each behind its length. */
export function readTexts(cursor: Cursor, count: number): Uint8Array[] {
  // Each takes 4 bytes at least.
  if (count * 4 > cursor.bytes.length - cursor.at) throw tooShort();
  return Array.from({ length: count }, () => cursor.take(cursor.uint(4)));
}

/** Bytes of values whose first bytes come first, then all second ones, and so on. */
export function joinStreams(cursor: Cursor, count: number, width: number): Uint8Array {
  const split = cursor.take(count * width);
  const bytes = new Uint8Array(count * width);
  for (let k = 0; k < width; k++) {
    for (let i = 0; i < count; i++) bytes[i * width + k] = split[k * count + i];
  }
  return bytes;
}
