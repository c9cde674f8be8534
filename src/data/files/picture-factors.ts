/** Factors of pictures: a table that names them, as CelebA's list_attr_celeba.txt. */
import { DataError } from '../../errors.js';
import {
  type ArrayEntry,
  type ByteSource,
  countColumns,
  describeWords,
  dropRowNames,
  findColumns,
  nameReading,
  nameReadingNotes,
  openArrays,
} from '../../io/index.js';
import type { Note } from '../../note.js';
import { type ColumnsTable, tableOfColumns } from './columns-table.js';
import { type FileSettings, typesGiven } from './file-options.js';
import type { NamedFile } from './named-file.js';
import { describeUnread } from './unread-pictures.js';

const SHOWN = 3;

/**
 * The factors of pictures out of a table of any kind: the column of words that has their names is
 * found, and rows are put in the order of the pictures. A name is that of the file, or its path in
 * the folder. Factors are the other columns that are asked for, or all but those that name the
 * rows, as for every table.
 *
 * @throws DataError for a table without such a column, and for pictures without a row or rows
 * without a picture
 */
export async function readPictureFactors(
  source: ByteSource,
  pictures: readonly NamedFile[],
  { factorColumns, factorTypes, header, like }: FileSettings,
): Promise<ColumnsTable> {
  const { path } = source;
  const file = await openArrays(await withoutCount(source), { role: 'factors', header });
  const [entry] = file.arrays;
  const { columnNames = [], words = [] } = entry;
  const column = findNames(entry, pictures, path);
  const { data, columns } = await entry.read();
  const listed = words[column] ?? [];
  const rowOf = new Map<string, number>();
  for (let row = 0; row * columns < data.length; row++) {
    const name = listed[data[row * columns + column]];
    if (rowOf.has(name)) throw new DataError(`expected every picture once, got '${name}' again`, { path, row });
    rowOf.set(name, row);
  }
  const used = new Set<number>();
  const rows = pictures.map(({ name }) => {
    const row = rowOf.get(name) ?? rowOf.get(lastStep(name));
    if (row !== undefined) used.add(row);
    return row;
  });
  refuseSome(
    pictures.filter((_, i) => rows[i] === undefined).map(({ name }) => name),
    'no row for',
    path,
  );
  refuseSome(
    [...rowOf].filter(([, row]) => !used.has(row)).map(([name]) => name),
    'rows without a picture,',
    path,
  );
  const { factors, notes } = chooseFactors(entry, column, factorColumns);
  const values = new Float64Array(rows.length * factors.length);
  for (const [i, row] of rows.entries()) {
    for (const [k, from] of factors.entries()) {
      values[i * factors.length + k] = data[(row as number) * columns + from];
    }
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [row, at] = [rows[Math.floor(bad / factors.length)], factors[bad % factors.length]];
    throw new DataError(`expected a number, got ${values[bad]}`, { path, row, column: at });
  }
  const names = factors.map((k, i) => columnNames[k] || `factor${i}`);
  const told = {
    names,
    values,
    rows: rows.length,
    types: typesGiven(factorTypes, names.length),
    words: factors.map((k) => words[k] ?? null),
  };
  const found = tableOfColumns(told, { labels: like?.labels });
  const ofReading = nameReadingNotes([...(file.notes ?? []), ...(entry.notes ?? []), ...notes], 'factors');
  const ofWords = describeWords({ path, columnNames: names, words: told.words });
  return { ...found, notes: [...ofReading, ...ofWords, ...found.notes] };
}

/** The columns that are factors: of those that are asked for, or of all, the names are none. */
function chooseFactors(
  entry: ArrayEntry,
  names: number,
  selection: string | undefined,
): { readonly factors: readonly number[]; readonly notes: readonly Note[] } {
  if (selection !== undefined) {
    try {
      const found = findColumns(entry, selection, 'factors').map(({ column }) => column);
      const factors = found.filter((column) => column !== names);
      return { factors, notes: [] };
    } catch (error) {
      throw nameReading(error);
    }
  }
  const all = Array.from({ length: countColumns(entry) }, (_, column) => column);
  const { kept, notes } = dropRowNames(entry, 'factors');
  const factors = (kept?.map(({ column }) => column) ?? all).filter((column) => column !== names);
  // What is known for the names of the pictures is no guess.
  const isKnown = kept === null ? names === 0 : factors.length === all.length - 1;
  return { factors, notes: isKnown ? [] : notes };
}

/** The column whose words are names of pictures. */
function findNames(entry: ArrayEntry, pictures: readonly NamedFile[], path: string): number {
  const known = new Set(pictures.flatMap(({ name }) => [name, lastStep(name)]));
  const counts = Array.from({ length: countColumns(entry) }, (_, k) => {
    return (entry.words?.[k] ?? []).filter((word) => known.has(word)).length;
  });
  const most = Math.max(...counts);
  if (most > 0) return counts.indexOf(most);
  throw new DataError(`expected a column of names of pictures, such as '${pictures[0].name}', got none`, { path });
}

function refuseSome(names: readonly string[], what: string, path: string): void {
  if (names.length === 0) return;
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const unread = describeUnread(names);
  const help = unread === null ? '' : `; ${unread}`;
  const got = `${what} ${names.slice(0, SHOWN).join(', ')}${more}`;
  throw new DataError(`expected a row for every picture, got ${got}${help}`, { path });
}

function lastStep(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** CelebA's tables begin with the number of their rows, in a line of its own. */
async function withoutCount(source: ByteSource): Promise<ByteSource> {
  const start = new TextDecoder().decode(await source.read(0, Math.min(source.size, 32)));
  const count = /^\d+\s*?\r?\n/.exec(start);
  if (count === null) return source;
  const skipped = count[0].length;
  return {
    path: source.path,
    size: source.size - skipped,
    read: (offset, length) => source.read(offset + skipped, length),
  };
}
