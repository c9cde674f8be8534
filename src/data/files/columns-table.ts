import { describeKind, describeManyWords, factorTypeOf } from '../../factor-type.js';
import { type Note, note } from '../../note.js';
import { findOneHot } from '../../one-hot.js';
import type { FactorType } from '../../types.js';
import type { Factor, FactorValues } from '../dataset.js';
import type { FactorTable } from './file-dataset.js';

/** Columns of numbers in row order. */
export interface Columns {
  readonly names: readonly string[];
  /** (N, K) */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  /** Their kinds, where the file says them. */
  readonly types?: ReadonlyArray<FactorType | null>;
  /** By column: null for numbers; of words the different ones, whose places are its numbers. */
  readonly words?: ReadonlyArray<readonly string[] | null>;
}

/** What is taken for granted about columns. */
export interface Known {
  /** Whether columns of few values are discrete, whether or not they are whole numbers. */
  readonly isRanked?: boolean;
  /** The values of factors in the order in which other data number them. */
  readonly labels?: Readonly<Record<string, FactorValues>>;
}

/** A table of factors from columns, and what became of them. */
export interface ColumnsTable {
  readonly table: FactorTable;
  readonly notes: readonly Note[];
}

// A ranked column of more values than this is one that varies along a line.
const MOST_RANKED = 1024;

/**
 * Makes factors of columns. A column with one value only tells nothing and is left out. Kinds are
 * those that the file says, and by the rule of all files otherwise. Values of discrete columns are
 * numbered in rising order, behind those that other data have numbered already.
 */
export function tableOfColumns(columns: Columns, { isRanked = false, labels = {} }: Known = {}): ColumnsTable {
  const { names, values, rows, types } = columns;
  const width = names.length;
  const factors: Factor[] = [];
  const kept: Array<{ column: number; numberOf: ReadonlyMap<number, number> | null }> = [];
  const notes: Note[] = isRanked ? [] : describeOneHot(columns);
  for (const [column, name] of names.entries()) {
    const words = columns.words?.[column] ?? null;
    const range = rangeOf(values, rows, width, column);
    if (range[0] === range[1]) {
      const text = `the factor ${name} is ${words?.[range[0]] ?? range[0]} in every row and is left out`;
      notes.push(note('constant-column', text));
      continue;
    }
    if (!isRanked && types?.[column] == null) notes.push(...describeColumn(columns, column));
    const distinct = valuesOfDiscrete(columns, column, isRanked);
    if (distinct === null) {
      factors.push({ name, size: null, range });
      kept.push({ column, numberOf: null });
      continue;
    }
    const told = distinct.map((value) => words?.[value] ?? value);
    const before = Object.hasOwn(labels, name) ? labels[name] : [];
    const order: FactorValues = [...before, ...told.filter((value) => !before.includes(value))];
    const isNumbered = order.every((value, number) => value === number);
    factors.push({ name, size: order.length, ...(!isNumbered && { values: order }) });
    const numbers = new Map(order.map((value, number) => [value, number]));
    const numberOf = new Map(distinct.map((value, i) => [value, numbers.get(told[i]) as number]));
    kept.push({ column, numberOf: isNumbered ? null : numberOf });
  }
  const read = (row: number, out: Float64Array, at: number): void => {
    for (const [k, { column, numberOf }] of kept.entries()) {
      const value = values[row * width + column];
      out[at + k] = numberOf === null ? value : (numberOf.get(value) ?? Number.NaN);
    }
  };
  return { table: { factors, read }, notes };
}

/** What may as well be of the other kind, or no factor. */
function describeColumn({ names, values, rows, words }: Columns, column: number): Note[] {
  const name = `factor '${names[column]}'`;
  const list = words?.[column] ?? null;
  if (list !== null) return describeManyWords(list.length, rows, name);
  return describeKind({ data: values, rows, columns: names.length }, column, name);
}

function describeOneHot({ names, values, rows }: Columns): Note[] {
  return findOneHot({ data: values, rows, columns: names.length }).map(({ from, to }) =>
    note('one-hot', `factors '${names[from]}' to '${names[to - 1]}' are one, one-hot: each row has one 1 in them`, {
      suggestion: 'numpy.argmax of them joins them',
      isGuess: true,
    }),
  );
}

/** The values of a discrete column in rising order; null of one that varies along a line. */
function valuesOfDiscrete({ names, values, rows, types }: Columns, column: number, isRanked: boolean): number[] | null {
  const width = names.length;
  let isWhole = true;
  for (let row = 0; row < rows && isWhole; row++) isWhole = Number.isInteger(values[row * width + column]);
  const type = types?.[column] ?? factorTypeOf(isWhole);
  const isPerhapsRanked = isRanked && types === undefined && type === 'continuous';
  if (type === 'continuous' && !isPerhapsRanked) return null;
  const seen = new Set<number>();
  for (let row = 0; row < rows; row++) {
    seen.add(values[row * width + column]);
    if (isPerhapsRanked && seen.size > MOST_RANKED) return null;
  }
  return [...seen].sort((a, b) => a - b);
}

function rangeOf(values: ArrayLike<number>, rows: number, width: number, column: number): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < rows; row++) {
    const value = values[row * width + column];
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
