/**
 * How far log-densities of plain-density.ts can be from the truth, worked out from their values.
 *
 * A log-term less that of the narrowest component at its mean is -a, a = t^2 + (height lost to
 * width) >= 0; both parts are rounded in proportion to themselves, so a is known to within k a for
 * some k. Where every x_j = e^(-a_j) becomes x_j^(1 + e_j), |e_j| <= k, the mean of the x_j lies
 * between its (1 + k)-th and (1 - k)-th power, as means of powers do (Jensen). So a log-density
 * that is A below the height of the narrowest component has an error of at most k A, however many
 * components there are, plus what adding and exponentials cost. No error of a single pair need be
 * known.
 */
import type { Core } from '../../bindings/core.js';
import type { GaussianComponents } from '../../bindings/kernels/gaussian.js';

export const HALF_LOG_2_PI = 0.9189385332046727;
/** One rounding, relatively. */
const ROUNDING = 2 ** -53;

/** What the bounds of one dimension, or of all jointly, are made of. */
export interface ErrorTerms {
  /** ln of the narrowest component's density at its mean, summed over dimensions, in nats. */
  readonly height: number;
  /** Sum of the magnitudes of these heights, without constants. */
  readonly magnitude: number;
  /** How many dimensions. */
  readonly dimensions: number;
  /** How many components. */
  readonly components: number;
}

/** The terms of each dimension of a mixture, and then of all jointly. */
export function errorTerms(core: Core, { rows, latents, logvar }: GaussianComponents): readonly ErrorTerms[] {
  const terms = Array.from({ length: latents }, (_, d): ErrorTerms => {
    const { minima, maxima } = core.moments.columnExtremes(logvar.slice(d * rows, rows), rows, 1);
    return {
      height: -0.5 * minima[0] - HALF_LOG_2_PI,
      magnitude: 0.5 * Math.max(Math.abs(minima[0]), Math.abs(maxima[0])),
      dimensions: 1,
      components: rows,
    };
  });
  const sum = (of: (each: ErrorTerms) => number) => terms.reduce((total, each) => total + of(each), 0);
  const [height, magnitude] = [sum((each) => each.height), sum((each) => each.magnitude)];
  return [...terms, { height, magnitude, dimensions: latents, components: rows }];
}

/** The largest possible error of a log-density, in nats. */
export function errorOf(logDensity: number, { height, magnitude, dimensions, components }: ErrorTerms): number {
  const depth = Math.max(0, height - logDensity);
  const perTerm = (16 + dimensions) * (depth + magnitude);
  // 64 terms are added in each lane of a pack; each pack rescales and adds.
  return (perTerm + 70 + components / 32 + 4 * Math.abs(logDensity)) * ROUNDING;
}
