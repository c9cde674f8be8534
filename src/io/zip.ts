import { DataError } from '../errors.js';
import { crc32 } from './crc32.js';
import { InflateError, inflateRaw } from './inflate.js';
import { isPlainName } from './member-name.js';
import { type ByteSource, streamRange } from './source.js';

/** A file inside a ZIP archive, found in its directory and at its place. */
export interface ZipMember {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly crc: number;
  readonly compressedSize: number;
  /** Bytes once inflated. */
  readonly size: number;
  /** Where its (compressed) bytes begin. */
  readonly dataOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR64_SIGNATURE = 0x07064b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR64_BYTES = 20;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
// The directory is held in memory; at 46 bytes and more an entry this is millions of them.
const LARGEST_DIRECTORY = 256 << 20;
// No deflate stream grows by more: 258 bytes for two bits.
const DEFLATE_RATIO = 1032;

const FLAG_ENCRYPTED = 1 << 0;
const FLAG_SIZES_FOLLOW = 1 << 3;
const FLAG_PATCH = 1 << 5;
const FLAG_STRONGLY_ENCRYPTED = 1 << 6;
const FLAG_DIRECTORY_ENCRYPTED = 1 << 13;
const REFUSED_FLAGS = FLAG_ENCRYPTED | FLAG_PATCH | FLAG_STRONGLY_ENCRYPTED | FLAG_DIRECTORY_ENCRYPTED;

/**
 * Reads the directory of a ZIP archive (ZIP64 included) and checks it against the header of every
 * member. Folders are left out.
 *
 * @throws DataError when directory and members contradict each other, or overlap, or cannot be read
 * here
 */
export async function readZipDirectory(source: ByteSource): Promise<ZipMember[]> {
  const { path } = source;
  const directory = await findDirectory(source);
  const bytes = await source.read(directory.offset, directory.size);
  const entries = parseCentral(bytes, directory, path);
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (seen.has(name)) throw new DataError('expected every member once, got two of this name', { path, member: name });
    seen.add(name);
  }
  const members: Array<ZipMember & { start: number }> = [];
  for (const entry of entries) members.push(await locate(source, entry, directory.offset));
  refuseOverlaps(members, path);
  return members.filter(({ name }) => !name.endsWith('/'));
}

/**
 * The bytes of a member, inflated as they come. The length and the checksum are checked at the end.
 * @throws DataError when either is wrong, after the bytes that were there
 */
export async function* streamMember(source: ByteSource, member: ZipMember, name: string): AsyncGenerator<Uint8Array> {
  const place = { path: source.path, member: name };
  const packed = streamRange(source, member.dataOffset, member.compressedSize);
  const stream = member.method === 'stored' ? packed : inflateRaw(packed);
  let size = 0;
  let crc = 0;
  try {
    for await (const block of stream) {
      size += block.length;
      if (size > member.size) throw new DataError(`expected ${member.size} bytes when inflated, got more`, place);
      crc = crc32(block, crc);
      yield block;
    }
  } catch (error) {
    throw error instanceof InflateError ? new DataError(error.message, place) : error;
  }
  if (size !== member.size) throw new DataError(`expected ${member.size} bytes when inflated, got ${size}`, place);
  if (crc !== member.crc) {
    throw new DataError(
      `expected the checksum ${formatCrc(member.crc)}, got ${formatCrc(crc)}: the data is damaged`,
      place,
    );
  }
}

