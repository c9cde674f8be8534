import { DataError } from '../errors.js';
import { joinBytes } from '../join-bytes.js';
import { mention, type Phrase, phrase } from '../phrase.js';
import { isInt32, isInt32Text, isMissing, parseCell, quote, splitLine } from './csv-cells.js';
import { isGrouped } from './csv-separators.js';
import { type ByteSource, streamRange } from './source.js';
import { MOST_WORDS } from './words.js';

/** How the lines of a text table are to be read. */
export interface Dialect {
  /** A blank stands for any number of blanks and tabs. */
  readonly delimiter: ',' | ';' | '\t' | ' ' | '|';
  /** What stands before the fraction of a number. */
  readonly decimal: '.' | ',';
  /** Where the first row of numbers begins. */
  readonly start: number;
  /** Lines before it, for messages. */
  readonly linesBefore: number;
  readonly columns: number;
  /**
   * Whether cells that say that a value is missing are NaN, and not refused. If it could have been
   * asked for and was not, messages say so.
   */
  readonly takesMissing: boolean | undefined;
  /**
   * By column: null for numbers; the words that were met so far and their numbers for words. It
   * changes where all cells so far are missing.
   */
  readonly words: Array<Map<string, number> | null>;
  /** By column: whether all cells so far are missing, so that it may be of numbers or words. */
  readonly isUndecided: boolean[];
}

/** What is wrong with the cells of a column, which hinders only who asks for it. */
export interface ColumnProblem {
  readonly problem: string | Phrase;
  readonly row: number;
  readonly column: number;
  /** Of a number below words, how many rows of these there are. */
  readonly wordsAbove: number;
}

/** What was met in the columns of a table. */
export interface Findings {
  /** By column, the first problem; the cells below it are not looked at. */
  readonly problems: Array<ColumnProblem | null>;
  /** A word that was met with blanks around it and without, in a column of words. */
  spaced: { readonly word: string; readonly column: number } | null;
}

/** Some rows of numbers, row by row. `values` is used again for the next rows. */
export interface ParsedRows {
  readonly rows: number;
  readonly values: Float64Array;
  /** Whether every number was written as an integer that int32 holds. */
  readonly areInt32: boolean;
}

/** The longest line that is read. */
export const LONGEST_LINE = 64 << 20;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const PERCENT = 0x25;
/** How the cells of a column are read: the last not at all. */
const [NUMBERS, WORDS, UNREADABLE] = [0, 1, 2];
/** Between cells that blanks separate, once they are squeezed: no text has it. */
const UNIT_SEPARATOR = '\x1f';
const TAB = 0x09;

/**
 * Parses the rows of a text table as they are read, a mebibyte of text at a time. What is wrong
 * with a cell goes into `findings`.
 * @throws DataError with the row and the line of a row of other length
 */
export async function* parseRows(source: ByteSource, dialect: Dialect, findings: Findings): AsyncGenerator<ParsedRows> {
  const parser = new RowParser(source.path, dialect, findings);
  // The line that the last block cut, without its end.
  let rest: Uint8Array = new Uint8Array(0);
  for await (const block of streamRange(source, dialect.start, source.size - dialect.start)) {
    const lineEnd = block.lastIndexOf(NEWLINE) + 1;
    if (lineEnd === 0) {
      if (rest.length > LONGEST_LINE) throw parser.refuse(`expected lines of at most ${LONGEST_LINE} bytes`);
      rest = joinBytes([rest, block]);
      continue;
    }
    const lines = rest.length === 0 ? block.subarray(0, lineEnd) : joinBytes([rest, block.subarray(0, lineEnd)]);
    yield parser.parse(lines);
    rest = block.slice(lineEnd);
  }
  if (rest.length > 0) yield parser.parse(joinBytes([rest, Uint8Array.of(NEWLINE)]));
}

// A whole number below 2^53 times or divided by one of these is rounded once, so rightly
// (W. D. Clinger, "How to read floating point numbers accurately", 1990).
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const EXACT_BELOW = 2 ** 53;

const LATIN_1 = new TextDecoder('latin1');
const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether a number is what the text of a whole number says, all digits of it. */
export function isExact(text: string, value: number): boolean {
  return Number.isFinite(value) && BigInt(text.replace(/^\+/, '')) === BigInt(value);
}

/** Whether a line that begins with # or % is a comment, as numpy.savetxt writes it: `# x y`. */
function isComment(lines: Uint8Array, at: number): boolean {
  const next = lines[at + 1];
  return next === SPACE || next === TAB || next === RETURN || next === NEWLINE;
}

