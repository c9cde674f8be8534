import type { Dtype } from '../matrix.js';
import { didYouMean } from '../suggest.js';
import { UsageError } from './usage-error.js';

/** A parser of whole numbers for an option. */
export function wholeNumber(
  option: string,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const number = /^[+-]?\d+(e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(number) || number < minimum || number > maximum) {
      const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new UsageError(`${option}: expected a whole number ${range}, got '${text}'`);
    }
    return number;
  };
}

/** A parser of numbers for an option. */
export function numberBetween(option: string, minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (!(number >= minimum && number <= maximum)) {
      throw new UsageError(`${option}: expected a number from ${minimum} to ${maximum}, got '${text}'`);
    }
    return number;
  };
}

/** A parser of one of several words. */
export function oneOf<T extends string>(option: string, words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw new UsageError(`${option}: expected one of ${words.join(', ')}, got '${text}'${didYouMean(text, words)}`);
  };
}

/** Adds the words of `a,b,c` to those of an option given before. */
export function wordList(option: string): (text: string, previous?: readonly string[]) => string[] {
  return (text, previous = []) => {
    const words = text.split(',').map((word) => word.trim());
    if (words.includes('')) throw new UsageError(`${option}: expected names with a comma between them, got '${text}'`);
    return [...previous, ...words];
  };
}

const DTYPES: Readonly<Record<Dtype, readonly string[]>> = {
  float16: ['f2', 'f16', 'half'],
  float32: ['f4', 'f32'],
  float64: ['f8', 'f64', 'double'],
  int8: ['i1'],
  int16: ['i2', 'i16'],
  int32: ['i4', 'i32'],
  int64: ['i64'],
  uint8: ['u1'],
  uint16: ['u2', 'u16'],
  uint32: ['u4', 'u32'],
  uint64: ['u64'],
  bool: ['b1', '?'],
};

/** The long names of all element types. */
export const DTYPE_NAMES = Object.keys(DTYPES) as readonly Dtype[];

/** A parser of element types, by name (`float32`), bits (`f32`) or numpy's bytes (`f4`, `<f4`). */
export function dtypeName(option: string): (text: string) => Dtype {
  return (text) => {
    const word = text
      .trim()
      .toLowerCase()
      .replace(/^[<=|]/, '');
    if (word === 'i8' || word === 'u8') {
      const sign = word === 'u8' ? 'u' : '';
      throw new UsageError(
        `${option}: '${text}' is 8 bits to some and 8 bytes to others; say ${sign}int8 or ${sign}int64`,
      );
    }
    if (word.startsWith('>')) throw new UsageError(`${option}: bare values must be little-endian, got '${text}'`);
    const dtype = DTYPE_NAMES.find((name) => name === word || DTYPES[name].includes(word));
    if (dtype === undefined)
      throw new UsageError(`${option}: expected one of ${DTYPE_NAMES.join(', ')}, got '${text}'`);
    return dtype;
  };
}
