import { DataError, type Place } from '../errors.js';
import type { Dtype } from '../matrix.js';
import { ITEM_BYTES, type StoredDtype } from './dtype.js';
import { type Literal, LiteralError, parseLiteral } from './python-literal.js';
import { countElements, formatShape } from './shape.js';

export const NPY_MAGIC: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

// numpy itself refuses longer ones: its max_header_size.
const LONGEST_HEADER = 10_000;

/** The most that must be read of an array to know its header. */
export const NPY_PREFIX_BYTES = 12 + LONGEST_HEADER;

/** What an .npy header says. */
export interface NpyHeader {
  readonly dtype: StoredDtype | null;
  /** The dtype in words, for those that cannot be read as well. */
  readonly dtypeName: string;
  readonly refusal: string | null;
  /** Bytes of an element, where every one has as many. */
  readonly itemBytes: number | null;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly headerBytes: number;
}

/**
 * Parses the header of an array of `size` bytes from its first bytes, and checks that the elements
 * fill the rest exactly.
 *
 * @param prefix the first bytes, at least `min(size, NPY_PREFIX_BYTES)` of them
 * @throws DataError
 */
export function parseNpyHeader(prefix: Uint8Array, size: number, place: Place): NpyHeader {
  if (!NPY_MAGIC.every((byte, i) => prefix[i] === byte)) {
    const got = Array.from(prefix.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new DataError(
      `expected an .npy array to begin with 93 4e 55 4d 50 59 (\\x93NUMPY), got ${got || 'nothing'}`,
      {
        ...place,
        byte: 0,
      },
    );
  }
  const major = prefix[6];
  const minor = prefix[7];
  if (major === undefined || minor === undefined || major < 1 || major > 3 || minor !== 0) {
    if (size < 8) throw tooShort(10, size, place);
    throw new DataError(`expected .npy version 1.0, 2.0 or 3.0, got ${major}.${minor}`, { ...place, byte: 6 });
  }
  const start = major === 1 ? 10 : 12;
  if (size < start) throw tooShort(start, size, place);
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) {
    throw new DataError(`expected an .npy header of at most ${LONGEST_HEADER} bytes, got ${length}`, {
      ...place,
      byte: 8,
    });
  }
  const headerBytes = start + length;
  if (size < headerBytes) throw tooShort(headerBytes, size, place);

  const { descr, fortranOrder, shape } = parseDictionary(
    headerText(prefix, start, headerBytes, major, place),
    start,
    place,
  );
  const { dtype, name, bigEndian, itemBytes, refusal } = readDescr(descr, shape.length === 0, place);
  // Any number of them takes no bytes.
  if (itemBytes === 0)
    throw new DataError(`.npy header: expected items of a byte or more, got a ${name} of none`, place);
  if (itemBytes !== null) {
    const expected = headerBytes + countElements(shape, itemBytes, place) * itemBytes;
    if (size !== expected) {
      throw new DataError(
        `expected ${expected} bytes (a header of ${headerBytes} and ${formatShape(shape)} ${name}), got ${size}`,
        place,
      );
    }
  }
  return { dtype, dtypeName: name, refusal, itemBytes, bigEndian, fortranOrder, shape, headerBytes };
}

function tooShort(expected: number, got: number, place: Place): DataError {
  return new DataError(`expected an .npy header of ${expected} bytes, got ${got}`, place);
}

function headerText(prefix: Uint8Array, start: number, end: number, major: number, place: Place): string {
  const bytes = prefix.subarray(start, end);
  if (major < 3) return String.fromCharCode(...bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DataError('expected an .npy header in UTF-8', { ...place, byte: start });
  }
}

function parseDictionary(
  text: string,
  start: number,
  place: Place,
): { descr: Literal; fortranOrder: boolean; shape: readonly number[] } {
  let literal: Literal;
  try {
    literal = parseLiteral(text);
  } catch (error) {
    if (!(error instanceof LiteralError)) throw error;
    throw new DataError(`.npy header: ${error.problem}`, { ...place, byte: start + error.position });
  }
  if (typeof literal !== 'object' || literal?.kind !== 'dict') {
    throw new DataError('.npy header: expected a dictionary', { ...place, byte: start });
  }
  const keys = literal.entries.map(([key]) => (typeof key === 'string' ? key : String(key)));
  const values = new Map(literal.entries.map(([, value], i) => [keys[i], value]));
  if ([...keys].sort().join() !== 'descr,fortran_order,shape') {
    throw new DataError(
      `.npy header: expected the keys descr, fortran_order and shape once each, got ${keys.join(', ') || 'none'}`,
      {
        ...place,
        byte: start,
      },
    );
  }
  const fortranOrder = values.get('fortran_order');
  if (typeof fortranOrder !== 'boolean') {
    throw new DataError('.npy header: expected fortran_order to be True or False', { ...place, byte: start });
  }
  const shape = values.get('shape');
  if (typeof shape !== 'object' || shape?.kind !== 'tuple' || !shape.items.every(isLength)) {
    throw new DataError('.npy header: expected shape to be a tuple of whole numbers', { ...place, byte: start });
  }
  return { descr: values.get('descr') ?? null, fortranOrder, shape: shape.items };
}

