/**
 * JSON (RFC 8259) as it is read, a mebibyte at a time, with the place of what is wrong. Beside it
 * `NaN`, `Infinity` and `-Infinity` are numbers, as Python's json.dumps writes them.
 */
import { DataError } from '../errors.js';
import { isInt32 } from './csv-cells.js';
import { isExact } from './csv-parse.js';
import { type ByteSource, lengthOfByteOrderMark, streamRange } from './source.js';

/** What no list and no object is. */
export type JsonScalar = number | string | boolean | null;

/** What is told of what is met; `byte` is where it begins. */
export interface JsonEvents {
  begin(kind: 'list' | 'object', byte: number): void;
  end(byte: number): void;
  key(key: string, byte: number): void;
  /** @param isInt32 whether it is a number that is written as an integer which int32 holds */
  scalar(value: JsonScalar, byte: number, isInt32: boolean): void;
}

const MOST_LEVELS = 100;
// Of a number, a text or a key.
const LONGEST_TOKEN = 1 << 20;

const [NEWLINE, QUOTE, COMMA, MINUS, COLON] = [0x0a, 0x22, 0x2c, 0x2d, 0x3a];
const [BEGIN_LIST, BACKSLASH, END_LIST, BEGIN_OBJECT, END_OBJECT] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d];

/** What may come next. */
const EXPECTED = {
  value: 'a value',
  valueOrEnd: "a value or ']'",
  key: 'a key in quotes',
  keyOrEnd: "a key in quotes or '}'",
  colon: "':'",
  after: "',' or the end of the list or object",
  line: 'a value on a line of its own',
  end: 'the end of the file',
} as const;

const NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const WORDS: ReadonlyMap<string, JsonScalar> = new Map<string, JsonScalar>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

const LATIN_1 = new TextDecoder('latin1');
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a file of JSON, or of lines of JSON (each a value of one list), and tells `events` of it.
 * @throws DataError with the byte that is no JSON
 */
export async function readJson(source: ByteSource, events: JsonEvents, areLines: boolean): Promise<void> {
  const tokens = new Tokens(source.path, events, areLines);
  let rest: Uint8Array = new Uint8Array(0);
  let start = await lengthOfByteOrderMark(source);
  for await (const block of streamRange(source, start, source.size - start)) {
    const bytes = new Uint8Array(rest.length + block.length);
    bytes.set(rest);
    bytes.set(block, rest.length);
    const used = tokens.read(bytes, start, start + bytes.length === source.size);
    start += used;
    rest = bytes.subarray(used);
    if (rest.length > LONGEST_TOKEN) throw tokens.fail(`expected texts of at most ${LONGEST_TOKEN} bytes`, start);
  }
  tokens.finish(source.size);
}

class Tokens {
  /** Of every level that is open, how it began. */
  private readonly open: number[] = [];
  private expected: keyof typeof EXPECTED;
  private bytes: Uint8Array = new Uint8Array(0);
  private text = '';
  private start = 0;
  private isLast = false;

  constructor(
    private readonly path: string,
    private readonly events: JsonEvents,
    private readonly areLines: boolean,
  ) {
    this.expected = 'value';
    if (areLines) events.begin('list', 0);
  }

