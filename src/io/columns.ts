/** Some columns of a table: those that are asked for, or all but the names of rows. */
import { DataError } from '../errors.js';
import type { Dtype } from '../matrix.js';
import { Matrix } from '../matrix.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import { suggest } from '../suggest.js';
import type { ArrayEntry, TakenColumn } from './array-file.js';
import { allocate, heldBytes } from './dtype.js';
import type { Role } from './roles.js';

/**
 * The columns of a table that a selection names, in its order: names, ranges `0:3` (of which the
 * end is left out) and patterns `z*`, with commas between. A column by its number is `3:4`. The
 * name of a column of lists stands for all of them: `z` for `z[0]`, `z[1]`.
 *
 * @throws DataError for what names no column, or one twice
 */
export function findColumns(entry: ArrayEntry, selection: string, role: Role): TakenColumn[] {
  const names = entry.columnNames ?? [];
  const columns = countColumns(entry);
  const refuse = (problem: string) =>
    new DataError(phrase`${mention('columns', selection, role)}: ${problem}`, { path: entry.path });
  const found: TakenColumn[] = [];
  for (const word of selection.split(',').map((part) => part.trim())) {
    const some = findColumn(word, names, columns);
    if (some === null || some.length === 0) {
      const near = suggest(word, names);
      const help = near.length > 0 ? `did you mean ${near.join(' or ')}?` : describeColumns(names, columns);
      throw refuse(`found no column '${word}'; ${help}`);
    }
    // A name, or a column by its number.
    const isNamed = some.length === 1 && !word.includes('*');
    found.push(...some.map((column) => ({ column, isNamed })));
  }
  const places = found.map(({ column }) => column);
  const twice = places.find((column, i) => places.indexOf(column) !== i);
  if (twice !== undefined) throw refuse(`expected every column once, got ${nameColumn(names, twice)} twice`);
  return found;
}

/** Columns, in rising order, as ranges of a selection: `0:2,3:7`. */
export function writeRanges(columns: readonly number[]): string {
  const ranges: Array<[from: number, to: number]> = [];
  for (const column of columns) {
    const last = ranges.at(-1);
    if (last?.[1] === column) last[1]++;
    else ranges.push([column, column + 1]);
  }
  return ranges.map(([from, to]) => `${from}:${to}`).join(',');
}

function findColumn(word: string, names: readonly string[], columns: number): number[] | null {
  const all = Array.from({ length: columns }, (_, i) => i);
  const named = all.filter((i) => names[i] === word);
  if (named.length > 0) return named;
  // A column of lists is as many columns as they are long.
  const listed = all.filter((i) => names[i]?.startsWith(`${word}[`) && /^\[\d+\]$/.test(names[i].slice(word.length)));
  if (listed.length > 0) return listed;
  const range = /^(\d*):(\d*)$/.exec(word);
  if (range !== null) {
    const [from, to] = [Number(range[1] || 0), range[2] === '' ? columns : Number(range[2])];
    return from < to && to <= columns ? all.slice(from, to) : null;
  }
  if (!word.includes('*')) return null;
  const parts = word.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  return all.filter((i) => pattern.test(names[i] ?? ''));
}

