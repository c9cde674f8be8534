/** Zstandard (RFC 8878), strictly: work and memory are in proportion to what is asked for. */
import { Cursor } from './cursor.js';
import {
  BackwardBits,
  constantStates,
  damagedZstd,
  decodeHuffman,
  type Huffman,
  makeStates,
  readHuffman,
  readStates,
  type States,
} from './zstd-entropy.js';

const MAGIC = 0xfd2fb528;
const LARGEST_BLOCK = 128 << 10;

/** A code of numbers: of each symbol the least that it stands for, and bits that are added. */
interface NumberCode {
  readonly bits: readonly number[];
  readonly least: readonly number[];
  readonly mostAccurate: number;
  readonly usual: States;
}

function numberCode(first: number, bits: readonly number[], accuracies: [number, number], usual: number[]): NumberCode {
  const least = [first];
  for (const count of bits) least.push((least.at(-1) as number) + 2 ** count);
  return { bits, least, mostAccurate: accuracies[1], usual: makeStates(accuracies[0], usual) };
}

const times = (count: number, value: number): number[] => Array(count).fill(value);
const LITERAL_BITS = [...times(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const MATCH_BITS = [...times(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const OFFSET_BITS = Array.from({ length: 32 }, (_, i) => i);

// The tables of section 3.1.1.3.2.2.
const LITERAL_COUNTS = [4, 3, ...times(11, 2), 1, 1, 1, ...times(9, 2), 3, 2, ...times(5, 1), ...times(4, -1)];
const OFFSET_COUNTS = [...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1)];
const MATCH_COUNTS = [1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)];

const CODES: readonly NumberCode[] = [
  numberCode(0, LITERAL_BITS, [6, 9], LITERAL_COUNTS),
  numberCode(1, OFFSET_BITS, [5, 8], OFFSET_COUNTS),
  numberCode(3, MATCH_BITS, [6, 9], MATCH_COUNTS),
];

/**
 * Unpacks one or more frames. Their checksums are not checked.
 * @param length what they must come to
 * @throws EncodingError where the bytes are damaged, or need a dictionary
 */
export function unpackZstd(bytes: Uint8Array, length: number): Uint8Array {
  const output = new Output(length);
  for (const cursor = new Cursor(bytes); cursor.at < bytes.length; ) {
    const magic = cursor.uint(4);
    // A frame that is to be passed over.
    if (Math.floor(magic / 16) === 0x184d2a5) cursor.take(cursor.uint(4));
    else if (magic === MAGIC) unpackFrame(cursor, output);
    else throw damagedZstd();
  }
  if (output.filled !== length) throw damagedZstd();
  return output.bytes;
}

/** What was unpacked so far: whatever is put there fits, and is made of what is there. */
class Output {
  readonly bytes: Uint8Array;
  filled = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
  }

  put(piece: Uint8Array): void {
    this.make(piece.length);
    this.bytes.set(piece, this.filled - piece.length);
  }

  repeat(byte: number, count: number): void {
    this.make(count);
    this.bytes.fill(byte, this.filled - count, this.filled);
  }

  /** Copies what was written `back` bytes ago. It may be written by the copying itself. */
  copy(back: number, count: number, start: number): void {
    const { bytes, filled } = this;
    if (back > filled - start) throw damagedZstd();
    this.make(count);
    for (let i = filled; i < filled + count; i++) bytes[i] = bytes[i - back];
  }

  private make(count: number): void {
    if (count > this.bytes.length - this.filled) throw damagedZstd();
    this.filled += count;
  }
}

/** What the blocks of a frame hand on. */
interface Frame {
  readonly start: number;
  huffman: Huffman | null;
  readonly tables: Array<States | null>;
  readonly offsets: number[];
}

function unpackFrame(cursor: Cursor, output: Output): void {
  const flags = cursor.uint(1);
  const isSingle = (flags & 32) !== 0;
  // The window: everything is kept.
  if (!isSingle) cursor.take(1);
  const dictionary = cursor.uint([0, 1, 2, 4][flags & 3]);
  const sizeBytes = flags >> 6 === 0 ? Number(isSingle) : 2 ** (flags >> 6);
  const size = cursor.uint(sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  if (dictionary !== 0 || (flags & 8) !== 0) throw damagedZstd();
  const frame: Frame = { start: output.filled, huffman: null, tables: [null, null, null], offsets: [1, 4, 8] };
  for (let isLast = false; !isLast; ) {
    const head = cursor.uint(3);
    isLast = (head & 1) === 1;
    const [kind, length] = [(head >> 1) & 3, head >> 3];
    if (kind === 0) output.put(cursor.take(length));
    else if (kind === 1) output.repeat(cursor.uint(1), length);
    else if (kind === 2 && length <= LARGEST_BLOCK) unpackBlock(new Cursor(cursor.take(length)), frame, output);
    else throw damagedZstd();
  }
  if (sizeBytes > 0 && size !== output.filled - frame.start) throw damagedZstd();
  if ((flags & 4) !== 0) cursor.take(4);
}

/** Sequences of literals and of copies. */
function unpackBlock(cursor: Cursor, frame: Frame, output: Output): void {
  const literals = new Cursor(readLiterals(cursor, frame));
  const end = output.filled + LARGEST_BLOCK;
  let count = cursor.uint(1);
  if (count === 255) count = cursor.uint(2) + 0x7f00;
  else if (count > 127) count = (count - 128) * 256 + cursor.uint(1);
  if (count > 0) {
    const modes = cursor.uint(1);
    if ((modes & 3) !== 0) throw damagedZstd();
    for (const [i, code] of CODES.entries()) {
      frame.tables[i] = readTable(cursor, (modes >> (6 - 2 * i)) & 3, code, frame.tables[i]);
    }
    const tables = frame.tables as States[];
    const bits = new BackwardBits(cursor.rest());
    const states = tables.map(({ accuracy }) => bits.take(accuracy));
    const read = (i: number): number => {
      const symbol = tables[i].symbols[states[i]];
      return CODES[i].least[symbol] + bits.take(CODES[i].bits[symbol]);
    };
    for (let left = count; left > 0; left--) {
      const offset = read(1);
      const match = read(2);
      const length = read(0);
      output.put(literals.take(length));
      output.copy(nextOffset(frame.offsets, offset, length), match, frame.start);
      if (output.filled > end) throw damagedZstd();
      if (left === 1) break;
      for (const i of [0, 2, 1]) states[i] = tables[i].next[states[i]] + bits.take(tables[i].bits[states[i]]);
    }
    if (bits.left !== 0) throw damagedZstd();
  }
  output.put(literals.rest());
  if (output.filled > end || cursor.at !== cursor.bytes.length) throw damagedZstd();
}

function readTable(cursor: Cursor, mode: number, code: NumberCode, last: States | null): States {
  if (mode === 0) return code.usual;
  if (mode === 1) {
    const symbol = cursor.uint(1);
    if (symbol >= code.bits.length) throw damagedZstd();
    return constantStates(symbol);
  }
  if (mode === 2) {
    const [states, length] = readStates(cursor.bytes.subarray(cursor.at), code.mostAccurate, code.bits.length);
    cursor.take(length);
    return states;
  }
  if (last === null) throw damagedZstd();
  return last;
}

/** The last three offsets have short names; `offsets` keeps them, the last first. */
function nextOffset(offsets: number[], value: number, literals: number): number {
  const place = value > 3 ? 3 : value - (literals === 0 ? 0 : 1);
  const offset = value > 3 ? value - 3 : place === 3 ? offsets[0] - 1 : offsets[place];
  if (offset < 1) throw damagedZstd();
  if (place > 0) offsets.splice(0, 3, offset, offsets[0], place === 1 ? offsets[2] : offsets[1]);
  return offset;
}

function readLiterals(cursor: Cursor, frame: Frame): Uint8Array {
  const head = cursor.bytes[cursor.at] ?? 0;
  const [kind, format] = [head & 3, (head >> 2) & 3];
  if (kind < 2) {
    const size = format === 1 ? cursor.uint(2) >> 4 : format === 3 ? cursor.uint(3) >> 4 : cursor.uint(1) >> 3;
    if (size > LARGEST_BLOCK) throw damagedZstd();
    return kind === 0 ? cursor.take(size) : new Uint8Array(size).fill(cursor.uint(1));
  }
  const [bytes, width] = [
    [3, 10],
    [3, 10],
    [4, 14],
    [5, 18],
  ][format];
  const sizes = Math.floor(cursor.uint(bytes) / 16);
  const [size, packed] = [sizes % 2 ** width, Math.floor(sizes / 2 ** width)];
  if (size > LARGEST_BLOCK) throw damagedZstd();
  const body = new Cursor(cursor.take(packed));
  if (kind === 2) {
    const [huffman, length] = readHuffman(body.bytes);
    body.take(length);
    frame.huffman = huffman;
  }
  const { huffman } = frame;
  if (huffman === null) throw damagedZstd();
  const out = new Uint8Array(size);
  if (format === 0) {
    decodeHuffman(huffman, body.rest(), out);
    return out;
  }
  const quarter = Math.floor((size + 3) / 4);
  const lengths = [body.uint(2), body.uint(2), body.uint(2)];
  for (let i = 0; i < 4; i++) {
    const part = out.subarray(Math.min(size, i * quarter), i === 3 ? size : Math.min(size, (i + 1) * quarter));
    decodeHuffman(huffman, i === 3 ? body.rest() : body.take(lengths[i]), part);
  }
  return out;
}
