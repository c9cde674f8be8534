import { dataRangeError, dataTypeError } from './errors.js';

/** The element types a file can declare. */
export type Dtype =
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64';

/**
 * What a Matrix holds. 64-bit integers are kept as float64 (exact to 2^53, refused beyond), float16
 * as float32, bool as uint8.
 */
export type MatrixData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * A dense table of numbers: samples are rows.
 *
 * `data` is row-major with `rows * columns` elements; `dtype` is the type the numbers were declared
 * with, which can be narrower (float16, bool) or differently shaped (int64) than the array that
 * holds them.
 *
 * @example
 * const latents = new Matrix(new Float32Array([0.1, 0.2, 0.3, 0.4]), 2, 2);
 * latents.get(1, 0); // 0.30000001192092896
 */
export class Matrix {
  readonly data: MatrixData;
  readonly rows: number;
  readonly columns: number;
  readonly dtype: Dtype;

  /**
   * @throws TypeError for `data` that are no typed array of numbers, RangeError if they do not have
   * `rows * columns` elements
   */
  constructor(data: MatrixData, rows: number, columns: number, dtype: Dtype = dtypeOf(data)) {
    if (!isMatrixData(data)) throw dataTypeError(`Matrix: expected a typed array of numbers, got ${describe(data)}`);
    if (!Number.isSafeInteger(rows) || rows < 0 || !Number.isSafeInteger(columns) || columns < 0) {
      throw dataRangeError(`Matrix: expected whole numbers of rows and columns, got ${rows} x ${columns}`);
    }
    if (data.length !== rows * columns) {
      throw dataRangeError(`Matrix: expected ${rows} x ${columns} = ${rows * columns} elements, got ${data.length}`);
    }
    this.data = data;
    this.rows = rows;
    this.columns = columns;
    this.dtype = dtype;
  }

  /** The element in a row and a column, both from 0. */
  get(row: number, column: number): number {
    return this.data[row * this.columns + column];
  }

  /** A copy of one column. */
  column(column: number): Float64Array {
    const { data, rows, columns } = this;
    const out = new Float64Array(rows);
    for (let row = 0, at = column; row < rows; row++, at += columns) out[row] = data[at];
    return out;
  }
}

/** A {@link Matrix} without its methods, which do not cross between threads. */
export interface PlainMatrix {
  readonly data: MatrixData;
  readonly rows: number;
  readonly columns: number;
}

/**
 * A typed array that can be given as data. BigInt arrays are converted, and refused beyond 2^53.
 */
export type NumberArray = MatrixData | Uint8ClampedArray | BigInt64Array | BigUint64Array;

/**
 * What every function here takes as a table of numbers: a `Matrix`; rows as arrays or typed arrays;
 * a flat typed array with its shape; or a bare array of numbers, which is one column.
 */
export type MatrixLike =
  | Matrix
  | ReadonlyArray<ReadonlyArray<number> | NumberArray>
  | { readonly data: NumberArray; readonly rows: number; readonly columns: number; readonly dtype?: Dtype }
  | NumberArray
  | ReadonlyArray<number>;

/**
 * Makes a `Matrix` of anything `MatrixLike`. Typed arrays are not copied where they can be used as
 * they are.
 *
 * @param name what to call it in messages, such as `latents`
 * @throws TypeError for the wrong kind of thing, RangeError for ragged rows, both naming the row.
 */
export function toMatrix(input: MatrixLike, name = 'matrix'): Matrix {
  if (input instanceof Matrix) return checkWhole(input, name);
  if (ArrayBuffer.isView(input)) {
    const flat = flatten(input, name);
    return new Matrix(flat.data, flat.data.length, 1, flat.dtype);
  }
  if (Array.isArray(input)) return fromRows(input as ReadonlyArray<unknown>, name);
  if (typeof input === 'object' && input !== null && 'data' in input && 'rows' in input && 'columns' in input) {
    const { data, rows, columns, dtype } = input as Pick<Matrix, 'data' | 'rows' | 'columns'> & Partial<Matrix>;
    const flat = flatten(data, name);
    if (flat.data.length !== rows * columns) {
      throw dataRangeError(
        `${name}: expected ${rows} x ${columns} = ${rows * columns} elements in data, got ${flat.data.length}`,
      );
    }
    // A Matrix that was posted to a worker arrives like this, and keeps the type it was declared
    // with.
    return new Matrix(flat.data, rows, columns, dtype ?? flat.dtype);
  }
  throw dataTypeError(
    `${name}: expected a Matrix, an array of rows, a typed array, or { data, rows, columns }, got ${describe(input)}`,
  );
}

/** Arrays can be resized, or handed to another thread, after a matrix was made of them. */
function checkWhole(matrix: Matrix, name: string): Matrix {
  const { data, rows, columns } = matrix;
  if (data.length === rows * columns) return matrix;
  const problem = `expected ${rows} x ${columns} elements, got ${data.length}: its array was resized, or moved`;
  throw dataRangeError(`${name}: ${problem}`);
}

