/** The likelihoods by name. */
import { findNamed } from '../../options/find-named.js';
import { bernoulli } from './bernoulli.js';
import { gaussian } from './gaussian.js';
import type { Likelihood } from './likelihood.js';

export const LIKELIHOODS: readonly Likelihood[] = [bernoulli, gaussian];

/** @throws OptionError for a name that is none of theirs */
export function findLikelihood(name: string): Likelihood {
  return findNamed('likelihood', name, LIKELIHOODS);
}
