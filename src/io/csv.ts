import { DataError } from '../errors.js';
import { type Dtype, Matrix } from '../matrix.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import type { ArrayEntry, ArrayFile, RowChunk } from './array-file.js';
import { type ArrayFormat, type ArrayOutput, writeRows } from './array-format.js';
import { isUnnamedColumn, nameColumn, withColumns } from './columns.js';
import { parseCell } from './csv-cells.js';
import { type CsvOptions, type Layout, readLayout } from './csv-dialect.js';
import { type Dialect, type Findings, parseRows } from './csv-parse.js';
import { allocate, heldBytes } from './dtype.js';
import type { ByteSource } from './source.js';
import { rankWords } from './words.js';

// What was parsed to learn the shape is kept up to this size, so that most tables are parsed once.
const KEPT_BYTES = 64 << 20;

/**
 * Opens a table of numbers as text, separated by commas, semicolons, tabs or blanks. It has no
 * header that says its shape, so it is read through, in constant memory, and every cell is checked.
 *
 * The dtype is int32 when every cell is written as an integer that int32 holds, otherwise float64.
 *
 * What is wrong with a cell hinders only who asks for its column.
 *
 * @throws DataError with the line of a row of other length
 */
export async function openCsv(source: ByteSource, options: CsvOptions = {}): Promise<ArrayFile> {
  const layout = await readLayout(source, options);
  const { expectedRows, besideNumbered, role } = options;
  const table = await scan(source, layout, role);
  const other = layout.withHeader;
  if (other === null) return fileOf(table, layout.notes);
  if (layout.isSettledByRows) {
    // Labels may begin with 0 or 1: two files that both begin so, and are equally long, do not.
    const areNames = besideNumbered === 'names' ? table.rows - 1 === expectedRows : table.rows === expectedRows;
    if (besideNumbered !== undefined && areNames) return fileOf(await scan(source, other, role), other.notes);
    const isSettled = table.rows === expectedRows;
    return fileOf(table, isSettled ? layout.notes.filter(({ code }) => code !== 'counting-line') : layout.notes);
  }
  // Only names in the first line make the rows agree.
  if (table.rows - 1 === expectedRows) {
    const text = 'the first line is taken for names: without it the rows agree';
    const found = note('found-header', text, unless(false, options));
    return fileOf(await scan(source, other, role), [...other.notes, found]);
  }
  const text = 'all cells are words, and the first line is taken for a row';
  const isOfWords = table.dialect.words.every((words) => words !== null);
  return fileOf(table, [...layout.notes, ...(isOfWords ? [note('no-header', text, unless(true, options))] : [])]);
}

function unless(header: boolean, { role }: CsvOptions) {
  return { option: 'header', suggestion: phrase`unless ${mention('header', header, role)}`, isGuess: true };
}

interface Table {
  readonly source: ByteSource;
  readonly dialect: Dialect;
  readonly columnNames: readonly string[] | null;
  readonly rows: number;
  readonly dtype: Dtype;
  readonly kept: readonly Float64Array[] | null;
  /** The first columns that name the rows. */
  readonly rowNameColumns: readonly number[];
  readonly findings: Findings;
  readonly role: CsvOptions['role'];
}

/** Reads a table through: how many rows it has, of what type, and what is wrong with its cells. */
async function scan(source: ByteSource, layout: Layout, role: CsvOptions['role']): Promise<Table> {
  const { dialect, columnNames, isFirstWithoutCell } = layout;
  const { columns, words } = dialect;
  const findings: Findings = { problems: [], spaced: null };
  let rows = 0;
  let areInt32 = true;
  let kept: Float64Array[] | null = [];
  const unnamed = columnNames?.findIndex((name) => !isUnnamedColumn(name)) ?? 0;
  const counters = Array.from({ length: unnamed < 0 ? 0 : unnamed }, (_, column) => new RowCounter(column, columns));
  const different = isFirstWithoutCell ? new Set<number>() : null;
  for await (const parsed of parseRows(source, dialect, findings)) {
    const { values } = parsed;
    for (const counter of counters) counter.take(values, parsed.rows);
    for (let row = 0; row < parsed.rows && different !== null; row++) different.add(values[row * columns]);
    rows += parsed.rows;
    areInt32 &&= parsed.areInt32;
    if (rows * columns * 8 > KEPT_BYTES) kept = null;
    kept?.push(values.slice());
  }
  for (const [column, isUndecided] of dialect.isUndecided.entries()) if (isUndecided) words[column] = null;
  renumber(dialect, kept ?? []);
  const areNames = counters.map(({ counts }, column) =>
    rows > 0 && findings.problems[column] == null && words[column] === null ? counts : words[column]?.size === rows,
  );
  // R gives each row a name of its own.
  if (rows > 0 && different?.size === rows && !isPairOfDigits(columns, dialect, words)) areNames[0] = true;
  if (isFirstWithoutCell && !areNames[0]) throw refuseShortHeader(source, layout);
  const [first] = findings.problems.filter((problem) => problem != null);
  const table = {
    source,
    dialect,
    columnNames,
    rows,
    dtype: areInt32 && rows > 0 ? ('int32' as const) : ('float64' as const),
    kept,
    rowNameColumns: Array.from({ length: firstFalse(areNames) }, (_, column) => column),
    findings,
    role,
  };
  // Nothing of it can be read.
  if (first !== undefined && columns === findings.problems.filter((problem) => problem != null).length) check(table);
  return table;
}

