import type { FactorType } from './types.js';

/**
 * What a factor is that nobody has said the kind of, in every file and for every command: whole
 * numbers are values of a discrete factor, whichever they are; others vary along a line.
 */
export function factorTypeOf(isWhole: boolean): FactorType {
  return isWhole ? 'discrete' : 'continuous';
}
