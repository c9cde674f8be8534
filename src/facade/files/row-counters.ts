/** Columns that number the rows: the index of a frame under whatever name, ids, row numbers. */
import { DataError } from '../../errors.js';
import { type ArrayEntry, nameColumn, nameReadingNotes, type Role, writeRanges } from '../../io/index.js';
import { Matrix } from '../../matrix.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { Latents } from '../../sparse-matrix.js';

/** In fewer rows data may count by chance. */
const FEW_ROWS = 10;

/**
 * Notes each column of an array that was read in which every row has one more than the row before
 * it, as no data have; of factors also those of the same numbers in another order, which repeat no
 * value. A column that was asked for by its name is none of them.
 */
export function describeCounters(role: Role, entry: ArrayEntry, matrix: Latents): Note[] {
  // A column that counts has no zeros to leave out.
  if (!(matrix instanceof Matrix) || matrix.rows < FEW_ROWS) return [];
  const { taken, columnNames = [], words, path, name } = entry;
  const all = Array.from({ length: matrix.columns }, (_, column) => column);
  const isGuess = (column: number) => words?.[column] == null && !(taken?.[column]?.isNamed ?? false);
  const isCounter = (column: number) => counts(matrix, column) || (role === 'factors' && isShuffled(matrix, column));
  const found = all.filter((column) => isGuess(column) && isCounter(column));
  if (found.length === 0) return [];
  const others = all.filter((column) => !found.includes(column)).map((column) => taken?.[column]?.column ?? column);
  const isKnown = others.length > 0 && taken !== null;
  const [number, are, them] = found.length === 1 ? ['numbers', 'is', 'it'] : ['number', 'are', 'them'];
  const listed = found.map((column) => nameColumn(columnNames, column)).join(', ');
  const where = name === null ? path : `${path}, member '${name}'`;
  const kind = role === 'factors' ? 'factor' : 'latent';
  const taking = found.length === 1 ? `a ${kind}` : `${kind}s`;
  const text = `${where}: ${listed} ${number} the rows and ${are} taken as ${taking}`;
  const more = {
    option: 'columns',
    ...(isKnown && { suggestion: phrase`${mention('columns', writeRanges(others), role)} leaves ${them} out` }),
    isGuess: true,
  };
  return nameReadingNotes([note('row-counter', text, more)], role);
}

function counts({ data, rows, columns }: Matrix, column: number): boolean {
  const first = data[column];
  if (!Number.isInteger(first)) return false;
  for (let row = 1, i = column + columns; row < rows; row++, i += columns) if (data[i] !== first + row) return false;
  return true;
}

/** Whether a column has each of as many neighbouring whole numbers as there are rows. */
function isShuffled({ data, rows, columns }: Matrix, column: number): boolean {
  let least = Number.POSITIVE_INFINITY;
  for (let i = column; i < data.length; i += columns) {
    if (!Number.isInteger(data[i])) return false;
    least = Math.min(least, data[i]);
  }
  const seen = new Uint8Array(rows);
  for (let i = column; i < data.length; i += columns) {
    const place = data[i] - least;
    if (place >= rows || seen[place] === 1) return false;
    seen[place] = 1;
  }
  return true;
}

/**
 * An error about a factor that repeats no value names its column, and says what leaves it out: most
 * such columns are ids or names of files.
 */
export function suggestLeavingOut(error: unknown, { columnNames = [], shape, taken, words }: ArrayEntry): unknown {
  if (!(error instanceof DataError) || error.path !== 'factors' || error.column === undefined) return error;
  const found = /^(expected a discrete factor .* rows); (.*)$/.exec(error.problem);
  if (found === null) return error;
  const { column } = error;
  const all = Array.from({ length: shape[1] ?? 1 }, (_, k) => k).filter((k) => k !== column);
  const others = all.map((k) => taken?.[k]?.column ?? k);
  const named = columnNames[column] ? ` in '${columnNames[column]}'` : '';
  const isKnown = others.length > 0 && taken !== null;
  const leave = isKnown
    ? phrase`; if they are ids, ${mention('columns', writeRanges(others), 'factors')} leaves them out`
    : [];
  // Numbers of words have no order.
  const treat =
    words?.[column] != null ? [] : phrase`; if they are values, ${mention('factorTypes')} takes them as continuous`;
  return new DataError([`${found[1]}${named}`, ...leave, ...treat], error);
}
