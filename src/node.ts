/** vaemetrics in Node: the façade, readers and writers, and the file system. */

import {
  type ReadInput,
  type ReadOptions,
  readFactorLabels as readFactorLabelsFrom,
  readFactors as readFactorsFrom,
  readLatents as readLatentsFrom,
  readPosterior as readPosteriorFrom,
} from './facade/files/read-matrix.js';
import { openFileSource } from './io/file-source.js';
import type { FactorLabels } from './io/index.js';
import type { Matrix } from './matrix.js';
import type { Posterior } from './posterior.js';

export * from './files.js';
export { NoInputError, openFileSource } from './io/file-source.js';
export { writeFileAtomically } from './io/write-file.js';

/**
 * Reads the latents of a file of any format, given by its path (`-` is standard input) or as bytes.
 * @throws NoInputError where there is no file, DataError where it is damaged or holds no such table
 * @example
 * const report = await score(await readLatents('posterior.npz'), await readFactors('posterior.npz'));
 */
export function readLatents(input: string | ReadInput, options: ReadOptions = {}): Promise<Matrix> {
  return withSource(input, (source) => readLatentsFrom(source, options));
}

/** Reads the factors of a file of any format; see {@link readLatents}. */
export function readFactors(input: string | ReadInput, options: ReadOptions = {}): Promise<Matrix> {
  return withSource(input, (source) => readFactorsFrom(source, options));
}

/** Reads what an archive says of the columns of its factors: names and kinds, each null where it says nothing. */
export function readFactorLabels(input: string | ReadInput, options: ReadOptions = {}): Promise<FactorLabels> {
  return withSource(input, (source) => readFactorLabelsFrom(source, options));
}

/**
 * Reads the posterior of an archive: mu, logvar, and z where it has one.
 * @throws NoInputError where there is no file, DataError where it is damaged or holds no such arrays
 * @example
 * const { totalCorrelation } = await decompose(await readPosterior('posterior.npz'));
 */
export function readPosterior(
  input: string | ReadInput,
  options: Parameters<typeof readPosteriorFrom>[1] = {},
): Promise<Posterior> {
  return withSource(input, (source) => readPosteriorFrom(source, options));
}

async function withSource<R>(input: string | ReadInput, read: (source: ReadInput) => Promise<R>): Promise<R> {
  if (typeof input !== 'string') return read(input);
  const source = await openFileSource(input);
  try {
    return await read(source);
  } finally {
    await source.close?.();
  }
}
