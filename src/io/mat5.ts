import { DataError, type Place } from '../errors.js';
import { swapBytes } from './decode.js';
import { InflateError, inflateZlib } from './inflate.js';
import { isPlainName } from './member-name.js';
import { countElements, formatShape } from './shape.js';
import { type ByteSource, streamRange } from './source.js';

/** A numeric array of a MAT file, in column order: the first dimension runs fastest. */
export interface MatArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: MatValues;
}

/** The elements as the file stores them, which may be narrower than the class of the array. */
export type MatValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const HEADER_BYTES = 128;
const TAG_BYTES = 8;
const VERSION = 0x0100;
const LARGEST_ARRAY = 2 ** 30;

const TYPE_UINT32 = 6;
const TYPE_MATRIX = 14;
const TYPE_COMPRESSED = 15;

const STORED = new Map<number, { new (buffer: ArrayBuffer): MatValues; readonly BYTES_PER_ELEMENT: number }>([
  [1, Int8Array],
  [2, Uint8Array],
  [3, Int16Array],
  [4, Uint16Array],
  [5, Int32Array],
  [TYPE_UINT32, Uint32Array],
  [7, Float32Array],
  [9, Float64Array],
]);

const CLASSES: Readonly<Record<number, string>> = {
  1: 'cell',
  2: 'structure',
  3: 'object',
  4: 'character',
  5: 'sparse',
  6: 'double',
  7: 'single',
  8: 'int8',
  9: 'uint8',
  10: 'int16',
  11: 'uint16',
  12: 'int32',
  13: 'uint32',
};
const FIRST_NUMERIC_CLASS = 6;

/**
 * Reads one numeric array out of a MAT file of version 5 (The MathWorks, "MAT-File Format", chapter
 * 1), compressed or not, of either byte order. Other variables are passed over by their names and
 * sizes.
 *
 * @throws DataError when the file is damaged or cut short, has no such array, or has it as
 * something else than real numbers
 */
export async function readMatArray(source: ByteSource, name: string): Promise<MatArray> {
  const { path, size } = source;
  const isBig = await readHeader(source);
  const names: string[] = [];
  for (let at = HEADER_BYTES; at < size; ) {
    if (at + TAG_BYTES > size) throw new DataError('the file ends inside a tag', { path, byte: at });
    const tag = readTag(viewOf(await source.read(at, TAG_BYTES)), 0, isBig, { path, byte: at });
    const start = at + TAG_BYTES;
    if (start + tag.length > size) {
      throw new DataError(`expected ${tag.length} bytes of a variable, got ${size - start}`, { path, byte: at });
    }
    if (tag.isSmall || (tag.type !== TYPE_MATRIX && tag.type !== TYPE_COMPRESSED)) {
      throw new DataError(`expected a variable (type 14 or 15), got type ${tag.type}`, { path, byte: at });
    }
    const bytes =
      tag.type === TYPE_MATRIX
        ? await source.read(start, tag.length)
        : await inflateVariable(streamRange(source, start, tag.length), isBig, { path, byte: at });
    const found = new MatrixReader(bytes, isBig, path);
    if (found.name === name) return found.read();
    names.push(found.name);
    at = start + tag.length;
  }
  throw new DataError(`expected a variable called '${name}', got ${names.join(', ') || 'none'}`, { path });
}

/** Whether it is big-endian. */
async function readHeader(source: ByteSource): Promise<boolean> {
  const { path, size } = source;
  if (size < HEADER_BYTES) throw new DataError(`expected a MAT header of 128 bytes, got ${size}`, { path });
  const header = viewOf(await source.read(0, HEADER_BYTES));
  const order = String.fromCharCode(header.getUint8(126), header.getUint8(127));
  if (order !== 'IM' && order !== 'MI') {
    throw new DataError('expected a MAT file of version 5, which has IM or MI at byte 126', { path, byte: 126 });
  }
  const isBig = order === 'MI';
  const version = header.getUint16(124, !isBig);
  if (version !== VERSION) {
    const got = `0x${version.toString(16).padStart(4, '0')}`;
    throw new DataError(`expected a MAT file of version 0x0100, got ${got}`, { path, byte: 124 });
  }
  return isBig;
}

interface Tag {
  readonly type: number;
  readonly length: number;
  /** At most four bytes of data inside the tag itself. */
  readonly isSmall: boolean;
}

function readTag(view: DataView, at: number, isBig: boolean, place: Place): Tag {
  const first = view.getUint32(at, !isBig);
  const small = first >>> 16;
  if (small === 0) return { type: first, length: view.getUint32(at + 4, !isBig), isSmall: false };
  if (small > 4) throw new DataError(`expected at most 4 bytes in a small element, got ${small}`, place);
  return { type: first & 0xffff, length: small, isSmall: true };
}

