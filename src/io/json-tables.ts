/** The tables in a JSON text: lists of numbers, of rows or of records, wherever they are in it. */
import { DataError, type Place } from '../errors.js';
import { quote } from './csv-cells.js';
import { allocate } from './dtype.js';
import type { JsonEvents, JsonScalar } from './json-tokens.js';
import { MOST_WORDS } from './words.js';

/** An object, whatever is in it. */
export class JsonObject {
  readonly members = new Map<string, JsonNode>();
}

export type JsonNode = JsonTable | JsonObject | { readonly scalar: JsonScalar; readonly isInt32: boolean };

/** How the elements of a list were written. */
type Elements = 'scalars' | 'rows' | 'records';

// A file may have very many lists, most of them short.
const NO_VALUES = new Float64Array(0);
const FEWEST_VALUES = 4;

/**
 * A list as a table: of scalars one column, of rows or records a row for each. A list within a
 * record is a column for each place, called `key[0]`; lists within a row are more axes.
 */
export class JsonTable {
  elements: Elements | null = null;
  rows = 0;
  columns = 0;
  /** Names of the columns: the keys of records. */
  readonly names: string[] = [];
  /** By column: null for numbers; the words that were met and their numbers for words. */
  readonly words: Array<Map<string, number> | null> = [];
  areInt32 = true;
  /** Of rows: how many lists or values there are on each axis behind the first. */
  readonly axes: number[] = [];
  /** Why it is no table: what was wrong first. */
  problem: DataError | null = null;
  private readonly kinds: Array<'number' | 'boolean' | 'word' | null> = [];
  private readonly numberOf = new Map<string, number>();
  /** By key of a record: the names of the columns that its list is. */
  private readonly listNames = new Map<string, string[]>();
  /** Within how many lists of a row its values are. */
  private depth: number | null = null;
  private values = NO_VALUES;
  /** How many cells the row has so far; of each column in which row it was met last. */
  private width = 0;
  private readonly metIn: number[] = [];

  /** @param place where it is: the file, and the key in the outermost object */
  constructor(private readonly place: Place = {}) {}

  /** The cells, row by row. */
  get cells(): Float64Array {
    return this.values.subarray(0, this.rows * this.columns);
  }

  /** A cell as it was written. */
  at(row: number, column: number): JsonScalar {
    const value = this.values[row * this.columns + column];
    const words = this.words[column];
    if (Number.isNaN(value)) return null;
    if (words === null) return this.kinds[column] === 'boolean' ? value === 1 : value;
    return [...words.keys()][value];
  }

  /**
   * Puts the next cell of the row.
   * @param depth within how many lists of the row it is
   */
  push(value: JsonScalar, isInt32: boolean, byte?: number, depth = 0): void {
    this.depth ??= depth;
    if (depth !== this.depth) this.refuse(`expected a list as above, got ${describe(value)}`, { byte, row: this.rows });
    this.put(this.width, value, isInt32, byte);
  }

  /** Begins a list within a row. */
  beginAxis(depth: number, byte?: number): void {
    if (this.depth === null || depth <= this.depth) return;
    this.refuse('expected a value as above, got a list', { byte, row: this.rows });
  }

  /** Ends the lists of a row that are within so many others. */
  endAxis(depth: number, count: number, byte?: number): void {
    this.axes[depth] ??= count;
    if (count === this.axes[depth]) return;
    this.refuse(`expected ${this.axes[depth]} values in a list, got ${count}`, { byte, row: this.rows });
  }

  /** Puts a cell of a list within a record. */
  putListed(key: string, place: number, value: JsonScalar, isInt32: boolean, byte?: number): void {
    const names = this.listNames.get(key) ?? [];
    if (this.rows > 0 && names.length > 0 && place >= names.length) return;
    if (place === 0) this.listNames.set(key, names);
    names[place] ??= `${key}[${place}]`;
    this.putNamed(names[place], value, isInt32, byte);
  }

  /** Ends a list within a record: all of a key are equally long. */
  endListed(key: string, count: number, byte?: number): void {
    const length = this.listNames.get(key)?.length ?? 0;
    if (count === length && count > 0) return;
    const expected = length === 0 ? 'a list of at least one value' : `a list of ${length} values`;
    this.refuse(`expected ${expected} for '${key.slice(0, 40)}', got ${count}`, { byte, row: this.rows });
  }

