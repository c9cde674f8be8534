import { DataError } from '../errors.js';
import { mention, phrase } from '../phrase.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { ROLES, type Role } from './roles.js';
import { formatShape } from './shape.js';

/**
 * The array of a file to take as latents: the one named; or the only one there is; or the one that
 * by convention holds them: `latents`, else `mu`, else `codes`, else `z`.
 *
 * @throws DataError that says what the file holds and how to choose
 */
export function pickLatents(file: ArrayFile, name?: string): ArrayEntry {
  return pickArray(file, 'latents', name);
}

/** As `pickLatents`, by the names `factors`, else `labels`, else `v`. */
export function pickFactors(file: ArrayFile, name?: string): ArrayEntry {
  return pickArray(file, 'factors', name);
}

/** The array of a file for a role; see `pickLatents`. */
export function pickArray(file: ArrayFile, role: Role, name?: string): ArrayEntry {
  const { arrays, path } = file;
  if (name !== undefined) {
    const named =
      arrays.find((entry) => entry.name === name) ??
      arrays.find((entry) => entry.name !== null && `${entry.name}.npy` === name);
    if (named === undefined) {
      throw new DataError(
        phrase`found no '${name}' for ${mention('member', undefined, role)}; ${describeArrays(file)}`,
        {
          path,
        },
      );
    }
    return readable(named);
  }
  const unnamed = arrays.find((entry) => entry.name === null);
  if (unnamed !== undefined) return readable(unnamed);
  const found = findByRole(file, role);
  if (found !== undefined) return readable(found);
  const candidates = arrays.filter((entry) => entry.refusal === null);
  if (candidates.length === 1) return candidates[0];
  const words = ROLES[role].map((member) => `'${member}'`);
  throw new DataError(
    phrase`found no ${words.slice(0, -1).join(', ')} or ${words.at(-1) as string} for the ${role}; ${describeArrays(file)}; say ${mention('member', 'NAME', role)}`,
    { path },
  );
}

/** The array that has one of the usual names of a role, the best of them first. */
export function findByRole({ arrays }: ArrayFile, role: Role): ArrayEntry | undefined {
  const found = ROLES[role].map((member) => arrays.find(({ name }) => name === member));
  return found.find((entry) => entry !== undefined);
}

function readable(entry: ArrayEntry): ArrayEntry {
  if (entry.refusal === null) return entry;
  throw new DataError(entry.refusal, { path: entry.path, member: entry.name ?? undefined });
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
