/** Rows that lack a number. */
import { DataError } from '../../errors.js';
import { READING_NAMES } from '../../io/index.js';
import { type Matrix, pickRows } from '../../matrix.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { ArrayOrigin } from '../../types.js';

/** Matrices without the rows in which a number is missing. */
export interface Dropped<Arrays> {
  readonly kept: Arrays;
  /** How many rows were left out. */
  readonly dropped: number;
  readonly notes: readonly Note[];
}

/** Leaves out the rows in which any of the matrices, of as many rows each, has NaN. */
export function dropNan<Arrays extends Readonly<Record<string, Matrix>>>(arrays: Arrays): Dropped<Arrays> {
  const [{ rows }] = Object.values(arrays);
  const lacks = new Uint8Array(rows);
  for (const { data, columns } of Object.values(arrays)) {
    for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) lacks[Math.floor(i / columns)] = 1;
  }
  const whole = Array.from(lacks.keys()).filter((row) => lacks[row] === 0);
  if (whole.length === 0) refuseEmpty(arrays);
  const dropped = rows - whole.length;
  if (dropped === 0) return { kept: arrays, dropped, notes: [] };
  const kept = Object.fromEntries(Object.entries(arrays).map(([name, matrix]) => [name, pickRows(matrix, whole)]));
  const text = `${dropped} of ${rows} rows lack a number and are left out`;
  return { kept: kept as Arrays, dropped, notes: [note('dropped-rows', text, { option: 'dropNan' })] };
}

/** @throws DataError for a column without any number, of which no row would be left */
function refuseEmpty(arrays: Readonly<Record<string, Matrix>>): void {
  for (const [path, { data, columns }] of Object.entries(arrays)) {
    for (let column = 0; column < columns; column++) {
      if (data.some((value, i) => i % columns === column && !Number.isNaN(value))) continue;
      const way = Object.hasOwn(READING_NAMES, path)
        ? phrase`; ${mention('columns', undefined, path)} names the columns to take`
        : [];
      throw new DataError(['expected numbers, got NaN in all rows', ...way], { path, column });
    }
  }
}

/** Where an array is from, with what was left out of it for missing numbers. */
export function withoutRows(origin: ArrayOrigin, dropped: number): ArrayOrigin {
  if (dropped === 0) return origin;
  return { ...origin, leftOut: [...(origin.leftOut ?? []), `${dropped} row${dropped === 1 ? '' : 's'} with NaN`] };
}

/** An error about a missing number says what would leave its row out. */
export function suggestDropping(error: unknown): unknown {
  if (!(error instanceof DataError) || !error.problem.endsWith('got NaN')) return error;
  return new DataError(phrase`${error.problem}; ${mention('dropNan')} leaves such rows out`, error);
}