  /** Puts the cell of a record; the first record has the names of all. */
  putNamed(name: string, value: JsonScalar, isInt32: boolean, byte?: number): void {
    // Records of one writer have their keys in one order.
    let column = this.names[this.width] === name ? this.width : this.numberOf.get(name);
    if (column === undefined) {
      if (this.rows > 0) {
        this.refuse(`expected the keys of the first record, got '${name.slice(0, 40)}'`, { byte });
        return;
      }
      column = this.names.push(name) - 1;
      this.numberOf.set(name, column);
    }
    if (this.metIn[column] === this.rows)
      this.refuse(`expected every key once, got '${name.slice(0, 40)}' twice`, { byte });
    this.metIn[column] = this.rows;
    this.put(column, value, isInt32, byte);
  }

  endRow(byte?: number): void {
    if (this.rows === 0) {
      this.columns = this.width;
      const cells = this.axes.reduce((product, length) => product * length, 1);
      if (this.axes.length > 0 && cells !== this.width) {
        this.refuse('expected lists of one length within a row, got others', { byte, row: 0 });
      }
    }
    if (this.width === 0) this.refuse('expected at least one value in a row, got none', { byte, row: this.rows });
    if (this.width !== this.columns) {
      this.refuse(`expected ${this.columns} values in a row, got ${this.width}`, { byte, row: this.rows });
    }
    this.rows++;
    this.width = 0;
  }

  refuse(problem: string, where: Place): void {
    this.problem ??= new DataError(problem, { ...this.place, ...where });
  }

  private put(column: number, value: JsonScalar, isInt32: boolean, byte?: number): void {
    this.width++;
    if (this.problem !== null || (this.rows > 0 && column >= this.columns)) return;
    const index = (this.rows === 0 ? 0 : this.rows * this.columns) + column;
    if (index >= this.values.length) {
      const longer = allocate('float64', Math.max(this.values.length * 2, index + 1, FEWEST_VALUES), this.place);
      longer.set(this.values);
      this.values = longer as Float64Array<ArrayBuffer>;
    }
    this.values[index] = this.numberFor(column, value, isInt32, byte);
  }

  private numberFor(column: number, value: JsonScalar, isInt32: boolean, byte?: number): number {
    if (value === null) {
      this.areInt32 = false;
      if (this.kinds[column] === 'word') this.refuse('expected a text, got null', { byte, row: this.rows, column });
      this.words[column] ??= null;
      return Number.NaN;
    }
    const kind = typeof value === 'string' ? 'word' : (typeof value as 'number' | 'boolean');
    const known = this.kinds[column] ?? null;
    if (known === null) {
      if (kind === 'word' && this.rows > 0)
        this.refuse(`expected null as above, got ${describe(value)}`, { byte, row: this.rows, column });
      this.kinds[column] = kind;
      this.words[column] = kind === 'word' ? new Map() : null;
    } else if (known !== kind) {
      const expected = { number: 'a number', boolean: 'true or false', word: 'a text' }[known];
      this.refuse(`expected ${expected} as above, got ${describe(value)}`, { byte, row: this.rows, column });
      return Number.NaN;
    }
    if (typeof value !== 'string') {
      if (kind === 'number') this.areInt32 &&= isInt32;
      return Number(value);
    }
    const words = this.words[column] as Map<string, number>;
    const code = words.get(value);
    if (code !== undefined) return code;
    if (words.size >= MOST_WORDS)
      this.refuse(`expected at most ${MOST_WORDS} different texts`, { byte, row: this.rows, column });
    words.set(value, words.size);
    return words.size - 1;
  }
}

function describe(value: JsonScalar): string {
  return typeof value === 'string' ? quote(value) : String(value);
}

/** What is open: an object, a list, a row or record of it, or what is passed over. */
type Frame =
  | { readonly kind: 'object'; readonly object: JsonObject; key: string }
  | { readonly kind: 'list'; readonly table: JsonTable }
  | { readonly kind: 'row'; readonly table: JsonTable; readonly depth: number; count: number }
  | { readonly kind: 'cells'; readonly table: JsonTable; readonly key: string; count: number }
  | { readonly kind: 'record'; readonly table: JsonTable; key: string }
  | { readonly kind: 'passed' };

