/** Values of Parquet as numbers. */

import { widenHalf } from '../half.js';
import { MOST_WORDS } from '../words.js';
import { type Cursor, EncodingError } from './cursor.js';
import { joinStreams, readDeltaLengths, readDeltas, readDeltaTexts, readHybrid, readTexts } from './encodings.js';
import type { Field } from './fields.js';
import type { PhysicalType } from './metadata.js';

const ENCODINGS = {
  plain: 0,
  oldDictionary: 2,
  runs: 3,
  deltas: 5,
  deltaLengths: 6,
  deltaTexts: 7,
  dictionary: 8,
  streams: 9,
};

const WIDTHS: Readonly<Partial<Record<PhysicalType, number>>> = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 };
const EXACT_POWERS = 22;
const LONGEST_DECIMAL = 64;

/** Numbers, and why some of them cannot be used, by their places. */
export interface Numbers {
  readonly values: ArrayLike<number>;
  readonly problems: ReadonlyMap<number, string>;
}

/** Whether values are places in the dictionary. */
export function pointsIntoDictionary(encoding: number): boolean {
  return encoding === ENCODINGS.dictionary || encoding === ENCODINGS.oldDictionary;
}

/**
 * The values of a page.
 * @param words of a column of words: the number of each; words that are met are added
 * @param spend called with bytes that are made beyond those of the page
 * @throws EncodingError for what is damaged
 */
export function readValues(
  field: Field,
  encoding: number,
  cursor: Cursor,
  count: number,
  words: Map<string, number>,
  spend: (bytes: number) => void,
): Numbers {
  const { type, typeLength, scale } = field;
  const width = type === 'FIXED_LEN_BYTE_ARRAY' ? typeLength : WIDTHS[type];
  if (type === 'BOOLEAN') return allGood(readBooleans(encoding, cursor, count));
  if (width === undefined) return fromTexts(field, readByteArrays(encoding, cursor, count, spend), words);
  const bytes = readFixed(encoding, cursor, count, type, width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (scale !== null) {
    const unscaled = (i: number) =>
      type === 'INT32'
        ? BigInt(view.getInt32(i * 4, true))
        : type === 'INT64'
          ? view.getBigInt64(i * 8, true)
          : bigEndian(bytes.subarray(i * width, (i + 1) * width));
    return fromWhole(count, unscaled, scale);
  }
  const isUnsigned = field.dtype.startsWith('u');
  const values = new Float64Array(count);
  switch (type) {
    case 'FLOAT':
      for (let i = 0; i < count; i++) values[i] = view.getFloat32(i * 4, true);
      return allGood(values);
    case 'DOUBLE':
      for (let i = 0; i < count; i++) values[i] = view.getFloat64(i * 8, true);
      return allGood(values);
    case 'INT32':
      for (let i = 0; i < count; i++) values[i] = isUnsigned ? view.getUint32(i * 4, true) : view.getInt32(i * 4, true);
      return allGood(values);
    case 'INT64':
      return fromInt64(view, count, isUnsigned);
    default: {
      const bits = new Uint32Array(count);
      for (let i = 0; i < count; i++) bits[i] = widenHalf(view.getUint16(i * 2, true));
      return allGood(new Float32Array(bits.buffer));
    }
  }
}

function allGood(values: ArrayLike<number>): Numbers {
  return { values, problems: new Map() };
}

function unread(encoding: number, what: string): EncodingError {
  return new EncodingError(`the encoding ${encoding} of ${what} is not read here; write it with pandas' defaults`);
}

function readBooleans(encoding: number, cursor: Cursor, count: number): ArrayLike<number> {
  if (encoding === ENCODINGS.runs) return readHybrid(cursor.take(cursor.uint(4)), 1, count);
  if (encoding !== ENCODINGS.plain) throw unread(encoding, 'truth values');
  const bytes = cursor.take(Math.ceil(count / 8));
  return Uint8Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
}

function readFixed(encoding: number, cursor: Cursor, count: number, type: PhysicalType, width: number): Uint8Array {
  if (encoding === ENCODINGS.plain) return cursor.take(count * width);
  if (encoding === ENCODINGS.streams) return joinStreams(cursor, count, width);
  if (encoding !== ENCODINGS.deltas || !type.startsWith('INT')) throw unread(encoding, 'numbers');
  const values = readDeltas(cursor, count, type === 'INT32' ? 32 : 64);
  return new Uint8Array(type === 'INT32' ? Int32Array.from(values, Number).buffer : values.buffer);
}

function readByteArrays(
  encoding: number,
  cursor: Cursor,
  count: number,
  spend: (bytes: number) => void,
): readonly Uint8Array[] {
  if (encoding === ENCODINGS.plain) return readTexts(cursor, count);
  if (encoding === ENCODINGS.deltaLengths) return readDeltaLengths(cursor, count);
  if (encoding === ENCODINGS.deltaTexts) return readDeltaTexts(cursor, count, spend);
  throw unread(encoding, 'text');
}

function fromTexts({ areWords, scale }: Field, texts: readonly Uint8Array[], words: Map<string, number>): Numbers {
  if (!areWords) return fromWhole(texts.length, (i) => bigEndian(texts[i]), scale ?? 0);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const problems = new Map<number, string>();
  const values = Float64Array.from(texts, (text, i) => {
    let word: string;
    try {
      word = decoder.decode(text);
    } catch {
      problems.set(i, 'expected text in UTF-8, got other bytes');
      return Number.NaN;
    }
    const code = words.get(word);
    if (code !== undefined) return code;
    if (word === '') problems.set(i, 'expected a word, got an empty text');
    else if (words.size >= MOST_WORDS) problems.set(i, `expected at most ${MOST_WORDS} different words`);
    else words.set(word, words.size);
    return words.size - 1;
  });
  return { values, problems };
}

function fromInt64(view: DataView, count: number, isUnsigned: boolean): Numbers {
  const problems = new Map<number, string>();
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const high = isUnsigned ? view.getUint32(i * 8 + 4, true) : view.getInt32(i * 8 + 4, true);
    values[i] = high * 2 ** 32 + view.getUint32(i * 8, true);
    if (!Number.isSafeInteger(values[i])) {
      const exact = isUnsigned ? view.getBigUint64(i * 8, true) : view.getBigInt64(i * 8, true);
      problems.set(i, `expected an integer within 2^53, got ${exact}`);
    }
  }
  return { values, problems };
}

/** Decimals: whole numbers over a power of ten, each the float64 nearest to it. */
function fromWhole(count: number, unscaled: (i: number) => bigint, scale: number): Numbers {
  const problems = new Map<number, string>();
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const whole = unscaled(i);
    const number = Number(whole);
    const isSafe = Number.isSafeInteger(number);
    if (scale === 0 && !isSafe) problems.set(i, `expected an integer within 2^53, got ${whole}`);
    // Both are exact, so that the quotient is rounded once.
    values[i] = isSafe && scale <= EXACT_POWERS ? number / 10 ** scale : Number(`${whole}e-${scale}`);
  }
  return { values, problems };
}

function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length > LONGEST_DECIMAL) throw new EncodingError(`a decimal is longer than ${LONGEST_DECIMAL} bytes`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}
