/** The likelihoods by name. */
import { optionRangeError } from '../../errors.js';
import { bernoulli } from './bernoulli.js';
import { gaussian } from './gaussian.js';
import type { Likelihood } from './likelihood.js';

export const LIKELIHOODS: readonly Likelihood[] = [bernoulli, gaussian];

/** @throws RangeError for a name that is none of theirs */
export function findLikelihood(name: string): Likelihood {
  const found = LIKELIHOODS.find((likelihood) => likelihood.name === name);
  if (found !== undefined) return found;
  const names = LIKELIHOODS.map((likelihood) => likelihood.name).join(', ');
  throw optionRangeError(`likelihood: expected one of ${names}, got '${name}'`);
}
