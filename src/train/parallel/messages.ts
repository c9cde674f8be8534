/**
 * What the thread that trains asks of a worker, and what it gets. A worker answers in the order of the requests. Everything is float32, row-major,
 * in buffers that are handed over.
 */
import type { Build } from '../../../bindings/training-build.js';
import type { Description } from './description.js';

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

/** The images of some shards, one after the other. */
interface Shards {
  /** All parameters one after the other, or null where the worker has them. */
  readonly parameters: Float32Array | null;
  /** Rows of each shard. */
  readonly rows: readonly number[];
  readonly images: Float32Array;
}

/** Arrays of a request that the worker has done with, to be filled again: to allocate large ones costs more than to copy them. */
interface Returned {
  readonly spent: readonly Float32Array<ArrayBuffer>[];
}

/** Answered by the posteriors of the shards' rows. */
export interface EncodeRequest extends Shards {
  readonly kind: 'encode';
}

/** Answered by the latents of the shards' rows as soon as they are known; the decoder's part is done after that. */
export interface BeginRequest extends Shards {
  readonly kind: 'begin';
  /** Rows of the whole batch. */
  readonly batchRows: number;
  /** What the encoder is given, where that is not `images`. */
  readonly seen: Float32Array | null;
  readonly noise: Float32Array;
}

/** Finishes the first of the shards that were begun and are not finished. Gradients are those of its rows. */
export interface LearnRequest {
  readonly kind: 'learn';
  readonly mu: Float32Array | null;
  readonly logvar: Float32Array | null;
  readonly z: Float32Array | null;
  /** What the gradients are written to. */
  readonly into: Float32Array;
}

export type Request = OpenRequest | EncodeRequest | BeginRequest | LearnRequest;

export interface EncodeAnswer extends Returned {
  readonly mu: Float32Array;
  readonly logvar: Float32Array;
}

export interface BeginAnswer extends EncodeAnswer {
  readonly z: Float32Array;
}

export interface LearnAnswer {
  /** Summed over the rows of the shard. */
  readonly reconstruction: number;
  /** Of all parameters, one after the other. */
  readonly gradients: Float32Array<ArrayBuffer>;
}