/** Lines with one separator in place of blanks between cells, and none around them. */
function squeezeBlanks(lines: Uint8Array): Uint8Array {
  const squeezed = new Uint8Array(lines.length);
  let length = 0;
  let isQuoted = false;
  let isBlank = false;
  for (const byte of lines) {
    if (byte === 0x22) isQuoted = !isQuoted;
    if (byte === NEWLINE) isQuoted = false;
    if (!isQuoted && (byte === SPACE || byte === TAB || byte === RETURN)) {
      isBlank = true;
      continue;
    }
    const isFirst = length === 0 || squeezed[length - 1] === NEWLINE;
    // A comment stays one: `# x`.
    const last = squeezed[length - 1];
    const isBehindMark = (last === HASH || last === PERCENT) && (length === 1 || squeezed[length - 2] === NEWLINE);
    if (isBlank && !isFirst && byte !== NEWLINE)
      squeezed[length++] = isBehindMark ? SPACE : UNIT_SEPARATOR.charCodeAt(0);
    isBlank = false;
    squeezed[length++] = byte;
  }
  return squeezed.subarray(0, length);
}

class RowParser {
  private values = new Float64Array(0);
  private row = 0;
  private sawBlank = false;
  /** Lines that were comments. */
  private comments = 0;
  private readonly separator: string;
  private readonly delimiter: number;
  private readonly point: number;
  /** By column: how its cells are read. */
  private readonly kinds: Uint8Array;
  /**
   * By column and word: whether it was met without blanks around it (1), with some (2), or both.
   */
  private readonly spacing: number[][];
  private readonly otherSpace: number;
  /** The lines being parsed as text, made when a cell needs it. */
  private text: string | null = null;
  private lines: Uint8Array = new Uint8Array(0);
  private slowIsInt32 = false;

  constructor(
    private readonly path: string,
    private readonly dialect: Dialect,
    private readonly findings: Findings,
  ) {
    this.separator = dialect.delimiter === ' ' ? UNIT_SEPARATOR : dialect.delimiter;
    this.delimiter = this.separator.charCodeAt(0);
    this.point = dialect.decimal.charCodeAt(0);
    this.kinds = Uint8Array.from(dialect.words, (words, column) =>
      findings.problems[column] != null ? UNREADABLE : words === null ? NUMBERS : WORDS,
    );
    this.spacing = dialect.words.map(() => []);
    this.otherSpace = this.delimiter === TAB ? SPACE : TAB;
  }

  /** The line of the file that is parsed, from 1. */
  private get line(): number {
    return this.row + this.comments + this.dialect.linesBefore + 1;
  }

  refuse(problem: string, column?: number): DataError {
    return new DataError(`${problem} (line ${this.line})`, { path: this.path, row: this.row, column });
  }

