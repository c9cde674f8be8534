import { DataError } from '../errors.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { type ArrayFormat, beginsWith, nameOf } from './array-format.js';
import { refusedEntry } from './dense.js';
import { isPlainName } from './member-name.js';
import type { NamedMatrix } from './named-matrix.js';
import { npyEntry, writeNpy, writeNpyStrings } from './npy.js';
import { NPY_PREFIX_BYTES, parseNpyHeader } from './npy-header.js';
import type { NpzMember } from './npz-member.js';
import { type ByteSource, firstBytes } from './source.js';
import { isSparseArchive, sparseNpzEntry } from './sparse-npz.js';
import { MOST_WORDS_BYTES, type NamedStrings } from './strings.js';
import { findUnreadArchive } from './unread-formats.js';
import { readZipDirectory, streamMember, type ZipMember } from './zip.js';
import { writeZip, type ZipInput } from './zip-writer.js';

// How many members are inflated at the same time when their headers are read.
const AT_ONCE = 32;
// Members that are no longer are kept once they are inflated: to begin anew would take far longer.
const KEPT_BYTES = 1024;

/**
 * Opens an .npz archive: the headers of all members are read, and of the rest only what is asked
 * for later. Members are named as numpy does, without `.npy`; others than arrays are listed and
 * refused on reading. The parts of a sparse table of scipy are one array.
 *
 * @throws DataError when the archive or the header of an array is damaged
 */
export async function openNpz(source: ByteSource): Promise<ArrayFile> {
  const { path } = source;
  const arrays: ArrayEntry[] = [];
  const opened = new Map<string, NpzMember>();
  const members = await readNpzDirectory(source);
  for (let i = 0; i < members.length; i += AT_ONCE) {
    const some = members.slice(i, i + AT_ONCE);
    const found = await Promise.allSettled(
      some.map(async (member) => isArray(member) && readNpzMember(source, member)),
    );
    for (const [k, result] of found.entries()) {
      // Of several that are damaged, the first is always the one that is told of.
      if (result.status === 'rejected') throw result.reason;
      const array = result.value;
      if (array) opened.set(array.name, array);
      arrays.push(
        array ? npyEntry(path, array.name, array.header, some[k].size, array.payload) : otherFile(path, some[k]),
      );
    }
  }
  return { path, format: 'npz', arrays: isSparseArchive(opened) ? [await sparseNpzEntry(source, opened)] : arrays };
}

function isArray({ name }: ZipMember): boolean {
  return name.endsWith('.npy');
}

/** The directory of an archive that holds arrays. */
export async function readNpzDirectory(source: ByteSource): Promise<ZipMember[]> {
  const members = await readZipDirectory(source);
  if (members.length > 0 && !members.some(isArray)) {
    const problem =
      findUnreadArchive(members.map(({ name }) => name)) ??
      'found no .npy member in the archive; save the arrays with numpy.savez';
    throw new DataError(problem, { path: source.path });
  }
  return members;
}

function otherFile(path: string, { name, size }: ZipMember): ArrayEntry {
  const refusal = 'expected an .npy member, got another file';
  return refusedEntry(path, name, { dtype: 'file', shape: [size], bytes: size, refusal });
}

/** Reads the header of a member whose name ends in `.npy`. */
export async function readNpzMember(source: ByteSource, member: ZipMember): Promise<NpzMember> {
  const name = member.name.slice(0, -'.npy'.length);
  const prefix = await readPrefix(source, member, name);
  const header = parseNpyHeader(prefix, member.size, { path: source.path, member: name });
  const isWhole = member.method === 'deflated' && member.size <= KEPT_BYTES;
  async function* stream() {
    if (isWhole) yield prefix.slice(header.headerBytes);
    else yield* skipFirst(streamMember(source, member, name), header.headerBytes);
  }
  return { name, header, payload: { stream } };
}

async function readPrefix(source: ByteSource, member: ZipMember, name: string): Promise<Uint8Array> {
  const length = Math.min(member.size, NPY_PREFIX_BYTES);
  if (member.method === 'stored') return source.read(member.dataOffset, length);
  // Asked for one byte more than it has, a stream comes to its end, where its sum is checked.
  return firstBytes(streamMember(source, member, name), length === member.size ? length + 1 : length);
}

async function* skipFirst(stream: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const block of stream) {
    if (left >= block.length) {
      left -= block.length;
    } else {
      yield left === 0 ? block : block.subarray(left);
      left = 0;
    }
  }
}

/** How to write an archive. */
export interface NpzWriteOptions {
  /** Deflates the members, as `numpy.savez_compressed` does. */
  readonly compress?: boolean;
}

/**
 * Writes matrices, and lists of strings, as .npz, one at a time. Equal matrices give equal bytes,
 * as long as they are not compressed: how well it deflates differs between platforms.
 *
 * @throws DataError for a name that is given twice, or that no member can have; for strings that
 * numpy could not give back
 */
export function writeNpz(
  entries: Iterable<NamedMatrix | NamedStrings> | AsyncIterable<NamedMatrix | NamedStrings>,
  { compress = false }: NpzWriteOptions = {},
): AsyncGenerator<Uint8Array> {
  return writeZip(membersOf(entries), compress);
}

async function* membersOf(
  entries: Iterable<NamedMatrix | NamedStrings> | AsyncIterable<NamedMatrix | NamedStrings>,
): AsyncGenerator<ZipInput> {
  for await (const entry of entries) {
    const { name } = entry;
    if (name.endsWith('/') || !isPlainName(name)) {
      throw new DataError(`expected a plain member name, got ${JSON.stringify(name)}`);
    }
    yield { name: `${name}.npy`, pieces: () => ('strings' in entry ? writeNpyStrings(entry) : writeNpy(entry.matrix)) };
  }
}

const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];
const EMPTY_ZIP_MAGIC = [0x50, 0x4b, 0x05, 0x06];

/** .npz, an archive of .npy. */
export const npz = {
  name: 'npz',
  extensions: ['npz'],
  begins: (prefix) => beginsWith(prefix, ZIP_MAGIC) || beginsWith(prefix, EMPTY_ZIP_MAGIC),
  open: openNpz,
  output: {
    extensions: ['npz'],
    isArchive: true,
    hasStrings: true,
    write: (entries, options) => writeNpz(readWithStrings(entries), options),
  },
} as const satisfies ArrayFormat;

async function* readWithStrings(entries: readonly ArrayEntry[]): AsyncGenerator<NamedMatrix | NamedStrings> {
  for (const entry of entries) {
    const name = nameOf(entry);
    if (entry.readStrings !== undefined) yield { name, strings: await entry.readStrings(MOST_WORDS_BYTES) };
    else yield { name, matrix: await entry.read() };
  }
}
