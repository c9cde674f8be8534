/** Brotli for browsers, most of which keep theirs to themselves. */

/**
 * Unpacks Brotli.
 * @param length what it must come to: no more is made of it
 * @returns null where the bytes are damaged
 */
export async function unpackBrotli(bytes: Uint8Array, length: number): Promise<Uint8Array | null> {
  const { decompressBrotli } = await import('hyparquet-compressors');
  // A page of any size takes long: others have their turn.
  await new Promise((resolve) => setTimeout(resolve));
  try {
    return decompressBrotli(bytes, length);
  } catch {
    return null;
  }
}
