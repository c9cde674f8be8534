import { DataError } from '../errors.js';
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
  throw new DataError(
    phrase`found none of the usual names for the ${role} (${ROLES[role].slice(0, 4).join(', ')} ...); ${describeArrays(file)}; say ${mention('member', 'NAME', role)}`,
    { path },
  );
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
 * Other arrays of a file that have a usual name of the role and as many rows, so that the one that
 * was taken unasked is a guess. Samples of a posterior are no rivals of its means.
 */
export function rivalsOf({ arrays }: ArrayFile, role: Role, { name, shape }: ArrayEntry): string[] {
  const areMeans = ROLES.mu.includes(name ?? '');
  return arrays.flatMap((entry) => {
    const other = entry.name ?? '';
    const isKnown = ROLES[role].includes(other) && !(areMeans && ROLES.z.includes(other));
    return isKnown && other !== name && entry.refusal === null && entry.shape[0] === shape[0] ? [other] : [];
  });
}

const SHOWN = 12;

/** What a file holds, in a line. */
export function describeArrays(file: ArrayFile): string {
  if (file.arrays.length === 0) return 'it holds nothing';
  const shown = file.arrays
    .slice(0, SHOWN)
    .map(({ name, dtype, shape }) =>
      name === null ? 'one array without a name' : `'${name}' ${dtype} ${formatShape(shape)}`,
    );
  const more = file.arrays.length - shown.length;
  return `it holds ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
