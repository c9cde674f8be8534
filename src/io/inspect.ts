import type { ArrayEntry } from './array-file.js';
import { checkEntry } from './check-given.js';

/** What the numbers of an array are like. Columns and rows count from 0. */
export interface ArrayInspection {
  readonly name: string | null;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly columnNames?: readonly string[];
  /** The least finite value of every column; null where it has none. */
  readonly minimum: ReadonlyArray<number | null>;
  /** The greatest finite value of every column; null where it has none. */
  readonly maximum: ReadonlyArray<number | null>;
  /** Columns of one finite value. */
  readonly constantColumns: readonly number[];
  /** Columns of whole numbers only. */
  readonly integralColumns: readonly number[];
  /**
   * How many values are NaN or infinite, and the first of them in row order; null when there are
   * none.
   */
  readonly nonFinite: {
    readonly count: number;
    readonly first: { readonly row: number; readonly column: number };
  } | null;
}

/**
 * Looks through all numbers of an array, a few mebibytes at a time.
 * @throws DataError where the array cannot be read
 */
export async function inspectArray(entry: ArrayEntry): Promise<ArrayInspection> {
  checkEntry(entry);
  const columns = entry.shape.length === 1 ? 1 : (entry.shape[1] ?? 0);
  const minimum = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const maximum = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const fractional = new Uint8Array(columns);
  const nonFinite = new Float64Array(columns);
  let first: { row: number; column: number } | null = null;
  let rows = 0;
  for await (const { firstRow, matrix } of entry.chunks()) {
    const { data } = matrix;
    for (let row = 0, i = 0; row < matrix.rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        const value = data[i];
        // Infinity minus itself is NaN, as is NaN: one test for both.
        if (value - value !== 0) {
          nonFinite[column]++;
          first ??= { row: firstRow + row, column };
          continue;
        }
        if (value < minimum[column]) minimum[column] = value;
        if (value > maximum[column]) maximum[column] = value;
        if (value !== Math.floor(value)) fractional[column] = 1;
      }
    }
    rows += matrix.rows;
  }
  const indices = Array.from({ length: columns }, (_, column) => column);
  const orNull = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    name: entry.name,
    dtype: entry.dtype,
    shape: entry.shape,
    ...(entry.columnNames === undefined ? {} : { columnNames: entry.columnNames }),
    minimum: Array.from(minimum, orNull),
    maximum: Array.from(maximum, orNull),
    constantColumns: indices.filter((column) => nonFinite[column] === 0 && minimum[column] === maximum[column]),
    integralColumns: indices.filter((column) => nonFinite[column] === 0 && fractional[column] === 0 && rows > 0),
    nonFinite: first === null ? null : { count: nonFinite.reduce((sum, count) => sum + count, 0), first },
  };
}
