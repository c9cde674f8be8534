import { DataError } from '../errors.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { checkFile, checkRole } from './check-given.js';
import { ROLES, type Role } from './roles.js';
import { formatShape } from './shape.js';

/**
 * The array of a file to take as latents: the one named; or the only one there is; or the one that
 * by convention holds them: the first of {@link ROLES} that there is.
 *
 * @throws DataError that says what the file holds and how to choose
 */
export function pickLatents(file: ArrayFile, name?: string): ArrayEntry {
  return pickArray(file, 'latents', name);
}

/** As `pickLatents`, by the usual names of factors. */
export function pickFactors(file: ArrayFile, name?: string): ArrayEntry {
  return pickArray(file, 'factors', name);
}

/** The array of a file for a role; see `pickLatents`. */
export function pickArray(file: ArrayFile, role: Role, name?: string): ArrayEntry {
  const found = findMember(file, role, name);
  if (found.refusal === null) return found;
  throw new DataError(found.refusal, { path: found.path, member: found.name ?? undefined });
}

/** The same, whether it can be read as a table of numbers or not. */
export function findMember(file: ArrayFile, role: Role, name?: string): ArrayEntry {
  checkFile(file);
  checkRole(role);
  const { arrays, path } = file;
  if (name !== undefined) {
    const named = memberNamed(file, name);
    if (named !== undefined) return named;
    const problem = phrase`found no '${name}' for ${mention('member', undefined, role)}; ${describeArrays(file)}`;
    throw new DataError(problem, { path });
  }
  const unnamed = arrays.find((entry) => entry.name === null);
  if (unnamed !== undefined) return unnamed;
  const found = findByRole(file, role);
  if (found !== undefined) return found;
  const candidates = arrays.filter((entry) => entry.refusal === null);
  if (candidates.length === 1) return candidates[0];
  // No name helps where nothing can be read: why it cannot be does.
  if (holdsNothingUsable(file)) return arrays[0];
  throw new DataError(
    phrase`found none of the usual names for the ${role} (${ROLES[role].slice(0, 4).join(', ')} ...); ${describeArrays(file)}; say ${mention('member', 'NAME', role)}`,
    { path },
  );
}

/** Whether a file has arrays, and all of them are refused. */
export function holdsNothingUsable({ arrays }: ArrayFile): boolean {
  return arrays.length > 0 && arrays.every(({ refusal, readStrings }) => refusal !== null && readStrings === undefined);
}

/** The array of a name, with `.npy` or without. */
export function memberNamed({ arrays }: ArrayFile, name: string): ArrayEntry | undefined {
  return (
    arrays.find((entry) => entry.name === name) ??
    arrays.find((entry) => entry.name !== null && `${entry.name}.npy` === name)
  );
}

/** The array that has one of the usual names of a role, the best of them first. */
export function findByRole({ arrays }: ArrayFile, role: Role): ArrayEntry | undefined {
  const found = ROLES[role].map((member) => arrays.find(({ name }) => name === member));
  return found.find((entry) => entry !== undefined);
}

/**
 * Says that an array was taken unasked, if others of as many rows have a usual name of its role
 * too. Samples of a posterior are no rivals of its means, if they have the shape of samples.
 * @param besides names of arrays that are something else
 */
export function noteRivals(
  { arrays, path }: ArrayFile,
  role: Role,
  { name, shape }: ArrayEntry,
  besides: readonly string[] = [],
): Note[] {
  const areMeans = ROLES.mu.includes(name ?? '');
  const rivals = arrays.flatMap((entry) => {
    const other = entry.name ?? '';
    const isOther = other !== name && ROLES[role].includes(other) && !besides.includes(other);
    const isAlike = (entry.shape[1] ?? 1) === (shape[1] ?? 1);
    const areSamples = areMeans && isAlike && ROLES.z.includes(other);
    return isOther && !areSamples && entry.refusal === null && entry.shape[0] === shape[0] ? [other] : [];
  });
  if (rivals.length === 0) return [];
  const others = rivals.map((other) => `'${other}'`).join(' or ');
  return [
    note('chosen-member', `${path}: '${name}' is taken for the ${role}, and not ${others}`, {
      option: 'member',
      suggestion: phrase`unless ${mention('member', rivals[0], role)}`,
      isGuess: true,
    }),
  ];
}

const SHOWN = 12;

/** Some names, or what else a message lists, and how many there are beside them. */
export function listSome(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ') || 'none'}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What a file holds, in a line. */
export function describeArrays(file: ArrayFile): string {
  if (file.arrays.length === 0) return 'it holds nothing';
  const described = file.arrays.map(({ name, dtype, shape }) =>
    name === null ? 'one array without a name' : `'${name}' ${dtype} ${formatShape(shape)}`,
  );
  return `it holds ${listSome(described)}`;
}