  /** Parses whole lines; the last byte is a newline. */
  parse(written: Uint8Array): ParsedRows {
    const lines = this.dialect.delimiter === ' ' ? squeezeBlanks(written) : written;
    const { columns } = this.dialect;
    const { delimiter, otherSpace, point, kinds } = this;
    this.lines = lines;
    this.text = null;
    // Room for cells of two bytes, their delimiter included; empty ones take less, and make it
    // grow.
    if (this.values.length <= lines.length / 2) this.values = new Float64Array((lines.length >> 1) + 1);
    let values = this.values;
    let count = 0;
    let rows = 0;
    let areInt32 = true;
    let at = 0;

    while (at < lines.length) {
      const lineStart = at;
      if ((lines[at] === HASH || lines[at] === PERCENT) && isComment(lines, at)) {
        this.comments++;
        at = lines.indexOf(NEWLINE, at) + 1;
        continue;
      }
      if (lines[at] <= SPACE) {
        const end = this.endOfBlankLine(at);
        if (end > 0) {
          this.sawBlank = true;
          at = end;
          continue;
        }
      }
      if (this.sawBlank) throw this.refuse('expected a row, got an empty line before the last row');
      // What is written behind the end of a typed array is lost without a word.
      if (count + columns > values.length) {
        values = new Float64Array(Math.max(2 * values.length, count + columns));
        values.set(this.values.subarray(0, count));
        this.values = values;
      }

      for (let column = 0; ; column++) {
        let byte = lines[at];
        while (byte === SPACE || byte === otherSpace) byte = lines[++at];
        const start = at;
        if (column < columns && kinds[column] !== NUMBERS) {
          at = this.endOfCell(start);
          const isRead = kinds[column] !== UNREADABLE;
          const code = isRead ? this.readWord(start, at, lineStart, column) : Number.NaN;
          areInt32 = areInt32 && !(isRead && Number.isNaN(code));
          values[count++] = code;
          byte = lines[at++];
          if (byte !== NEWLINE) continue;
          if (column !== columns - 1) throw this.refuseLength(lineStart);
          break;
        }
        const isNegative = byte === 0x2d;
        if (isNegative || byte === 0x2b) byte = lines[++at];

        const digitsStart = at;
        let mantissa = 0;
        let digit = (byte - 0x30) >>> 0;
        while (digit <= 9) {
          mantissa = mantissa * 10 + digit;
          byte = lines[++at];
          digit = (byte - 0x30) >>> 0;
        }
        let digits = at - digitsStart;
        let exponent = 0;
        let isInteger = true;
        if (byte === point) {
          isInteger = false;
          const fractionStart = at + 1;
          byte = lines[++at];
          digit = (byte - 0x30) >>> 0;
          while (digit <= 9) {
            mantissa = mantissa * 10 + digit;
            byte = lines[++at];
            digit = (byte - 0x30) >>> 0;
          }
          exponent = fractionStart - at;
          digits -= exponent;
        }
        if ((byte === 0x65 || byte === 0x45) && digits > 0) {
          isInteger = false;
          byte = lines[++at];
          const isDown = byte === 0x2d;
          if (isDown || byte === 0x2b) byte = lines[++at];
          const exponentStart = at;
          let written = 0;
          digit = (byte - 0x30) >>> 0;
          while (digit <= 9) {
            written = Math.min(written * 10 + digit, 1e6);
            byte = lines[++at];
            digit = (byte - 0x30) >>> 0;
          }
          if (at === exponentStart) digits = 0;
          exponent += isDown ? -written : written;
        }
        const end = at;
        while (byte === SPACE || byte === otherSpace) byte = lines[++at];
        if (byte === RETURN && lines[at + 1] === NEWLINE) byte = lines[++at];

        let value: number;
        if (digits > 0 && (byte === delimiter || byte === NEWLINE)) {
          if (mantissa < EXACT_BELOW && exponent <= 22 && exponent >= -22) {
            value = exponent < 0 ? mantissa / POWERS_OF_TEN[-exponent] : mantissa * POWERS_OF_TEN[exponent];
            if (isNegative) value = -value;
          } else {
            const text = this.textOf(start, end);
            value = Number(point === 0x2e ? text : text.replace(',', '.'));
            if (isInteger && !isExact(text, value)) value = this.reject(inexact(text, this.line), column, lineStart);
          }
          areInt32 = areInt32 && ((isInteger && isInt32(value)) || kinds[column] === UNREADABLE);
        } else {
          at = this.endOfCell(start);
          value = this.parseSlowly(start, at, lineStart, column);
          areInt32 = areInt32 && this.slowIsInt32;
          byte = lines[at];
        }
        if (column < columns) values[count++] = value;
        at++;
        if (byte === NEWLINE) {
          if (column !== columns - 1) throw this.refuseLength(lineStart);
          break;
        }
      }
      this.row++;
      rows++;
    }
    return { rows, values: values.subarray(0, count), areInt32 };
  }

  /** Where the next line begins, when this one holds nothing but spaces; otherwise 0. */
  private endOfBlankLine(start: number): number {
    const { lines } = this;
    let at = start;
    while (lines[at] === SPACE || lines[at] === this.otherSpace) at++;
    if (lines[at] === RETURN && lines[at + 1] === NEWLINE) at++;
    return lines[at] === NEWLINE ? at + 1 : 0;
  }

  /** The delimiter or newline that ends the cell, quotes respected. */
  private endOfCell(start: number): number {
    const { lines } = this;
    let at = start;
    let isQuoted = false;
    for (; lines[at] !== NEWLINE; at++) {
      if (lines[at] === 0x22) isQuoted = !isQuoted;
      else if (lines[at] === this.delimiter && !isQuoted) break;
    }
    return at;
  }

  private parseSlowly(start: number, end: number, lineStart: number, column: number): number {
    const written = this.decode(start, end);
    const cell = this.cellOf(written, column);
    const { takesMissing, decimal } = this.dialect;
    this.slowIsInt32 = false;
    if (takesMissing && isMissing(cell)) return Number.NaN;
    const value = parseCell(cell, decimal);
    if (value === null) return this.reject(this.explain(cell, 'a number'), column, lineStart);
    if (/^[+-]?\d+$/.test(cell) && !isExact(cell, value))
      return this.reject(inexact(cell, this.line), column, lineStart);
    this.slowIsInt32 = isInt32Text(cell, value);
    return value;
  }

