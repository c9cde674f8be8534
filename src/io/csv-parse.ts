import { DataError } from '../errors.js';
import { joinBytes } from '../join-bytes.js';
import { isInt32, isInt32Text, isMissing, parseCell, splitLine } from './csv-cells.js';
import { type ByteSource, streamRange } from './source.js';
import { MOST_WORDS } from './words.js';

/** How the lines of a text table are to be read. */
export interface Dialect {
  /** A blank stands for any number of blanks and tabs. */
  readonly delimiter: ',' | ';' | '\t' | ' ';
  /** What stands before the fraction of a number. */
  readonly decimal: '.' | ',';
  /** Where the first row of numbers begins. */
  readonly start: number;
  /** Lines before it, for messages. */
  readonly linesBefore: number;
  readonly columns: number;
  /** Whether cells that say that a value is missing are NaN, and not refused. */
  readonly takesMissing: boolean;
  /** By column: null for numbers; the words that were met so far and their numbers for words. */
  readonly words: ReadonlyArray<Map<string, number> | null>;
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
/** Between cells that blanks separate, once they are squeezed: no text has it. */
const UNIT_SEPARATOR = '\x1f';
const TAB = 0x09;

/**
 * Parses the rows of a text table as they are read, a mebibyte of text at a time.
 * @throws DataError with the row, the column and the line of what is no number, or of a row of
 * other length
 */
export async function* parseRows(source: ByteSource, dialect: Dialect): AsyncGenerator<ParsedRows> {
  const parser = new RowParser(source.path, dialect);
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

/** Whether a line that begins with # is a comment, as numpy.savetxt writes it: `# x y`. */
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
    const isBehindHash = squeezed[length - 1] === HASH && (length === 1 || squeezed[length - 2] === NEWLINE);
    if (isBlank && !isFirst && byte !== NEWLINE)
      squeezed[length++] = isBehindHash ? SPACE : UNIT_SEPARATOR.charCodeAt(0);
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
  private readonly hasWords: boolean;
  private readonly otherSpace: number;
  /** The lines being parsed as text, made when a cell needs it. */
  private text: string | null = null;
  private lines: Uint8Array = new Uint8Array(0);
  private slowIsInt32 = false;

  constructor(
    private readonly path: string,
    private readonly dialect: Dialect,
  ) {
    this.separator = dialect.delimiter === ' ' ? UNIT_SEPARATOR : dialect.delimiter;
    this.delimiter = this.separator.charCodeAt(0);
    this.point = dialect.decimal.charCodeAt(0);
    this.hasWords = dialect.words.some((words) => words !== null);
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
    const { columns, words } = this.dialect;
    const { delimiter, otherSpace, point, hasWords } = this;
    this.lines = lines;
    this.text = null;
    // Room for cells of two bytes, their delimiter included; empty ones take less, and make it grow.
    if (this.values.length <= lines.length / 2) this.values = new Float64Array((lines.length >> 1) + 1);
    let values = this.values;
    let count = 0;
    let rows = 0;
    let areInt32 = true;
    let at = 0;

    while (at < lines.length) {
      const lineStart = at;
      if (lines[at] === HASH && isComment(lines, at)) {
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
        if (hasWords && column < columns && words[column] !== null) {
          at = this.endOfCell(start);
          const code = this.readWord(start, at, lineStart, column);
          areInt32 = areInt32 && !Number.isNaN(code);
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
            if (isInteger && !isExact(text, value)) {
              throw this.refuse(`expected a whole number that float64 holds, got ${text}`, column);
            }
          }
          areInt32 = areInt32 && isInteger && isInt32(value);
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
    const value = takesMissing && isMissing(cell) ? Number.NaN : parseCell(cell, decimal);
    if (value === null) {
      // A row of other length explains the cell better than the cell itself does.
      const length = this.lengthOfLine(lineStart);
      if (length !== null && length !== this.dialect.columns) throw this.refuseLength(lineStart);
      throw this.refuse(`expected a number, got ${quote(cell)}`, column);
    }
    if (/^[+-]?\d+$/.test(cell) && !isExact(cell, value)) {
      throw this.refuse(`expected a whole number that float64 holds, got ${cell}`, column);
    }
    this.slowIsInt32 = isInt32Text(cell, value);
    return value;
  }

  /** The number of a word: how many others of its column were met before it. */
  private readWord(start: number, end: number, lineStart: number, column: number): number {
    const word = this.cellOf(this.decode(start, end), column);
    const known = this.dialect.words[column] as Map<string, number>;
    const code = known.get(word);
    if (code !== undefined) return code;
    if (this.dialect.takesMissing && isMissing(word)) return Number.NaN;
    const length = this.lengthOfLine(lineStart);
    if (length !== null && length !== this.dialect.columns) throw this.refuseLength(lineStart);
    if (word === '') throw this.refuse('expected a word, got an empty cell', column);
    // Numbers that something else separates are no word.
    if (/[,;\t ]/.test(word) && word.split(/[,;\t ]+/).every((part) => parseCell(part) !== null)) {
      throw this.refuse(`expected a number, got ${quote(word)}`, column);
    }
    // What stands for bytes that are no UTF-8.
    if (word.includes('\ufffd')) throw this.refuse(`expected text in UTF-8, got ${quote(word)}`, column);
    if (parseCell(word) !== null) {
      const [first = ''] = known.keys();
      throw new DataError(
        `expected numbers or words in a column, got ${quote(first)} here and ${quote(word)} in line ${this.line}`,
        { path: this.path, row: 0, column },
      );
    }
    if (known.size >= MOST_WORDS) throw this.refuse(`expected at most ${MOST_WORDS} different words`, column);
    known.set(word, known.size);
    return known.size - 1;
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

  private lengthOfLine(start: number): number | null {
    const line = this.textOf(start, this.lines.indexOf(NEWLINE, start));
    const cells = splitLine(line.replace(/\r$/, ''), this.separator);
    return Array.isArray(cells) ? cells.length : null;
  }

  private refuseLength(lineStart: number): DataError {
    return this.refuse(`expected ${this.dialect.columns} cells, got ${this.lengthOfLine(lineStart)}`);
  }

  private textOf(start: number, end: number): string {
    // Latin 1 has one character for every byte, so positions stay what they are.
    this.text ??= LATIN_1.decode(this.lines);
    return this.text.slice(start, end);
  }
}

/** A cell in a message: short, and on one line. */
export function quote(cell: string): string {
  if (cell === '') return 'an empty cell';
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
}
