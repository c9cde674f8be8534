/** Lists that options are given as text. */
import type { FactorType, RowSelection } from '../types.js';
import { ValueProblem } from './rule.js';

/** `from:to`, which counts from 0 and leaves `to` out, as Python's slices do. */
export function parseRows(text: string): RowSelection {
  const match = /^(\d+):(\d+)$/.exec(text.trim());
  const [from, to] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (to > from && Number.isSafeInteger(to)) return { from, to };
  throw new ValueProblem(`expected from:to, counted from 0 and without the last, as 0:6666, got '${text}'`);
}

const FACTOR_TYPES: Readonly<Record<string, FactorType | null>> = {
  d: 'discrete',
  discrete: 'discrete',
  c: 'continuous',
  continuous: 'continuous',
  '-': null,
  auto: null,
};

/** `d,c,-`: one entry per factor; `-` leaves a factor to its values. */
export function parseFactorTypes(text: string): Array<FactorType | null> {
  return text.split(',').map((word) => {
    const type = FACTOR_TYPES[word.trim().toLowerCase()];
    if (type !== undefined) return type;
    throw new ValueProblem(`expected d (discrete), c (continuous) or - (by its values), got '${word}'`);
  });
}

/** Adds the words of `a,b,c` to those given before. */
export function parseWords(text: string, previous?: readonly string[] | null): string[] {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes('')) throw new ValueProblem(`expected names with a comma between them, got '${text}'`);
  return [...(previous ?? []), ...words];
}

/** Adds the whole numbers of `0,3,5` to those given before. */
export function parseNumbers(text: string, previous?: readonly number[] | null): number[] {
  const numbers = text.split(',').map((word) => (/^ *\d+ *$/.test(word) ? Number(word) : Number.NaN));
  if (!numbers.every(Number.isSafeInteger)) {
    throw new ValueProblem(`expected whole numbers with a comma between them, got '${text}'`);
  }
  return [...(previous ?? []), ...numbers];
}
