/** Where in a file a posterior is. */

import { DataError } from '../errors.js';
import type { Matrix } from '../matrix.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import { mapPosterior, type Posterior } from '../posterior.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { describeArrays, findByRole, noteRivals, pickArray } from './pick.js';
import { ROLES } from './roles.js';
import { formatShape } from './shape.js';

/** Names of arrays, where they are not the usual ones. */
export type PosteriorNames = Partial<Posterior<string>>;

/**
 * The arrays of an archive to take as a posterior: those named; else `mu` (`mean`, `latents`),
 * `logvar` (`log_var`) and, where there is one, `z` (`samples`).
 * @throws DataError that says what the file holds and how to choose
 */
export function pickPosterior(file: ArrayFile, names: PosteriorNames = {}): Posterior<ArrayEntry> {
  const mu = pickArray(file, 'mu', names.mu);
  const logvar = pickArray(file, 'logvar', names.logvar);
  if (logvar === mu) throw lacksArray(file, 'logvar');
  const hasSamples = names.z !== undefined || findByRole(file, 'z') !== undefined;
  return { mu, logvar, ...(hasSamples && { z: pickArray(file, 'z', names.z) }) };
}

/** The error for an archive that has no array for a role of a posterior but the means. */
export function lacksArray(file: ArrayFile, role: 'logvar' | 'z'): DataError {
  const names = ROLES[role].map((name) => `'${name}'`).join(' or ');
  const problem = phrase`found no ${names} beside the means; ${describeArrays(file)}; say ${mention('member', 'NAME', role)}`;
  return new DataError(problem, { path: file.path });
}

/** What was found, and what a reader of the scores should know of it. */
export interface PosteriorSearch {
  readonly posterior: Posterior<ArrayEntry> | null;
  readonly notes: readonly Note[];
}

/**
 * The posterior that the latents of an archive are of: arrays of their shape, by the names that are
 * usual for mu, logvar and z. An array of another shape is of another posterior, or none: a note
 * says so.
 */
export function findPosterior(file: ArrayFile, latents: ArrayEntry): PosteriorSearch {
  const [mu, logvar, z] = [findByRole(file, 'mu'), findByRole(file, 'logvar'), findByRole(file, 'z')];
  if (mu === undefined || logvar === undefined) return { posterior: null, notes: [] };
  for (const entry of [mu, logvar]) {
    const problem = describeMismatch(entry, latents);
    if (problem === null) continue;
    return { posterior: null, notes: [note('unused-posterior', `${problem}: the posterior is not used`)] };
  }
  const problem = z === undefined ? null : describeMismatch(z, latents);
  const posterior = { mu, logvar, ...(z !== undefined && problem === null && { z }) };
  // Rivals of the latents are told with them. Whoever scores cannot name the others.
  const taken = [mu, logvar, z, latents].map((entry) => entry?.name ?? '');
  const rivals = Object.entries(posterior)
    .filter(([, { name }]) => name !== latents.name)
    .flatMap(([role, entry]) => noteRivals(file, role as keyof Posterior, entry, taken))
    .map(({ text }) => note('chosen-member', text, { suggestion: 'unless the file is saved without', isGuess: true }));
  return {
    posterior,
    notes: [
      ...(problem === null ? [] : [note('drawn-samples', `${problem}: samples of the posterior are drawn`)]),
      ...rivals,
    ],
  };
}

/** Why an array cannot belong to the latents; null where it can. */
function describeMismatch({ name, shape, refusal }: ArrayEntry, latents: ArrayEntry): string | null {
  if (refusal !== null) return `'${name}': ${refusal}`;
  const isAlike = shape[0] === latents.shape[0] && (shape[1] ?? 1) === (latents.shape[1] ?? 1);
  return isAlike ? null : `'${name}' is ${formatShape(shape)} where the latents are ${formatShape(latents.shape)}`;
}

/** Reads the arrays of a posterior, one after the other. */
export async function readArrays(
  entries: Posterior<ArrayEntry>,
  read: (entry: ArrayEntry) => Promise<Matrix> = (entry) => entry.read(),
): Promise<Posterior> {
  const { mu, logvar, z } = entries;
  return { mu: await read(mu), logvar: await read(logvar), ...(z && { z: await read(z) }) };
}

/** What the arrays are called in the archive. */
export function nameArrays(entries: Posterior<ArrayEntry>): Posterior<string | undefined> {
  return mapPosterior(entries, ({ name }) => name ?? undefined);
}
