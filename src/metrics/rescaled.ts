import { note } from '../note.js';
import type { Outcome } from './metric.js';

/**
 * The outcome of an accuracy over K factors as (accuracy - 1/K) / (1 - 1/K); null of a single
 * factor, where chance is 1.
 */
export function rescaleAccuracy<Parts>(outcome: Outcome<Parts>, factorCount: number): Outcome<Parts> {
  const { value, notes } = outcome;
  if (value === null) return outcome;
  if (factorCount === 1) {
    const why = note('single-factor', 'undefined: a single factor leaves nothing above chance');
    return { ...outcome, value: null, notes: [why, ...notes] };
  }
  // Below chance there is nothing to be read; the scale begins at 0.
  return { ...outcome, value: Math.max(0, (value - 1 / factorCount) / (1 - 1 / factorCount)) };
}