  /**
   * Reads all tokens of some bytes but a last one that may go on.
   * @param start where the bytes are in the file
   * @returns how many bytes were read
   */
  read(bytes: Uint8Array, start: number, isLast: boolean): number {
    this.bytes = bytes;
    this.start = start;
    this.isLast = isLast;
    // One character for every byte, so that positions stay what they are.
    this.text = LATIN_1.decode(bytes);
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at];
      if (byte === NEWLINE && this.expected === 'line') this.expected = 'value';
      if (byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09) {
        at++;
        continue;
      }
      const end = this.readToken(byte, at);
      if (end === null) break;
      at = end;
    }
    return at;
  }

  finish(size: number): void {
    const isDone = this.areLines
      ? this.open.length === 0 && (this.expected === 'line' || this.expected === 'value')
      : this.expected === 'end';
    if (!isDone) throw this.fail(`expected ${EXPECTED[this.expected]}, got the end of the file`, size);
    if (this.areLines) this.events.end(size);
  }

  fail(problem: string, byte: number): DataError {
    return new DataError(problem, { path: this.path, byte });
  }

  /** Reads one token; null for one that may go on behind the bytes. */
  private readToken(byte: number, at: number): number | null {
    const { expected, open, events } = this;
    if (byte === COMMA && expected === 'after') {
      this.expected = open.at(-1) === BEGIN_OBJECT ? 'key' : 'value';
      return at + 1;
    }
    if (byte === COLON && expected === 'colon') {
      this.expected = 'value';
      return at + 1;
    }
    if (byte === END_LIST || byte === END_OBJECT) {
      const isList = byte === END_LIST;
      const isHere = expected === 'after' || expected === (isList ? 'valueOrEnd' : 'keyOrEnd');
      if (!isHere || open.at(-1) !== (isList ? BEGIN_LIST : BEGIN_OBJECT)) throw this.unexpected(at);
      open.pop();
      events.end(this.start + at);
      this.expectAfterValue();
      return at + 1;
    }
    if (byte === QUOTE && (expected === 'key' || expected === 'keyOrEnd')) {
      const end = this.endOfText(at);
      if (end === null) return null;
      events.key(this.textAt(at, end), this.start + at);
      this.expected = 'colon';
      return end;
    }
    if (expected !== 'value' && expected !== 'valueOrEnd') throw this.unexpected(at);
    if (byte === BEGIN_LIST || byte === BEGIN_OBJECT) {
      if (open.length === MOST_LEVELS) throw this.fail(`expected at most ${MOST_LEVELS} levels`, this.start + at);
      open.push(byte);
      events.begin(byte === BEGIN_LIST ? 'list' : 'object', this.start + at);
      this.expected = byte === BEGIN_LIST ? 'valueOrEnd' : 'keyOrEnd';
      return at + 1;
    }
    return byte === QUOTE ? this.readText(at) : this.readBare(at);
  }

  private expectAfterValue(): void {
    this.expected = this.open.length > 0 ? 'after' : this.areLines ? 'line' : 'end';
  }

  private readText(at: number): number | null {
    const end = this.endOfText(at);
    if (end === null) return null;
    this.events.scalar(this.textAt(at, end), this.start + at, false);
    this.expectAfterValue();
    return end;
  }

  /** A number, or a word without quotes. */
  private readBare(at: number): number | null {
    const { bytes } = this;
    let end = at;
    let digits = 0;
    let value = 0;
    for (; end < bytes.length && isBare(bytes[end]); end++) {
      const digit = (bytes[end] - 0x30) >>> 0;
      if (digit > 9) continue;
      digits++;
      value = value * 10 + digit;
    }
    if (end === bytes.length && !this.isLast) return null;
    if (end === at) throw this.unexpected(at);
    const isPlain = digits === end - at && digits < 16 && (bytes[at] !== 0x30 || digits === 1);
    if (isPlain) this.events.scalar(value, this.start + at, isInt32(value));
    else this.readOther(this.text.slice(at, end), at);
    this.expectAfterValue();
    return end;
  }

  private readOther(written: string, at: number): void {
    const number = NUMBER.exec(written);
    if (number !== null) {
      const value = Number(written);
      const isInteger = number[1] === undefined && number[2] === undefined;
      if (isInteger && !isExact(written, value)) {
        throw this.fail(`expected a whole number that float64 holds, got ${written.slice(0, 40)}`, this.start + at);
      }
      this.events.scalar(value, this.start + at, isInteger && isInt32(value));
      return;
    }
    const word = WORDS.get(written);
    if (word === undefined) throw this.unexpected(at, written);
    this.events.scalar(word, this.start + at, false);
  }

  /** Behind the quote that ends a text; null where there is none yet. */
  private endOfText(at: number): number | null {
    const { bytes } = this;
    let end = bytes.indexOf(QUOTE, at + 1);
    while (end > 0 && this.isEscaped(end)) end = bytes.indexOf(QUOTE, end + 1);
    if (end > 0) return end + 1;
    if (this.isLast) throw this.fail('expected a closing quote, got the end of the file', this.start + at);
    return null;
  }

  private isEscaped(at: number): boolean {
    let first = at;
    while (this.bytes[first - 1] === BACKSLASH) first--;
    return (at - first) % 2 === 1;
  }

  private textAt(at: number, end: number): string {
    if (this.isPlain(at + 1, end - 1)) return this.text.slice(at + 1, end - 1);
    const bytes = this.bytes.subarray(at, end);
    try {
      return JSON.parse(UTF_8.decode(bytes));
    } catch {
      throw this.fail('expected a text of JSON in UTF-8', this.start + at);
    }
  }

  /** Whether characters of ASCII stand for themselves. */
  private isPlain(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      const byte = this.bytes[i];
      if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return false;
    }
    return true;
  }

  private unexpected(at: number, written = this.text[at]): DataError {
    return this.fail(
      `expected ${EXPECTED[this.expected]}, got ${JSON.stringify(written.slice(0, 40))}`,
      this.start + at,
    );
  }
}

/** Digits, letters and what else numbers are made of. */
function isBare(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    byte === MINUS ||
    byte === 0x2e ||
    byte === 0x2b ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a)
  );
}