/** Whether a column counts the rows, from 0 or from 1. */
class RowCounter {
  private from = 0;
  private rows = 0;
  counts = true;

  constructor(
    private readonly column: number,
    private readonly columns: number,
  ) {}

  take(values: Float64Array, rows: number): void {
    if (this.rows === 0) this.from = values[this.column] === 1 ? 1 : 0;
    for (let row = 0, i = this.column; row < rows && this.counts; row++, i += this.columns) {
      this.counts = values[i] === this.from + this.rows + row;
    }
    this.rows += rows;
  }
}

const firstFalse = (list: readonly boolean[]) => (list.includes(false) ? list.indexOf(false) : list.length);

/** Below one name, two whole numbers may as well be one with a decimal comma. */
function isPairOfDigits(columns: number, { delimiter }: Dialect, words: Dialect['words']): boolean {
  return columns === 2 && delimiter === ',' && words.every((list) => list === null);
}

function refuseShortHeader(source: ByteSource, { dialect: { columns, linesBefore } }: Layout): DataError {
  const problem = `expected ${columns - 1} cells, got ${columns} (line ${linesBefore + 1})`;
  return new DataError(problem, { path: source.path, row: 0 });
}

/**
 * Refuses columns of which a cell is wrong: the first such cell.
 * @throws DataError
 */
function check({ source, findings, dialect, role, columnNames }: Table, columns?: readonly number[]): void {
  const problems = findings.problems.filter((problem) => problem != null);
  const asked = problems.filter(({ column }) => columns?.includes(column) ?? true);
  if (asked.length === 0) return;
  const { problem, row, column } = asked.reduce((a, b) =>
    b.row < a.row || (b.row === a.row && b.column < a.column) ? b : a,
  );
  const text = typeof problem === 'string' ? [problem] : problem;
  const areAll = problems.length === dialect.columns;
  const isAlone = role === undefined || areAll || columns?.length === 1;
  // Words above numbers in every column: names in levels, as pandas writes them.
  const above = columnNames === null ? 0 : 1;
  const areNames = areAll && problems.every(({ wordsAbove }) => wordsAbove > 0 && wordsAbove + above > 1);
  const way = areNames
    ? ['; of several lines of names keep one']
    : isAlone
      ? []
      : phrase`; ${mention('columns', undefined, role)} names the columns to take`;
  throw new DataError([...text, ...way], { path: source.path, row, column });
}

/** Numbers the words of all columns in their order. */
export function renumber(
  { words, columns }: Pick<Dialect, 'words' | 'columns'>,
  blocks: readonly Float64Array[],
): void {
  for (const [column, known] of words.entries()) {
    if (known === null) continue;
    const ranks = rankWords(known);
    for (const values of blocks) {
      for (let i = column; i < values.length; i += columns) values[i] = ranks[values[i]];
    }
  }
}

function fileOf(table: Table, notes: readonly Note[]): ArrayFile {
  const { source, dialect } = table;
  return {
    path: source.path,
    format: dialect.delimiter === '\t' ? 'tsv' : 'csv',
    arrays: [entryOf(table)],
    notes: [...notes, ...describeSpaced(table)],
  };
}

/** Blanks around words are left out, as those around numbers are. */
function describeSpaced({ findings: { spaced }, columnNames }: Table): Note[] {
  if (spaced === null) return [];
  const text = `'${spaced.word}' in ${nameColumn(columnNames ?? [], spaced.column)} has blanks around it in some rows and none in others, and is taken for one word`;
  return [note('spaced-words', text, { suggestion: 'unless these are two: call them differently', isGuess: true })];
}

