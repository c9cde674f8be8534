import { DataError } from '../errors.js';
import type { Dtype, Matrix, MatrixData } from '../matrix.js';
import { holderOf, ITEM_BYTES, isHeldAsStored } from './dtype.js';
import { narrowToHalf } from './half.js';

const BLOCK_BYTES = 4 << 20;

/**
 * The elements of a matrix as little-endian bytes of its declared dtype, row by row, in blocks.
 * Blocks may be views of the matrix: write them before changing it.
 *
 * @throws DataError with the row and column of a value that the dtype cannot hold
 */
export function* encodeMatrix(matrix: Matrix): Generator<Uint8Array> {
  const { data, dtype } = matrix;
  const itemBytes = ITEM_BYTES[dtype];
  const step = BLOCK_BYTES / itemBytes;
  for (let start = 0; start < data.length; start += step) {
    const part = data.subarray(start, start + step);
    const check = (index: number, problem: string): DataError =>
      new DataError(problem, {
        row: Math.floor((start + index) / matrix.columns),
        column: (start + index) % matrix.columns,
      });
    if (isHeldAsStored(dtype) && dtype !== 'bool' && data instanceof holderOf(dtype)) {
      yield new Uint8Array(part.buffer, part.byteOffset, part.length * itemBytes);
    } else {
      yield convert(part, dtype, check);
    }
  }
}

const INTEGER_RANGES: Readonly<Partial<Record<Dtype, readonly [number, number]>>> = {
  bool: [0, 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint8: [0, 2 ** 8 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

function convert(part: MatrixData, dtype: Dtype, refuse: (index: number, problem: string) => DataError): Uint8Array {
  const range = INTEGER_RANGES[dtype];
  if (range !== undefined) {
    const [low, high] = range;
    for (let i = 0; i < part.length; i++) {
      if (!Number.isInteger(part[i]) || part[i] < low || part[i] > high) {
        throw refuse(i, `expected a whole number from ${low} to ${high} for ${dtype}, got ${part[i]}`);
      }
    }
  }
  const bytes = new Uint8Array(part.length * ITEM_BYTES[dtype]);
  if (dtype === 'int64' || dtype === 'uint64') {
    const halves = new Int32Array(bytes.buffer);
    for (let i = 0; i < part.length; i++) {
      // Two's complement: the low half is what is left of whole multiples of 2^32, also below zero.
      const high = Math.floor(part[i] / 4294967296);
      halves[2 * i] = part[i] - high * 4294967296;
      halves[2 * i + 1] = high;
    }
  } else if (dtype === 'float16') {
    const halves = new Uint16Array(bytes.buffer);
    for (let i = 0; i < part.length; i++) halves[i] = narrowToHalf(part[i]);
  } else {
    new (holderOf(dtype))(bytes.buffer).set(part);
  }
  return bytes;
}
