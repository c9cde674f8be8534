import {
  type FactorLabels,
  OPEN_OPTIONS,
  type OpenOptions,
  openArrays,
  type PosteriorNames,
  pickPosterior,
  type Role,
  readArrays,
  readFactorLabels as readLabelsOf,
} from '../../io/index.js';
import type { Matrix } from '../../matrix.js';
import { type Note, refuseGuesses } from '../../note.js';
import { checkOptions } from '../../options/check-options.js';
import { STRICT } from '../../options/common-rules.js';
import { other, type Rule, text } from '../../options/rule.js';
import type { Posterior } from '../../posterior.js';
import { type FoundArray, findArray, gatherFound } from './find-array.js';
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
  /** Refuses what would be decided about the file unasked. Default false. */
  readonly strict?: boolean;
}

const { role: _, ...OPENING } = OPEN_OPTIONS;
const MEMBER = text({ placeholder: 'name', description: 'array of an archive' });
const COLUMNS = text({ placeholder: 'list', description: 'columns of a table' });

const READ_OPTIONS = { ...OPENING, member: MEMBER, columns: COLUMNS, strict: STRICT } satisfies Record<
  keyof ReadOptions,
  Rule
>;

const POSTERIOR_OPTIONS = {
  ...OPENING,
  members: other<PosteriorNames>({
    expected: '{ mu, logvar, z }',
    accepts: (value) => typeof value === 'object' && value !== null,
    description: 'names of the arrays',
  }),
  strict: STRICT,
};

/**
 * Reads the latents of a file of any format.
 * @throws DataError where the file is damaged or holds no such table
 * @example
 * const latents = await readLatents(input.files[0]);
 */
export function readLatents(input: ReadInput, options: ReadOptions = {}): Promise<Matrix> {
  return readRole('readLatents', input, 'latents', options);
}

/** Reads the factors of a file of any format; see {@link readLatents}. */
export function readFactors(input: ReadInput, options: ReadOptions = {}): Promise<Matrix> {
  return readRole('readFactors', input, 'factors', options);
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
export async function readFactorLabels(input: ReadInput, options: ReadOptions = {}): Promise<FactorLabels> {
  const { file, entry } = await findRole('readFactorLabels', input, 'factors', options);
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
  options: Omit<ReadOptions, 'member' | 'columns'> & { readonly members?: PosteriorNames } = {},
): Promise<Posterior> {
  const { members, strict, ...opening } = checkOptions({ name: 'readPosterior' }, options, POSTERIOR_OPTIONS);
  const file = await openArrays(toSource(input), { ...given(opening), role: 'mu' });
  const entries = pickPosterior(file, members ?? {});
  const found = Object.keys(entries).map((role) =>
    findArray(file, role as keyof Posterior, { member: members?.[role as keyof Posterior] ?? null, nameNotes }),
  );
  refuseGuesses(gatherFound(await Promise.all(found)), strict);
  return readArrays(entries);
}

async function readRole(owner: string, input: ReadInput, role: Role, options: ReadOptions): Promise<Matrix> {
  return (await findRole(owner, input, role, options)).entry.read();
}

async function findRole(owner: string, input: ReadInput, role: Role, options: ReadOptions): Promise<FoundArray> {
  const { member, columns, strict, ...opening } = checkOptions({ name: owner }, options, READ_OPTIONS);
  const file = await openArrays(toSource(input), { ...given(opening), role });
  const found = await findArray(file, role, { member, columns, nameNotes });
  refuseGuesses(found.notes, strict);
  return found;
}

/** Options of one file are called as readers call them. */
const nameNotes = (notes: readonly Note[]) => notes;

/** Without those that were not given. */
function given(options: object): OpenOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
}