  /** The number of a word: how many others of its column were met before it. */
  private readWord(start: number, end: number, lineStart: number, column: number): number {
    const written = this.decode(start, end);
    const word = this.cellOf(written, column);
    const { words, isUndecided, takesMissing, decimal } = this.dialect;
    const known = words[column] as Map<string, number>;
    const code = known.get(word);
    if (code !== undefined) return this.compareSpacing(code, word, start, written, column);
    if (takesMissing && isMissing(word)) return Number.NaN;
    if (isUndecided[column]) {
      isUndecided[column] = false;
      if (parseCell(word, decimal) !== null) {
        words[column] = null;
        this.kinds[column] = NUMBERS;
        return this.parseSlowly(start, end, lineStart, column);
      }
    }
    // Numbers that something else separates are no word, nor is what stands for no UTF-8.
    const areNumbers = /[,;\t ]/.test(word) && word.split(/[,;\t ]+/).every((part) => parseCell(part) !== null);
    if (areNumbers) return this.reject(this.explain(word, 'a number'), column, lineStart);
    if (word === '' || word.includes('\ufffd')) return this.reject(this.explain(word, 'a word'), column, lineStart);
    if (parseCell(word, decimal) !== null) {
      const [first = ''] = known.keys();
      const problem = `expected numbers or words in a column, got ${quote(first)} here and ${quote(word)} in line ${this.line}`;
      return this.reject([problem, ...this.offerDropping(first)], column, lineStart, true);
    }
    if (known.size >= MOST_WORDS) {
      return this.reject(`expected at most ${MOST_WORDS} different words (line ${this.line})`, column, lineStart);
    }
    known.set(word, known.size);
    return this.compareSpacing(known.size - 1, word, start, written, column);
  }

  /** Remembers a word that has blanks around it in some cells, and none in others. */
  private compareSpacing(code: number, word: string, start: number, written: string, column: number): number {
    const before = this.lines[start - 1];
    const isSpaced = before === SPACE || before === this.otherSpace || /^"\s|\s"?$/.test(written);
    const seen = this.spacing[column];
    seen[code] |= isSpaced ? 2 : 1;
    if (seen[code] === 3) this.findings.spaced ??= { word, column };
    return code;
  }

  /** What is wrong with a cell, and what helps. */
  private explain(cell: string, expected: string): Phrase {
    const place = ` (line ${this.line})`;
    const got = `expected ${expected}, got ${quote(cell)}${place}`;
    if (cell.includes('\ufffd')) {
      return [`expected text in UTF-8, got ${quote(cell)}${place}; iconv -f cp1252 -t utf-8 writes it so`];
    }
    const offer = this.offerDropping(cell);
    if (offer.length > 0) return [got, ...offer];
    if (isGrouped(cell)) return [`${got}; write numbers without separators between thousands`];
    if (this.dialect.columns > 1 && this.dialect.decimal === '.' && parseCell(cell, ',') !== null) {
      return [`${got}; pandas.read_csv('x.csv', decimal=',').to_csv('y.csv', index=False) writes decimal points`];
    }
    return [got];
  }

  private offerDropping(cell: string): Phrase {
    const isOffered = isMissing(cell) && this.dialect.takesMissing === false;
    return isOffered ? phrase`; ${mention('dropNan')} leaves such rows out` : [];
  }

  /**
   * Remembers what is wrong with a column, of which no more is read.
   * @throws DataError for a row of other length, which explains the cell better than it does itself
   */
  private reject(problem: string | Phrase, column: number, lineStart: number, isMixed = false): number {
    const cells = this.splitLineAt(lineStart);
    if (cells !== null && cells.length !== this.dialect.columns) throw this.refuseLength(lineStart);
    // Of words and numbers the first word is the place.
    this.findings.problems[column] = isMixed
      ? { problem, row: 0, column, wordsAbove: this.row }
      : { problem, row: this.row, column, wordsAbove: 0 };
    this.kinds[column] = UNREADABLE;
    this.slowIsInt32 = true;
    return Number.NaN;
  }

  private decode(start: number, end: number): string {
    return UTF_8.decode(this.lines.subarray(start, end)).replace(/\r$/, '');
  }

  /** A cell without what is around it. */
  private cellOf(written: string, column: number): string {
    const cells = splitLine(written, this.separator);
    if (!Array.isArray(cells)) throw this.refuse(cells.problem, column);
    return cells[0];
  }

  private splitLineAt(start: number): string[] | null {
    const line = this.textOf(start, this.lines.indexOf(NEWLINE, start));
    const cells = splitLine(line.replace(/\r$/, ''), this.separator);
    return Array.isArray(cells) ? cells : null;
  }

  private refuseLength(lineStart: number): DataError {
    const { columns } = this.dialect;
    const cells = this.splitLineAt(lineStart);
    const got = `expected ${columns} cells, got ${cells?.length}`;
    const isEnded = cells?.length === columns + 1 && cells[columns] === '';
    return this.refuse(isEnded ? `${got}, of which the last is empty: the line ends in a separator` : got);
  }

  private textOf(start: number, end: number): string {
    // Latin 1 has one character for every byte, so positions stay what they are.
    this.text ??= LATIN_1.decode(this.lines);
    return this.text.slice(start, end);
  }
}

const inexact = (cell: string, line: number) =>
  `expected a whole number that float64 holds, got ${cell} (line ${line})`;
