/** The first lines of a text table. */
import { DataError } from '../errors.js';
import { LONGEST_LINE } from './csv-parse.js';
import { type ByteSource, lengthOfByteOrderMark } from './source.js';

/** A line, without what ends it. */
export interface Line {
  readonly text: string;
  /** Where the line begins, and where the next one does. */
  readonly start: number;
  readonly next: number;
  /** Counted from 1, comments included. */
  readonly number: number;
}

const STEP_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/** Hands out the lines of a text that are no comments, from the first on. */
export class LineReader {
  private number = 0;
  private next = 0;
  /** What was read and not handed out yet: the bytes from `next` on. */
  private bytes: Uint8Array = new Uint8Array(0);

  private constructor(private readonly source: ByteSource) {}

  static async open(source: ByteSource): Promise<LineReader> {
    const reader = new LineReader(source);
    reader.next = await lengthOfByteOrderMark(source);
    return reader;
  }

  /** The next line that is no comment, or the last of all; null behind it. */
  async read(): Promise<Line | null> {
    while (this.next < this.source.size) {
      const length = await this.findEnd();
      const line = this.bytes.subarray(0, length);
      const start = this.next;
      this.number++;
      this.next = Math.min(start + length + 1, this.source.size);
      this.bytes = this.bytes.subarray(length + 1);
      if (isHeadComment(line) && this.next < this.source.size) continue;
      return { text: decode(line, this.number, this.source.path), start, next: this.next, number: this.number };
    }
    return null;
  }

  /** How long the next line is, of which all bytes are there then. */
  private async findEnd(): Promise<number> {
    const { source } = this;
    for (let step = STEP_BYTES; ; step *= 4) {
      const newline = this.bytes.indexOf(NEWLINE);
      if (newline >= 0) return newline;
      const available = Math.min(step, source.size - this.next);
      if (this.bytes.length === source.size - this.next) return this.bytes.length;
      if (this.bytes.length >= LONGEST_LINE) {
        const problem = `expected lines of at most ${LONGEST_LINE} bytes (line ${this.number + 1})`;
        throw new DataError(problem, { path: source.path });
      }
      if (available > this.bytes.length) this.bytes = await source.read(this.next, available);
    }
  }
}

/** Above the first row whatever begins with # is a comment: `#x y`; or with %, as in MATLAB. */
function isHeadComment(line: Uint8Array): boolean {
  return line[0] === 0x23 || (line[0] === 0x25 && (line.length === 1 || line[1] <= 0x20));
}

function decode(line: Uint8Array, number: number, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line).replace(/\r$/, '');
  } catch {
    throw new DataError(`expected text in UTF-8 (line ${number}); iconv -f cp1252 -t utf-8 writes it so`, { path });
  }
}

/** The whole lines of the first 64 KiB from a line on, without comments and empty ones. */
export async function sampleLines(source: ByteSource, { start }: Line): Promise<string[]> {
  const length = Math.min(STEP_BYTES, source.size - start);
  const lines = new TextDecoder().decode(await source.read(start, length)).split('\n');
  if (start + length < source.size) lines.pop();
  return lines
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '' && !/^[#%](?:\s|$)/.test(line));
}
