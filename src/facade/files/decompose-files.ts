/** Decomposes posteriors of files: finds mu, logvar, z and factors, and reads them. */
import { compile } from '../../../bindings/load.js';
import { hardwareThreads } from '../../../bindings/worker-host.js';
import { optionRangeError } from '../../errors.js';
import {
  type ArrayEntry,
  type ArrayFile,
  findByRole,
  type OpenOptions,
  pickArray,
  pickPosterior,
  readArrays,
} from '../../io/index.js';
import type { Dtype } from '../../matrix.js';
import type { Posterior } from '../../posterior.js';
import { type Decomposition, decompose } from '../decompose.js';
import type { DecomposeOptions } from '../decompose-options.js';
import { dropUndefined, isBare, isFile, nameFiles, openFor, type ReadInput } from './read-input.js';

/** What {@link decomposeFiles} takes: one archive with mu and logvar, and perhaps z and factors, or a file for each array. */
export type DecomposeFilesInput<File = ReadInput> =
  | File
  | { readonly mu: File; readonly logvar?: File; readonly z?: File };

/** Options of {@link decomposeFiles}: those of `decompose`, and how to read the files. */
export interface DecomposeFilesOptions extends DecomposeOptions {
  /** The array to take as means; without it `mu`, `mean` or `latents`. */
  readonly muMember?: string;
  /** The array to take as logarithms of variances; without it `logvar` or `log_var`. */
  readonly logvarMember?: string;
  /** The array to take as samples; without it `z` or `samples`, where there is one. */
  readonly zMember?: string;
  /** The array of one archive to take as factors; without it `factors`, `labels` or `v`, where there is one. */
  readonly factorsMember?: string;
  /** Columns of bare values. */
  readonly latentColumns?: number;
  /** Type of bare values. Default float32. */
  readonly latentsDtype?: Dtype;
  /** Whether the first row of a text table holds names; `auto`, the default, looks. */
  readonly header?: OpenOptions['header'];
  /** Draws z from the seed even where an archive has one. Default false. */
  readonly draw?: boolean;
  /** How many threads compute. Default: all that the machine has where there is work for them, else this one. */
  readonly threads?: number;
}

/** Numbers of a posterior from which threads are worth their start. */
const MANY_NUMBERS = 20_000;

/**
 * Decomposes the posterior of files of any format.
 *
 * @param input an archive, or `{ mu, logvar, z }`: blobs, bytes or sources of ranges, in Node also paths
 * @returns a plain object, as `decompose` does
 * @throws TypeError, RangeError or DataError (each with a `code`), naming file, member, row and column where the data are wrong
 *
 * @example
 * const { totalCorrelation } = await decomposeFiles(input.files[0]);
 */
export async function decomposeFiles(
  input: DecomposeFilesInput,
  options: DecomposeFilesOptions = {},
): Promise<Decomposition> {
  const {
    muMember,
    logvarMember,
    zMember,
    factorsMember,
    latentColumns,
    latentsDtype,
    header,
    draw = false,
    ...asked
  } = options;
  if (typeof draw !== 'boolean') throw optionRangeError(`draw: expected true or false, got ${typeof draw}`);
  // The kernels compile while the files are opened; a failure shows when they are used.
  compile().catch(() => {});
  const files = isFile(input) ? { mu: input } : input;
  const bare = {
    columns: latentColumns,
    dtype: latentsDtype,
    columnsOption: 'latentColumns',
    dtypeOption: 'latentsDtype',
  };
  const names = { mu: muMember, logvar: logvarMember, z: zMember };
  const open = (role: keyof Posterior, file: ReadInput, expectedRows?: number) =>
    openFor(role, file, bare, { header, expectedRows });
  const muFile = await open('mu', files.mu);
  const isExact = (options.estimator ?? 'exact') === 'exact';
  let entries: Posterior<ArrayEntry>;
  let factors: ArrayEntry | undefined;
  if (files.logvar === undefined) {
    if (files.z !== undefined) throw optionRangeError('z: expected a file only beside one with logvar');
    if (isBare(muFile)) {
      throw optionRangeError(`expected a second file with logvar: ${muFile.path} holds one array without a name`);
    }
    entries = pickPosterior(muFile, names);
    // An estimator of training has no use for them.
    factors = isExact ? findFactors(muFile, factorsMember) : undefined;
  } else {
    for (const [option, value] of Object.entries({ factorsMember, ...(files.z === undefined && { zMember }) })) {
      if (value !== undefined) throw optionRangeError(`${option}: expected only with one archive that has all arrays`);
    }
    const mu = pickArray(muFile, 'mu', muMember);
    const pick = async (role: keyof Posterior, file: ReadInput) =>
      pickArray(await open(role, file, mu.shape[0]), role, names[role]);
    const logvar = await pick('logvar', files.logvar);
    entries = { mu, logvar, ...(files.z !== undefined && { z: await pick('z', files.z) }) };
  }
  try {
    const { z, ...others } = entries;
    const posterior = await readArrays(draw ? others : entries);
    const read = await factors?.read();
    options.signal?.throwIfAborted();
    const { rows, columns } = posterior.mu;
    const threads = isExact && rows * columns >= MANY_NUMBERS ? Math.min(hardwareThreads(), 64) : 1;
    return await decompose({ ...posterior, ...(read && { factors: read }) }, { threads, ...dropUndefined(asked) });
  } catch (error) {
    throw nameFiles(error, { ...entries, factors });
  }
}

/** Factors are taken where they are, and not missed where they are not. */
function findFactors(file: ArrayFile, member: string | undefined): ArrayEntry | undefined {
  const isThere = member !== undefined || findByRole(file, 'factors') !== undefined;
  return isThere ? pickArray(file, 'factors', member) : undefined;
}
