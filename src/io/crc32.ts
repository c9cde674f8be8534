/**
 * Checksums of 32 bits, eight bytes at a time ("slicing by 8", M. E. Kounavis and F. L. Berry,
 * 2005).
 */

const ZIP_TABLES = makeTables(0xedb88320);

let castagnoliTables: Int32Array[] | undefined;

/**
 * The CRC-32 of bytes as ZIP has it (reflected polynomial 0xEDB88320), or of `previous` bytes
 * followed by these.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  return checksum(bytes, previous, ZIP_TABLES);
}

/**
 * CRC-32C (Castagnoli; reflected polynomial 0x82F63B78, RFC 3720), or of `previous` bytes followed
 * by these.
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  castagnoliTables ??= makeTables(0x82f63b78);
  return checksum(bytes, previous, castagnoliTables);
}

function checksum(bytes: Uint8Array, previous: number, tables: readonly Int32Array[]): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = ~previous;
  let i = 0;
  const misaligned = (4 - (bytes.byteOffset & 3)) & 3;
  for (const end = Math.min(misaligned, bytes.length); i < end; i++) crc = t0[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  const words = new Int32Array(
    bytes.buffer,
    i < bytes.length ? bytes.byteOffset + i : 0,
    ((bytes.length - i) >>> 3) << 1,
  );
  for (let word = 0; word < words.length; word += 2) {
    const low = words[word] ^ crc;
    const high = words[word + 1];
    crc =
      t7[low & 0xff] ^
      t6[(low >>> 8) & 0xff] ^
      t5[(low >>> 16) & 0xff] ^
      t4[low >>> 24] ^
      t3[high & 0xff] ^
      t2[(high >>> 8) & 0xff] ^
      t1[(high >>> 16) & 0xff] ^
      t0[high >>> 24];
  }
  for (i += words.length * 4; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTables(polynomial: number): Int32Array[] {
  const first = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    first[byte] = crc;
  }
  const tables = [first];
  for (let k = 1; k < 8; k++) {
    const previous = tables[k - 1];
    tables.push(previous.map((crc) => first[crc & 0xff] ^ (crc >>> 8)));
  }
  return tables;
}
