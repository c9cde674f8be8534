/**
 * How a text table is laid out: what separates its cells, whether its first line holds names,
 * which columns hold words, and whether the first column only numbers the rows.
 */
import { DataError } from '../errors.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import type { OpenOptions } from './array-format.js';
import { isUnnamedColumn } from './columns.js';
import { isMissing, parseCell, quote, splitLine } from './csv-cells.js';
import { type Line, LineReader, sampleLines } from './csv-lines.js';
import type { Dialect } from './csv-parse.js';
import { describePairs, judgeSeparators } from './csv-separators.js';
import type { ByteSource } from './source.js';

/** What a text table does not say itself. */
export interface CsvOptions
  extends Pick<OpenOptions, 'header' | 'expectedRows' | 'besideNumbered' | 'role' | 'takesMissing'> {
  /** Read as `.tsv`: cells are separated by tabs, whatever else is in them. */
  readonly isTabbed?: boolean;
}

/** What the first lines tell. */
export interface Layout {
  readonly dialect: Dialect;
  readonly columnNames: readonly string[] | null;
  /** Whether the line of names has no cell for it at all, as R writes it. */
  readonly isFirstWithoutCell: boolean;
  /** What was decided without being said. */
  readonly notes: readonly Note[];
  /** Whether the notes are about what rows that agree with those of the other file settle. */
  readonly isSettledByRows: boolean;
  /**
   * The same with the first line taken for names, if it may hold names and was taken for a row;
   * null if it cannot.
   */
  readonly withHeader: Layout | null;
}

/** Reads the first lines, and decides. */
export async function readLayout(source: ByteSource, options: CsvOptions): Promise<Layout> {
  const { path } = source;
  const split = await splitLines(source, options);
  const { first, cells, sample } = split;
  if (cells.length === 1 && cells[0] === '') {
    throw new DataError(`expected a row, got an empty line (line ${first.number})`, { path });
  }
  const { takesMissing, header = 'auto', role } = options;
  const lines = { ...split, takesMissing };
  const asHeader = (notes: readonly Note[] = []) => layOut(lines, true, notes);
  const asRow = (withHeader: Layout | null, notes: readonly Note[] = [], isSettledByRows = false) => {
    const row = layOut(lines, false, notes);
    const all = split.delimiter === ',' ? [...row.notes, ...describePairs(sample)] : row.notes;
    return { ...row, notes: all, withHeader, isSettledByRows };
  };
  if (header !== 'auto') return header ? asHeader() : asRow(null);

  // R leaves out the name of the column that holds the names of rows.
  const isName = cells.map((cell) => !isOfNumbers(cell, lines));
  if (split.isShort && isName.every((is) => is)) return asHeader();
  const named = isUnnamedColumn(cells[0]) && cells.length > 1 ? cells.slice(1) : cells;
  const numbers = cells.filter((_, i) => !isName[i]);
  if (countsUp(named)) {
    const isSure = named.length < cells.length || cells.length >= 3;
    const numbered = asHeader([numberedHeader(role)]);
    return isSure ? numbered : asRow(numbered, [countingLine(cells, role)], true);
  }
  if (isName.every((is) => !is)) return asRow(null, describeWholeLines(sample));
  if (!isName.every((is) => is)) {
    // As pandas names the columns of an array beside one that has got a name.
    if (numbers.length >= 2 && countsUp(numbers)) return asHeader([numberedHeader(role)]);
    throw refuseMixed(lines, isName, path);
  }
  // All cells below are words as well: names above words, or words above words.
  const under = cells.flatMap((_, i) => sample.slice(1).find((row) => !isMissing(row[i] ?? ''))?.[i] ?? []);
  const isAllWords = under.length > 0 && under.every((cell) => parseCell(cell, split.decimal) === null);
  return isAllWords ? asRow(asHeader()) : asHeader();
}

