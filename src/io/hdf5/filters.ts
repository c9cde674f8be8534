/** How chunks of HDF5 are packed. */
import { inflateWithin, inflateZlib } from '../inflate.js';
import type { Filter } from './messages.js';

const FILTERS = { deflate: 1, shuffle: 2, fletcher32: 3, lzf: 32000 };

/** The filters that are not read here. */
export function unknownFilters(filters: readonly Filter[]): number[] {
  const known: readonly number[] = Object.values(FILTERS);
  return filters.map(({ id }) => id).filter((id) => !known.includes(id));
}

/**
 * Unpacks a chunk.
 * @param mask has a bit for each filter that was left out
 * @param length what it must come to: no more is made of it
 * @returns null where it is damaged
 */
export async function unpackChunk(
  packed: Uint8Array,
  filters: readonly Filter[],
  mask: number,
  length: number,
  itemBytes: number,
): Promise<Uint8Array | null> {
  let bytes: Uint8Array | null = packed;
  const withChecksum = length + (filters.some(({ id }) => id === FILTERS.fletcher32) ? 4 : 0);
  for (let i = filters.length - 1; i >= 0 && bytes !== null; i--) {
    if ((mask >>> i) & 1) continue;
    const { id } = filters[i];
    if (id === FILTERS.deflate) bytes = await inflateWithin(bytes, withChecksum, inflateZlib);
    else if (id === FILTERS.lzf) bytes = unpackLzf(bytes, withChecksum);
    else if (id === FILTERS.shuffle) bytes = joinBytes(bytes, itemBytes);
    else bytes = checkFletcher(bytes);
  }
  return bytes?.length === length ? bytes : null;
}

/** All first bytes stand first, then all second ones, and so on; what is left over at the end. */
function joinBytes(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width);
  const joined = bytes.slice();
  for (let k = 0; k < width; k++) {
    for (let i = 0; i < count; i++) joined[i * width + k] = bytes[k * count + i];
  }
  return joined;
}

/** The checksum of J. G. Fletcher (1982) of 16-bit words, behind the bytes. */
function checkFletcher(bytes: Uint8Array): Uint8Array | null {
  const body = bytes.subarray(0, -4);
  let [low, high] = [0, 0];
  for (let i = 0; i < body.length; i += 2) {
    low = (low + body[i] * 256 + (body[i + 1] ?? 0)) % 65535;
    high = (high + low) % 65535;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + body.length, bytes.length - body.length);
  if (view.byteLength < 4) return null;
  const stored = view.getUint32(0, true);
  return (stored & 0xffff) % 65535 === low && (stored >>> 16) % 65535 === high ? body : null;
}

/** LZF (http://oldhome.schmorp.de/marc/liblzf.html), which h5py brings along. */
function unpackLzf(packed: Uint8Array, most: number): Uint8Array | null {
  const bytes = new Uint8Array(most);
  let filled = 0;
  for (let at = 0; at < packed.length; ) {
    const head = packed[at++];
    if (head < 32) {
      if (head + 1 > packed.length - at || head + 1 > most - filled) return null;
      bytes.set(packed.subarray(at, at + head + 1), filled);
      at += head + 1;
      filled += head + 1;
      continue;
    }
    const count = (head >> 5) + 2 + (head >> 5 === 7 ? packed[at++] : 0);
    const back = (head & 31) * 256 + packed[at++] + 1;
    if (at > packed.length || back > filled || count > most - filled) return null;
    for (const end = filled + count; filled < end; filled++) bytes[filled] = bytes[filled - back];
  }
  return bytes.subarray(0, filled);
}
