import { wrongType, wrongValue } from '../errors.js';
import { mention, phrase } from '../phrase.js';
import type { CommonOptions, RowSelection } from '../types.js';

/** The rows that the caller named to learn from and to be judged on. */
export interface ExactSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * The rows that `trainRows` and `testRows` name; null where there are none.
 * @throws TypeError or RangeError for what is no selection, holds a row that is not there, or twice
 * the same
 */
export function exactSplit(
  { trainRows, testRows }: Pick<CommonOptions, 'trainRows' | 'testRows'>,
  rows: number,
): ExactSplit | null {
  if (trainRows === undefined || testRows === undefined) return null;
  // Which of the two has each row; a byte each, for rows may be many.
  const owners = new Uint8Array(rows);
  const names = ['', 'trainRows', 'testRows'];
  const take = (owner: 1 | 2, selection: RowSelection) => {
    const name = names[owner];
    const chosen = listRows(name, selection, rows);
    for (const row of chosen) {
      if (owners[row] !== 0) {
        const where = owners[row] === owner ? phrase`twice` : phrase`of ${mention(names[owners[row]])}`;
        throw wrongValue({ option: name, problem: [`expected every row once, got row ${row} `, ...where] });
      }
      owners[row] = owner;
    }
    return chosen;
  };
  return { train: take(1, trainRows), test: take(2, testRows) };
}

function listRows(name: string, selection: RowSelection, rows: number): Int32Array {
  if (typeof selection !== 'object' || selection === null) {
    throw wrongType({
      option: name,
      problem: `expected { from, to } or an array of row numbers, got ${typeof selection}`,
    });
  }
  if ('from' in selection) {
    const { from, to } = selection;
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > rows) {
      throw wrongValue({
        option: name,
        problem: `expected at least one row from 0 up to ${rows}, got ${from} to ${to}`,
      });
    }
    const out = new Int32Array(to - from);
    for (let i = 0; i < out.length; i++) out[i] = from + i;
    return out;
  }
  const numbers = Array.from(selection);
  if (numbers.length === 0) throw wrongValue({ option: name, problem: `expected at least one row, got none` });
  const wrong = numbers.findIndex((row) => !Number.isInteger(row) || row < 0 || row >= rows);
  if (wrong >= 0) {
    throw wrongValue({ option: name, problem: `expected row numbers from 0 to ${rows - 1}, got ${numbers[wrong]}` });
  }
  return Int32Array.from(numbers);
}
