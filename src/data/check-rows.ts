import { dataRangeError } from '../errors.js';
import type { Factor } from './dataset.js';

/** Refuses rows that a data set does not have. */
export function checkRows(name: string, size: number, rows: ArrayLike<number>): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Number.isInteger(row) || row < 0 || row >= size) {
      throw dataRangeError(`${name}: expected rows from 0 to ${size - 1}, got ${row} at ${i}`);
    }
  }
}

/** Refuses room that is too small for what is written. */
export function checkRoom(name: string, what: string, expected: number, got: number): void {
  if (got < expected) throw dataRangeError(`${name}: expected room for ${expected} ${what}, got ${got}`);
}

/** Refuses values that factors do not have, and returns the number of rows. values: (rows, K). */
export function checkFactorValues(name: string, factors: readonly Factor[], values: Float64Array): number {
  if (values.length % factors.length !== 0) {
    throw dataRangeError(`${name}: expected ${factors.length} values per row, got ${values.length} in all`);
  }
  values.forEach((value, i) => {
    const { name: factor, size, range } = factors[i % factors.length];
    const place = `${name}: ${factor} of row ${Math.floor(i / factors.length)}`;
    if (size !== null && !(Number.isInteger(value) && value >= 0 && value < size)) {
      throw dataRangeError(`${place}: expected a whole number from 0 to ${size - 1}, got ${value}`);
    }
    if (range !== undefined && !(value >= range[0] && value <= range[1])) {
      throw dataRangeError(`${place}: expected ${range[0]} to ${range[1]}, got ${value}`);
    }
  });
  return values.length / factors.length;
}
