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

/** Adds the words of `a,b,c` to those of an option given before. */
export function wordList(option: string): (text: string, previous?: readonly string[]) => string[] {
  return (text, previous = []) => {
    const words = text.split(',').map((word) => word.trim());
    if (words.includes('')) throw new UsageError(`${option}: expected names with a comma between them, got '${text}'`);
    return [...previous, ...words];
  };
}
