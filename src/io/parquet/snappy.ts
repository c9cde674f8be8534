/**
 * Unpacks Snappy without its frames
 * (https://github.com/google/snappy/blob/main/format_description.txt).
 * @param length what it must come to
 * @returns null where the bytes are damaged
 */
export function unpackSnappy(bytes: Uint8Array, length: number): Uint8Array | null {
  let at = 0;
  let declared = 0;
  for (let unit = 1; ; unit *= 128) {
    if (at >= Math.min(bytes.length, 5)) return null;
    declared += (bytes[at] & 127) * unit;
    if (bytes[at++] < 128) break;
  }
  if (declared !== length) return null;
  const out = new Uint8Array(length);
  let filled = 0;
  /** A number of so many bytes, the lowest first. */
  const read = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value += bytes[at++] * 256 ** i;
    return value;
  };
  while (at < bytes.length) {
    const tag = bytes[at++];
    const kind = tag & 3;
    const extra = kind === 0 ? Math.max(0, (tag >> 2) - 59) : [0, 1, 2, 4][kind];
    if (at + extra > bytes.length) return null;
    if (kind === 0) {
      const count = (extra === 0 ? tag >> 2 : read(extra)) + 1;
      if (count > bytes.length - at || count > length - filled) return null;
      out.set(bytes.subarray(at, at + count), filled);
      at += count;
      filled += count;
      continue;
    }
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = kind === 1 ? (tag >> 5) * 256 + read(1) : read(extra);
    if (back === 0 || back > filled || count > length - filled) return null;
    // What is copied may be written by the copying itself.
    for (const end = filled + count; filled < end; filled++) out[filled] = out[filled - back];
  }
  return filled === length ? out : null;
}
