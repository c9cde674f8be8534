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
