/**
 * Unpacks an LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md).
 * @param length what it must come to
 * @returns null where the bytes are damaged
 */
export function unpackLz4(bytes: Uint8Array, length: number): Uint8Array | null {
  const out = new Uint8Array(length);
  let at = 0;
  let filled = 0;
  const lengthen = (count: number): number => {
    if (count < 15) return count;
    let more = 255;
    for (let total = count; ; total += more) {
      if (more !== 255 || at >= bytes.length) return more === 255 ? Number.POSITIVE_INFINITY : total;
      more = bytes[at++];
    }
  };
  while (at < bytes.length) {
    const token = bytes[at++];
    const literals = lengthen(token >> 4);
    if (literals > bytes.length - at || literals > length - filled) return null;
    out.set(bytes.subarray(at, at + literals), filled);
    at += literals;
    filled += literals;
    // The last piece has literals only.
    if (at === bytes.length) break;
    if (at + 2 > bytes.length) return null;
    const back = bytes[at] + bytes[at + 1] * 256;
    at += 2;
    const count = lengthen(token & 15) + 4;
    if (back === 0 || back > filled || count > length - filled) return null;
    // What is copied may be written by the copying itself.
    for (const end = filled + count; filled < end; filled++) out[filled] = out[filled - back];
  }
  return filled === length ? out : null;
}

/**
 * Unpacks LZ4 blocks behind their lengths, as Hadoop frames them and Parquet's old codec LZ4 has
 * it, or a bare block, which some writers called the same.
 */
export function unpackHadoopLz4(bytes: Uint8Array, length: number): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new Uint8Array(length);
  let filled = 0;
  for (let at = 0; at + 8 <= bytes.length; ) {
    const [unpacked, packed] = [view.getUint32(at), view.getUint32(at + 4)];
    at += 8;
    if (packed > bytes.length - at || unpacked > length - filled) break;
    const block = unpackLz4(bytes.subarray(at, at + packed), unpacked);
    if (block === null) break;
    out.set(block, filled);
    filled += unpacked;
    at += packed;
    if (at === bytes.length && filled === length) return out;
  }
  return unpackLz4(bytes, length);
}