function formatCrc(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

interface Directory {
  offset: number;
  size: number;
  count: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const { path, size } = source;
  const tailStart = Math.max(0, size - END_BYTES - LONGEST_COMMENT);
  const tail = viewOf(await source.read(tailStart, size - tailStart));
  let end = tail.byteLength - END_BYTES;
  // The record is last but for its comment, whose length it says.
  while (
    end >= 0 &&
    (tail.getUint32(end, true) !== END_SIGNATURE ||
      tail.getUint16(end + 20, true) !== tail.byteLength - end - END_BYTES)
  ) {
    end--;
  }
  if (end < 0)
    throw new DataError('found no directory at the end of the archive: it was cut short, or is no archive', { path });

  const endStart = tailStart + end;
  let directory: Directory = {
    count: tail.getUint16(end + 10, true),
    size: tail.getUint32(end + 12, true),
    offset: tail.getUint32(end + 16, true),
  };
  let disks = [tail.getUint16(end + 4, true), tail.getUint16(end + 6, true)];
  let countHere = tail.getUint16(end + 8, true);
  let directoryEnd = endStart;
  const locatorStart = endStart - LOCATOR64_BYTES;
  if (locatorStart >= 0) {
    const locator = viewOf(await source.read(locatorStart, LOCATOR64_BYTES));
    if (locator.getUint32(0, true) === LOCATOR64_SIGNATURE) {
      const start = exactNumber(locator, 8, path, locatorStart + 8);
      if (start + END64_BYTES > locatorStart) {
        throw new DataError(`expected the ZIP64 record before byte ${locatorStart}, got byte ${start}`, {
          path,
          byte: locatorStart + 8,
        });
      }
      const record = viewOf(await source.read(start, END64_BYTES));
      const recordEnd = start + 12 + exactNumber(record, 4, path, start + 4);
      if (record.getUint32(0, true) !== END64_SIGNATURE || recordEnd !== locatorStart) {
        throw new DataError('expected a ZIP64 record that ends where its locator begins', { path, byte: start });
      }
      const wide = {
        count: exactNumber(record, 32, path, start + 32),
        size: exactNumber(record, 40, path, start + 40),
        offset: exactNumber(record, 48, path, start + 48),
      };
      const agrees = (narrow: number, limit: number, exact: number) => narrow === limit || narrow === exact;
      if (
        !agrees(directory.count, 0xffff, wide.count) ||
        !agrees(directory.size, 0xffffffff, wide.size) ||
        !agrees(directory.offset, 0xffffffff, wide.offset)
      ) {
        throw new DataError('the ZIP64 record contradicts the one after it', { path, byte: start });
      }
      directory = wide;
      disks = [record.getUint32(16, true), record.getUint32(20, true)];
      countHere = exactNumber(record, 24, path, start + 24);
      directoryEnd = start;
    }
  }
  if (disks.some((disk) => disk !== 0 && disk !== 0xffff) || countHere !== directory.count) {
    throw new DataError('expected an archive in one piece, got a part of several', { path, byte: endStart });
  }
  if (directory.offset + directory.size !== directoryEnd) {
    throw new DataError(
      `expected a directory that ends at byte ${directoryEnd}, got ${directory.size} bytes from byte ${directory.offset}`,
      { path, byte: endStart },
    );
  }
  if (directory.size > LARGEST_DIRECTORY || directory.count * CENTRAL_BYTES > directory.size) {
    throw new DataError(`a directory of ${directory.size} bytes cannot hold ${directory.count} members`, {
      path,
      byte: endStart,
    });
  }
  return directory;
}

interface CentralEntry {
  name: string;
  nameBytes: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  start: number;
}

function parseCentral(bytes: Uint8Array, directory: Directory, path: string): CentralEntry[] {
  const view = viewOf(bytes);
  const entries: CentralEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const byte = directory.offset + at;
    if (at + CENTRAL_BYTES > bytes.length || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw new DataError('expected an entry of the directory', { path, byte });
    }
    const nameEnd = at + CENTRAL_BYTES + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const entryEnd = extraEnd + view.getUint16(at + 32, true);
    if (entryEnd > bytes.length) throw new DataError('an entry of the directory is cut short', { path, byte });
    const nameBytes = bytes.subarray(at + CENTRAL_BYTES, nameEnd);
    const name = memberName(nameBytes, path, byte);
    const wide = zip64Extra(view, nameEnd, extraEnd, path, byte);
    const take = (narrow: number): number => {
      if (narrow !== 0xffffffff) return narrow;
      if (wide === null || wide.at + 8 > wide.end)
        throw new DataError('a ZIP64 size is missing', { path, member: name, byte });
      wide.at += 8;
      return exactNumber(view, wide.at - 8, path, byte);
    };
    const size = take(view.getUint32(at + 24, true));
    const compressedSize = take(view.getUint32(at + 20, true));
    const start = take(view.getUint32(at + 42, true));
    entries.push({
      name,
      nameBytes,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressedSize,
      size,
      start,
    });
    at = entryEnd;
  }
  if (entries.length !== directory.count) {
    throw new DataError(`expected ${directory.count} members in the directory, got ${entries.length}`, { path });
  }
  return entries;
}

function memberName(bytes: Uint8Array, path: string, byte: number): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DataError('expected the name of a member in UTF-8', { path, byte });
  }
  if (!isPlainName(name))
    throw new DataError(`expected a plain member name, got ${JSON.stringify(name)}`, { path, byte });
  return name;
}

