import { DataError, type Place } from '../errors.js';
import type { Dtype, MatrixData } from '../matrix.js';

/** What a file can store; bfloat16 is read as float32. */
export type StoredDtype = Dtype | 'bfloat16';

/** Bytes of one stored element. */
export const ITEM_BYTES: Readonly<Record<StoredDtype, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  bfloat16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

const HOLDERS = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  int64: Float64Array,
  uint64: Float64Array,
  float64: Float64Array,
} as const satisfies Readonly<Record<StoredDtype, unknown>>;

/** The typed array that a Matrix holds elements of this dtype in. */
export function holderOf(dtype: StoredDtype): (typeof HOLDERS)[StoredDtype] {
  return HOLDERS[dtype];
}

/** The dtype that a Matrix declares for a stored one. */
export function declaredDtype(dtype: StoredDtype): Dtype {
  return dtype === 'bfloat16' ? 'float32' : dtype;
}

/** Bytes of one element once it is read. */
export function heldBytes(dtype: StoredDtype): number {
  return HOLDERS[dtype].BYTES_PER_ELEMENT;
}

/** Whether the held bytes are the stored ones, so that reading is a copy. */
export function isHeldAsStored(dtype: StoredDtype): boolean {
  return ITEM_BYTES[dtype] === heldBytes(dtype) && dtype !== 'int64' && dtype !== 'uint64';
}

/** Room for `length` elements, or a DataError where one array cannot be that long. */
export function allocate(dtype: StoredDtype, length: number, place: Place): MatrixData {
  try {
    return new HOLDERS[dtype](length);
  } catch {
    throw new DataError(
      `${length} elements of ${dtype} do not fit one array in memory (${length * heldBytes(dtype)} bytes)`,
      place,
    );
  }
}
