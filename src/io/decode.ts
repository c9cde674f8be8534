import { DataError } from '../errors.js';
import type { MatrixData } from '../matrix.js';
import { ITEM_BYTES, isHeldAsStored, type StoredDtype } from './dtype.js';
import { widenHalf } from './half.js';

/** Makes the error for the element at an index into `out`. */
export type Refuse = (index: number, problem: string) => DataError;

/**
 * Decodes stored elements into `out`, from index `at` on. `bytes` must be whole elements;
 * big-endian ones are swapped in place. Like WebAssembly's memory, this takes the machine to be
 * little-endian.
 */
export function decodeElements(
  bytes: Uint8Array,
  dtype: StoredDtype,
  bigEndian: boolean,
  out: MatrixData,
  at: number,
  refuse: Refuse,
): void {
  const itemBytes = ITEM_BYTES[dtype];
  if (bigEndian) swapBytes(bytes, itemBytes);
  if (isHeldAsStored(dtype)) {
    new Uint8Array(out.buffer, out.byteOffset + at * itemBytes, bytes.length).set(bytes);
    if (dtype === 'bool') checkBooleans(bytes, at, refuse);
  } else if (dtype === 'float16') {
    widen(bytes, out, at, widenHalf);
  } else if (dtype === 'bfloat16') {
    widen(bytes, out, at, (bits) => (bits << 16) >>> 0);
  } else {
    narrowIntegers(bytes, dtype === 'int64', out, at, refuse);
  }
}

/** Reverses the bytes of every element, in place. */
export function swapBytes(bytes: Uint8Array, itemBytes: number): void {
  if (itemBytes === 1) return;
  for (let start = 0; start < bytes.length; start += itemBytes) {
    for (let low = start, high = start + itemBytes - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}

/** Refuses bytes other than 0 and 1. */
export function checkBooleans(bytes: Uint8Array, at: number, refuse: Refuse): void {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] > 1) throw refuse(at + i, `expected a bool of 0 or 1, got ${bytes[i]}`);
  }
}

function widen(bytes: Uint8Array, out: MatrixData, at: number, convert: (half: number) => number): void {
  const halves = asUint16(bytes);
  // Written as bits: a signalling NaN that passes through a number may come out changed.
  const out_u32 = new Uint32Array(out.buffer, out.byteOffset + at * 4, halves.length);
  for (let i = 0; i < halves.length; i++) out_u32[i] = convert(halves[i]);
}

function asUint16(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2);
}

function narrowIntegers(bytes: Uint8Array, signed: boolean, out: MatrixData, at: number, refuse: Refuse): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length / 8;
  for (let i = 0; i < count; i++) {
    const high = signed ? view.getInt32(i * 8 + 4, true) : view.getUint32(i * 8 + 4, true);
    // Exact whenever the sum is within 2^53, and never within 2^53 otherwise.
    const value = high * 4294967296 + view.getUint32(i * 8, true);
    if (!Number.isSafeInteger(value)) {
      const exact = signed ? view.getBigInt64(i * 8, true) : view.getBigUint64(i * 8, true);
      throw refuse(at + i, `expected an integer within 2^53, got ${exact}`);
    }
    out[at + i] = value;
  }
}

/**
 * A `Refuse` for elements that lie row by row (or column by column) from the first of the array.
 */
export function refuseAt(
  path: string,
  member: string | undefined,
  positionOf: (index: number) => { row: number; column: number },
): Refuse {
  return (index, problem) => new DataError(problem, { path, member, ...positionOf(index) });
}
