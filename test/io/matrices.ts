import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Dtype, Matrix, type MatrixData } from '../../src/matrix.js';

export const DTYPES: readonly Dtype[] = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float16',
  'float32',
  'float64',
];

const EDGES = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const HALVES = [1, -1.5, 65504, -65504, 2 ** -24, 3 * 2 ** -24, 2 ** -14, 0.333251953125];

/** A value that a dtype holds exactly. */
function exactValue(dtype: Dtype): fc.Arbitrary<number> {
  const between = (min: number, max: number) => fc.integer({ min, max });
  switch (dtype) {
    case 'bool':
      return between(0, 1);
    case 'int8':
      return between(-128, 127);
    case 'uint8':
      return between(0, 255);
    case 'int16':
      return between(-32768, 32767);
    case 'uint16':
      return between(0, 65535);
    case 'int32':
      return between(-(2 ** 31), 2 ** 31 - 1);
    case 'uint32':
      return between(0, 2 ** 32 - 1);
    case 'int64':
      return fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, -(2 ** 32), 2 ** 32 - 1));
    case 'uint64':
      return fc.maxSafeNat();
    case 'float16':
      return fc.constantFrom(...EDGES, ...HALVES);
    case 'float32':
      return fc.oneof(fc.float(), fc.constantFrom(...EDGES));
    case 'float64':
      return fc.oneof(fc.double(), fc.constantFrom(...EDGES));
  }
}

const HELD: Readonly<Record<Dtype, (values: number[]) => MatrixData>> = {
  bool: Uint8Array.from.bind(Uint8Array),
  int8: Int8Array.from.bind(Int8Array),
  uint8: Uint8Array.from.bind(Uint8Array),
  int16: Int16Array.from.bind(Int16Array),
  uint16: Uint16Array.from.bind(Uint16Array),
  int32: Int32Array.from.bind(Int32Array),
  uint32: Uint32Array.from.bind(Uint32Array),
  int64: Float64Array.from.bind(Float64Array),
  uint64: Float64Array.from.bind(Float64Array),
  float16: Float32Array.from.bind(Float32Array),
  float32: Float32Array.from.bind(Float32Array),
  float64: Float64Array.from.bind(Float64Array),
};

/** Matrices of any dtype, up to 12 rows and 6 columns. */
export function anyMatrix(dtypes: readonly Dtype[] = DTYPES): fc.Arbitrary<Matrix> {
  return fc
    .record({ dtype: fc.constantFrom(...dtypes), rows: fc.nat(12), columns: fc.integer({ min: 1, max: 6 }) })
    .chain(({ dtype, rows, columns }) =>
      fc
        .array(exactValue(dtype), {
          minLength: rows * columns,
          maxLength: rows * columns,
        })
        .map((values) => new Matrix(HELD[dtype](values), rows, columns, dtype)),
    );
}

/** Asserts the same shape, dtype and values; zeros by their sign, NaN as equal. */
export function assertSame(got: Matrix, expected: Matrix): void {
  assert.equal([got.rows, got.columns, got.dtype], [expected.rows, expected.columns, expected.dtype]);
  assert.is(got.data.constructor.name, expected.data.constructor.name);
  for (let i = 0; i < expected.data.length; i++) {
    if (!Object.is(got.data[i], expected.data[i])) assert.is(got.data[i], expected.data[i], `element ${i}`);
  }
}

/** The chunks of an entry, joined. */
export async function gather(
  chunks: AsyncIterable<{ firstRow: number; matrix: Matrix }>,
  like: Matrix,
): Promise<Matrix> {
  const values: number[] = [];
  let rows = 0;
  for await (const { firstRow, matrix } of chunks) {
    assert.is(firstRow, rows);
    rows += matrix.rows;
    for (const value of matrix.data) values.push(value);
  }
  return new Matrix(HELD[like.dtype](values), rows, like.columns, like.dtype);
}

/** The error that a promise rejects with. */
export async function errorOf(run: () => unknown): Promise<Error> {
  try {
    await run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, got none');
}

/** All bytes of chunks. */
export async function collect(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return new Uint8Array(Buffer.concat(parts));
}
