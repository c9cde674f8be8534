/** The variables of a MAT file of version 5: their headers, and where their elements are. */
import { DataError, type Place } from '../errors.js';
import type { Payload } from './dense.js';
import { InflateError, inflateZlib } from './inflate.js';
import { isPlainName } from './member-name.js';
import { formatShape } from './shape.js';
import { type ByteSource, firstBytes, streamRange } from './source.js';

const HEADER_BYTES = 128;
const TAG_BYTES = 8;
const VERSION = 0x0100;
// Flags, dimensions and name of a variable.
const LONGEST_HEADER = 1 << 12;
// No deflate stream grows by more: 258 bytes for two bits.
const DEFLATE_RATIO = 1032;

const TYPE_UINT32 = 6;
const TYPE_MATRIX = 14;
const TYPE_COMPRESSED = 15;
const OPAQUE_CLASS = 17;

/** A part of a variable: the bytes of its data, and of what type they are. */
export interface Part extends Payload {
  readonly type: number;
  readonly length: number;
}

/** A variable whose header is read. */
export interface MatVariable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly classCode: number;
  readonly isComplex: boolean;
  readonly isLogical: boolean;
  readonly isBig: boolean;
  /** Bytes of all its parts. */
  readonly length: number;
  /** The part that comes next. */
  next(what: string): Promise<Part>;
  /** Bytes behind the part that came last. */
  left(): number;
}

/**
 * The variables in their order.
 * @throws DataError when the file is damaged or cut short
 */
