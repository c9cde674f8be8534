import { DataError } from '../errors.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { describeArrays, pickArray } from './pick.js';
import { ROLES } from './roles.js';

/** The arrays of a posterior. */
export interface PosteriorEntries {
  readonly mu: ArrayEntry;
  readonly logvar: ArrayEntry;
  /** Samples, where there are some. */
  readonly z: ArrayEntry | null;
}

/** Their names, where they are not the usual ones. */
export interface PosteriorNames {
  readonly mu?: string;
  readonly logvar?: string;
  readonly z?: string;
}

/**
 * The arrays of an archive to take as a posterior: those named; else `mu` (`mean`, `latents`), `logvar` (`log_var`) and, where
 * there is one, `z` (`samples`).
 * @throws DataError that says what the file holds and how to choose
 */
export function pickPosterior(file: ArrayFile, names: PosteriorNames = {}): PosteriorEntries {
  const mu = pickArray(file, 'mu', names.mu);
  const logvar = pickArray(file, 'logvar', names.logvar);
  if (logvar === mu) {
    const { members, memberOption } = ROLES.logvar;
    throw new DataError(
      `found no ${members.map((name) => `'${name}'`).join(' or ')} beside the means; ${describeArrays(file)}; say ${memberOption} NAME`,
      { path: file.path },
    );
  }
  const hasSamples = file.arrays.some(({ name }) => name !== null && ROLES.z.members.includes(name));
  return { mu, logvar, z: names.z !== undefined || hasSamples ? pickArray(file, 'z', names.z) : null };
}
