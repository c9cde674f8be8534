import { type Note, note } from './note.js';
import { mention, phrase } from './phrase.js';
import type { FactorType } from './types.js';

/**
 * What a factor is that nobody has said the kind of, in every file and for every command: whole
 * numbers are values of a discrete factor, whichever they are; others vary along a line.
 */
export function factorTypeOf(isWhole: boolean): FactorType {
  return isWhole ? 'discrete' : 'continuous';
}

/** Columns of numbers, row after row. */
export interface Cells {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** More values than these are very many. */
const MANY_VALUES = 100;
/** Fewer are few of however many rows there are. */
const FEW_VALUES = 10;

/** What its values say of a factor that could as well be of the other kind. */
export function describeKind({ data, rows, columns }: Cells, k: number, name: string): Note[] {
  const values = new Set<number>();
  let [isWhole, least, most] = [true, data[k], data[k]];
  for (let i = k; i < data.length && isWhole; i += columns) {
    isWhole = Number.isInteger(data[i]);
    least = Math.min(least, data[i]);
    most = Math.max(most, data[i]);
  }
  // Most factors, without a look at each value again.
  if (isWhole && most - least < MANY_VALUES && rows > 2 * MANY_VALUES) return [];
  for (let i = k; i < data.length && values.size <= MANY_VALUES; i += columns) values.add(data[i]);
  const count = values.size;
  const isMany = count > MANY_VALUES || (count > FEW_VALUES && count * 2 > rows);
  const isFew = count <= MANY_VALUES && count * 5 <= rows && count > 1;
  const more = (kind: FactorType) => ({
    option: 'factorTypes',
    suggestion: phrase`unless ${mention('factorTypes')} says ${kind}`,
    isGuess: true,
  });
  if (isWhole && isMany) {
    const many = count > MANY_VALUES ? `more than ${MANY_VALUES}` : count;
    return [note('many-values', `${name} has ${many} whole values and is taken as discrete`, more('continuous'))];
  }
  if (!isWhole && isFew) {
    return [note('few-values', `${name} has only ${count} values and is taken as continuous`, more('discrete'))];
  }
  return [];
}

/** What is said of words that hardly repeat, as names of rows do not. */
export function describeManyWords(words: number, rows: number, name: string): Note[] {
  if (words <= FEW_VALUES || words * 2 <= rows) return [];
  const text = `${name} has ${words} different words in ${rows} rows and is taken as discrete`;
  const suggestion = phrase`${mention('factorColumns')} names the columns that are factors`;
  return [note('many-values', text, { option: 'factorColumns', suggestion, isGuess: true })];
}
