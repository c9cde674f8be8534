import { DataError, type Place } from '../errors.js';
import type { ArrayEntry } from './array-file.js';
import { type Layout, type Payload, rangePayload } from './dense.js';
import { detectFormat } from './detect.js';
import { npyEntry } from './npy.js';
import { NPY_PREFIX_BYTES, type NpyHeader, parseNpyHeader } from './npy-header.js';
import { readNpzDirectory, readNpzMember } from './npz.js';
import { formatShape } from './shape.js';
import type { ByteSource } from './source.js';

/**
 * An array of any number of dimensions, whose bytes can be had in order, or in ranges where they
 * lie bare.
 */
export interface Tensor {
  readonly path: string;
  /** Name of the member; null for the one array of an .npy file. */
  readonly name: string | null;
  /** The declared element type, in words. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Null where the elements are no numbers. */
  readonly layout: Layout | null;
  readonly itemBytes: number | null;
  /** The CRC-32 that the archive's directory has of the member. */
  readonly checksum: number | null;
  /**
   * The bytes of the elements, in order. The checksum is checked at the end, and only here: `read`
   * cannot.
   */
  stream(): AsyncIterable<Uint8Array>;
  /** A range of them; there where they are not compressed. */
  readonly read?: (offset: number, length: number) => Promise<Uint8Array>;
  /** The same as a table of numbers, with the refusals of `openArrays`. */
  readonly table: ArrayEntry;
}

/**
 * Opens the arrays of an .npz archive, or the one of an .npy file, whatever their number of
 * dimensions. Members that are other files, and those that `isSkipped` names, are left out without
 * being looked into.
 *
 * @throws DataError when the archive or the header of an array is damaged, or for a file of another
 * format
 */
export async function openTensors(
  source: ByteSource,
  isSkipped: (name: string) => boolean = () => false,
): Promise<Tensor[]> {
  const { path, size } = source;
  const { name: format } = await detectFormat(source);
  if (format === 'npy') {
    const header = parseNpyHeader(await source.read(0, Math.min(size, NPY_PREFIX_BYTES)), size, { path });
    const payload = rangePayload(source, header.headerBytes, size - header.headerBytes);
    return [tensorOf(path, null, header, size, payload, null)];
  }
  if (format !== 'npz') throw new DataError(`expected an .npz archive or an .npy array, got ${format}`, { path });
  const tensors: Tensor[] = [];
  for (const member of await readNpzDirectory(source)) {
    if (!member.name.endsWith('.npy') || isSkipped(member.name.slice(0, -'.npy'.length))) continue;
    const { name, header, payload } = await readNpzMember(source, member);
    const bare = rangePayload(source, member.dataOffset + header.headerBytes, member.size - header.headerBytes);
    const whole = member.method === 'stored' ? { ...payload, read: bare.read } : payload;
    // A table is read from the stream, so that its checksum is checked.
    const table = npyEntry(path, name, header, member.size, payload);
    tensors.push({ ...tensorOf(path, name, header, member.size, whole, member.crc), table });
  }
  return tensors;
}

function tensorOf(
  path: string,
  name: string | null,
  header: NpyHeader,
  size: number,
  payload: Payload,
  checksum: number | null,
): Tensor {
  const { dtype, dtypeName, bigEndian, fortranOrder, shape, itemBytes } = header;
  return {
    path,
    name,
    dtype: dtypeName,
    shape,
    layout: dtype === null ? null : { dtype, bigEndian, fortranOrder, shape },
    itemBytes,
    checksum,
    stream: payload.stream,
    ...(payload.read === undefined ? {} : { read: payload.read }),
    table: npyEntry(path, name, header, size, payload),
  };
}

/**
 * Reads a short list of strings (numpy's `U` or `S`), padded with zeros as numpy does.
 * @throws DataError for another type, byte order or shape, more than a mebibyte, or what is no text
 */
export async function readStrings({ path, name, dtype, shape, table }: Tensor): Promise<string[]> {
  if (table.readStrings !== undefined) return table.readStrings();
  const place: Place = name === null ? { path } : { path, member: name };
  throw new DataError(`expected a list of strings, got ${formatShape(shape)} ${dtype}`, place);
}
