/**
 * Thrift's compact protocol, as Parquet's metadata are written in it
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), read
 * strictly: whatever the bytes are, reading takes time and memory in proportion to them.
 */
import { DataError } from '../../errors.js';

type Value = boolean | number | Uint8Array | readonly Value[] | ThriftStruct;

/** The most structs and lists that may be within each other. */
const DEEPEST = 32;
const LONGEST_VARINT = 10;

const KIND = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, struct: 12 };

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** The fields of a struct by their numbers. What is not as asked for is a DataError. */
export class ThriftStruct {
  constructor(
    private readonly fields: ReadonlyMap<number, Value>,
    private readonly path: string,
    private readonly byte: number,
  ) {}

  has(field: number): boolean {
    return this.fields.has(field);
  }

  /** A whole number that may be negative; `fallback` if there is none. */
  int(field: number, fallback?: number): number {
    const value = this.fields.get(field) ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    throw this.refuse(field, 'a whole number');
  }

  /** A whole number of at least 0. */
  count(field: number, fallback?: number): number {
    const value = this.int(field, fallback);
    if (value >= 0) return value;
    throw this.refuse(field, 'a number of at least 0');
  }

  flag(field: number, fallback: boolean): boolean {
    const value = this.fields.get(field) ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.refuse(field, 'true or false');
  }

  text(field: number): string {
    const value = this.fields.get(field);
    try {
      if (value instanceof Uint8Array) return UTF_8.decode(value);
    } catch {}
    throw this.refuse(field, 'text in UTF-8');
  }

  texts(field: number): string[] {
    return this.list(field).map((value) => {
      if (value instanceof Uint8Array) return new TextDecoder().decode(value);
      throw this.refuse(field, 'a list of texts');
    });
  }

  struct(field: number): ThriftStruct {
    const value = this.fields.get(field);
    if (value instanceof ThriftStruct) return value;
    throw this.refuse(field, 'a struct');
  }

  structs(field: number): ThriftStruct[] {
    return this.list(field).map((value) => {
      if (value instanceof ThriftStruct) return value;
      throw this.refuse(field, 'a list of structs');
    });
  }

  private list(field: number): readonly Value[] {
    const value = this.fields.get(field);
    if (Array.isArray(value)) return value;
    throw this.refuse(field, 'a list');
  }

  private refuse(field: number, expected: string): DataError {
    const value = this.fields.get(field);
    const got = value === undefined ? 'nothing' : typeof value === 'object' ? 'something else' : String(value);
    const problem = `the metadata are damaged: expected ${expected} in field ${field}, got ${got}`;
    return new DataError(problem, { path: this.path, byte: this.byte });
  }
}

/**
 * Reads the struct that bytes begin with.
 * @param byte where the bytes stand in the file, for messages
 * @returns the struct, and how many bytes it takes
 * @throws DataError for what is no struct
 */
export function readThrift(bytes: Uint8Array, path: string, byte: number): { struct: ThriftStruct; length: number } {
  const reader = new Reader(bytes, path, byte);
  return { struct: reader.struct(0), length: reader.at };
}

class Reader {
  at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly path: string,
    private readonly first: number,
  ) {}

  struct(depth: number): ThriftStruct {
    const start = this.at;
    const fields = new Map<number, Value>();
    for (let field = 0; ; ) {
      const head = this.byte();
      if (head === 0) return new ThriftStruct(fields, this.path, this.first + start);
      field = head >> 4 === 0 ? this.zigzag() : field + (head >> 4);
      const kind = head & 15;
      fields.set(field, kind === KIND.true || kind === KIND.false ? kind === KIND.true : this.value(kind, depth));
    }
  }

  private value(kind: number, depth: number): Value {
    if (depth > DEEPEST) throw this.refuse(`values are nested deeper than ${DEEPEST}`);
    switch (kind) {
      // Within a list each truth value is a byte.
      case KIND.true:
      case KIND.false:
        return this.byte() === 1;
      case KIND.byte:
        return (this.byte() << 24) >> 24;
      case KIND.i16:
      case KIND.i32:
      case KIND.i64:
        return this.zigzag();
      case KIND.double:
        this.take(8);
        return Number.NaN;
      case KIND.binary:
        return this.take(this.varint());
      case KIND.list:
      case KIND.set:
        return this.list(depth);
      case KIND.struct:
        return this.struct(depth + 1);
      default:
        throw this.refuse(`expected a type of thrift, got ${kind}`);
    }
  }

  private list(depth: number): Value[] {
    const head = this.byte();
    const length = head >> 4 === 15 ? this.varint() : head >> 4;
    // Every element takes a byte at least.
    if (length > this.bytes.length - this.at) throw this.refuse(`a list of ${length} elements goes beyond the end`);
    const values: Value[] = [];
    while (values.length < length) values.push(this.value(head & 15, depth + 1));
    return values;
  }

  /** Beyond 2^53 what comes is no safe integer, which nobody who needs a number takes. */
  private varint(): number {
    let value = 0;
    for (let i = 0, unit = 1; i < LONGEST_VARINT; i++, unit *= 128) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    throw this.refuse(`a number is longer than ${LONGEST_VARINT} bytes`);
  }

  private zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  private byte(): number {
    return this.take(1)[0];
  }

  private take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw this.refuse('a value goes beyond the end');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private refuse(problem: string): DataError {
    return new DataError(`the metadata are damaged: ${problem}`, { path: this.path, byte: this.first + this.at });
  }
}