/** Builds the tables while a text is read. */
export class JsonTables implements JsonEvents {
  root: JsonNode | null = null;
  private readonly open: Frame[] = [];

  constructor(private readonly path: string) {}

  begin(kind: 'list' | 'object', byte: number): void {
    const top = this.open.at(-1);
    if (top === undefined || top.kind === 'object') {
      const node = kind === 'list' ? new JsonTable(this.at()) : new JsonObject();
      this.place(node, byte);
      this.open.push(
        node instanceof JsonTable ? { kind: 'list', table: node } : { kind: 'object', object: node, key: '' },
      );
      return;
    }
    if (top.kind === 'list' && this.isElement(top.table, kind === 'list' ? 'rows' : 'records', byte)) {
      const { table } = top;
      this.open.push(kind === 'list' ? { kind: 'row', table, depth: 0, count: 0 } : { kind: 'record', table, key: '' });
      return;
    }
    if (top.kind === 'record' && kind === 'list') {
      this.open.push({ kind: 'cells', table: top.table, key: top.key, count: 0 });
      return;
    }
    if (top.kind === 'row' && kind === 'list') {
      const { table, depth } = top;
      top.count++;
      table.beginAxis(depth + 1, byte);
      this.open.push({ kind: 'row', table, depth: depth + 1, count: 0 });
      return;
    }
    if (top.kind === 'row' || top.kind === 'record' || top.kind === 'cells') {
      const within = top.kind === 'cells' ? 'list of a record' : top.kind;
      top.table.refuse(
        `expected rows and columns, got ${kind === 'list' ? 'a list' : 'an object'} within a ${within}`,
        { byte, row: top.table.rows },
      );
    }
    this.open.push({ kind: 'passed' });
  }

  end(byte: number): void {
    const frame = this.open.pop();
    if (frame?.kind === 'cells') frame.table.endListed(frame.key, frame.count, byte);
    // The values of a row itself are counted with its cells.
    if (frame?.kind === 'row' && (frame.depth > 0 || frame.count > 0))
      frame.table.endAxis(frame.depth, frame.count, byte);
    const isRow = frame?.kind === 'row' && frame.depth === 0;
    if (isRow || frame?.kind === 'record') frame.table.endRow(byte);
  }

  key(key: string, byte: number): void {
    const top = this.open.at(-1);
    if (top === undefined || top.kind === 'passed') return;
    if (top.kind === 'object' && top.object.members.has(key)) {
      throw new DataError(`expected every key once, got ${quote(key)} twice`, { path: this.path, byte });
    }
    if (top.kind === 'object' || top.kind === 'record') top.key = key;
  }

  scalar(value: JsonScalar, byte: number, isInt32: boolean): void {
    const top = this.open.at(-1);
    if (top === undefined || top.kind === 'object') this.place({ scalar: value, isInt32 }, byte);
    else if (top.kind === 'row') {
      if (top.depth > 0) top.count++;
      top.table.push(value, isInt32, byte, top.depth);
    } else if (top.kind === 'cells') top.table.putListed(top.key, top.count++, value, isInt32, byte);
    else if (top.kind === 'record') top.table.putNamed(top.key, value, isInt32, byte);
    else if (top.kind === 'list' && this.isElement(top.table, 'scalars', byte)) {
      top.table.push(value, isInt32, byte);
      top.table.endRow(byte);
    }
  }

  /** Puts what begins where it belongs: into the object that is open, or to the root. */
  private place(node: JsonNode, byte: number): void {
    const top = this.open.at(-1);
    if (top?.kind === 'object') top.object.members.set(top.key, node);
    else if (this.root === null && !('scalar' in node)) this.root = node;
    else throw new DataError('expected a list or an object, got a single value', { path: this.path, byte });
  }

  private isElement(table: JsonTable, elements: Elements, byte: number): boolean {
    table.elements ??= elements;
    if (table.elements === elements) return true;
    const names = { scalars: 'a value', rows: 'a list', records: 'an object' };
    table.refuse(`expected ${names[table.elements]} as above, got ${names[elements]}`, { byte, row: table.rows });
    return false;
  }

  /** Where what begins is: the member is the key in the outermost object. */
  private at(): Place {
    const [first] = this.open;
    return first?.kind === 'object' ? { path: this.path, member: first.key } : { path: this.path };
  }
}
