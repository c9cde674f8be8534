/** Tables that are 0 almost everywhere: what is not is stored, column by column. */
import { dataRangeError } from './errors.js';
import { type Dtype, dtypeOf, Matrix, type MatrixData, sameKind } from './matrix.js';

/** A {@link SparseMatrix} without its methods, which do not cross between threads. */
export interface PlainSparse {
  readonly rows: number;
  readonly columns: number;
  /** What is not 0, one column after the other, in each in the order of its rows. */
  readonly values: MatrixData;
  /** The row of each value. */
  readonly rowOf: Int32Array;
  /** Where in `values` each column begins, and the last one ends: columns + 1. */
  readonly starts: Float64Array;
}

/**
 * A table of numbers of which zeros are not stored: samples are rows. `score` takes it for latents
 * as it takes a `Matrix`, and gives the same report.
 *
 * @example
 * // (3, 2), with 1.5 in row 2 of column 0 and 4 in row 0 of column 1
 * const parts = { values: Float32Array.of(1.5, 4), rowOf: Int32Array.of(2, 0) };
 * new SparseMatrix({ rows: 3, columns: 2, ...parts, starts: Float64Array.of(0, 1, 2) });
 */
export class SparseMatrix implements PlainSparse {
  readonly rows: number;
  readonly columns: number;
  readonly values: MatrixData;
  readonly rowOf: Int32Array;
  readonly starts: Float64Array;
  readonly dtype: Dtype;

  /**
   * @throws RangeError for starts that do not rise to the number of values, and rows that do not
   * rise within a column
   */
  constructor({ rows, columns, values, rowOf, starts }: PlainSparse, dtype: Dtype = dtypeOf(values)) {
    const refuse = (problem: string) => dataRangeError(`SparseMatrix: ${problem}`);
    if (rowOf.length !== values.length) {
      throw refuse(`expected a row for each of ${values.length} values, got ${rowOf.length}`);
    }
    if (starts.length !== columns + 1 || starts[0] !== 0 || starts[columns] !== values.length) {
      throw refuse(`expected ${columns + 1} starts from 0 to ${values.length}`);
    }
    for (let column = 0; column < columns; column++) {
      if (!(starts[column] <= starts[column + 1] && starts[column + 1] <= values.length))
        throw refuse(`expected starts that rise to ${values.length}, got ${starts[column]} and ${starts[column + 1]}`);
      for (let i = starts[column], last = -1; i < starts[column + 1]; i++) {
        if (!(rowOf[i] > last && rowOf[i] < rows)) {
          throw refuse(`expected rows that rise from 0 to ${rows - 1} in column ${column}, got ${rowOf[i]}`);
        }
        last = rowOf[i];
      }
    }
    this.rows = rows;
    this.columns = columns;
    this.values = values;
    this.rowOf = rowOf;
    this.starts = starts;
    this.dtype = dtype;
  }

  /** The same with its zeros. */
  toMatrix(): Matrix {
    const data = sameKind(this.values, this.rows * this.columns);
    fillIn(this, data);
    return new Matrix(data, this.rows, this.columns, this.dtype);
  }

  /** The columns from one up to, but not including, another. */
  sliceColumns(from: number, to: number): PlainSparse {
    const { rows, values, rowOf, starts } = this;
    const [first, last] = [starts[from], starts[to]];
    return {
      rows,
      columns: to - from,
      values: values.slice(first, last),
      rowOf: rowOf.slice(first, last),
      starts: starts.slice(from, to + 1).map((start) => start - first),
    };
  }

  /** Some rows, in increasing order. */
  pickRows(picked: ArrayLike<number>): SparseMatrix {
    const { columns, values, rowOf, starts, dtype } = this;
    const newRow = new Int32Array(this.rows).fill(-1);
    for (let row = 0; row < picked.length; row++) newRow[picked[row]] = row;
    const kept = sameKind(values, values.length);
    const keptRows = new Int32Array(values.length);
    const keptStarts = new Float64Array(columns + 1);
    let count = 0;
    for (let column = 0; column < columns; column++) {
      for (let i = starts[column]; i < starts[column + 1]; i++) {
        const row = newRow[rowOf[i]];
        if (row < 0) continue;
        kept[count] = values[i];
        keptRows[count++] = row;
      }
      keptStarts[column + 1] = count;
    }
    const parts = { values: kept.slice(0, count), rowOf: keptRows.slice(0, count), starts: keptStarts };
    return new SparseMatrix({ rows: picked.length, columns, ...parts }, dtype);
  }
}

/** What is scored: a table with its zeros, or without. */
export type Latents = Matrix | SparseMatrix;

/** Puts what is not 0 into an array of zeros, row after row. */
export function fillIn({ columns, values, rowOf, starts }: PlainSparse, data: MatrixData): void {
  for (let column = 0; column < columns; column++) {
    for (let i = starts[column]; i < starts[column + 1]; i++) data[rowOf[i] * columns + column] = values[i];
  }
}