async function inflateVariable(packed: AsyncIterable<Uint8Array>, isBig: boolean, place: Place): Promise<Uint8Array> {
  let bytes: Uint8Array | null = null;
  let head = new Uint8Array(0);
  let filled = 0;
  try {
    for await (let block of inflateZlib(packed)) {
      if (bytes === null) {
        head = concatenate(head, block);
        if (head.length < TAG_BYTES) continue;
        const tag = readTag(viewOf(head), 0, isBig, place);
        if (tag.isSmall || tag.type !== TYPE_MATRIX) {
          throw new DataError(`expected an array (type 14) in the compressed data, got type ${tag.type}`, place);
        }
        if (tag.length > LARGEST_ARRAY) {
          throw new DataError(`expected an array of at most ${LARGEST_ARRAY} bytes, got ${tag.length}`, place);
        }
        bytes = new Uint8Array(tag.length);
        block = head.subarray(TAG_BYTES);
      }
      if (filled + block.length > bytes.length) {
        throw new DataError(`expected ${bytes.length} bytes when inflated, got more`, place);
      }
      bytes.set(block, filled);
      filled += block.length;
    }
  } catch (error) {
    throw error instanceof InflateError ? new DataError(error.message, place) : error;
  }
  if (bytes === null || filled !== bytes.length) {
    throw new DataError(`expected ${bytes?.length ?? TAG_BYTES} bytes when inflated, got ${filled}`, place);
  }
  return bytes;
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The elements inside a variable: flags, dimensions, name, values. */
class MatrixReader {
  readonly name: string;
  private readonly view: DataView;
  private readonly shape: readonly number[];
  private readonly classCode: number;
  private readonly isComplex: boolean;
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly isBig: boolean,
    private readonly path: string,
  ) {
    this.view = viewOf(bytes);
    const flags = this.element('flags');
    if (flags.type !== TYPE_UINT32 || flags.length !== 8) throw this.fail('expected 8 bytes of flags');
    const word = this.view.getUint32(flags.start, !isBig);
    this.classCode = word & 0xff;
    this.isComplex = (word & 0x0800) !== 0;
    const dimensions = this.element('dimensions');
    if (dimensions.type !== 5 || dimensions.length < 8 || dimensions.length % 4 !== 0) {
      throw this.fail('expected two dimensions or more, as 32-bit integers');
    }
    this.shape = Array.from({ length: dimensions.length / 4 }, (_, k) =>
      this.view.getInt32(dimensions.start + k * 4, !isBig),
    );
    const name = this.element('name');
    if (name.type !== 1) throw this.fail('expected the name as bytes');
    this.name = String.fromCharCode(...bytes.subarray(name.start, name.start + Math.min(name.length, 256)));
    // The name of no variable is that of some workspace data of MATLAB's own.
    if (this.name !== '' && !isPlainName(this.name)) throw this.fail('expected a plain name');
  }

  read(): MatArray {
    const { name, shape, classCode } = this;
    if (shape.some((length) => length < 0)) throw this.fail(`expected a shape, got ${formatShape(shape)}`);
    if (classCode < FIRST_NUMERIC_CLASS || classCode > 13 || this.isComplex) {
      const got = this.isComplex ? 'complex numbers' : (CLASSES[classCode] ?? `class ${classCode}`);
      throw this.fail(`expected an array of real numbers, got ${got}`);
    }
    const real = this.element('values');
    const stored = STORED.get(real.type);
    if (stored === undefined) throw this.fail(`expected values of a numeric type, got type ${real.type}`);
    const itemBytes = stored.BYTES_PER_ELEMENT;
    const expected = countElements(shape, itemBytes, { path: this.path, member: name }) * itemBytes;
    if (real.length !== expected) {
      throw this.fail(`expected ${expected} bytes of values for ${formatShape(shape)}, got ${real.length}`);
    }
    if (this.at !== this.bytes.length) throw this.fail(`found ${this.bytes.length - this.at} bytes after the values`);
    const values = this.bytes.slice(real.start, real.start + real.length);
    if (this.isBig) swapBytes(values, itemBytes);
    return { name, shape, values: new stored(values.buffer as ArrayBuffer) };
  }

  /** Steps over an element, to the next multiple of eight bytes. */
  private element(what: string): { type: number; start: number; length: number } {
    if (this.at + TAG_BYTES > this.bytes.length) throw this.fail(`ends before its ${what}`);
    const { type, length, isSmall } = readTag(this.view, this.at, this.isBig, this.place());
    const start = this.at + (isSmall ? 4 : TAG_BYTES);
    const end = isSmall ? this.at + TAG_BYTES : start + Math.ceil(length / 8) * 8;
    if (end > this.bytes.length) throw this.fail(`expected ${length} bytes of ${what}, got fewer`);
    this.at = end;
    return { type, start, length };
  }

  private place(): Place {
    return this.name === undefined ? { path: this.path } : { path: this.path, member: this.name };
  }

  private fail(problem: string): DataError {
    return new DataError(problem, this.place());
  }
}
