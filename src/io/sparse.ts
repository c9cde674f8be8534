/** Sparse tables: put together from values and their places, and filled in where zeros are needed. */
import { DataError, type Place } from '../errors.js';
import type { Dtype, MatrixData } from '../matrix.js';
import { SparseMatrix } from '../sparse-matrix.js';
import { allocate, heldBytes } from './dtype.js';
import { countElements, formatShape } from './shape.js';

/** The most that a sparse table may take once it is filled in. */
export const MOST_DENSE_BYTES = 2 ** 30;
/** Columns begin somewhere each, and a damaged file may claim any number of them. */
const MOST_COLUMNS = 2 ** 24;
/** Rows are named by 32 bits. */
const MOST_ROWS = 2 ** 31 - 1;

/** Why there is no such sparse table, or null when there can be one. */
export function refusalOfSparse(shape: readonly number[], dtype: Dtype, place: Place): string | null {
  if (shape.length !== 2) return `expected a sparse table of rows and columns, got shape ${formatShape(shape)}`;
  const [rows, columns] = shape;
  if (rows > 0 && columns === 0) return `expected at least one column, got shape ${formatShape(shape)}`;
  countElements(shape, heldBytes(dtype), place);
  return rows > MOST_ROWS || columns > MOST_COLUMNS ? refusalOfFilling(shape, dtype) : null;
}

/** Why a sparse table cannot be filled in, or null when it can. */
export function refusalOfFilling(shape: readonly number[], dtype: Dtype): string | null {
  const bytes = shape[0] * shape[1] * heldBytes(dtype);
  if (bytes <= MOST_DENSE_BYTES) return null;
  return `a sparse table of shape ${formatShape(shape)} takes ${bytes} bytes once its zeros are filled in, and at most ${MOST_DENSE_BYTES} are taken; save some of its columns`;
}

/** A table that values are put into, those for one place added up, as scipy does. */
export class SparseSum {
  private readonly rowOf: Int32Array;
  private readonly columnOf: Int32Array;
  private readonly values: MatrixData;
  private count = 0;

  /** @param most how many values may come */
  constructor(
    private readonly rows: number,
    private readonly columns: number,
    private readonly dtype: Dtype,
    most: number,
    private readonly place: Place,
  ) {
    this.rowOf = new Int32Array(most);
    this.columnOf = new Int32Array(most);
    this.values = allocate(dtype, most, place);
  }

  add(row: number, column: number, value: number): void {
    if (!(row >= 0 && row < this.rows && column >= 0 && column < this.columns)) {
      const shape = formatShape([this.rows, this.columns]);
      throw new DataError(`expected a value within shape ${shape}, got one at (${row}, ${column})`, this.place);
    }
    this.rowOf[this.count] = row;
    this.columnOf[this.count] = column;
    this.values[this.count++] = value;
  }

  /**
   * Calls `put` for every value of a compressed table: those of line `i` are from `starts[i]` to
   * `starts[i + 1]`.
   */
  eachOf(
    starts: ArrayLike<number>,
    indices: ArrayLike<number>,
    lines: number,
    put: (line: number, index: number, k: number) => void,
  ): void {
    if (starts.length !== lines + 1) {
      throw new DataError(`expected ${lines + 1} starts of rows or columns, got ${starts.length}`, this.place);
    }
    for (let line = 0; line < lines; line++) {
      const [from, to] = [starts[line], starts[line + 1]];
      if ((line === 0 && from !== 0) || from > to || to > indices.length) {
        throw new DataError(
          `expected starts of rows or columns that rise from 0 to ${indices.length}, got ${from} and ${to}`,
          this.place,
        );
      }
      for (let k = from; k < to; k++) put(line, indices[k], k);
    }
  }

  /** The table; what comes to 0 is not in it. */
  finish(): SparseMatrix {
    const { rows, columns, dtype, count, rowOf, columnOf, values } = this;
    // By row, then by column: each pass keeps the order of the one before.
    const order = sortedBy(columnOf, columns, sortedBy(rowOf, rows, null, count), count);
    const isWhole = dtype.endsWith('int64');
    const isBool = dtype === 'bool';
    const sums = allocate(dtype, count, this.place);
    const rowOfSum = new Int32Array(count);
    const starts = new Float64Array(columns + 1);
    let end = 0;
    for (let i = 0, column = 0; column < columns; column++) {
      while (i < count) {
        const first = order === null ? i : order[i];
        if (columnOf[first] !== column) break;
        const row = rowOf[first];
        sums[end] = 0;
        for (; i < count; i++) {
          const at = order === null ? i : order[i];
          if (columnOf[at] !== column || rowOf[at] !== row) break;
          const sum = sums[end] + values[at];
          if (isWhole && !Number.isSafeInteger(sum)) {
            throw new DataError(`expected an integer within 2^53, got ${sum}`, { ...this.place, row, column });
          }
          sums[end] = isBool ? Math.min(sum, 1) : sum;
        }
        rowOfSum[end] = row;
        if (sums[end] !== 0) end++;
      }
      starts[column + 1] = end;
    }
    const parts = { values: sums.slice(0, end), rowOf: rowOfSum.slice(0, end), starts };
    return new SparseMatrix({ rows, columns, ...parts }, dtype);
  }
}

/**
 * `order` of so many, null for that of the numbers themselves, sorted by keys below `most`, stably;
 * most files have one of the two orders already.
 */
function sortedBy(keys: Int32Array, most: number, order: Int32Array | null, count: number): Int32Array | null {
  const starts = new Int32Array(most + 1);
  let isSorted = true;
  for (let i = 0, last = 0; i < count; i++) {
    const key = keys[order === null ? i : order[i]];
    starts[key + 1]++;
    if (key < last) isSorted = false;
    last = key;
  }
  if (isSorted) return order;
  for (let key = 0; key < most; key++) starts[key + 1] += starts[key];
  const sorted = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const at = order === null ? i : order[i];
    sorted[starts[keys[at]]++] = at;
  }
  return sorted;
}
