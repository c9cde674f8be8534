import { DataError } from '../errors.js';
import { type Dtype, Matrix } from '../matrix.js';
import type { ArrayEntry, ArrayFile, RowChunk } from './array-file.js';
import { type ArrayFormat, type ArrayOutput, writeRows } from './array-format.js';
import { parseCell, splitLine } from './csv-cells.js';
import { type Dialect, LONGEST_LINE, parseRows, quote } from './csv-parse.js';
import { allocate, heldBytes } from './dtype.js';
import type { ByteSource } from './source.js';

/** What a text table does not say itself. */
export interface CsvOptions {
  /**
   * Whether the first row holds names; `auto` takes it for names when it holds no number at all.
   */
  readonly header?: 'auto' | boolean;
  /** Read as `.tsv`: cells are separated by tabs, whatever else is in them. */
  readonly isTabbed?: boolean;
}

// What was parsed to learn the shape is kept up to this size, so that most tables are parsed once.
const KEPT_BYTES = 64 << 20;

/**
 * Opens a table of numbers as text, separated by commas, semicolons or tabs. It has no header that
 * says its shape, so it is read through, in constant memory, and every cell is checked.
 *
 * The dtype is int32 when every cell is written as an integer that int32 holds, otherwise float64.
 *
 * @throws DataError with the row, the column and the line of what is no number, or of a row of
 * other length
 */
export async function openCsv(source: ByteSource, options: CsvOptions = {}): Promise<ArrayFile> {
  const { path } = source;
  const { dialect, columnNames } = await readDialect(source, options);
  let rows = 0;
  let areInt32 = true;
  let kept: Float64Array[] | null = [];
  for await (const parsed of parseRows(source, dialect)) {
    rows += parsed.rows;
    areInt32 &&= parsed.areInt32;
    if (rows * dialect.columns * 8 > KEPT_BYTES) kept = null;
    kept?.push(parsed.values.slice());
  }
  const table: Table = { source, dialect, rows, dtype: areInt32 && rows > 0 ? 'int32' : 'float64', kept };
  const entry = entryOf(table);
  return {
    path,
    format: dialect.delimiter === '\t' ? 'tsv' : 'csv',
    arrays: [columnNames === null ? entry : { ...entry, columnNames }],
  };
}

interface Table {
  readonly source: ByteSource;
  readonly dialect: Dialect;
  readonly rows: number;
  readonly dtype: Dtype;
  readonly kept: readonly Float64Array[] | null;
}

function entryOf(table: Table): ArrayEntry {
  const { source, dialect, rows, dtype } = table;
  return {
    path: source.path,
    name: null,
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
}

/** The numbers in order: those kept, or parsed anew. */
async function* valuesOf({ source, dialect, rows, dtype, kept }: Table): AsyncGenerator<Float64Array> {
  if (kept !== null) {
    yield* kept;
    return;
  }
  let got = 0;
  for await (const parsed of parseRows(source, dialect)) {
    got += parsed.rows;
    if (got > rows || (dtype === 'int32' && !parsed.areInt32)) throw changed(source, rows);
    if (parsed.rows > 0) yield parsed.values;
  }
  if (got !== rows) throw changed(source, rows);
}

function changed(source: ByteSource, rows: number): DataError {
  return new DataError(`the file changed while it was read: it had ${rows} rows before`, { path: source.path });
}

async function readDialect(
  source: ByteSource,
  { header = 'auto', isTabbed = false }: CsvOptions,
): Promise<{ dialect: Dialect; columnNames: string[] | null }> {
  const { path } = source;
  const start = await lengthOfByteOrderMark(source);
  const { line, next } = await readLine(source, start);
  const delimiter = isTabbed ? '\t' : sniffDelimiter(line);
  const cells = splitLine(line, delimiter);
  if (!Array.isArray(cells)) throw new DataError(`${cells.problem} (line 1)`, { path });
  if (cells.length === 1 && cells[0] === '')
    throw new DataError('expected a row, got an empty line (line 1)', { path });

  const columns = cells.length;
  const isHeader = header === 'auto' ? holdsOnlyNames(cells, path) : header;
  return isHeader
    ? { dialect: { delimiter, start: next, linesBefore: 1, columns }, columnNames: cells }
    : { dialect: { delimiter, start, linesBefore: 0, columns }, columnNames: null };
}

/** A row that mixes names and numbers is either a header or damaged, and nothing tells which. */
function holdsOnlyNames(cells: readonly string[], path: string): boolean {
  const name = cells.findIndex((cell) => parseCell(cell) === null);
  if (name === -1) return false;
  const number = cells.findIndex((cell) => parseCell(cell) !== null);
  if (number === -1) return true;
  throw new DataError(
    `expected names only or numbers only in the first line, got ${quote(cells[name])} and ${quote(cells[number])}`,
    { path, row: 0, column: name },
  );
}

function sniffDelimiter(line: string): Dialect['delimiter'] {
  const unquoted = line.replace(/"[^"]*"/g, '');
  if (unquoted.includes('\t')) return '\t';
  return unquoted.includes(';') ? ';' : ',';
}

async function lengthOfByteOrderMark(source: ByteSource): Promise<number> {
  if (source.size < 3) return 0;
  const [a, b, c] = await source.read(0, 3);
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

const LINE_STEP_BYTES = 1 << 16;

async function readLine(source: ByteSource, start: number): Promise<{ line: string; next: number }> {
  for (let length = LINE_STEP_BYTES; ; length *= 4) {
    const available = Math.min(length, source.size - start);
    const bytes = await source.read(start, available);
    const newline = bytes.indexOf(0x0a);
    if (newline === -1 && start + available < source.size) {
      if (available < LONGEST_LINE) continue;
      throw new DataError(`expected lines of at most ${LONGEST_LINE} bytes (line 1)`, { path: source.path });
    }
    const end = newline === -1 ? available : newline;
    try {
      const line = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
      return { line: line.replace(/\r$/, ''), next: start + Math.min(available, end + 1) };
    } catch {
      throw new DataError('expected text in UTF-8 (line 1)', { path: source.path });
    }
  }
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
  open: (source, { header }) => openCsv(source, { header }),
  output: outputOf(['csv', 'txt'], ','),
} as const satisfies ArrayFormat;

/** Text with tabs, whatever else is in its cells. */
export const tsv = {
  name: 'tsv',
  extensions: ['tsv', 'tab'],
  byName: 'unless',
  open: (source, { header }) => openCsv(source, { header, isTabbed: true }),
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
