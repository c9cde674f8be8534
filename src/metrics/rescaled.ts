import { note } from '../note.js';
import type { Outcome } from './metric.js';

/**
 * The outcome of an accuracy over K factors as (accuracy - 1/K) / (1 - 1/K), below 0 if it is below
 * chance; null of a single factor, of which chance is 1. A score that is 0 by definition stays so.
 */
export function rescaleAccuracy<Parts extends { readonly evaluationAccuracy: number | null }>(
  outcome: Outcome<Parts>,
  factorCount: number,
): Outcome<Parts> {
  const { value, notes, parts } = outcome;
  if (value === null) return outcome;
  if (factorCount === 1) {
    const why = note('single-factor', 'undefined: a single factor leaves nothing above chance');
    return { ...outcome, value: null, notes: [why, ...notes] };
  }
  const chance = 1 / factorCount;
  const isDefinition = parts.evaluationAccuracy === null;
  return {
    ...outcome,
    range: [-chance / (1 - chance), 1],
    value: isDefinition ? value : (value - chance) / (1 - chance),
  };
}