/** A first line of names and numbers, with what it most likely is. */
function refuseMixed({ cells, below }: Lines, isName: readonly boolean[], path: string): DataError {
  const [name, number] = [isName.indexOf(true), isName.indexOf(false)];
  // A word above a number is no value of its column.
  const isAboveNumber = (i: number) => below?.[i] !== undefined && parseCell(below[i]) !== null;
  const isHeader = cells.some((cell, i) => isName[i] && /^\p{L}/u.test(cell) && isAboveNumber(i));
  const way = isHeader
    ? phrase`${mention('header', true)} takes it for names`
    : phrase`${mention('header', false)} takes it for a row`;
  const problem = phrase`expected names only or numbers only in the first line, got ${quote(cells[name])} and ${quote(cells[number])}; `;
  return new DataError([...problem, ...way], { path, row: 0, column: name });
}

/** Whether cells are exactly 0, 1, 2 ... or 1, 2, 3 ..., as pandas names columns. */
function countsUp(cells: readonly string[]): boolean {
  return [0, 1].some((from) => cells.every((cell, i) => cell === String(from + i)));
}

function numberedHeader(role: CsvOptions['role']): Note {
  return note('numbered-header', 'the first line numbers the columns and is taken for their names', {
    option: 'header',
    suggestion: phrase`unless ${mention('header', false, role)}`,
    isGuess: true,
  });
}

/** A line that may number one or two columns, or be the first row of labels. */
function countingLine(cells: readonly string[], role: CsvOptions['role']): Note {
  const text = `the first line is ${cells.join(', ')}, which may number the columns, and is taken for a row`;
  return note('counting-line', text, {
    option: 'header',
    suggestion: phrase`unless ${mention('header', true, role)}`,
    isGuess: true,
  });
}

/** Fewer fractions below say nothing of the lines above. */
const FEW_LINES = 10;

/** Whole numbers above columns of fractions may be names: those that pandas writes in levels. */
function describeWholeLines(sample: ReadonlyArray<readonly string[]>): Note[] {
  const isWhole = (row: readonly string[]) => row.every((cell) => /^\d+$/.test(cell));
  const first = sample.findIndex((row) => !isWhole(row));
  const others = sample.slice(first);
  if (first < 1 || first > 3 || others.length < FEW_LINES) return [];
  if (others.some((row) => row.some((cell) => /^[+-]?\d+$/.test(cell)))) return [];
  const [which, hold] = first === 1 ? ['the first line', 'holds'] : [`the first ${first} lines`, 'hold'];
  const text = `${which} ${hold} whole numbers, the others fractions: ${first === 1 ? 'it is taken for a row' : 'they are taken for rows'}`;
  return [note('whole-lines', text, { suggestion: 'unless names of columns are removed', isGuess: true })];
}

interface Lines {
  readonly first: Line;
  readonly cells: readonly string[];
  readonly below: readonly string[] | null;
  /**
   * Whether the first line is a cell shorter than the others, and these do not just end in a
   * separator.
   */
  readonly isShort: boolean;
  readonly delimiter: Dialect['delimiter'];
  readonly decimal: Dialect['decimal'];
  /** What was decided about the cells. */
  readonly notes: readonly Note[];
  readonly takesMissing: boolean | undefined;
}

/** Whether a cell can stand in a column of numbers. */
function isOfNumbers(cell: string, { decimal, takesMissing }: Pick<Dialect, 'decimal' | 'takesMissing'>): boolean {
  return parseCell(cell, decimal) !== null || (takesMissing === true && cell !== '' && isMissing(cell));
}

function layOut(
  { first, cells, below, isShort: isFirstShort, delimiter, decimal, takesMissing, notes: ofCells }: Lines,
  isHeader: boolean,
  notes: readonly Note[],
): Layout {
  const isShort = isHeader && isFirstShort;
  const names = isHeader ? (isShort ? ['', ...cells] : cells) : null;
  const row = isHeader ? below : cells;
  const columns = names?.length ?? cells.length;
  const kinds = Array.from({ length: columns }, (_, i) => {
    const cell = row?.[i] ?? '';
    if (takesMissing && row !== null && isMissing(cell)) return 'undecided';
    return cell === '' || isOfNumbers(cell, { decimal, takesMissing }) ? 'numbers' : 'words';
  });
  return {
    dialect: {
      delimiter,
      decimal,
      takesMissing,
      start: isHeader ? first.next : first.start,
      linesBefore: isHeader ? first.number : first.number - 1,
      columns,
      words: kinds.map((kind) => (kind === 'numbers' ? null : new Map<string, number>())),
      isUndecided: kinds.map((kind) => kind === 'undecided'),
    },
    columnNames: names,
    isFirstWithoutCell: isShort,
    notes: [...ofCells, ...notes],
    isSettledByRows: false,
    withHeader: null,
  };
}