export async function* readVariables(source: ByteSource): AsyncGenerator<MatVariable> {
  const { path, size } = source;
  const isBig = await readHeader(source);
  for (let at = HEADER_BYTES; at < size; ) {
    if (at + TAG_BYTES > size) throw new DataError('the file ends inside a tag', { path, byte: at });
    const place = { path, byte: at };
    const tag = readTag(viewOf(await source.read(at, TAG_BYTES)), 0, isBig, place);
    const start = at + TAG_BYTES;
    if (start + tag.length > size) {
      throw new DataError(`expected ${tag.length} bytes of a variable, got ${size - start}`, place);
    }
    if (tag.isSmall || (tag.type !== TYPE_MATRIX && tag.type !== TYPE_COMPRESSED)) {
      throw new DataError(`expected a variable (type 14 or 15), got type ${tag.type}`, place);
    }
    const body =
      tag.type === TYPE_MATRIX
        ? bareBody(source, start, tag.length)
        : await packedBody(source, start, tag.length, isBig, place);
    yield await openVariable(body, isBig, path);
    at = start + tag.length;
  }
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

/** The bytes of a variable behind its tag. */
interface Body extends Payload {
  readonly length: number;
}

function bareBody(source: ByteSource, start: number, length: number): Body {
  return {
    length,
    stream: () => streamRange(source, start, length),
    read: (at, count) => source.read(start + at, count),
  };
}

async function packedBody(
  source: ByteSource,
  start: number,
  packedLength: number,
  isBig: boolean,
  place: Place,
): Promise<Body> {
  const inflated = () => inflateAt(source, start, packedLength, place);
  const head = await firstBytes(inflated(), TAG_BYTES);
  if (head.length < TAG_BYTES) {
    throw new DataError(`expected ${TAG_BYTES} bytes when inflated, got ${head.length}`, place);
  }
  const tag = readTag(viewOf(head), 0, isBig, place);
  if (tag.isSmall || tag.type !== TYPE_MATRIX) {
    throw new DataError(`expected an array (type 14) in the compressed data, got type ${tag.type}`, place);
  }
  const { length } = tag;
  if (length > packedLength * DEFLATE_RATIO) {
    throw new DataError(`${packedLength} bytes cannot hold ${length} compressed ones`, place);
  }
  async function* stream(): AsyncGenerator<Uint8Array> {
    let got = -TAG_BYTES;
    for await (const block of inflated()) {
      const tagBytes = Math.max(0, Math.min(-got, block.length));
      got += block.length;
      if (got > length) throw new DataError(`expected ${length} bytes when inflated, got more`, place);
      if (tagBytes < block.length) yield block.subarray(tagBytes);
    }
    if (got !== length) throw new DataError(`expected ${length} bytes when inflated, got ${got}`, place);
  }
  return { length, stream };
}

async function* inflateAt(source: ByteSource, start: number, length: number, place: Place): AsyncGenerator<Uint8Array> {
  try {
    yield* inflateZlib(streamRange(source, start, length));
  } catch (error) {
    throw error instanceof InflateError ? new DataError(error.message, place) : error;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function openVariable(body: Body, isBig: boolean, path: string): Promise<MatVariable> {
  const parts = new PartReader(
    body,
    await firstBytes(body.stream(), Math.min(body.length, LONGEST_HEADER)),
    isBig,
    path,
  );
  const [word] = await parts.words('flags', 8);
  const classCode = word & 0xff;
  // Tables, strings and dates of MATLAB have no dimensions.
  const shape = classCode === OPAQUE_CLASS ? [] : await parts.shape();
  const name = await parts.text();
  // The name of no variable is that of some workspace data of MATLAB's own.
  if (name !== '' && !isPlainName(name)) throw parts.fail('expected a plain name');
  parts.name = name;
  if (shape.some((length) => length < 0)) throw parts.fail(`expected a shape, got ${formatShape(shape)}`);
  return {
    name,
    shape,
    classCode,
    isComplex: (word & 0x0800) !== 0,
    isLogical: (word & 0x0200) !== 0,
    isBig,
    length: body.length,
    next: (what) => parts.next(what),
    left: () => parts.left,
  };
}

/** The parts inside a variable: flags, dimensions, name, values. */
class PartReader {
  name: string | undefined;
  private at = 0;

  constructor(
    private readonly body: Body,
    /** The first bytes of the body, with everything before the values. */
    private readonly prefix: Uint8Array,
    private readonly isBig: boolean,
    private readonly path: string,
  ) {}

  get left(): number {
    return this.body.length - this.at;
  }

  async words(what: string, length: number): Promise<number[]> {
    const { type, start, length: got } = await this.step(what);
    if (type !== TYPE_UINT32 || got !== length) throw this.fail(`expected ${length} bytes of ${what}`);
    return this.readInts(start, got, (view, at) => view.getUint32(at, !this.isBig));
  }

  async shape(): Promise<number[]> {
    const { type, start, length } = await this.step('dimensions');
    if (type !== 5 || length < 8 || length % 4 !== 0) {
      throw this.fail('expected two dimensions or more, as 32-bit integers');
    }
    return this.readInts(start, length, (view, at) => view.getInt32(at, !this.isBig));
  }

  async text(): Promise<string> {
    const { type, start, length } = await this.step('name');
    if (type !== 1) throw this.fail('expected the name as bytes');
    return String.fromCharCode(...(await this.head(start, Math.min(length, 256))));
  }

  async next(what: string): Promise<Part> {
    const { type, start, length } = await this.step(what);
    const { body } = this;
    const { read } = body;
    return {
      type,
      length,
      stream: () => slice(body.stream(), start, length),
      ...(read && { read: (offset: number, count: number) => read(start + offset, count) }),
    };
  }

  /** Steps over an element, to the next multiple of eight bytes. */
  private async step(what: string): Promise<{ type: number; start: number; length: number }> {
    if (this.at + TAG_BYTES > this.body.length) throw this.fail(`ends before its ${what}`);
    const { type, length, isSmall } = readTag(viewOf(await this.head(this.at, TAG_BYTES)), 0, this.isBig, this.place());
    const start = this.at + (isSmall ? 4 : TAG_BYTES);
    const end = isSmall ? this.at + TAG_BYTES : start + Math.ceil(length / 8) * 8;
    if (end > this.body.length) throw this.fail(`expected ${length} bytes of ${what}, got fewer`);
    this.at = end;
    return { type, start, length };
  }

  private async readInts(
    start: number,
    length: number,
    read: (view: DataView, at: number) => number,
  ): Promise<number[]> {
    const view = viewOf(await this.head(start, length));
    return Array.from({ length: length / 4 }, (_, k) => read(view, k * 4));
  }

  private async head(start: number, length: number): Promise<Uint8Array> {
    const { body, prefix } = this;
    if (start + length <= prefix.length) return prefix.subarray(start, start + length);
    if (length > TAG_BYTES) throw this.fail(`expected a header of at most ${LONGEST_HEADER} bytes`);
    return body.read?.(start, length) ?? firstBytes(slice(body.stream(), start, length), length);
  }

  private place(): Place {
    return this.name === undefined ? { path: this.path } : { path: this.path, member: this.name };
  }

  fail(problem: string): DataError {
    return new DataError(problem, this.place());
  }
}

/** Some bytes of a stream, which is read to its end, so that its checksum is checked. */
async function* slice(stream: AsyncIterable<Uint8Array>, start: number, length: number): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const block of stream) {
    const part = block.subarray(Math.max(0, start - at), Math.max(0, start + length - at));
    at += block.length;
    if (part.length > 0) yield part;
  }
}