function describeColumns(names: readonly string[], columns: number): string {
  const shown = names.slice(0, 12).map((name) => `'${name}'`);
  if (shown.length === 0) return `its ${columns} columns have no names: a range is 0:${columns}`;
  return `its columns are ${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}

/** A column in a message, by its name if it has one. */
export function nameColumn(names: readonly string[], column: number): string {
  return names[column] ? `'${names[column]}'` : `column ${column}`;
}

export function countColumns({ shape }: ArrayEntry): number {
  return shape.length === 1 ? 1 : (shape[1] ?? 1);
}

/** The same table with these columns. */
export function withColumns(entry: ArrayEntry, columns: readonly number[]): ArrayEntry {
  if (entry.select !== undefined) return entry.select(columns);
  const rows = entry.shape[0];
  const { columnNames, words, readStrings: _, rowNameColumns: __, check: ___, ...rest } = entry;
  const pick = (matrix: Matrix): Matrix => {
    const data = allocate(matrix.dtype, matrix.rows * columns.length, { path: entry.path });
    for (let row = 0, i = 0; row < matrix.rows; row++) {
      for (const column of columns) data[i++] = matrix.data[row * matrix.columns + column];
    }
    return new Matrix(data, matrix.rows, columns.length, matrix.dtype);
  };
  return {
    ...rest,
    shape: [rows, columns.length],
    bytes: rows * columns.length * heldBytes(entry.dtype as Dtype),
    ...(columnNames && { columnNames: columns.map((column) => columnNames[column]) }),
    ...(words && { words: columns.map((column) => words[column]) }),
    read: async () => pick(await entry.read()),
    async *chunks() {
      for await (const { firstRow, matrix } of entry.chunks()) yield { firstRow, matrix: pick(matrix) };
    },
  };
}

/** Which columns of a table are data. */
export interface KeptColumns {
  /** Null for all. */
  readonly kept: readonly TakenColumn[] | null;
  /** What the others are. */
  readonly leftOut: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * The columns of a table that are data: all but those that name the rows. A first column without a
 * name that does not count them may be data, or not.
 */
export function dropRowNames(entry: ArrayEntry, role: Role): KeptColumns {
  const columns = countColumns(entry);
  const more = (selection: string, does: string) => ({
    option: 'columns',
    suggestion: phrase`${mention('columns', selection, role)} ${does}`,
    isGuess: true,
  });
  const { columnNames, rowNameColumns: named = [] } = entry;
  if (named.length > 0 && columns > named.length) {
    const data = Array.from({ length: columns }, (_, i) => i).filter((column) => !named.includes(column));
    const kept = data.map((column) => ({ column, isNamed: false }));
    const what = describeRowNames(named, columnNames);
    const [name, are, it] = named.length === 1 ? ['names', 'is', 'it'] : ['name', 'are', 'them'];
    const text = `${entry.path}: ${what} ${name} the rows and ${are} left out`;
    const leftOut = [`${what}, which ${name} the rows`];
    return { kept, leftOut, notes: [note('row-names', text, more(`0:${columns}`, `keeps ${it}`))] };
  }
  const isUnnamed = columns > 1 && columnNames !== undefined && isUnnamedColumn(columnNames[0]);
  if (!isUnnamed) return { kept: null, leftOut: [], notes: [] };
  const text = `${entry.path}: the first column has no name and does not count the rows: it is taken as data`;
  return { kept: null, leftOut: [], notes: [note('unnamed-column', text, more(`1:${columns}`, 'leaves it out'))] };
}

/** Notes what names the rows among columns that were asked for, but not by its name. */
export function noteRowNames(entry: ArrayEntry, kept: readonly TakenColumn[], role: Role): Note[] {
  const { columnNames, rowNameColumns: named = [], path } = entry;
  const names = kept.flatMap(({ column, isNamed }) => (named.includes(column) && !isNamed ? [column] : []));
  if (names.length === 0) return [];
  const others = kept.map(({ column }) => column).filter((column) => !names.includes(column));
  const [name, are, it] = names.length === 1 ? ['names', 'is', 'it'] : ['name', 'are', 'them'];
  const text = `${path}: ${describeRowNames(names, columnNames)} ${name} the rows and ${are} taken as data`;
  const suggestion = phrase`${mention('columns', writeRanges(others), role)} leaves ${it} out`;
  const isRest = others.length > 0;
  return [note('row-counter', text, { option: 'columns', ...(isRest && { suggestion }), isGuess: true })];
}

function describeRowNames(columns: readonly number[], names: readonly string[] = []): string {
  if (columns.length === 1 && columns[0] === 0) return 'the first column';
  return columns.map((column) => nameColumn(names, column)).join(', ');
}

/** What pandas and R write above the names of rows, and what pandas makes of that. */
export function isUnnamedColumn(name: string): boolean {
  return name === '' || /^Unnamed: \d+(?:\.\d+)*$/.test(name);
}

const SHOWN_WORDS = 12;

/** Which words the numbers of factors stand for. */
export function describeWords({
  words,
  columnNames = [],
  path,
}: Pick<ArrayEntry, 'words' | 'columnNames' | 'path'>): Note[] {
  if (words === undefined) return [];
  const lists = words.flatMap((list, column) => {
    if (list === null) return [];
    const more = list.length > SHOWN_WORDS ? ` and ${list.length - SHOWN_WORDS} more` : '';
    return [`${nameColumn(columnNames, column)} has ${list.slice(0, SHOWN_WORDS).join(', ')}${more}`];
  });
  return lists.length === 0
    ? []
    : [note('numbered-words', `${path}: words are numbered in their order: ${lists.join('; ')}`)];
}
