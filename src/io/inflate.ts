/** Compressed data is damaged; `cause` is what the platform says of it. */
export class InflateError extends Error {}

/**
 * Inflates raw deflate data as it comes, by the platform's own DecompressionStream.
 * @throws InflateError for damaged data, and whatever the input throws
 */
export function inflateRaw(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return transform(input, new DecompressionStream('deflate-raw'));
}

/** Inflates deflate data in zlib's wrapper, whose checksum the platform checks. */
export function inflateZlib(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return transform(input, new DecompressionStream('deflate'));
}

/** Inflates a .gz file, whose checksum and length the platform checks. */
export function inflateGzip(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return transform(input, new DecompressionStream('gzip'));
}

/**
 * Inflates what a file says is at most `most` bytes long.
 * @param inflate one of the functions above
 * @returns null for damaged data, and for more
 */
export async function inflateWithin(
  packed: Uint8Array,
  most: number,
  inflate: (input: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>,
): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(most);
  let filled = 0;
  try {
    for await (const block of inflate(once(packed))) {
      if (block.length > most - filled) return null;
      bytes.set(block, filled);
      filled += block.length;
    }
  } catch (error) {
    if (error instanceof InflateError) return null;
    throw error;
  }
  return bytes.subarray(0, filled);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Deflates bytes without a wrapper. */
export function deflateRaw(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return transform(input, new CompressionStream('deflate-raw'));
}

async function* transform(
  input: AsyncIterable<Uint8Array>,
  through: DecompressionStream | CompressionStream,
): AsyncGenerator<Uint8Array> {
  const iterator = input[Symbol.asyncIterator]();
  let inputError: { error: unknown } | undefined;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        inputError = { error };
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const reader = source.pipeThrough(through).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    // Platforms differ in what they make of an error that passes through a transform.
    if (inputError !== undefined) throw inputError.error;
    throw new InflateError('the compressed data is damaged', { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