function entryOf(table: Table): ArrayEntry {
  const { source, dialect, columnNames, rows, dtype, rowNameColumns } = table;
  const words = dialect.words.map((known) => known && [...known.keys()]);
  const entry: ArrayEntry = {
    path: source.path,
    name: null,
    ...(columnNames !== null && { columnNames }),
    ...(words.some((list) => list !== null) && { words }),
    ...(rowNameColumns.length > 0 && { rowNameColumns }),
    dtype,
    shape: [rows, dialect.columns],
    bytes: rows * dialect.columns * heldBytes(dtype),
    refusal: null,
    async read() {
      const data = allocate(dtype, rows * dialect.columns, { path: source.path });
      let filled = 0;
      for await (const values of valuesOf(table)) {
        data.set(values, filled);
        filled += values.length;
      }
      return new Matrix(data, rows, dialect.columns, dtype);
    },
    async *chunks(): AsyncGenerator<RowChunk> {
      let firstRow = 0;
      for await (const values of valuesOf(table)) {
        const data = dtype === 'int32' ? Int32Array.from(values) : values.slice();
        const matrix = new Matrix(data, data.length / dialect.columns, dialect.columns, dtype);
        yield { firstRow, matrix };
        firstRow += matrix.rows;
      }
    },
  };
  return {
    ...entry,
    check: () => check(table),
    select(columns) {
      check(table, columns);
      return withColumns(entry, columns);
    },
    async read() {
      check(table);
      return entry.read();
    },
    async *chunks() {
      check(table);
      yield* entry.chunks();
    },
  };
}

/** The numbers in order: those kept, or parsed anew. */
async function* valuesOf({ source, dialect, rows, dtype, kept, findings }: Table): AsyncGenerator<Float64Array> {
  if (kept !== null) {
    yield* kept;
    return;
  }
  let got = 0;
  for await (const parsed of parseRows(source, dialect, findings)) {
    got += parsed.rows;
    if (got > rows || (dtype === 'int32' && !parsed.areInt32)) throw changed(source, rows);
    if (parsed.rows > 0) yield parsed.values;
  }
  if (got !== rows) throw changed(source, rows);
}

function changed(source: ByteSource, rows: number): DataError {
  return new DataError(`the file changed while it was read: it had ${rows} rows before`, { path: source.path });
}

const ROWS_PER_BLOCK = 4096;

/** How to write a text table. */
export interface CsvWriteOptions {
  readonly delimiter?: ',' | '\t';
  /**
   * Names for the first line. Where some are numbers, reading takes that line for numbers, or
   * refuses it, unless told.
   */
  readonly columnNames?: readonly string[];
}

/**
 * Writes a matrix as text: every number so that reading gives the same one, integers without a
 * point and the other dtypes with one, so that reading tells them apart.
 */
export function* writeCsv(matrix: Matrix, options: CsvWriteOptions = {}): Generator<Uint8Array> {
  const { delimiter = ',', columnNames } = options;
  if (columnNames !== undefined) yield csvHeader(columnNames, delimiter);
  const encoder = new TextEncoder();
  const format = matrix.dtype.startsWith('float') ? formatFloat : String;
  for (let first = 0; first < matrix.rows; first += ROWS_PER_BLOCK) {
    const lines: string[] = [];
    for (let row = first; row < Math.min(first + ROWS_PER_BLOCK, matrix.rows); row++) {
      const start = row * matrix.columns;
      lines.push(Array.from(matrix.data.subarray(start, start + matrix.columns), format).join(delimiter));
    }
    yield encoder.encode(`${lines.join('\n')}\n`);
  }
}

/** The line of names before the numbers; line breaks in a name become spaces. */
function csvHeader(columnNames: readonly string[], delimiter: ',' | '\t'): Uint8Array {
  const names = columnNames.map((name) => {
    const line = name.replace(/[\r\n]+/g, ' ');
    return /[",;\t]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
  });
  return new TextEncoder().encode(`${names.join(delimiter)}\n`);
}

/** Whether a line of these names is known for a header when it is read. */
function areKnownAsNames(columnNames: readonly string[]): boolean {
  return columnNames.every((name) => parseCell(name.trim()) === null);
}

function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Text with commas or semicolons, or tabs. */
export const csv = {
  name: 'csv',
  extensions: ['csv', 'txt'],
  byName: 'unless',
  open: openCsv,
  output: outputOf(['csv', 'txt'], ','),
} as const satisfies ArrayFormat;

/** Text with tabs, whatever else is in its cells. */
export const tsv = {
  name: 'tsv',
  extensions: ['tsv', 'tab'],
  byName: 'unless',
  open: (source, options) => openCsv(source, { ...options, isTabbed: true }),
  output: outputOf(['tsv', 'tab'], '\t'),
} as const satisfies ArrayFormat;

/**
 * Column names go from table to text, unless some are numbers: such a line would be read as a row.
 */
function outputOf(extensions: readonly string[], delimiter: ',' | '\t'): ArrayOutput {
  return {
    extensions,
    isArchive: false,
    hasStrings: false,
    write: ([entry]) => {
      const { columnNames } = entry;
      const names = columnNames !== undefined && areKnownAsNames(columnNames) ? columnNames : null;
      return writeRows(
        entry,
        () => names && csvHeader(names, delimiter),
        (matrix) => writeCsv(matrix, { delimiter }),
      );
    },
  };
}
