/** Sparse tables, which are filled in with zeros when they are read. */
import { DataError, type Place } from '../errors.js';
import { type Dtype, Matrix, type MatrixData } from '../matrix.js';
import { allocate, heldBytes } from './dtype.js';
import { countElements, formatShape } from './shape.js';

// Of a small file as much as fits a gibibyte together with what is computed from it.
const BYTES_OF_ANY_FILE = 192 << 20;
const BYTES_PER_BYTE = 64;
const MOST_DENSE_BYTES = 2 ** 30;
const BYTES_OF_NUMBER = 8;

/**
 * The most numbers that a file may stand for where it says once what comes again and again: zeros
 * of a sparse table, rows of a tensor that is expanded.
 * @param fileBytes the size of the file
 */
export function mostNumbers(fileBytes: number): number {
  return Math.min(MOST_DENSE_BYTES, BYTES_OF_ANY_FILE + BYTES_PER_BYTE * fileBytes) / BYTES_OF_NUMBER;
}

/** Why a sparse table cannot be filled in, or null when it can. */
export function refusalOfSparse(
  shape: readonly number[],
  dtype: Dtype,
  fileBytes: number,
  place: Place,
): string | null {
  if (shape.length !== 2) return `expected a sparse table of rows and columns, got shape ${formatShape(shape)}`;
  const count = countElements(shape, heldBytes(dtype), place);
  if (shape[0] > 0 && shape[1] === 0) return `expected at least one column, got shape ${formatShape(shape)}`;
  const most = mostNumbers(fileBytes);
  if (count <= most) return null;
  return `expected a sparse table of at most ${most} numbers in a file of ${fileBytes} bytes, got shape ${formatShape(shape)}; save the columns that vary: table[:, numpy.unique(table.nonzero()[1])]`;
}

/** A table that values are put into, those for one place added up, as scipy does. */
export class SparseSum {
  private readonly data: MatrixData;

  constructor(
    private readonly rows: number,
    private readonly columns: number,
    private readonly dtype: Dtype,
    private readonly place: Place,
  ) {
    this.data = allocate(dtype, rows * columns, place);
  }

  add(row: number, column: number, value: number): void {
    if (!(row >= 0 && row < this.rows && column >= 0 && column < this.columns)) {
      const shape = formatShape([this.rows, this.columns]);
      throw new DataError(`expected a value within shape ${shape}, got one at (${row}, ${column})`, this.place);
    }
    const at = row * this.columns + column;
    const sum = this.data[at] + value;
    if (this.dtype.endsWith('int64') && !Number.isSafeInteger(sum)) {
      throw new DataError(`expected an integer within 2^53, got ${sum}`, { ...this.place, row, column });
    }
    this.data[at] = this.dtype === 'bool' ? Math.min(sum, 1) : sum;
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

  get matrix(): Matrix {
    return new Matrix(this.data, this.rows, this.columns, this.dtype);
  }
}
