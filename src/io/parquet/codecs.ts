/** How pages of Parquet are compressed. */

import { inflateGzip, inflateWithin } from '../inflate.js';
import { EncodingError } from './cursor.js';
import { unpackHadoopLz4, unpackLz4 } from './lz4.js';
import type { Codec } from './metadata.js';
import { unpackSnappy } from './snappy.js';
import { unpackBrotli } from './unpack-brotli.js';
import { unpackZstd } from './zstd.js';

/**
 * Unpacks a page.
 * @param length what it must come to: no more is made of it
 * @throws EncodingError where it is damaged
 */
export async function unpackPage(bytes: Uint8Array, codec: Codec, length: number): Promise<Uint8Array> {
  const page = length === 0 ? new Uint8Array(0) : await unpack(bytes, codec, length);
  if (page?.length === length) return page;
  throw new EncodingError(`expected compressed data (${codec}) of ${length} bytes, and it is damaged`);
}

async function unpack(bytes: Uint8Array, codec: Codec, length: number): Promise<Uint8Array | null> {
  switch (codec) {
    case 'UNCOMPRESSED':
      return bytes;
    case 'SNAPPY':
      return unpackSnappy(bytes, length);
    case 'LZ4_RAW':
      return unpackLz4(bytes, length);
    case 'LZ4':
      return unpackHadoopLz4(bytes, length);
    case 'GZIP':
      return inflateWithin(bytes, length, inflateGzip);
    case 'ZSTD':
      return unpackZstd(bytes, length);
    case 'BROTLI':
      return unpackBrotli(bytes, length);
    default:
      throw new EncodingError(`compression by ${codec} is not read here; write it with snappy`);
  }
}
