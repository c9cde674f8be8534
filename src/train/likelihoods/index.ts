/** The likelihoods by name. */
import { pickPart } from '../named-parts.js';
import { bernoulli } from './bernoulli.js';
import { gaussian } from './gaussian.js';
import type { Likelihood, ListedLikelihood } from './likelihood.js';

export const LIKELIHOODS: readonly ListedLikelihood[] = [bernoulli, gaussian];

/**
 * @throws TypeError or RangeError for what is neither a name of theirs nor one of the caller's own
 */
export function findLikelihood(given: string | Likelihood): Likelihood {
  return pickPart<Likelihood>('likelihood', LIKELIHOODS, given, ['lossOf', 'imageOf']);
}
