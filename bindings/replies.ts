/** What a worker sends back: a value, or the error that there is in its place. */

export type Reply = { readonly value: unknown } | { readonly error: ReplyError };

/** An error as it crosses between threads, which keep messages but no properties of their own. */
export interface ReplyError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: unknown;
}

/** In a worker: an error, to be sent. */
export function flatten(error: unknown): ReplyError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { name, message, stack, code: (error as { code?: unknown }).code };
}

/** The error that was sent. */
export function revive({ name, message, stack, code }: ReplyError): Error {
  const kinds: Readonly<Record<string, typeof Error>> = { RangeError, TypeError };
  const error = new (kinds[name] ?? Error)(message);
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
