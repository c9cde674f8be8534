/** What HDF5 says of an array: its shape, its type, and how it is stored. */
import type { StoredDtype } from '../dtype.js';
import { type Block, NOWHERE } from './blocks.js';
import { MESSAGE, type Message } from './objects.js';

const MOST_DIMENSIONS = 32;

/** How the elements of an array lie in the file. */
export type Storage =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'range'; readonly at: number; readonly length: number }
  | { readonly kind: 'chunks'; readonly chunk: readonly number[]; readonly index: ChunkIndex };

/** Where the chunks of an array are. */
export type ChunkIndex =
  | { readonly kind: 'tree'; readonly at: number }
  | { readonly kind: 'single'; readonly at: number; readonly length: number | null; readonly mask: number }
  | { readonly kind: 'row'; readonly at: number }
  | { readonly kind: 'array'; readonly at: number };

export interface ElementType {
  /** Null for what is no number. */
  readonly dtype: StoredDtype | null;
  /** What it is in words, where it is no number. */
  readonly named: string;
  readonly bytes: number;
  readonly bigEndian: boolean;
}

export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

export interface Description {
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Null for what is stored in a way that is not read here. */
  readonly storage: Storage | null;
  readonly filters: readonly Filter[];
}

/** Null for an object that is no array. */
export function describe(messages: readonly Message[]): Description | null {
  const find = (kind: number) => messages.find((message) => message.kind === kind);
  const [space, type, layout, filters] = [MESSAGE.space, MESSAGE.type, MESSAGE.layout, MESSAGE.filters].map(find);
  if (space === undefined || type === undefined || layout === undefined) return null;
  const shape = readSpace(space.block);
  const named = { dtype: null, named: 'a named type', bytes: 0, bigEndian: false };
  return {
    shape,
    type: type.isShared ? named : readType(type.block),
    // Bytes in other files are not followed.
    storage: find(MESSAGE.external) === undefined ? readLayout(layout.block, shape.length) : null,
    filters: filters === undefined ? [] : readFilters(filters.block),
  };
}

function readSpace(block: Block): number[] {
  const version = block.uint(1);
  const rank = block.uint(1);
  block.take(version === 1 ? 6 : 2);
  if (version > 2 || rank > MOST_DIMENSIONS) throw block.refuse('a shape is of no known kind');
  return Array.from({ length: rank }, () => block.uint(8));
}

const CLASSES = 'integers,floats,times,text,bits,bytes,compounds,references,an enumeration,text or lists,arrays'.split(
  ',',
);
const IEEE: Readonly<Record<number, string>> = { 2: '10,5,0,10,15', 4: '23,8,0,23,127', 8: '52,11,0,52,1023' };

function readType(block: Block): ElementType {
  const kind = block.uint(1) & 15;
  const flags = block.uint(3);
  const bytes = block.uint(4);
  // h5py writes truth values as an enumeration of bytes.
  if (kind === 8) return readType(block);
  const named = CLASSES[kind] ?? 'a type that is not known';
  const other = { dtype: null, named, bytes, bigEndian: (flags & 1) !== 0 };
  if (kind > 1 || (kind === 1 && (flags & 64) !== 0)) return other;
  const [offset, precision] = [block.uint(2), block.uint(2)];
  if (offset !== 0 || precision !== bytes * 8) return { ...other, named: `${named} of ${precision} bits` };
  if (kind === 0) {
    const dtype = [1, 2, 4, 8].includes(bytes) ? (`${flags & 8 ? '' : 'u'}int${bytes * 8}` as StoredDtype) : null;
    return { ...other, dtype };
  }
  const parts = [...Array.from({ length: 4 }, () => block.uint(1)), block.uint(4)].join();
  return { ...other, dtype: parts === IEEE[bytes] ? (`float${bytes * 8}` as StoredDtype) : null };
}

function readLayout(block: Block, rank: number): Storage | null {
  const version = block.uint(1);
  const kind = version >= 3 && version <= 5 ? block.uint(1) : -1;
  if (kind === 0) return { kind: 'whole', bytes: block.take(block.uint(2)) };
  if (kind === 1) return { kind: 'range', at: block.address(), length: block.uint(8) };
  if (kind !== 2) return null;
  const flags = version > 3 ? block.uint(1) : 0;
  // The last is the bytes of an element.
  if (block.uint(1) !== rank + 1) throw block.refuse('chunks are of another rank');
  const tree = version === 3 ? block.address() : NOWHERE;
  const width = version === 3 ? 4 : block.uint(1);
  if (width > 8) throw block.refuse('the shape of chunks is damaged');
  const chunk = Array.from({ length: rank + 1 }, () => block.uint(width)).slice(0, -1);
  if (chunk.includes(0)) throw block.refuse('chunks are empty');
  const index = version === 3 ? { kind: 'tree' as const, at: tree } : readIndex(block, flags);
  return index && { kind: 'chunks', chunk, index };
}

function readIndex(block: Block, flags: number): ChunkIndex | null {
  const kind = block.uint(1);
  if (kind === 1) {
    const [length, mask] = flags & 2 ? [block.uint(8), block.uint(4)] : [null, 0];
    return { kind: 'single', at: block.address(), length, mask };
  }
  if (kind === 2) return { kind: 'row', at: block.address() };
  if (kind !== 3) return null;
  block.take(1);
  return { kind: 'array', at: block.address() };
}

function readFilters(block: Block): Filter[] {
  const version = block.uint(1);
  const count = block.uint(1);
  if (version === 1) block.take(6);
  return Array.from({ length: count }, () => {
    const id = block.uint(2);
    const nameBytes = version === 1 || id >= 256 ? block.uint(2) : 0;
    block.take(2);
    const values = block.uint(2);
    block.take(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const read = Array.from({ length: values }, () => block.uint(4));
    if (version === 1 && values % 2 === 1) block.take(4);
    return { id, values: read };
  });
}
