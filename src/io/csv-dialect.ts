/**
 * How a text table is laid out: what separates its cells, whether its first line holds names,
 * which columns hold words, and whether the first column only numbers the rows.
 */
import { DataError } from '../errors.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import type { OpenOptions } from './array-format.js';
import { isUnnamedColumn } from './columns.js';
import { isMissing, parseCell, splitLine } from './csv-cells.js';
import { type Dialect, LONGEST_LINE, quote } from './csv-parse.js';
import { type ByteSource, lengthOfByteOrderMark } from './source.js';

/** What a text table does not say itself. */
export interface CsvOptions
  extends Pick<OpenOptions, 'header' | 'expectedRows' | 'isBesideNumbered' | 'role' | 'takesMissing'> {
  /** Read as `.tsv`: cells are separated by tabs, whatever else is in them. */
  readonly isTabbed?: boolean;
}

/** What the first lines tell. */
export interface Layout {
  readonly dialect: Dialect;
  readonly columnNames: readonly string[] | null;
  /** Whether the first column has no name, as the row names that pandas and R write. */
  readonly isFirstUnnamed: boolean;
  /** Whether the line of names has no cell for it at all, as R writes it. */
  readonly isFirstWithoutCell: boolean;
  /** What was decided without being said. */
  readonly notes: readonly Note[];
  /**
   * The same with the first line taken for names, if it may hold names and was taken for a row;
   * null if it cannot.
   */
  readonly withHeader: Layout | null;
}

/** Reads the first two lines, and decides. */
export async function readLayout(source: ByteSource, options: CsvOptions): Promise<Layout> {
  const { path } = source;
  const first = await readLine(source, await lengthOfByteOrderMark(source), 0);
  // What is wrong with the second line is said with its place, when it is parsed.
  const second = first.next < source.size ? await readLine(source, first.next, first.number).catch(() => null) : null;
  const split = await splitLines(source, first, second, options);
  const { cells, below } = split;
  if (cells.length === 1 && cells[0] === '') {
    throw new DataError(`expected a row, got an empty line (line ${first.number})`, { path });
  }
  const { takesMissing = false } = options;
  const lines = { path, first, ...split, takesMissing };
  const asHeader = () => layOut(lines, true, []);
  const asRow = (withHeader: Layout | null) => ({ ...layOut(lines, false, []), withHeader });
  const { header = 'auto' } = options;
  if (header !== 'auto') return header ? asHeader() : asRow(null);

  // R leaves out the name of the column that holds the names of rows.
  const isName = cells.map((cell) => !isOfNumbers(cell, lines));
  if (below?.length === cells.length + 1 && isName.every((is) => is)) return asHeader();
  const named = isUnnamedColumn(cells[0]) && cells.length > 1 ? cells.slice(1) : cells;
  if (countsUp(named)) {
    const isSure = named.length < cells.length || cells.length >= 3;
    const numbered = layOut(lines, true, [numberedHeader(options)]);
    return isSure ? numbered : asRow(options.isBesideNumbered ? numbered : null);
  }
  if (isName.every((is) => !is)) return asRow(null);
  if (!isName.every((is) => is)) {
    const [name, number] = [isName.indexOf(true), isName.indexOf(false)];
    throw new DataError(
      phrase`expected names only or numbers only in the first line, got ${quote(cells[name])} and ${quote(cells[number])}; ${mention('header', false)} takes it for a row`,
      { path, row: 0, column: name },
    );
  }
  // All cells of both lines are words: names above words, or words above words.
  const isAllWords = below?.every((cell) => parseCell(cell, split.decimal) === null) ?? false;
  return isAllWords ? asRow(asHeader()) : asHeader();
}

/** Whether cells are exactly 0, 1, 2 ... or 1, 2, 3 ..., as pandas names columns. */
function countsUp(cells: readonly string[]): boolean {
  return [0, 1].some((from) => cells.every((cell, i) => cell === String(from + i)));
}

function numberedHeader({ role }: CsvOptions): Note {
  return note('numbered-header', 'the first line numbers the columns and is taken for their names', {
    option: 'header',
    suggestion: phrase`unless ${mention('header', false, role)}`,
    isGuess: true,
  });
}

interface Line {
  readonly text: string;
  /** Where the line begins, and where the next one does. */
  readonly start: number;
  readonly next: number;
  /** Counted from 1, comments included. */
  readonly number: number;
}