function isLength(item: Literal): item is number {
  return typeof item === 'number' && Number.isSafeInteger(item) && item >= 0;
}

interface Descr {
  dtype: StoredDtype | null;
  name: string;
  bigEndian: boolean;
  itemBytes: number | null;
  refusal: string | null;
}

const NUMERIC: Readonly<Record<string, Dtype>> = {
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/** The type string that numpy writes for a dtype. */
export function descrOf(dtype: Dtype): string {
  const code = Object.keys(NUMERIC).find((key) => NUMERIC[key] === dtype);
  return `${ITEM_BYTES[dtype] === 1 ? '|' : '<'}${code}`;
}

// Kinds that are listed and refused on reading; the name and whether the number counts bytes.
const UNREAD: Readonly<Record<string, (count: number) => { name: string; itemBytes: number }>> = {
  c: (count) => ({ name: `complex${count * 8}`, itemBytes: count }),
  f: (count) => ({ name: `float${count * 8}`, itemBytes: count }),
  S: (count) => ({ name: 'byte string', itemBytes: count }),
  a: (count) => ({ name: 'byte string', itemBytes: count }),
  U: (count) => ({ name: 'string', itemBytes: count * 4 }),
  V: (count) => ({ name: 'void', itemBytes: count }),
  M: (count) => ({ name: 'datetime', itemBytes: count }),
  m: (count) => ({ name: 'timedelta', itemBytes: count }),
};

function readDescr(descr: Literal, isSingle: boolean, place: Place): Descr {
  if (typeof descr === 'object' && descr !== null && (descr.kind === 'list' || descr.kind === 'tuple')) {
    return unread('structured', null, `expected numbers, got a structured array; save ${UNSTRUCTURE}`);
  }
  if (typeof descr !== 'string') throw new DataError('.npy header: expected descr to be a type string', place);
  if (/^[|<>=]?O\d*$/.test(descr)) {
    return unread('object', null, isSingle ? PICKLED_OBJECT : PICKLED_ARRAY);
  }
  const parts = /^([<>|])([A-Za-z])(\d{1,9})(\[.{1,12}\])?$/.exec(descr);
  if (parts === null) {
    throw new DataError(`.npy header: expected a type string such as '<f4', got '${descr}'`, place);
  }
  const [, order, kind, digits, unit] = parts;
  const dtype = unit === undefined ? NUMERIC[kind + digits] : undefined;
  if (dtype !== undefined) {
    const itemBytes = ITEM_BYTES[dtype];
    if (order === '|' && itemBytes > 1) {
      throw new DataError(`.npy header: expected a byte order of < or > in '${descr}'`, place);
    }
    return { dtype, name: dtype, bigEndian: order === '>', itemBytes, refusal: null };
  }
  const other = UNREAD[kind]?.(Number(digits));
  if (other === undefined) {
    throw new DataError(`.npy header: expected a type string such as '<f4', got '${descr}'`, place);
  }
  return { ...unread(other.name, other.itemBytes, refuseKind(other.name, descr)), bigEndian: order === '>' };
}

const UNSTRUCTURE = 'numpy.lib.recfunctions.structured_to_unstructured(x)';
const PICKLED_ARRAY = "a pickled object array, which is never read; save it with .astype(str) or .astype('float64')";
const PICKLED_OBJECT =
  "a pickled object, which is never read; if it is a dict x of arrays, save it with numpy.savez('x.npz', **x)";

/** What makes numbers of the other kinds, by their letters. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  c: 'x.real, x.imag or numpy.abs(x)',
  f: "x.astype('float64')",
  S: "x.astype('float64') if they are numbers",
  a: "x.astype('float64') if they are numbers",
  U: "x.astype('float64') if they are numbers",
  V: "x.view('float32') or what else it is",
  M: "x.astype('int64')",
  m: "x.astype('int64')",
};

function refuseKind(name: string, descr: string): string {
  const got = `expected numbers, got ${name} ('${descr}')`;
  // numpy has no name for it.
  if (/V2$/.test(descr)) return `${got}: bfloat16 saved by numpy; cast it first, with .astype('float32')`;
  return `${got}; save ${WAYS_OUT[descr[1]]}`;
}

function unread(name: string, itemBytes: number | null, refusal: string): Descr {
  return { dtype: null, name, bigEndian: false, itemBytes, refusal };
}
