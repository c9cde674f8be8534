/** Reads a column of a row group of Parquet: every value with its row. */
import { DataError } from '../../errors.js';
import type { ByteSource } from '../source.js';
import { MOST_WORDS } from '../words.js';
import type { Budget } from './budget.js';
import { type Cursor, EncodingError } from './cursor.js';
import { readHybrid } from './encodings.js';
import type { Field } from './fields.js';
import type { ColumnChunk } from './metadata.js';
import { type Page, readPages } from './pages.js';
import { type Numbers, pointsIntoDictionary, readValues } from './values.js';

/** A column of a row group, and where it is. */
export interface ColumnPart {
  readonly source: ByteSource;
  readonly field: Field;
  readonly chunk: ColumnChunk;
  readonly rows: number;
  /** The first row of the row group in the table. */
  readonly firstRow: number;
  readonly budget: Budget;
  /** Whether a null is NaN, and not refused. */
  readonly takesMissing: boolean;
}

/** Takes a value. Of a list, `place` is where it stands there. */
export type Take = (row: number, place: number, value: number) => void;

/**
 * Reads a column of a row group in the order of its rows.
 * @param words of a column of words: the number of each; those that are met are added
 * @throws DataError with row and column of what is null or cannot be used, and for damaged data
 */
export async function readColumnPart(part: ColumnPart, words: Map<string, number>, take: Take): Promise<void> {
  const { source, field, chunk, budget } = part;
  const rows = new Rows(part, take);
  const spend = (bytes: number) => budget.spend(bytes);
  let dictionary: Dictionary | null = null;
  for await (const page of readPages(source, chunk, field, budget)) {
    try {
      const { encoding, values, count } = page;
      if (page.isDictionary) {
        const own = new Map<string, number>();
        const numbers = readValues(field, encoding, values, count, own, spend);
        dictionary = { numbers, words: [...own.keys()] };
        continue;
      }
      const present = countPresent(page, field);
      const numbers = pointsIntoDictionary(encoding)
        ? lookUp(dictionary, values, present, words)
        : readValues(field, encoding, values, present, words, spend);
      rows.add(page, numbers);
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      throw new DataError(`column '${field.name}': ${error.message}`, { path: source.path, byte: chunk.start });
    }
  }
  rows.end();
}

function countPresent({ definitions, count }: Page, field: Field): number {
  let present = count;
  for (const level of definitions ?? []) if (level < field.definitions) present--;
  return present;
}

interface Dictionary {
  readonly numbers: Numbers;
  readonly words: readonly string[];
}

/** The values that places in a dictionary stand for. Only what is used of it counts. */
function lookUp(dictionary: Dictionary | null, cursor: Cursor, count: number, words: Map<string, number>): Numbers {
  if (dictionary === null) throw new EncodingError('there is no dictionary before the values that point into it');
  const { words: own, numbers } = dictionary;
  const { values: entries, problems: wrong } = numbers;
  const problems = new Map<number, string>();
  const values = new Float64Array(count);
  if (count === 0) return { values, problems };
  const [width] = cursor.take(1);
  const places = readHybrid(cursor.rest(), width, count);
  for (let i = 0; i < count; i++) {
    const place = places[i];
    if (place >= entries.length) {
      throw new EncodingError(`expected a place in a dictionary of ${entries.length}, got ${place}`);
    }
    values[i] = entries[place];
    if (wrong.size > 0 && wrong.has(place)) problems.set(i, wrong.get(place) as string);
    else if (own.length > 0) {
      values[i] = numberWord(own[values[i]], words);
      if (words.size > MOST_WORDS) problems.set(i, `expected at most ${MOST_WORDS} different words`);
    }
  }
  return { values, problems };
}

function numberWord(word: string, words: Map<string, number>): number {
  const number = words.get(word) ?? words.size;
  if (number === words.size) words.set(word, number);
  return number;
}

/** Puts values into rows: one in each, or lists, which may go on in the next page. */
class Rows {
  private row = -1;
  private place = 0;

  constructor(
    private readonly part: ColumnPart,
    private readonly take: Take,
  ) {}

  add({ count, repetitions, definitions }: Page, { values, problems }: Numbers): void {
    const { field, rows, firstRow, takesMissing } = this.part;
    const hasProblems = problems.size > 0;
    for (let i = 0, next = 0; i < count; i++) {
      if (repetitions === null || repetitions[i] === 0) this.begin();
      else if (this.row < 0) throw new EncodingError('the first list has no beginning');
      if (this.row >= rows) throw this.refuseRows();
      const level = definitions === null ? field.definitions : definitions[i];
      if (level < field.definitions) {
        if (!takesMissing || field.isList) throw this.refuseNull(level);
        this.take(firstRow + this.row, this.place++, Number.NaN);
        continue;
      }
      if (hasProblems && problems.has(next)) throw this.refuse(problems.get(next) as string);
      if (this.place < field.width) this.take(firstRow + this.row, this.place, values[next]);
      this.place++;
      next++;
    }
  }

  end(): void {
    this.finish();
    if (this.row + 1 !== this.part.rows) throw this.refuseRows();
  }

  private begin(): void {
    this.finish();
    this.row++;
    this.place = 0;
  }

  private finish(): void {
    if (this.row >= 0 && this.place !== this.part.field.width) throw this.refuseLength(`${this.place}`);
  }

  private refuseNull(level: number): DataError {
    const { field } = this.part;
    const isListItself = field.isList && level < field.listDefinition;
    if (!isListItself) return this.refuse(`expected a ${field.areWords ? 'word' : 'number'}${this.inColumn}, got null`);
    // A list that is there has the level below that of its elements.
    const isThere = level === field.listDefinition - 1 && !(field.isNullable && level === 0);
    return this.refuseLength(isThere ? '0' : 'null');
  }

  private refuseLength(got: string): DataError {
    this.place = 0;
    return this.refuse(`expected a list of ${this.part.field.width} numbers${this.inColumn}, got ${got}`);
  }

  private refuseRows(): DataError {
    const { source, rows } = this.part;
    const got = this.row >= rows ? 'more' : `${this.row + 1}`;
    const problem = `expected ${rows} values${this.inColumn} of a row group, got ${got}`;
    return new DataError(problem, { path: source.path });
  }

  private get inColumn(): string {
    return ` in column '${this.part.field.name}'`;
  }

  private refuse(problem: string): DataError {
    const { source, field, firstRow } = this.part;
    const place = { row: firstRow + this.row, column: field.first + Math.min(this.place, field.width - 1) };
    return new DataError(problem, { path: source.path, ...place });
  }
}
