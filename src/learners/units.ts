/**
 * Numbers in units of their own, so that what learners take for nothing does not depend on the unit
 * that a factor comes in.
 */

/** What numbers are taken to (value - centre) / spread by. */
export interface Units {
  /** The mean. */
  readonly centre: number;
  /** The standard deviation (divided by the number of values); 1 of equal ones. */
  readonly spread: number;
}

/** The units of at least one number. */
export function unitsOf(values: Float64Array): Units {
  const centre = meanOf(values);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - centre)), 0);
  if (largest === 0) return { centre, spread: 1 };
  // As parts of the largest: the squares of tiny deviations would vanish.
  const squares = values.reduce((sum, value) => sum + ((value - centre) / largest) ** 2 / values.length, 0);
  return { centre, spread: largest * Math.sqrt(squares) || largest };
}

/** Around one of the values, so that the mean of equal ones is that one. */
export function meanOf(values: Float64Array): number {
  return values[0] + values.reduce((sum, value) => sum + (value - values[0]), 0) / values.length;
}