function fromRows(rows: ReadonlyArray<unknown>, name: string): Matrix {
  if (rows.length === 0) return new Matrix(new Float64Array(0), 0, 0);
  if (typeof rows[0] === 'number') {
    const column = new Float64Array(rows.length);
    for (let row = 0; row < rows.length; row++) column[row] = numberAt(rows[row], name, row, 0);
    return new Matrix(column, rows.length, 1);
  }
  const columns = lengthOfRow(rows[0], name, 0);
  const data = new Float64Array(rows.length * columns);
  for (let row = 0; row < rows.length; row++) {
    const got = lengthOfRow(rows[row], name, row);
    if (got !== columns) {
      throw dataRangeError(`${name}: expected ${columns} columns in row ${row} to match row 0, got ${got}`);
    }
    const source = rows[row] as ArrayLike<unknown>;
    for (let column = 0; column < columns; column++) {
      data[row * columns + column] = numberAt(source[column], name, row, column);
    }
  }
  // Rows of float32 stay float32: binning then sees the very numbers the model wrote, at half the
  // memory.
  if (rows.every((row) => row instanceof Float32Array))
    return new Matrix(Float32Array.from(data), rows.length, columns);
  return new Matrix(data, rows.length, columns);
}

function lengthOfRow(row: unknown, name: string, index: number): number {
  if (Array.isArray(row) || (ArrayBuffer.isView(row) && !(row instanceof DataView)))
    return (row as ArrayLike<unknown>).length;
  throw dataTypeError(`${name}: expected row ${index} to be an array of numbers, got ${describe(row)}`);
}

function numberAt(value: unknown, name: string, row: number, column: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return exactNumber(value, name, row, column);
  throw dataTypeError(`${name}: expected a number in row ${row}, column ${column}, got ${describe(value)}`);
}

function exactNumber(value: bigint, name: string, row: number, column: number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw dataRangeError(`${name}: row ${row}, column ${column}: expected an integer within 2^53, got ${value}`);
  }
  return number;
}

function flatten(data: unknown, name: string): { data: MatrixData; dtype: Dtype } {
  // A Proxy of an array passes for one until it is read.
  if (!ArrayBuffer.isView(data)) {
    throw dataTypeError(`${name}: expected a typed array of numbers, got ${describe(data)}`);
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const out = new Float64Array(data.length);
    for (let i = 0; i < data.length; i++) out[i] = exactNumber(data[i], name, i, 0);
    return { data: out, dtype: data instanceof BigInt64Array ? 'int64' : 'uint64' };
  }
  if (data instanceof Uint8ClampedArray) {
    return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), dtype: 'uint8' };
  }
  if (isMatrixData(data)) return { data, dtype: dtypeOf(data) };
  throw dataTypeError(`${name}: expected a typed array of numbers, got ${describe(data)}`);
}

/** Whether a value is one of the typed arrays a Matrix can hold. */
function isMatrixData(value: unknown): value is MatrixData {
  return (
    ArrayBuffer.isView(value) &&
    (value instanceof Float32Array ||
      value instanceof Float64Array ||
      value instanceof Int32Array ||
      value instanceof Uint8Array ||
      value instanceof Int8Array ||
      value instanceof Int16Array ||
      value instanceof Uint16Array ||
      value instanceof Uint32Array)
  );
}

/** The element type of a typed array. */
export function dtypeOf(data: MatrixData): Dtype {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint32Array) return 'uint32';
  if (data instanceof Int16Array) return 'int16';
  if (data instanceof Uint16Array) return 'uint16';
  if (data instanceof Int8Array) return 'int8';
  return 'uint8';
}

/** Some rows of a matrix, in the order given. */
export function pickRows({ data, columns, dtype }: Matrix, rows: ArrayLike<number>): Matrix {
  const picked = sameKind(data, rows.length * columns);
  for (let to = 0; to < rows.length; to++) {
    picked.set(data.subarray(rows[to] * columns, (rows[to] + 1) * columns), to * columns);
  }
  return new Matrix(picked, rows.length, columns, dtype);
}

/** An array of so many elements of the same type. */
export function sameKind<Data extends MatrixData>(data: Data, length: number): Data {
  return new (data.constructor as new (length: number) => Data)(length);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'no prototype'})`;
  return `${typeof value} ${String(value)}`;
}

/**
 * A matrix as it crosses between threads. A view would take all of the memory that it is a view of
 * with it, so it becomes a copy.
 */
export function flattenMatrix({ data, rows, columns }: Matrix): PlainMatrix {
  return { data: data.byteLength === data.buffer.byteLength ? data : data.slice(), rows, columns };
}
