import {
  type FactorLabels,
  type OpenOptions,
  openArrays,
  type PosteriorNames,
  pickPosterior,
  type Role,
  readArrays,
  readFactorLabels as readLabelsOf,
} from '../../io/index.js';
import type { Matrix } from '../../matrix.js';
import type { Posterior } from '../../posterior.js';
import { findArray } from './find-array.js';
import { type ReadInput, toSource } from './read-input.js';

/** How to read one table out of a file. */
export interface ReadOptions extends Omit<OpenOptions, 'role'> {
  /** The array of an archive; without it the one that has a usual name of the role. */
  readonly member?: string;
  /**
   * Which columns of a table, by names, ranges and patterns: `a,b`, `0:3`, `z*`. Without it all but
   * a first one that only names the rows, as an index of pandas.
   */
  readonly columns?: string;
}

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

/**
 * Reads what an archive says of the columns of its factors: `names`, and `types` as `score` takes
 * them; each null where it says nothing.
 * @throws DataError where they do not belong to the factors
 * @example
 * const { names, types } = await readFactorLabels(input.files[0]);
 * const report = await score(latents, factors, {
 *   ...(names && { factorNames: names }),
 *   ...(types && { factorTypes: types }),
 * });
 */
export async function readFactorLabels(
  input: ReadInput,
  { member, columns, ...options }: ReadOptions = {},
): Promise<FactorLabels> {
  const file = await openArrays(toSource(input), { ...options, role: 'factors' });
  const { entry } = await findArray(file, 'factors', { member: member ?? null, columns });
  return readLabelsOf(file, entry);
}

/**
 * Reads mu and logvar of an archive, and z where it has one.
 * @param options `members`: the names of the arrays, where they are not mu, logvar and z
 * @throws DataError where the file is damaged or holds no such arrays
 * @example
 * const report = await decompose(await readPosterior(input.files[0]));
 */
export async function readPosterior(
  input: ReadInput,
  { members, ...options }: Omit<ReadOptions, 'member' | 'columns'> & { readonly members?: PosteriorNames } = {},
): Promise<Posterior> {
  return readArrays(pickPosterior(await openArrays(toSource(input), { ...options, role: 'mu' }), members));
}

async function readRole(input: ReadInput, role: Role, { member, columns, ...options }: ReadOptions): Promise<Matrix> {
  const file = await openArrays(toSource(input), { ...options, role });
  const { entry } = await findArray(file, role, { member: member ?? null, columns });
  return entry.read();
}
