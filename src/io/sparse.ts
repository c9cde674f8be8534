/**
 * Sparse tables: put together from values and their places, and filled in if zeros are needed.
 */
import { DataError, type Place } from '../errors.js';
import type { Dtype, MatrixData } from '../matrix.js';
import { SparseMatrix } from '../sparse-matrix.js';
import { allocate, heldBytes } from './dtype.js';
import { countElements, formatShape } from './shape.js';

// Of a small file as much as fits a gibibyte together with what is computed from it.
const BYTES_OF_ANY_FILE = 192 << 20;
const BYTES_PER_BYTE = 64;
const MOST_DENSE_BYTES = 2 ** 30;
const BYTES_OF_NUMBER = 8;
/** Columns begin somewhere each, and a damaged file may claim any number of them. */
const MOST_COLUMNS = 2 ** 24;
/** Rows are named by 32 bits. */
const MOST_ROWS = 2 ** 31 - 1;

/**
 * The most numbers that a file may stand for where it says once what comes again and again: zeros
 * of a sparse table, rows of a tensor that is expanded.
 * @param fileBytes the size of the file
 */
export function mostNumbers(fileBytes: number): number {
  return Math.min(MOST_DENSE_BYTES, BYTES_OF_ANY_FILE + BYTES_PER_BYTE * fileBytes) / BYTES_OF_NUMBER;
}

/** Why there is no such sparse table, or null when there can be one. */
export function refusalOfSparse(
  shape: readonly number[],
  dtype: Dtype,
  fileBytes: number,
  place: Place,
): string | null {
  if (shape.length !== 2) return `expected a sparse table of rows and columns, got shape ${formatShape(shape)}`;
  const [rows, columns] = shape;
  if (rows > 0 && columns === 0) return `expected at least one column, got shape ${formatShape(shape)}`;
  countElements(shape, heldBytes(dtype), place);
  return rows > MOST_ROWS || columns > MOST_COLUMNS ? refusalOfFilling(shape, fileBytes) : null;
}

/** Why a sparse table cannot be filled in, or null when it can. */
export function refusalOfFilling(shape: readonly number[], fileBytes: number): string | null {
  const most = mostNumbers(fileBytes);
  if (shape[0] * shape[1] <= most) return null;
  return `expected a sparse table of at most ${most} numbers in a file of ${fileBytes} bytes, got shape ${formatShape(shape)}; save the columns that vary: table[:, numpy.unique(table.nonzero()[1])]`;
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

  /** The table. */
  finish(): SparseMatrix {
    const { rows, columns, dtype, place } = this;
    const { rowOf, values, starts } = this.byColumn();
    const isWhole = dtype.endsWith('int64');
    let kept = 0;
    for (let column = 0, from = 0; column < columns; column++) {
      const to = starts[column + 1];
      sortRows(rowOf, values, from, to);
      // What is kept moves up, over what was added to another.
      const first = kept;
      for (let i = from; i < to; i++) {
        const isSame = kept > first && rowOf[kept - 1] === rowOf[i];
        if (!isSame) {
          rowOf[kept] = rowOf[i];
          values[kept] = 0 + values[i];
        } else {
          kept--;
          const sum = values[kept] + values[i];
          if (isWhole && !Number.isSafeInteger(sum)) {
            throw new DataError(`expected an integer within 2^53, got ${sum}`, { ...place, row: rowOf[i], column });
          }
          values[kept] = sum;
        }
        if (dtype === 'bool') values[kept] = Math.min(values[kept], 1);
        kept++;
      }
      from = to;
      starts[column + 1] = kept;
    }
    const parts = { values: values.slice(0, kept), rowOf: rowOf.slice(0, kept), starts };
    return new SparseMatrix({ rows, columns, ...parts }, dtype);
  }

  /** What came, one column after the other, in each in the order it came. */
  private byColumn(): { rowOf: Int32Array; values: MatrixData; starts: Float64Array } {
    const { columns, columnOf, count, dtype, place } = this;
    const starts = new Float64Array(columns + 1);
    for (let i = 0; i < count; i++) starts[columnOf[i] + 1]++;
    for (let column = 0; column < columns; column++) starts[column + 1] += starts[column];
    const next = Int32Array.from(starts);
    const rowOf = new Int32Array(count);
    const values = allocate(dtype, count, place);
    for (let i = 0; i < count; i++) {
      const to = next[columnOf[i]]++;
      rowOf[to] = this.rowOf[i];
      values[to] = this.values[i];
    }
    return { rowOf, values, starts };
  }
}

/** Sorts a stretch by rows, stably; most files have it in order. */
function sortRows(rowOf: Int32Array, values: MatrixData, from: number, to: number): void {
  let isSorted = true;
  for (let i = from + 1; i < to && isSorted; i++) isSorted = rowOf[i - 1] <= rowOf[i];
  if (isSorted) return;
  const [rows, numbers] = [rowOf.slice(from, to), values.slice(from, to)];
  const order = Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b]);
  order.forEach((at, i) => {
    rowOf[from + i] = rows[at];
    values[from + i] = numbers[at];
  });
}
