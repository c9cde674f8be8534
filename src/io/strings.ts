/** Lists of strings, as numpy keeps them: items of one length, padded with zeros. */
import { DataError, type Place } from '../errors.js';

/** The most that a list of names may take. */
const MOST_NAMES_BYTES = 1 << 20;
/** The most that a list with a word for each row may take. */
export const MOST_WORDS_BYTES = 1 << 28;

/** A list of strings, and what it is called in an archive. */
export interface NamedStrings {
  readonly name: string;
  readonly strings: readonly string[];
}

/** The bytes of a list of strings. */
export interface StringPayload {
  /** Whether they are UTF-32 (numpy's `<U`), and UTF-8 (`S`) otherwise. */
  readonly isWide: boolean;
  /** The byte order of UTF-32. */
  readonly isBig: boolean;
  readonly count: number;
  readonly itemBytes: number;
  stream(): AsyncIterable<Uint8Array>;
}

/** @throws DataError for more than `most` bytes, or what is no text */
export async function readStringList(
  list: StringPayload,
  place: Place,
  most: number = MOST_NAMES_BYTES,
): Promise<string[]> {
  const { isWide, isBig, count, itemBytes } = list;
  const total = count * itemBytes;
  if (total > most) throw new DataError(`expected strings of at most ${most} bytes, got ${total}`, place);
  const bytes = new Uint8Array(total);
  let filled = 0;
  for await (const block of list.stream()) {
    bytes.set(block, filled);
    filled += block.length;
  }
  return Array.from({ length: count }, (_, row) => {
    const item = bytes.subarray(row * itemBytes, (row + 1) * itemBytes);
    const text = isWide ? decodeUtf32(item, !isBig) : decodeUtf8(item);
    if (text === null) throw new DataError(`expected text in ${isWide ? 'UTF-32' : 'UTF-8'}`, { ...place, row });
    return text.replace(/\0+$/, '');
  });
}

function decodeUtf32(bytes: Uint8Array, isLittle: boolean): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const points = Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, isLittle));
  const isText = points.every((point) => point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));
  return isText ? points.map((point) => String.fromCodePoint(point)).join('') : null;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Whether numpy can keep a string: halves of a surrogate pair are no text, and zeros at the end are
 * padding.
 */
export function isKeepable(text: string): boolean {
  return !/\p{Surrogate}|\0$/u.test(text);
}

/**
 * A list of strings in UTF-32, little-endian: the bytes, and how many characters an item has.
 * @throws DataError for one that numpy could not give back
 */
export function encodeStrings({ name, strings }: NamedStrings): { readonly bytes: Uint8Array; readonly width: number } {
  const texts = strings.map((text, row) => {
    if (!isKeepable(text)) throw new DataError(`expected text, got ${JSON.stringify(text)}`, { member: name, row });
    return Array.from(text, (character) => character.codePointAt(0) as number);
  });
  // numpy has no strings of no characters.
  const width = Math.max(1, ...texts.map(({ length }) => length));
  const bytes = new Uint8Array(texts.length * width * 4);
  const view = new DataView(bytes.buffer);
  texts.forEach((points, row) => {
    points.forEach((point, i) => {
      view.setUint32((row * width + i) * 4, point, true);
    });
  });
  return { bytes, width };
}
