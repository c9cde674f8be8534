/** Checks a posterior as users give it. */

import { checkPosterior, type PosteriorMatrices } from '../decomposition/posterior.js';
import { dataRangeError, optionTypeError } from '../errors.js';
import { type Matrix, toMatrix } from '../matrix.js';
import type { PosteriorInput } from './decompose.js';

/** @throws TypeError, RangeError or DataError naming the array, what was expected and what was given */
export function toPosterior(input: PosteriorInput, owner: string): PosteriorMatrices {
  if (typeof input !== 'object' || input === null || !('mu' in input) || !('logvar' in input)) {
    throw optionTypeError(`${owner}: expected { mu, logvar }, and z where there is one`);
  }
  const mu = toMatrix(input.mu, 'mu');
  const logvar = toMatrix(input.logvar, 'logvar');
  const z = input.z === undefined ? null : toMatrix(input.z, 'z');
  checkPosterior(mu, logvar, z);
  return { mu, logvar, z };
}

/** @throws RangeError for a posterior of other rows, or of other latents */
export function checkLikeLatents({ mu }: PosteriorMatrices, latents: Matrix): void {
  if (mu.rows === latents.rows && mu.columns === latents.columns) return;
  throw dataRangeError(
    `posterior: expected mu of ${latents.rows} x ${latents.columns} to match latents, got ${mu.rows} x ${mu.columns}`,
  );
}
