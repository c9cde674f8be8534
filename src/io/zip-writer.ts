import { DataError } from '../errors.js';
import { crc32 } from './crc32.js';
import { deflateRaw } from './inflate.js';

/** A file to put into an archive. `pieces` is read twice when it is stored. */
export interface ZipInput {
  readonly name: string;
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const NARROW_LIMIT = 0xffffffff;
const UTF8_NAMES = 1 << 11;
// 1980-01-01 00:00, the first moment there is: equal content gives equal bytes.
const DOS_TIME = 0;
const DOS_DATE = 0x21;

interface Written {
  name: Uint8Array;
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  start: number;
}

/**
 * Writes a ZIP archive, with ZIP64 fields where sizes need them. Deflated members are held in
 * memory, in their deflated form, one at a time; stored ones are not.
 *
 * @throws DataError for a name that is given twice
 */
export async function* writeZip(
  inputs: Iterable<ZipInput> | AsyncIterable<ZipInput>,
  deflated: boolean,
): AsyncGenerator<Uint8Array> {
  const written: Written[] = [];
  const names = new Set<string>();
  let position = 0;
  for await (const { name, pieces } of inputs) {
    if (names.has(name)) throw new DataError('expected a name of its own', { member: name });
    names.add(name);
    let size = 0;
    let crc = 0;
    const counted = async function* () {
      for await (const piece of pieces()) {
        size += piece.length;
        crc = crc32(piece, crc);
        yield piece;
      }
    };
    let packed: Uint8Array[] | null = null;
    if (deflated) {
      packed = [];
      for await (const block of deflateRaw(counted())) packed.push(block);
    } else {
      for await (const _ of counted());
    }
    const compressedSize = packed === null ? size : packed.reduce((sum, block) => sum + block.length, 0);
    const entry: Written = {
      name: new TextEncoder().encode(name),
      method: deflated ? 8 : 0,
      crc,
      compressedSize,
      size,
      start: position,
    };
    const header = localHeader(entry);
    yield header;
    yield* packed ?? pieces();
    written.push(entry);
    position += header.length + compressedSize;
  }
  let directorySize = 0;
  for (const entry of written) {
    const header = centralHeader(entry);
    directorySize += header.length;
    yield header;
  }
  yield endRecords(written.length, directorySize, position);
}

function localHeader(entry: Written): Uint8Array {
  // Both sizes or neither, says the format.
  const isWide = entry.size >= NARROW_LIMIT || entry.compressedSize >= NARROW_LIMIT;
  const extra = isWide ? zip64Extra([entry.size, entry.compressedSize]) : new Uint8Array(0);
  const { bytes, view } = room(30 + entry.name.length + extra.length);
  view.setUint32(0, 0x04034b50, true);
  writeCommon(view, 4, entry, isWide);
  view.setUint16(28, extra.length, true);
  bytes.set(entry.name, 30);
  bytes.set(extra, 30 + entry.name.length);
  return bytes;
}

function centralHeader(entry: Written): Uint8Array {
  const isWide = entry.size >= NARROW_LIMIT || entry.compressedSize >= NARROW_LIMIT;
  const isFar = entry.start >= NARROW_LIMIT;
  const values = [...(isWide ? [entry.size, entry.compressedSize] : []), ...(isFar ? [entry.start] : [])];
  const extra = values.length > 0 ? zip64Extra(values) : new Uint8Array(0);
  const { bytes, view } = room(46 + entry.name.length + extra.length);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, VERSION_ZIP64, true);
  writeCommon(view, 6, entry, isWide);
  view.setUint16(30, extra.length, true);
  view.setUint32(42, isFar ? NARROW_LIMIT : entry.start, true);
  bytes.set(entry.name, 46);
  bytes.set(extra, 46 + entry.name.length);
  return bytes;
}

const VERSION_DEFLATE = 20;
const VERSION_ZIP64 = 45;

/** The fields that both headers share, in one order. */
function writeCommon(view: DataView, at: number, entry: Written, isWide: boolean): void {
  view.setUint16(at, isWide ? VERSION_ZIP64 : VERSION_DEFLATE, true);
  view.setUint16(at + 2, UTF8_NAMES, true);
  view.setUint16(at + 4, entry.method, true);
  view.setUint16(at + 6, DOS_TIME, true);
  view.setUint16(at + 8, DOS_DATE, true);
  view.setUint32(at + 10, entry.crc, true);
  view.setUint32(at + 14, isWide ? NARROW_LIMIT : entry.compressedSize, true);
  view.setUint32(at + 18, isWide ? NARROW_LIMIT : entry.size, true);
  view.setUint16(at + 22, entry.name.length, true);
}

function zip64Extra(values: readonly number[]): Uint8Array {
  const { bytes, view } = room(4 + values.length * 8);
  view.setUint16(0, 1, true);
  view.setUint16(2, values.length * 8, true);
  for (const [i, value] of values.entries()) view.setBigUint64(4 + i * 8, BigInt(value), true);
  return bytes;
}

function endRecords(count: number, directorySize: number, directoryStart: number): Uint8Array {
  const isWide = count >= 0xffff || directorySize >= NARROW_LIMIT || directoryStart >= NARROW_LIMIT;
  const { bytes, view } = room((isWide ? 56 + 20 : 0) + 22);
  let at = 0;
  if (isWide) {
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(4, 44n, true);
    view.setUint16(12, VERSION_ZIP64, true);
    view.setUint16(14, VERSION_ZIP64, true);
    view.setBigUint64(24, BigInt(count), true);
    view.setBigUint64(32, BigInt(count), true);
    view.setBigUint64(40, BigInt(directorySize), true);
    view.setBigUint64(48, BigInt(directoryStart), true);
    view.setUint32(56, 0x07064b50, true);
    view.setBigUint64(64, BigInt(directoryStart + directorySize), true);
    view.setUint32(72, 1, true);
    at = 76;
  }
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, Math.min(count, 0xffff), true);
  view.setUint16(at + 10, Math.min(count, 0xffff), true);
  view.setUint32(at + 12, Math.min(directorySize, NARROW_LIMIT), true);
  view.setUint32(at + 16, Math.min(directoryStart, NARROW_LIMIT), true);
  return bytes;
}

function room(length: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}
