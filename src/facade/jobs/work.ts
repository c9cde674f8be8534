/**
 * What a computation asks of whoever does it, this thread or others: an input to hold in the
 * kernels' memory, then shares of the work on it. A share is a function of what is held and of its
 * request alone, and cut the same way for any number of threads: that is why results do not depend
 * on who computes which.
 */
import type { Core } from '../../../bindings/core.js';
import type { Pauses } from './make-pause.js';

/** Shares by name. Requests and answers are plain objects, which cross between threads. */
export type Shares<Held> = Readonly<Record<string, (held: Held, request: never, pauses: Pauses) => unknown>>;

/** One kind of work. */
export interface Work<Input, Held, S extends Shares<Held>> {
  /** What threads call it among each other. */
  readonly name: string;
  /** Copies an input, a plain object, into the memory of the kernels. */
  load(core: Core, input: Input, pauses: Pauses): Held | Promise<Held>;
  readonly shares: S;
}

/** A {@link Work}, whatever it is. */
// biome-ignore lint/suspicious/noExplicitAny: what goes in and out is known to whoever asks
export type AnyWork = Work<any, any, Shares<any>>;

/** What a share is asked with. */
export type RequestOf<S, Name extends keyof S> = S[Name] extends (
  held: never,
  request: infer R,
  ...rest: never
) => unknown
  ? R
  : never;

/** What a share is answered with. */
export type AnswerOf<S, Name extends keyof S> = S[Name] extends (...all: never) => infer A ? Awaited<A> : never;

/** What workers are asked. */
export type Job =
  /** To hold an input from now on, in the place of any other. */
  | { readonly kind: 'hold'; readonly work: string; readonly input: unknown }
  /** For a share of the work on it. */
  | { readonly kind: 'share'; readonly share: string; readonly request: unknown }
  /** To forget it. */
  | { readonly kind: 'drop' };
