import { DataError } from '../errors.js';
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
  /** Columns that cannot be read while others can, if there are some, and why. */
  readonly unread?: ReadonlyArray<{ readonly column: number; readonly problem: string }>;
}

/**
 * Looks through all numbers of an array, a few mebibytes at a time. Of a table whose columns can be
 * read apart, those that cannot be read hinder no others, and what is missing counts as NaN.
 * @throws DataError where the array cannot be read
 */
export async function inspectArray(entry: ArrayEntry): Promise<ArrayInspection> {
  checkEntry(entry);
  try {
    return describe(entry, await lookThrough(entry), []);
  } catch (error) {
    if (entry.select === undefined || !(error instanceof DataError)) throw error;
    const { found, unread } = await lookApart(entry, entry.select);
    if (unread.length === found.length) throw error;
    return describe(entry, found, unread);
  }
}

interface ColumnFound {
  readonly minimum: number;
  readonly maximum: number;
  readonly isWhole: boolean;
  readonly nonFinite: number;
  /** The first row that is not finite. */
  readonly firstRow: number;
}

const NOTHING_FOUND: ColumnFound = {
  minimum: Number.POSITIVE_INFINITY,
  maximum: Number.NEGATIVE_INFINITY,
  isWhole: false,
  nonFinite: 0,
  firstRow: 0,
};

type Unread = NonNullable<ArrayInspection['unread']>;

async function lookApart(entry: ArrayEntry, select: NonNullable<ArrayEntry['select']>) {
  const found: ColumnFound[] = [];
  const unread: Array<Unread[number]> = [];
  for (let column = 0; column < entry.shape[1]; column++) {
    try {
      found.push(...(await lookThrough(select([column], true))));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      found.push(NOTHING_FOUND);
      unread.push({ column, problem: error.at({ row: error.row }).message });
    }
  }
  return { found, unread };
}

async function lookThrough(entry: ArrayEntry): Promise<ColumnFound[]> {
  const columns = entry.shape.length === 1 ? 1 : (entry.shape[1] ?? 0);
  const minimum = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const maximum = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const fractional = new Uint8Array(columns);
  const nonFinite = new Float64Array(columns);
  const firstRows = new Float64Array(columns);
  let rows = 0;
  for await (const { firstRow, matrix } of entry.chunks()) {
    const { data } = matrix;
    for (let row = 0, i = 0; row < matrix.rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        const value = data[i];
        // Infinity minus itself is NaN, as is NaN: one test for both.
        if (value - value !== 0) {
          if (nonFinite[column]++ === 0) firstRows[column] = firstRow + row;
          continue;
        }
        if (value < minimum[column]) minimum[column] = value;
        if (value > maximum[column]) maximum[column] = value;
        if (value !== Math.floor(value)) fractional[column] = 1;
      }
    }
    rows += matrix.rows;
  }
  return Array.from({ length: columns }, (_, column) => ({
    minimum: minimum[column],
    maximum: maximum[column],
    isWhole: rows > 0 && fractional[column] === 0,
    nonFinite: nonFinite[column],
    firstRow: firstRows[column],
  }));
}

function describe(
  { name, dtype, shape, columnNames }: ArrayEntry,
  found: readonly ColumnFound[],
  unread: Unread,
): ArrayInspection {
  const orNull = (value: number) => (Number.isFinite(value) ? value : null);
  const which = (holds: (one: ColumnFound) => boolean) =>
    found.flatMap((one, column) => (one.nonFinite === 0 && holds(one) ? [column] : []));
  const [first] = found
    .flatMap(({ nonFinite, firstRow }, column) => (nonFinite > 0 ? [{ row: firstRow, column }] : []))
    .sort((a, b) => a.row - b.row);
  return {
    name,
    dtype,
    shape,
    ...(columnNames === undefined ? {} : { columnNames }),
    minimum: found.map((one) => orNull(one.minimum)),
    maximum: found.map((one) => orNull(one.maximum)),
    constantColumns: which(({ minimum, maximum }) => minimum === maximum),
    integralColumns: which(({ isWhole }) => isWhole),
    nonFinite: first === undefined ? null : { count: found.reduce((sum, one) => sum + one.nonFinite, 0), first },
    ...(unread.length > 0 && { unread }),
  };
}
