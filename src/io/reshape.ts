/** Tables made of what a file holds: transposed, of several arrays, of words. */
import { DataError } from '../errors.js';
import { type Dtype, Matrix } from '../matrix.js';
import type { ArrayEntry } from './array-file.js';
import { allocate } from './dtype.js';
import { MOST_WORDS_BYTES } from './strings.js';
import { wholeEntry } from './whole-entry.js';
import { numberWords } from './words.js';

/** The table with rows as columns and columns as rows. */
export function transposed(entry: ArrayEntry): ArrayEntry {
  const { path, name, notes } = entry;
  const [rows, columns = 1] = entry.shape;
  const about = { dtype: entry.dtype as Dtype, shape: [columns, rows], ...(notes && { notes }) };
  return wholeEntry(path, name, about, async () => {
    const matrix = await entry.read();
    const data = allocate(matrix.dtype, matrix.data.length, { path });
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) data[column * rows + row] = matrix.data[i];
    }
    return new Matrix(data, columns, rows, matrix.dtype);
  });
}

/**
 * Arrays of one column each, side by side under their names.
 * @throws DataError for more columns, or other rows than the first
 */
export function joinColumns(entries: readonly ArrayEntry[]): ArrayEntry {
  const [{ path, shape }] = entries;
  for (const entry of entries) {
    const place = { path, member: entry.name ?? undefined };
    const [rows, columns = 1] = entry.shape;
    if (columns !== 1) throw new DataError(`expected one column to stand beside others, got ${columns}`, place);
    if (rows !== shape[0]) throw new DataError(`expected ${shape[0]} rows to match the others, got ${rows}`, place);
  }
  const names = entries.map(({ name }) => name ?? '');
  const dtype = entries.every((entry) => entry.dtype === entries[0].dtype) ? entries[0].dtype : 'float64';
  const words = entries.map((entry) => entry.words?.[0] ?? null);
  const about = {
    dtype: dtype as Dtype,
    shape: [shape[0], entries.length],
    columnNames: names,
    notes: entries.flatMap(({ notes = [] }) => notes),
    ...(words.some((list) => list !== null) && { words }),
  };
  return wholeEntry(path, names.join(','), about, async () => {
    const columns: Matrix[] = [];
    for (const entry of entries) columns.push(await entry.read());
    const { dtype: held } = columns[0];
    const ofAll = columns.every((column) => column.dtype === held) ? held : 'float64';
    const data = allocate(ofAll, shape[0] * columns.length, { path });
    for (const [k, column] of columns.entries()) {
      for (let row = 0; row < shape[0]; row++) data[row * columns.length + k] = column.data[row];
    }
    return new Matrix(data, shape[0], columns.length, ofAll);
  });
}

/**
 * A list of words as a column of their numbers; what is a table of numbers stays as it is.
 * @throws DataError for what is no text
 */
export async function withWords(entry: ArrayEntry): Promise<ArrayEntry> {
  if (entry.refusal === null || entry.readStrings === undefined) return entry;
  const { path, name } = entry;
  const { numbers, words } = numberWords(await entry.readStrings(MOST_WORDS_BYTES));
  const rows = numbers.length;
  const about = { dtype: 'int32', shape: [rows, 1], words: [words] } as const;
  return wholeEntry(path, name, about, async () => new Matrix(numbers, rows, 1, 'int32'));
}
