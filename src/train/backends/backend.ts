/** What every backend offers: a tensor library that works, and how the work is best given to it. */
import type { Build } from '../../../bindings/training-build.js';
import type { Operations } from '../operations.js';
import type { TensorLibrary } from '../tensors.js';

/**
 * The backends there are, in the order in which `auto` tries them (in a browser: webgpu, webgl,
 * wasm, cpu).
 */
export const BACKEND_NAMES = ['tfjs-node-gpu', 'webgpu', 'webgl', 'tfjs-node', 'wasm', 'cpu'] as const;

export type BackendName = (typeof BACKEND_NAMES)[number];

/** A backend that has come up: it has computed something, and the result was right. */
export interface Backend {
  readonly name: BackendName | 'given';
  readonly tf: TensorLibrary;
  /**
   * What does the work, for people: `NVIDIA H100 (Vulkan)`,
   * `WebAssembly SIMD (relaxed), one thread`.
   */
  readonly device: string;
  /**
   * What each thread computes with, of backends that workers can open as well:
   * `WebAssembly SIMD (relaxed)`.
   */
  readonly engine?: string;
  /**
   * Of a given tf, which backend it computes on, by our name or, where we have none, by its own.
   */
  readonly computesOn?: string;
  /** The build of our kernels, where they are used. */
  readonly build?: Build;
  /** Whether the device is slow to ask and quick to compute: a GPU. */
  readonly isRemote: boolean;
  /**
   * Whether equal inputs give equal bits on this machine, so that a resumed run continues bit for
   * bit; then batches are cut into shards.
   */
  readonly isExact: boolean;
  /** What it has quicker ways for than formulas of tensor operations. */
  readonly operations?: Operations;
  /** Frees what the backend holds. */
  close(): void | Promise<void>;
}

/** The device, with the threads that share the work. */
export function describeDevice({ device, engine }: Pick<Backend, 'device' | 'engine'>, threads: number): string {
  return threads === 1 || engine === undefined ? device : `${engine}, ${threads} threads`;
}

/** What decides the bits that a backend computes, as a run keeps it. */
export interface BackendIdentity {
  /** A backend's name; of a given tf that we know nothing of, what it calls its own. */
  readonly name: string;
  /** The version of tfjs. */
  readonly tfjs: string | null;
  /** The build of our kernels; null where none are used. */
  readonly build: Build | null;
  /** Where the tf was the caller's own. */
  readonly given?: true;
}

export function identifyBackend({ name, computesOn, build, tf }: Backend): BackendIdentity {
  const identity = { name: computesOn ?? name, tfjs: tf.version_core ?? null, build: build ?? null };
  return name === 'given' ? { ...identity, given: true } : identity;
}

/** A backend that `auto` would have preferred, and why it is not the one that was taken. */
export interface Refusal {
  readonly name: BackendName;
  readonly reason: string;
  /** A command or a sentence that would help, where there is one. */
  readonly remedy?: string;
}

/** Why a backend did not come up; `remedy` is a command or a sentence that would help. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code = 'ERR_BACKEND';

  constructor(
    readonly backend: BackendName,
    readonly reason: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(`backend ${backend}: ${reason}${remedy === undefined ? '' : `; ${remedy}`}`, options);
  }
}
