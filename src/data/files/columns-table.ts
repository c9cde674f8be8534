import { type Note, note } from '../../note.js';
import type { FactorType } from '../../types.js';
import type { Factor } from '../dataset.js';
import type { FactorTable } from './file-dataset.js';

/** Columns of numbers in row order. */
export interface Columns {
  readonly names: readonly string[];
  /** (N, K) */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  /** Their kinds, where the file says them. */
  readonly types?: readonly FactorType[];
}

/** A table of factors from columns, and what became of them. */
export interface ColumnsTable {
  readonly table: FactorTable;
  readonly notes: readonly Note[];
}

// A column of more values than this is one that varies along a line.
const MOST_VALUES = 1024;

/**
 * Makes factors of columns. A column with one value only tells nothing and is left out. One whose
 * values are exactly 0 .. size - 1 is taken as it is; other columns of at most 1,024 values are
 * numbered in the order of their values where `isRanked` says so, and are values along a line
 * otherwise. Where the file says the kinds, discrete columns are numbered like that, whatever their
 * number of values, and others are values along a line.
 */
export function tableOfColumns({ names, values, rows, types }: Columns, isRanked: boolean): ColumnsTable {
  const width = names.length;
  const factors: Factor[] = [];
  const kept: Array<{ column: number; numberOf: ReadonlyMap<number, number> | null }> = [];
  const notes: Note[] = [];
  for (let column = 0; column < width; column++) {
    const type = types?.[column];
    const most = type === 'discrete' ? Number.POSITIVE_INFINITY : MOST_VALUES;
    const distinct = distinctValues(values, rows, width, column, most);
    if (distinct !== null && distinct.length <= 1) {
      const text = `the factor ${names[column]} is ${distinct[0]} in every row and is left out`;
      notes.push(note('constant-column', text));
      continue;
    }
    const isNumbered = type !== 'continuous' && (distinct?.every((value, number) => value === number) ?? false);
    const isRankable = distinct !== null && (type === undefined ? isRanked : type === 'discrete');
    const size = isNumbered || isRankable ? (distinct?.length ?? null) : null;
    const range = size === null ? { range: rangeOf(values, rows, width, column) } : {};
    factors.push({ name: names[column], size, ...range });
    const numberOf = !isNumbered && isRankable ? new Map(distinct.map((value, number) => [value, number])) : null;
    kept.push({ column, numberOf });
  }
  const read = (row: number, out: Float64Array, at: number): void => {
    for (const [k, { column, numberOf }] of kept.entries()) {
      const value = values[row * width + column];
      out[at + k] = numberOf === null ? value : (numberOf.get(value) ?? Number.NaN);
    }
  };
  return { table: { factors, read }, notes };
}

/** The values of a column in rising order, or null where there are too many. */
function distinctValues(
  values: ArrayLike<number>,
  rows: number,
  width: number,
  column: number,
  most: number,
): number[] | null {
  const seen = new Set<number>();
  for (let row = 0; row < rows; row++) {
    seen.add(values[row * width + column]);
    if (seen.size > most) return null;
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