async function splitLines(source: ByteSource, { isTabbed = false }: CsvOptions) {
  const { path } = source;
  const reader = await LineReader.open(source);
  const said = (await reader.read()) as Line;
  // Excel writes above the rows what separates their cells.
  const separator = /^"?sep=([,;\t|])"?$/i.exec(said.text)?.[1] as Dialect['delimiter'] | undefined;
  const first = (separator === undefined ? null : await reader.read()) ?? said;
  // What is wrong with the second line is said with its place, when it is parsed.
  const second = await reader.read().catch(() => null);
  let delimiter = separator ?? (isTabbed ? '\t' : sniffDelimiter(first.text));
  // A name of several words is one cell, if the line below has no blanks.
  if (delimiter === ' ' && second !== null && !/[ \t]/.test(unquoted(second.text))) delimiter = ',';
  const cells = splitLine(first.text, delimiter);
  if (!Array.isArray(cells)) throw new DataError(`${cells.problem} (line ${first.number})`, { path });
  const cellsBelow = second === null || second.text === '' ? null : splitLine(second.text, delimiter);
  const below = Array.isArray(cellsBelow) ? cellsBelow : null;
  const lines = await sampleLines(source, first);
  refuseOthers(lines, cells, first.number, path);
  const sample = lines.map((line) => splitLine(line, delimiter)).filter((row) => Array.isArray(row));
  // In one column a comma may as well separate.
  const isMarked = delimiter !== ',' && cells.length > 1;
  return {
    first,
    delimiter,
    cells,
    below,
    isShort: below?.length === cells.length + 1 && sample.slice(1).some((row) => row.at(-1) !== ''),
    sample,
    ...(isMarked ? judgeSeparators(sample, path) : { decimal: '.' as const, notes: [] }),
  };
}

const DELIMITERS = ['\t', ';', ',', '|'] as const;

function sniffDelimiter(line: string): Dialect['delimiter'] {
  const bare = unquoted(line);
  for (const delimiter of DELIMITERS) if (bare.includes(delimiter)) return delimiter;
  return bare.includes(' ') ? ' ' : ',';
}

function unquoted(line: string): string {
  return line.replace(/"[^"]*"/g, '"').trim();
}

/** Refuses text that is no table of ours, but looks like one: of one column, or of blanks. */
function refuseOthers(lines: readonly string[], cells: readonly string[], number: number, path: string): void {
  const refuse = (problem: string) => new DataError(`${problem} (line ${number})`, { path });
  if (lines[0]?.includes('\r')) {
    throw refuse("expected lines that end in a newline, got carriage returns alone; tr '\\r' '\\n' turns them into it");
  }
  if (/^\S+(?: \d+:\S+)+\s*$/.test(lines[0] ?? '')) {
    throw refuse('expected cells, got pairs of svmlight; sklearn.datasets.load_svmlight_file reads them');
  }
  if (cells.length > 1) return;
  const isSplitBy = (mark: string) =>
    lines.every((line, i) => line.includes(mark) && (i === 0 || line.split(mark).every((part) => isNumber(part))));
  const other = [':', '/', '&', '^', '~'].find(isSplitBy);
  if (other !== undefined && lines.length > 1) {
    throw refuse(`expected cells with a comma, semicolon, tab, blank or | between, got '${other}'`);
  }
}

const isNumber = (cell: string) => parseCell(cell.trim()) !== null;
