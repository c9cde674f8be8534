/**
 * How far log-densities of plain-density.ts can be from the truth, worked out from their values.
 *
 * A log-term less that of the narrowest component at its mean is -a, a = t^2 + (height lost to width) >= 0; both parts are
 * rounded in proportion to themselves, so a is known to within k a for some k. Where every x_j = e^(-a_j) becomes x_j^(1 + e_j), |e_j| <= k, the
 * mean of the x_j lies between its (1 + k)-th and (1 - k)-th power, as means of powers do (Jensen). So a log-density that is A below
 * the height of the narrowest component has an error of at most k A, however many components there are, plus what adding and
 * exponentials cost. No error of a single pair need be known.
 */

/** One rounding, relatively. */
const ROUNDING_F64 = 2 ** -53;
const ROUNDING_F32 = 2 ** -24;
/**
 * Below the height by more nats (89 bits), what is cut off at 2^-126 could matter. A sum of N components is then at least N 2^-89, and there
 * are at most N + 255 exponentials that are cut off, those that fill up a pack among them: 2^-29 of it.
 */
const FLOAT32_DEPTH = 61.6;

/** What the bounds of one dimension, or of all jointly, are made of. */
export interface ErrorTerms {
  /** ln of the narrowest component's density at its mean, summed over dimensions, in nats. */
  readonly height: number;
  /** Sum of the magnitudes of these heights, without constants. */
  readonly magnitude: number;
  /** How many dimensions. */
  readonly dimensions: number;
  /** How much rounding of means and points can move a difference, at most, in standard deviations of the narrowest component. */
  readonly shift: number;
  /** Whether terms are summed without their maximum. */
  readonly isUnshifted: boolean;
  /** How many components. */
  readonly components: number;
}

/** The largest possible error of a log-density computed in float64, in nats. */
export function errorInFloat64(logDensity: number, terms: ErrorTerms): number {
  const { height, magnitude, dimensions, components } = terms;
  const depth = Math.max(0, height - logDensity);
  const perTerm = (16 + dimensions) * (depth + magnitude);
  // 64 terms are added in each lane of a pack; each pack rescales and adds.
  return (perTerm + 70 + components / 32 + 4 * Math.abs(logDensity)) * ROUNDING_F64;
}

/** The largest possible error of a log-density computed in float32, in nats; infinite where nothing is known. */
export function errorInFloat32(logDensity: number, terms: ErrorTerms): number {
  const { height, dimensions, shift, isUnshifted, components } = terms;
  const depth = Math.max(0, height - logDensity);
  if (!(depth <= (isUnshifted ? FLOAT32_DEPTH : Number.MAX_VALUE))) return Number.POSITIVE_INFINITY;
  // Difference, scale, product and square: 10; each further dimension adds, and the joint maximum is subtracted: 1 each.
  const perTerm = (10 + dimensions) * ROUNDING_F32 + shift;
  // 64 additions in each lane, 4 units of the exponential, 1 for those cut off and 1 for what is smaller than that.
  return 1.01 * (perTerm * depth + shift * (1 + shift) * dimensions) + 70 * ROUNDING_F32 + components * 2 ** -60;
}
