/**
 * What the thread that trains asks of a worker, and what it gets. A worker answers in the order of
 * the requests. Everything is float32, row-major, in buffers that are handed over.
 */
import type { Build } from '../../../bindings/training-build.js';
import type { Description } from '../system.js';

type Values = Float32Array<ArrayBuffer>;

/** Backends that compute the same bits in every thread. */
export type ThreadedBackend = 'wasm' | 'cpu';

/** The first request: opens a backend. Answered by null. */
export interface OpenRequest {
  readonly kind: 'open';
  readonly backend: ThreadedBackend;
  /** The kernels that the thread that trains has chosen. */
  readonly build: Build | null;
  readonly description: Description;
}

/** A tensor on its way. */
export interface SentTensor {
  readonly shape: readonly number[];
  readonly values: Values;
}

/**
 * Arrays that the other thread has done with, to be filled again: to allocate large ones costs more
 * than to copy them.
 */
interface Returned {
  readonly spent: readonly Values[];
}

/**
 * Goes on with the worker's shards of a batch. There is an answer for each of them, in their order.
 */
export interface AdvanceRequest extends Returned {
  readonly kind: 'advance';
  /** What is begun; null goes on with what was. */
  readonly start: {
    readonly program: string;
    /** Rows of each of the worker's shards. */
    readonly rows: readonly number[];
    /** Rows of the whole batch. */
    readonly batchRows: number;
    /** Parameters of networks one after the other, where the worker does not have them. */
    readonly parameters: Readonly<Record<string, Values>>;
  } | null;
  /** Of all its shards, one after the other. */
  readonly rows: Readonly<Record<string, SentTensor>>;
  readonly whole: Readonly<Record<string, SentTensor>>;
}

export type Request = OpenRequest | AdvanceRequest;

/** What a shard gives. */
export interface ShardAnswer extends Returned {
  readonly rows: Readonly<Record<string, SentTensor>>;
  /** The shapes of its sums, and the networks of its gradients. */
  readonly sums: Readonly<Record<string, readonly number[]>>;
  readonly networks: readonly string[];
  /** What is added up over shards: sums, then gradients, one after the other. */
  readonly added: Values;
}

/** The buffers within a message, all of which are its own. */
export function buffersOf(message: unknown): ArrayBuffer[] {
  if (message instanceof Float32Array) return [message.buffer as ArrayBuffer];
  return typeof message === 'object' && message !== null ? Object.values(message).flatMap(buffersOf) : [];
}
