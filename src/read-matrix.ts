import {
  type ByteSource,
  blobSource,
  memorySource,
  type OpenOptions,
  openArrays,
  pickArray,
  type Role,
} from './io/index.js';
import type { Matrix } from './matrix.js';

/** How to read one table out of a file. */
export interface ReadOptions extends Omit<OpenOptions, 'role'> {
  /** The array of an archive; without it `latents`, `mu`, `codes` or `z`, and `factors`, `labels` or `v`. */
  readonly member?: string;
}

/** Where the bytes of a file are: a Blob (or File), the bytes themselves, or ranges of them. */
export type ReadInput = Blob | ArrayBuffer | Uint8Array | ByteSource;

/**
 * Reads the latents of a file of any format.
 * @throws DataError where the file is damaged or holds no such table
 * @example
 * const latents = await readLatents(input.files[0]);
 */
export function readLatents(input: ReadInput, options: ReadOptions = {}): Promise<Matrix> {
  return readRole(input, 'latents', options);
}

/** Reads the factors of a file of any format; see {@link readLatents}. */
export function readFactors(input: ReadInput, options: ReadOptions = {}): Promise<Matrix> {
  return readRole(input, 'factors', options);
}

async function readRole(input: ReadInput, role: Role, { member, ...options }: ReadOptions): Promise<Matrix> {
  const file = await openArrays(toSource(input), { ...options, role });
  return pickArray(file, role, member).read();
}

function toSource(input: ReadInput): ByteSource {
  if (input instanceof Uint8Array) return memorySource(input);
  if (input instanceof ArrayBuffer) return memorySource(new Uint8Array(input));
  if (typeof Blob !== 'undefined' && input instanceof Blob) return blobSource(input);
  return input as ByteSource;
}
