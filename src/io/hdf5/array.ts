/** An array of an HDF5 file, read by ranges of its rows. */
import { DataError } from '../../errors.js';
import { formatShape } from '../shape.js';
import { NOWHERE, REWRITE } from './blocks.js';
import { unknownFilters, unpackChunk } from './filters.js';
import { describe, type ElementType, type Storage } from './messages.js';
import type { Leaf, ObjectReader } from './objects.js';

// Deflate makes at most 1,032 bytes of one; small files may hold equal values.
const UNPACKED_OF_ANY_FILE = 64 << 20;
const LARGEST_RATIO = 1032;
const LARGEST_CHUNK = 1 << 30;
// Who reads this much lets others take their turn, such as whoever wants to stop it.
const TURN_BYTES = 4 << 20;

/** An array whose numbers are not read yet. */
export interface Hdf5Array {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** The shape of its chunks; null where it is in one piece. */
  readonly chunks: readonly number[] | null;
  /** Bytes that it takes unpacked. */
  readonly bytes: number;
  /** Why it cannot be read, or null. */
  readonly refusal: string | null;
  /**
   * The bytes of the rows from .. to - 1, all of each.
   * @throws DataError with `refusal`, or where they are damaged or were never written
   */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A chunk in the file. */
interface Chunk {
  readonly at: number;
  readonly length: number;
  /** Has a bit for each filter that was left out. */
  readonly mask: number;
}

/** The array that an object is; null where it is none. */
export function arrayOf(reader: ObjectReader, { name, messages }: Leaf): Hdf5Array | null {
  const found = describe(messages);
  if (found === null) return null;
  const { path, size } = reader.source;
  const { shape, type, storage, filters } = found;
  const bytes = shape.reduce((product, length) => product * length, type.bytes);
  const refuse = (problem: string) => new DataError(problem, { path, member: name });
  const unknown = unknownFilters(filters);
  const refusal =
    storage === null
      ? `HDF5 stores it in a way that is not read here; ${REWRITE}`
      : unknown.length > 0
        ? `the filter ${unknown[0]} of HDF5 is not read here; ${REWRITE} (gzip is read)`
        : whyTooLarge(shape, bytes, storage, size, filters.length > 0);
  let chunks: Promise<ReadonlyMap<string, Chunk>> | null = null;
  const rowBytes = shape.slice(1).reduce((product, length) => product * length, type.bytes);

  return {
    name,
    shape,
    type,
    chunks: storage?.kind === 'chunks' ? storage.chunk : null,
    bytes,
    refusal,
    async read(from, to) {
      if (refusal !== null || storage === null) throw refuse(refusal ?? '');
      const length = (to - from) * rowBytes;
      if (length === 0) return new Uint8Array(0);
      if (storage.kind === 'whole') return storage.bytes.slice(from * rowBytes, to * rowBytes);
      if (storage.kind === 'range') return reader.source.read(storage.at + from * rowBytes, length);
      chunks ??= findChunks(reader, storage, shape, type.bytes);
      const { chunk: edges } = storage;
      const out = new Uint8Array(length);
      const chunkBytes = edges.reduce((product, edge) => product * edge, type.bytes);
      const known = await chunks;
      let turn = 0;
      for (const place of placesOf(shape, edges, from, to)) {
        const chunk = known.get(place.join());
        if (chunk === undefined) throw refuse(`a part of it was never written, at ${formatShape(place)}`);
        const packed = await reader.source.read(chunk.at, chunk.length);
        const unpacked = await unpackChunk(packed, filters, chunk.mask, chunkBytes, type.bytes);
        if (unpacked === null) {
          throw new DataError('a chunk of HDF5 is damaged', { path, member: name, byte: chunk.at });
        }
        copyChunk(unpacked, edges, place, shape, type.bytes, from, to, out);
        turn += chunkBytes;
        if (turn > TURN_BYTES) {
          turn = 0;
          await new Promise((resolve) => setTimeout(resolve));
        }
      }
      return out;
    },
  };
}

/** Why an array cannot be in its file; null where it can. */
function whyTooLarge(
  shape: readonly number[],
  bytes: number,
  storage: Storage,
  size: number,
  isPacked: boolean,
): string | null {
  if (bytes === 0) return null;
  const says = `shape ${formatShape(shape)} takes ${bytes} bytes`;
  if (storage.kind === 'whole') {
    return storage.bytes.length === bytes ? null : `${says}, and HDF5 has ${storage.bytes.length}`;
  }
  if (storage.kind === 'range') {
    if (storage.at === NOWHERE) return 'it was never written';
    const isThere = storage.length === bytes && storage.at + bytes <= size;
    return isThere ? null : `${says}, and HDF5 has ${storage.length} in a file of ${size}`;
  }
  const chunk = storage.chunk.reduce((product, edge) => product * edge, bytes / shape.reduce((a, b) => a * b, 1));
  const most = isPacked ? UNPACKED_OF_ANY_FILE + LARGEST_RATIO * size : size;
  if (bytes > most || chunk > Math.min(most, LARGEST_CHUNK)) {
    return `${says} in chunks of ${chunk}, more than a file of ${size} bytes can hold`;
  }
  return null;
}

async function findChunks(
  reader: ObjectReader,
  { chunk: edges, index }: Extract<Storage, { kind: 'chunks' }>,
  shape: readonly number[],
  itemBytes: number,
): Promise<ReadonlyMap<string, Chunk>> {
  const { path, size } = reader.source;
  const chunkBytes = edges.reduce((product, edge) => product * edge, itemBytes);
  const found = new Map<string, Chunk>();
  let stored = 0;
  const add = (place: readonly number[], chunk: Chunk) => {
    if (chunk.at === NOWHERE) return;
    stored += chunk.length;
    if (chunk.at + chunk.length > size || stored > size) {
      throw new DataError('the chunks of HDF5 take more than the file; it is damaged', { path, byte: chunk.at });
    }
    found.set(place.join(), chunk);
  };
  const places = placesOf(shape, edges, 0, shape[0]);
  if (index.kind === 'single') {
    add(
      edges.map(() => 0),
      { at: index.at, length: index.length ?? chunkBytes, mask: index.mask },
    );
  } else if (index.kind === 'row') {
    let at = index.at;
    for (const place of places) {
      add(place, { at, length: chunkBytes, mask: 0 });
      at += chunkBytes;
    }
  } else if (index.kind === 'tree') {
    if (index.at === NOWHERE) return found;
    for await (const { key, child } of reader.nodes(index.at, 1, 8 + 8 * (edges.length + 1))) {
      const [length, mask] = [key.uint(4), key.uint(4)];
      add(
        edges.map((edge) => key.uint(8) / edge),
        { at: child, length, mask },
      );
    }
  } else if (index.at !== NOWHERE) {
    const head = await reader.block(index.at, 28);
    head.expect('FAHD');
    head.take(2);
    const [entryBytes, pageBits, count] = [head.uint(1), head.uint(1), head.uint(8)];
    if (count > 2 ** pageBits) {
      throw new DataError(`an array of HDF5 has more chunks than are read here; ${REWRITE}`, { path });
    }
    const block = await reader.block(head.address(), 14 + count * entryBytes);
    block.expect('FADB');
    block.take(10);
    for (const place of places) {
      const at = block.address();
      const isPacked = entryBytes > 8;
      add(place, {
        at,
        length: isPacked ? block.uint(entryBytes - 12) : chunkBytes,
        mask: isPacked ? block.uint(4) : 0,
      });
    }
  }
  return found;
}

/** The places of chunks in their grid that hold rows `from` .. `to` - 1, the last axis fastest. */
function* placesOf(
  shape: readonly number[],
  edges: readonly number[],
  from: number,
  to: number,
): Generator<readonly number[]> {
  const first = shape.map((_, k) => (k === 0 ? Math.floor(from / edges[0]) : 0));
  const end = shape.map((length, k) => Math.ceil((k === 0 ? to : length) / edges[k]));
  const place = first.slice();
  for (let k = 0; k >= 0; ) {
    yield place.slice();
    for (k = shape.length - 1; k >= 0 && ++place[k] === end[k]; k--) place[k] = first[k];
  }
}

/** Copies what a chunk has of some rows. */
function copyChunk(
  chunk: Uint8Array,
  edges: readonly number[],
  place: readonly number[],
  shape: readonly number[],
  itemBytes: number,
  from: number,
  to: number,
  out: Uint8Array,
): void {
  const copy = (k: number, chunkAt: number, outAt: number): void => {
    const start = place[k] * edges[k];
    const low = k === 0 ? Math.max(start, from) : start;
    const high = Math.min(start + edges[k], k === 0 ? to : shape[k]);
    const origin = k === 0 ? from : 0;
    if (k === shape.length - 1) {
      const begin = (chunkAt * edges[k] + low - start) * itemBytes;
      const length = (high - low) * itemBytes;
      const target = (outAt * (k === 0 ? 1 : shape[k]) + low - origin) * itemBytes;
      out.set(chunk.subarray(begin, begin + length), target);
      return;
    }
    for (let i = low; i < high; i++) {
      copy(k + 1, chunkAt * edges[k] + i - start, outAt * (k === 0 ? 1 : shape[k]) + i - origin);
    }
  };
  copy(0, 0, 0);
}