interface Lines {
  readonly path: string;
  readonly first: Line;
  readonly cells: readonly string[];
  readonly below: readonly string[] | null;
  readonly delimiter: Dialect['delimiter'];
  readonly decimal: Dialect['decimal'];
  readonly takesMissing: boolean;
}

/** Whether a cell can stand in a column of numbers. */
function isOfNumbers(cell: string, { decimal, takesMissing }: Pick<Dialect, 'decimal' | 'takesMissing'>): boolean {
  return parseCell(cell, decimal) !== null || (takesMissing && cell !== '' && isMissing(cell));
}

function layOut(
  { first, cells, below, delimiter, decimal, takesMissing }: Lines,
  isHeader: boolean,
  notes: readonly Note[],
): Layout {
  const isShort = isHeader && below !== null && below.length === cells.length + 1;
  const names = isHeader ? (isShort ? ['', ...cells] : cells) : null;
  const row = isHeader ? below : cells;
  const areWords = (row ?? []).map((cell) => cell !== '' && !isOfNumbers(cell, { decimal, takesMissing }));
  return {
    dialect: {
      delimiter,
      decimal,
      takesMissing,
      start: isHeader ? first.next : first.start,
      linesBefore: isHeader ? first.number : first.number - 1,
      columns: names?.length ?? cells.length,
      words: areWords.map((is) => (is ? new Map<string, number>() : null)),
    },
    columnNames: names,
    isFirstUnnamed: names !== null && names.length > 1 && isUnnamedColumn(names[0]),
    isFirstWithoutCell: isShort,
    notes,
    withHeader: null,
  };
}

async function splitLines(source: ByteSource, first: Line, second: Line | null, { isTabbed = false }: CsvOptions) {
  const { path } = source;
  let delimiter = isTabbed ? '\t' : sniffDelimiter(first.text);
  // A name of several words is one cell, if the line below has no blanks.
  if (delimiter === ' ' && second !== null && !/[ \t]/.test(unquoted(second.text))) delimiter = ',';
  const cells = splitLine(first.text, delimiter);
  if (!Array.isArray(cells)) throw new DataError(`${cells.problem} (line ${first.number})`, { path });
  const below = second === null || second.text === '' ? null : splitLine(second.text, delimiter);
  return {
    delimiter,
    // In one column a comma may as well separate.
    decimal:
      delimiter !== ',' && cells.length > 1 && (await hasDecimalCommas(source, first))
        ? (',' as const)
        : ('.' as const),
    cells,
    below: Array.isArray(below) ? below : null,
  };
}

function sniffDelimiter(line: string): Dialect['delimiter'] {
  const bare = unquoted(line);
  for (const delimiter of ['\t', ';', ','] as const) if (bare.includes(delimiter)) return delimiter;
  return bare.includes(' ') ? ' ' : ',';
}

function unquoted(line: string): string {
  return line.replace(/"[^"]*"/g, '"').trim();
}

/** Whether a number of the first lines has a comma for a point, beside other separators. */
async function hasDecimalCommas(source: ByteSource, first: Line): Promise<boolean> {
  const bytes = await source.read(first.start, Math.min(LINE_STEP_BYTES, source.size - first.start));
  return /(?:^|[;\t\n "])[+-]?\d*,\d+(?:[eE][+-]?\d+)?(?=[;\t\r\n "]|$)/.test(new TextDecoder().decode(bytes));
}

const LINE_STEP_BYTES = 1 << 16;

/** The next line that is no comment, as numpy.savetxt writes them above its rows. */
async function readLine(source: ByteSource, from: number, before: number): Promise<Line> {
  for (let start = from, number = before + 1; ; number++) {
    const line = await readOneLine(source, start, number);
    if (!line.text.startsWith('#') || line.next >= source.size) return line;
    start = line.next;
  }
}

async function readOneLine(source: ByteSource, start: number, number: number): Promise<Line> {
  for (let length = LINE_STEP_BYTES; ; length *= 4) {
    const available = Math.min(length, source.size - start);
    const bytes = await source.read(start, available);
    const newline = bytes.indexOf(0x0a);
    if (newline === -1 && start + available < source.size) {
      if (available < LONGEST_LINE) continue;
      throw new DataError(`expected lines of at most ${LONGEST_LINE} bytes (line ${number})`, { path: source.path });
    }
    const end = newline === -1 ? available : newline;
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
      return { text: text.replace(/\r$/, ''), start, next: start + Math.min(available, end + 1), number };
    } catch {
      throw new DataError(`expected text in UTF-8 (line ${number})`, { path: source.path });
    }
  }
}
