/** The arrays of a posterior in files, and factors: found, and checked, but not read. */
import { DataError, wrongValue } from '../../errors.js';
import { type ArrayEntry, type ArrayFile, findByRole, lacksArray, type Role } from '../../io/index.js';
import type { Note } from '../../note.js';
import type { ValuesOf } from '../../options/rule.js';
import { mention, phrase } from '../../phrase.js';
import type { Posterior } from '../../posterior.js';
import type { ArrayOrigin } from '../../types.js';
import type { DECOMPOSE_FILES_OPTIONS } from './decompose-files-options.js';
import { type FoundArray, findArray, gatherFound, refuseShared } from './find-array.js';
import { isBare, openFor, type ReadInput } from './read-input.js';
import { noteWide, refuseOtherRows } from './rows-and-columns.js';

/** The roles of files that are decomposed. */
export const DECOMPOSED_FILES = ['mu', 'logvar', 'z'];

/**
 * What `decomposeFiles` takes: one archive with mu and logvar, and perhaps z and factors, one table
 * with columns of each, or a file for each array.
 */
export type DecomposeFilesInput<File = ReadInput> =
  | File
  | { readonly mu: File; readonly logvar?: File; readonly z?: File };

type PosteriorRole = keyof Posterior;

/** What was found. */
export interface FoundPosterior {
  readonly entries: Posterior<ArrayEntry> & { readonly factors?: ArrayEntry };
  readonly origin: Readonly<Record<string, ArrayOrigin>>;
  readonly notes: readonly Note[];
}

type Values = ValuesOf<typeof DECOMPOSE_FILES_OPTIONS>;

/** Finds mu and logvar, and z and factors if they are there. */
export async function findDecomposed(
  files: Exclude<DecomposeFilesInput, ReadInput>,
  options: Values,
): Promise<FoundPosterior> {
  const { factorsMember, transpose, estimator } = options;
  const columns = columnsByRole(options);
  const members = { mu: options.muMember, logvar: options.logvarMember, z: options.zMember };
  const opened = new Map<ReadInput, ArrayFile>();
  const open = async (role: PosteriorRole, input: ReadInput, expectedRows?: number): Promise<ArrayFile> => {
    const { latentsDtype: dtype, header, dropNan: takesMissing } = options;
    const reading = { columns: columns[role], dtype, header, takesMissing, expectedRows };
    const file = opened.get(input) ?? (await openFor(role, input, reading));
    opened.set(input, file);
    return file;
  };
  const found: Partial<Record<PosteriorRole | 'factors', FoundArray>> = {};
  // What another role has is no rival of an array.
  const besides = (file: ArrayFile) => {
    const named = { ...members, factors: factorsMember };
    return (Object.entries(named) as Array<[Role, string | null]>).flatMap(
      ([role, name]) => name ?? findByRole(file, role)?.name ?? [],
    );
  };
  const find = async (role: PosteriorRole, file: ArrayFile) => {
    const isTransposed = transpose === 'latents' || transpose === 'both';
    const asked = { member: members[role], columns: columns[role], isTransposed, besides: besides(file) };
    found[role] = await findArray(file, role, asked);
  };
  const file = await open('mu', files.mu);
  if (files.logvar === undefined) {
    refuseIncomplete(files, file, options);
    await find('mu', file);
    await find('logvar', file);
    if (takesSamples(file, options)) await find('z', file);
    const hasFactors = factorsMember !== null || findByRole(file, 'factors') !== undefined;
    // An estimator of training has no use for factors.
    if (estimator === 'exact' && !isBare(file) && hasFactors) {
      const isTransposed = transpose === 'factors' || transpose === 'both';
      found.factors = await findArray(file, 'factors', { member: factorsMember, isTransposed, besides: besides(file) });
    }
  } else {
    const others = files.z === undefined ? { zMember: options.zMember, zColumns: options.zColumns } : {};
    for (const [option, value] of Object.entries({ factorsMember, ...others })) {
      if (value !== null) throw wrongValue({ option, problem: 'expected only with one archive that has all arrays' });
    }
    await find('mu', file);
    for (const role of ['logvar', 'z'] as const) {
      const input = files[role];
      if (input !== undefined) await find(role, await open(role, input, found.mu?.entry.shape[0]));
    }
  }
  const { mu, logvar, z, factors } = found as { mu: FoundArray; logvar: FoundArray } & typeof found;
  refuseSame('mu', mu, 'logvar', logvar);
  if (z !== undefined)
    for (const [role, other] of [
      ['mu', mu],
      ['logvar', logvar],
    ] as const)
      refuseSame(role, other, 'z', z);
  if (factors !== undefined) refuseOtherRows(mu.entry, factors.entry);
  const wide = factors === undefined ? noteWide(mu.entry, transpose) : [];
  const all = Object.entries({ mu, logvar, ...(z && { z }), ...(factors && { factors }) });
  return {
    entries: Object.fromEntries(all.map(([name, { entry }]) => [name, entry])) as unknown as FoundPosterior['entries'],
    origin: Object.fromEntries(all.map(([name, { origin }]) => [name, origin])),
    notes: [...gatherFound(all.map(([, one]) => one)), ...wide],
  };
}

/** Which columns of a table each array is. */
function columnsByRole({ latentColumns, logvarColumns, zColumns }: Values) {
  return { mu: latentColumns, logvar: logvarColumns ?? latentColumns, z: zColumns ?? latentColumns };
}

/** Samples are taken if they are there, and not missed if they are not. */
function takesSamples(file: ArrayFile, { zMember, zColumns }: Values): boolean {
  return zMember !== null || zColumns !== null || (!isBare(file) && findByRole(file, 'z') !== undefined);
}

/** @throws RangeError for one array without a name, of which nothing says what logvar is */
function refuseIncomplete(
  { z }: Exclude<DecomposeFilesInput, ReadInput>,
  file: ArrayFile,
  { latentColumns, logvarColumns }: Values,
): void {
  if (z !== undefined) throw wrongValue({ option: 'z', problem: 'expected a file only beside one with logvar' });
  if (!isBare(file) || (typeof latentColumns === 'string' && logvarColumns !== null)) return;
  const ofTable = phrase`expected a second file, or ${mention('latentColumns')} and ${mention('logvarColumns')}`;
  throw wrongValue({ option: 'logvar', problem: [...ofTable, `: ${file.path} holds one array without a name`] });
}

/** An array that has two roles would be known by itself. */
function refuseSame(firstRole: Role, first: FoundArray, secondRole: 'logvar' | 'z', second: FoundArray): void {
  const { file, whole } = second;
  if (first.file !== file || first.whole.name !== whole.name) return;
  if (first.kept !== null && second.kept !== null) refuseShared(first, firstRole, second, secondRole);
  else if (whole.name !== null) throw lacksArray(file, secondRole);
  else {
    const of = (role: Role) => mention('columns', undefined, role);
    const problem = phrase`is given for ${firstRole} and ${secondRole}; ${of(firstRole)} and ${of(secondRole)} name the columns of each`;
    throw new DataError(problem, { path: file.path });
  }
}
