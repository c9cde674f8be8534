/** Brotli as Node has it. */
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/**
 * Unpacks Brotli.
 * @param length what it must come to: no more is made of it
 * @returns null where the bytes are damaged
 */
export async function unpackBrotli(bytes: Uint8Array, length: number): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await promisify(brotliDecompress)(bytes, { maxOutputLength: length }));
  } catch {
    return null;
  }
}
