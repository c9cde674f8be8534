/** vaemetrics in Node: the façade, readers and writers, and the file system. */

import type { Decomposition } from './facade/decompose.js';
import { decomposeFiles as decomposeFilesFrom } from './facade/files/decompose-files.js';
import type { DecomposeFilesOptions } from './facade/files/decompose-files-options.js';
import { DECOMPOSED_FILES, type DecomposeFilesInput } from './facade/files/find-decomposed.js';
import { SCORED_FILES, type ScoreFilesInput } from './facade/files/find-scored.js';
import { filesByRole, type ReadInput } from './facade/files/read-input.js';
import {
  readFactorLabels as readFactorLabelsFrom,
  readFactors as readFactorsFrom,
  readLatents as readLatentsFrom,
  readPosterior as readPosteriorFrom,
} from './facade/files/read-matrix.js';
import { scoreFiles as scoreFilesFrom } from './facade/files/score-files.js';
import type { ScoreFilesOptions } from './facade/files/score-files-options.js';
import type { ScoreReport } from './facade/score.js';
import { openFileSource } from './io/file-source.js';
import type { ByteSource } from './io/index.js';
import type { CheckedName, MetricSpelling } from './metrics/index.js';
import type { Metric } from './metrics/metric.js';

export * from './files.js';
export { NoInputError, openFileSource } from './io/file-source.js';
export { OutputError } from './io/output-error.js';
export { writeFileAtomically } from './io/write-file.js';

/** The path of a file (`-` is standard input), or its bytes. */
export type PathOrInput = string | ReadInput;

/**
 * Reads the latents of a file of any format, given by its path or as bytes.
 * @throws NoInputError where there is no file, DataError where it is damaged or holds no such table
 * @example
 * const latents = await readLatents('posterior.npz');
 */
export const readLatents = withPaths(readLatentsFrom);

/** Reads the factors of a file of any format; see {@link readLatents}. */
export const readFactors = withPaths(readFactorsFrom);

/**
 * Reads what an archive says of the columns of its factors: names and kinds, each null where it
 * says nothing.
 */
export const readFactorLabels = withPaths(readFactorLabelsFrom);

/**
 * Reads the posterior of an archive: mu, logvar, and z where it has one.
 * @throws NoInputError where there is no file, DataError where it is damaged or holds no such
 * arrays
 * @example
 * const { totalCorrelation } = await decompose(await readPosterior('posterior.npz'));
 */
export const readPosterior = withPaths(readPosteriorFrom);

/**
 * Scores the latents and factors of files of any format with every metric asked for; see
 * `scoreFiles` of `vaemetrics` in pages.
 *
 * @param input an archive with both, or `{ latents, factors }`: paths (`-` is standard input),
 * blobs, bytes or sources of ranges
 * @returns a plain object, as `score` does; its notes say why a posterior was not used
 * @throws NoInputError where there is no file; TypeError, RangeError or DataError (each with a
 * `code`), naming file, member, row and column where the data are wrong
 *
 * @example
 * const report = await scoreFiles('posterior.npz', { metrics: ['mig', 'dci'] });
 * const same = await scoreFiles({ latents: 'latents.npy', factors: 'factors.csv' });
 */
export function scoreFiles<Name extends string = MetricSpelling>(
  input: ScoreFilesInput<PathOrInput>,
  options: ScoreFilesOptions<Name> & { readonly metrics?: ReadonlyArray<CheckedName<Name> | Metric> } = {},
): Promise<ScoreReport> {
  return withSources('scoreFiles', input, SCORED_FILES, (files) =>
    scoreFilesFrom<string>(files as { latents: ReadInput }, options),
  );
}

/**
 * Decomposes the posterior of files of any format.
 *
 * @param input an archive, or `{ mu, logvar, z }`: paths (`-` is standard input), blobs, bytes or
 * sources of ranges
 * @returns a plain object, as `decompose` does
 * @throws NoInputError where there is no file; TypeError, RangeError or DataError (each with a
 * `code`), naming file, member, row and column where the data are wrong
 *
 * @example
 * const { totalCorrelation } = await decomposeFiles('posterior.npz');
 */
export function decomposeFiles(
  input: DecomposeFilesInput<PathOrInput>,
  options: DecomposeFilesOptions = {},
): Promise<Decomposition> {
  return withSources('decomposeFiles', input, DECOMPOSED_FILES, (files) =>
    decomposeFilesFrom(files as { mu: ReadInput }, options),
  );
}

/** A reader that takes paths, too. */
function withPaths<Options, R>(read: (input: ReadInput, options?: Options) => Promise<R>) {
  return (input: PathOrInput, options?: Options): Promise<R> =>
    withSources('input', input, ['input'], (files) => read(files.input as ReadInput, options));
}

/** Opens those that are paths, one after the other, each once, and closes them again. */
async function withSources<R>(
  owner: string,
  input: unknown,
  roles: readonly string[],
  use: (files: Readonly<Partial<Record<string, ReadInput>>>) => Promise<R>,
): Promise<R> {
  const opened = new Map<string, ByteSource>();
  try {
    const files: Partial<Record<string, ReadInput>> = {};
    for (const [name, file] of Object.entries(filesByRole<PathOrInput>(owner, input, roles, true))) {
      if (typeof file === 'string') opened.set(file, opened.get(file) ?? (await openFileSource(file)));
      files[name] = typeof file === 'string' ? opened.get(file) : file;
    }
    return await use(files);
  } finally {
    for (const source of opened.values()) await source.close?.();
  }
}