/** The ZIP64 field among the extra ones: where its values begin and end. */
function zip64Extra(
  view: DataView,
  start: number,
  end: number,
  path: string,
  byte: number,
): { at: number; end: number } | null {
  let found: { at: number; end: number } | null = null;
  for (let at = start; at < end; ) {
    const fieldEnd = at + 4 <= end ? at + 4 + view.getUint16(at + 2, true) : Number.POSITIVE_INFINITY;
    if (fieldEnd > end) throw new DataError('an extra field of the directory is cut short', { path, byte });
    if (view.getUint16(at, true) === 1) {
      if (found !== null) throw new DataError('expected one ZIP64 field, got two', { path, byte });
      found = { at: at + 4, end: fieldEnd };
    }
    at = fieldEnd;
  }
  return found;
}

/** Finds where the bytes of a member begin, and checks its own header against the directory. */
async function locate(
  source: ByteSource,
  entry: CentralEntry,
  directoryOffset: number,
): Promise<ZipMember & { start: number }> {
  const { name, flags, method, crc, compressedSize, size, start } = entry;
  const place = { path: source.path, member: name };
  if (flags & REFUSED_FLAGS) throw new DataError('expected a member without encryption, got an encrypted one', place);
  if (method !== 0 && method !== 8) {
    throw new DataError(`expected a stored or deflated member (method 0 or 8), got method ${method}`, place);
  }
  if (method === 0 ? compressedSize !== size : size > compressedSize * DEFLATE_RATIO) {
    throw new DataError(
      `${compressedSize} bytes cannot hold ${size} ${method === 0 ? 'stored' : 'deflated'} ones`,
      place,
    );
  }
  if (start + LOCAL_BYTES > directoryOffset) {
    throw new DataError(`expected a member that begins before the directory, got byte ${start}`, place);
  }
  const header = viewOf(await source.read(start, LOCAL_BYTES));
  const nameLength = header.getUint16(26, true);
  const extraLength = header.getUint16(28, true);
  const dataOffset = start + LOCAL_BYTES + nameLength + extraLength;
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw new DataError('expected the header of the member', { ...place, byte: start });
  }
  if (dataOffset + compressedSize > directoryOffset) {
    throw new DataError(
      `expected ${compressedSize} bytes from byte ${dataOffset}, got ${Math.max(0, directoryOffset - dataOffset)} before the directory`,
      place,
    );
  }
  const rest = await source.read(start + LOCAL_BYTES, nameLength + extraLength);
  const local = localSizes(header, viewOf(rest), nameLength, source.path, start);
  const follows = (flags & FLAG_SIZES_FOLLOW) !== 0;
  const agrees = (value: number, exact: number) => value === exact || (follows && value === 0);
  if (
    rest.length < nameLength ||
    !sameBytes(rest.subarray(0, nameLength), entry.nameBytes) ||
    header.getUint16(6, true) !== flags ||
    header.getUint16(8, true) !== method ||
    !agrees(header.getUint32(14, true), crc) ||
    !agrees(local.compressedSize, compressedSize) ||
    !agrees(local.size, size)
  ) {
    throw new DataError('the header of the member contradicts the directory', { ...place, byte: start });
  }
  return { name, method: method === 0 ? 'stored' : 'deflated', crc, compressedSize, size, dataOffset, start };
}

function localSizes(
  header: DataView,
  rest: DataView,
  nameLength: number,
  path: string,
  start: number,
): { compressedSize: number; size: number } {
  let compressedSize = header.getUint32(18, true);
  let size = header.getUint32(22, true);
  if (size === 0xffffffff || compressedSize === 0xffffffff) {
    const wide = zip64Extra(rest, nameLength, rest.byteLength, path, start);
    // Here both are there or none is.
    if (wide !== null && wide.at + 16 <= wide.end) {
      size = exactNumber(rest, wide.at, path, start);
      compressedSize = exactNumber(rest, wide.at + 8, path, start);
    }
  }
  return { compressedSize, size };
}

function refuseOverlaps(members: ReadonlyArray<ZipMember & { start: number }>, path: string): void {
  const inOrder = [...members].sort((a, b) => a.start - b.start);
  for (let i = 1; i < inOrder.length; i++) {
    const before = inOrder[i - 1];
    if (before.dataOffset + before.compressedSize > inOrder[i].start) {
      throw new DataError(`overlaps the member '${inOrder[i].name}'`, { path, member: before.name });
    }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function exactNumber(view: DataView, at: number, path: string, byte: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new DataError(`expected a size or position within 2^53, got ${value}`, { path, byte });
  }
  return Number(value);
}
