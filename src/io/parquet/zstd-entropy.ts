/** The codes of Zstandard (RFC 8878, section 4): finite state entropy and Huffman codes. */
import { EncodingError } from './cursor.js';

/** What is thrown for bytes that are no Zstandard. */
export const damagedZstd = (): EncodingError => new EncodingError('the data compressed by ZSTD are damaged');

/** Bits that are read from the end to the start, above a last bit that is set. */
export class BackwardBits {
  /** Bits that are left. */
  left: number;

  constructor(private readonly bytes: Uint8Array) {
    const last = bytes[bytes.length - 1] ?? 0;
    if (last === 0) throw damagedZstd();
    this.left = bytes.length * 8 - 1 - Math.clz32(last << 24);
  }

  /** The next bits, at most 24; before the start are zeros. */
  peek(count: number): number {
    const from = this.left - count;
    if (from < 0) return this.left <= 0 ? 0 : this.peek(this.left) << -from;
    const { bytes } = this;
    const at = from >> 3;
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    return (word >>> (from & 7)) & ((1 << count) - 1);
  }

  /** At most 31 bits. */
  read(count: number): number {
    if (count > 16) return this.read(16) * 2 ** (count - 16) + this.read(count - 16);
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  /** Reads so many bits, which must be there. */
  take(count: number): number {
    if (count > this.left) throw damagedZstd();
    return this.read(count);
  }
}

/** A table of finite state entropy: of each state its symbol, and how to get to the next. */
export interface States {
  readonly accuracy: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly next: Uint16Array;
}

/** The table that always gives one symbol. */
export function constantStates(symbol: number): States {
  return { accuracy: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), next: new Uint16Array(1) };
}

/** A table by how often symbols come; -1 is less than once. */
export function makeStates(accuracy: number, counts: readonly number[]): States {
  const size = 2 ** accuracy;
  const symbols = new Uint8Array(size);
  const reached = counts.map((count) => Math.abs(count));
  let high = size;
  for (const [symbol, count] of counts.entries()) if (count === -1) symbols[--high] = symbol;
  let at = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let i = 0; i < count; i++) {
      symbols[at] = symbol;
      do at = (at + (size >> 1) + (size >> 3) + 3) & (size - 1);
      while (at >= high);
    }
  }
  const bits = new Uint8Array(size);
  const next = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const reach = reached[symbols[state]]++;
    bits[state] = accuracy - (31 - Math.clz32(reach));
    next[state] = (reach << bits[state]) - size;
  }
  return { accuracy, symbols, bits, next };
}

/** Reads such a table; returns its length in bytes, too. */
export function readStates(bytes: Uint8Array, mostAccurate: number, mostSymbols: number): [States, number] {
  let bit = 0;
  const read = (count: number): number => {
    const at = bit >> 3;
    if (bit + count > bytes.length * 8) throw damagedZstd();
    const word = bytes[at] | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    const value = (word >> (bit & 7)) & ((1 << count) - 1);
    bit += count;
    return value;
  };
  const accuracy = read(4) + 5;
  if (accuracy > mostAccurate) throw damagedZstd();
  const counts: number[] = [];
  for (let left = 2 ** accuracy; left > 0; ) {
    // A number up to left + 1: the lowest ones take a bit less.
    const width = 32 - Math.clz32(left + 1);
    const short = 2 ** width - 2 - left;
    let value = read(width - 1);
    if (value >= short) {
      value += read(1) * 2 ** (width - 1);
      if (value >= 2 ** (width - 1)) value -= short;
    }
    counts.push(value - 1);
    left -= Math.abs(value - 1);
    if (left < 0) throw damagedZstd();
    for (let more = value === 1 ? 3 : 0; more === 3; ) {
      more = read(2);
      for (let i = 0; i < more; i++) counts.push(0);
    }
    if (counts.length > mostSymbols) throw damagedZstd();
  }
  return [makeStates(accuracy, counts), Math.ceil(bit / 8)];
}

/** A Huffman code: by the next `width` bits the symbol and how many of them it takes. */
export interface Huffman {
  readonly width: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const LONGEST_CODE = 11;

/** Reads a Huffman code; returns its length in bytes, too. */
export function readHuffman(bytes: Uint8Array): [Huffman, number] {
  const head = bytes[0];
  if (head === undefined) throw damagedZstd();
  const length = head < 128 ? head : Math.ceil((head - 127) / 2);
  const body = bytes.subarray(1, 1 + length);
  if (body.length < length) throw damagedZstd();
  const weights =
    head < 128
      ? readWeights(body)
      : Array.from({ length: head - 127 }, (_, i) => (i % 2 === 0 ? body[i >> 1] >> 4 : body[i >> 1] & 15));
  const sum = weights.reduce((total, weight) => total + (weight && 2 ** (weight - 1)), 0);
  const width = 32 - Math.clz32(sum);
  const left = 2 ** width - sum;
  if (sum === 0 || width > LONGEST_CODE || (left & (left - 1)) !== 0) throw damagedZstd();
  // The last weight is what is left.
  weights.push(32 - Math.clz32(left));
  const symbols = new Uint8Array(2 ** width);
  const bits = new Uint8Array(2 ** width);
  let at = 0;
  for (let weight = 1; weight <= width; weight++) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      symbols.fill(symbol, at, at + 2 ** (weight - 1));
      bits.fill(width + 1 - weight, at, at + 2 ** (weight - 1));
      at += 2 ** (weight - 1);
    }
  }
  return [{ width, symbols, bits }, 1 + length];
}

/** Weights by two states that take turns, until the bits are used up. */
function readWeights(bytes: Uint8Array): number[] {
  const [table, length] = readStates(bytes, 6, 256);
  const bits = new BackwardBits(bytes.subarray(length));
  const states = [bits.read(table.accuracy), bits.read(table.accuracy)];
  const weights: number[] = [];
  for (let turn = 0; bits.left >= 0; turn = 1 - turn) {
    const state = states[turn];
    weights.push(table.symbols[state]);
    states[turn] = table.next[state] + bits.read(table.bits[state]);
    if (bits.left < 0) weights.push(table.symbols[states[1 - turn]]);
    if (weights.length > 255) throw damagedZstd();
  }
  return weights;
}

/** Reads so many symbols that take up all the bits. */
export function decodeHuffman({ width, symbols, bits }: Huffman, bytes: Uint8Array, out: Uint8Array): void {
  const stream = new BackwardBits(bytes);
  for (let i = 0; i < out.length; i++) {
    const next = stream.peek(width);
    out[i] = symbols[next];
    stream.left -= bits[next];
    if (stream.left < 0) throw damagedZstd();
  }
  if (stream.left !== 0) throw damagedZstd();
}
