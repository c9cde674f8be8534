/**
 * Starts some work and awaits it, but no longer than until a signal is aborted: rejects with its
 * reason then.
 */
export async function untilAborted<T>(start: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Pieces as they come, until a signal is aborted, in the middle of one too. */
export async function* untilStopped<T>(pieces: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = pieces[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await untilAborted(() => iterator.next(), signal);
    if (done) return;
    yield value;
  }
}
