/**
 * Log-densities of one latent of the aggregated posterior: a one-dimensional mixture of N normal
 * densities at M points.
 *
 * The sum is taken class by class of deviations, on nodes where points are many
 * (assembly/mixture-grid.ts), in O(N + M). What this may be off is known for every point
 * afterwards: what interpolation is off by, per component that the point's nodes have got; what is
 * left out for being more than R deviations away, N max(w) e^(-R^2/2) at most; and the rounding of
 * sums. Where it is more than `tolerance` of the density, the point is summed again by log-sum-exp
 * over the components whose terms may matter (farLogDensities of assembly/mixture.ts), however far
 * it is. So no density is off by more than `tolerance`.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Pause } from '../stats/pause.js';
import { type DensitySums, sumClasses } from './class-sums.js';
import { type ArrangedMixture, arrangeMixture, sortedCopy } from './mixture-classes.js';

/** Log-densities of a mixture at points. */
export interface MarginalDensities {
  /** ln of the mean over the components of their densities at each point, in nats, (M). */
  readonly logDensities: Float64Array;
  /**
   * Exponentials evaluated, of the N M that the plain sum takes; terms at nodes are counted as
   * well.
   */
  readonly pairs: number;
  /**
   * No density is off by more, in parts of itself, but for what float64 rounds off a logarithm of
   * its size (at most 8 units of 2^-53 of it).
   */
  readonly errorBound: number;
}

/** How exactly, and where cancelling gets its turn. */
export interface MarginalDensityOptions {
  /**
   * The largest error of a density that is allowed, in parts of itself: 1e-11 to 0.01, or 0 for the
   * plain sum over all pairs.
   */
  readonly tolerance?: number;
  readonly pause?: Pause;
}

const ROUNDING = 2 ** -53;
const HALF_LN_2PI = 0.9189385332046727;
/** Below this rounding would count. */
const LEAST_TOLERANCE = 1e-11;
const LARGEST_TOLERANCE = 0.01;
/** Pairs per kernel call where all are looked at: a few milliseconds. */
const PAIRS_PER_CALL = 2 ** 19;
/** Points per kernel call where each takes a logarithm. */
const POINTS_PER_CALL = 2 ** 15;
/** What is summed in one go by the kernels of assembly/mixture.ts. */
const BLOCK = 4096;

/**
 * Log-densities at points (M) of the mixture of normal densities with the given means and
 * logarithms of variances (N): finite and right wherever the points are. Blocks are f64 in the
 * memory of `core`, finite, logarithms of variances within -600 .. 600. The same digits on every
 * engine and in both builds.
 * @throws RangeError without components, and for a tolerance out of range
 */
export function marginalLogDensities(
  core: Core,
  means: Block<'f64'>,
  logvars: Block<'f64'>,
  points: Block<'f64'>,
  { tolerance = 1e-9, pause = () => {} }: MarginalDensityOptions = {},
): Promise<MarginalDensities> {
  const components = means.length;
  if (components === 0) throw new RangeError('mixture: expected at least 1 component, got 0');
  if (logvars.length !== components) {
    throw new RangeError(
      `mixture: expected as many logarithms of variances as means, ${components}, got ${logvars.length}`,
    );
  }
  if (tolerance !== 0 && !(tolerance >= LEAST_TOLERANCE && tolerance <= LARGEST_TOLERANCE)) {
    throw new RangeError(`tolerance: expected ${LEAST_TOLERANCE} to ${LARGEST_TOLERANCE}, or 0, got ${tolerance}`);
  }
  return core.arena.scope(async () => {
    const mixture = await arrangeMixture(core, means, logvars, pause);
    return mixtureLogDensities(core, mixture, points, { tolerance, pause });
  });
}

/** {@link marginalLogDensities} of a mixture that is arranged already. */
export function mixtureLogDensities(
  core: Core,
  mixture: ArrangedMixture,
  points: Block<'f64'>,
  { tolerance = 1e-9, pause = () => {} }: MarginalDensityOptions = {},
): Promise<MarginalDensities> {
  const [components, count] = [mixture.components.means.length, points.length];
  return core.arena.scope(() => {
    // Arranging and interpolating take, by timing, as long as so many pairs of the plain sum.
    const isPlain = tolerance === 0 || components * count <= 30 * components + 20 * count + 6000;
    if (isPlain) return sumPairs(core, mixture, points, pause);
    return sumShort(core, mixture, points, tolerance, pause);
  });
}

/**
 * What log-sum-exp over n components rounds off a density, in parts of it; largestHalf: of |ln
 * deviation|.
 */
function ofLogSum(n: number, largestHalf: number): number {
  return (BLOCK + n / BLOCK + 64 + 8 * largestHalf) * ROUNDING;
}

function largestHalf(core: Core, { components: { halves } }: ArrangedMixture): number {
  const { minima, maxima } = core.moments.columnExtremes(halves, halves.length, 1);
  return Math.max(Math.abs(minima[0]), Math.abs(maxima[0]));
}

/** The plain sum: every component at every point. */
async function sumPairs(
  core: Core,
  arranged: ArrangedMixture,
  points: Block<'f64'>,
  pause: Pause,
): Promise<MarginalDensities> {
  const { arena, mixture } = core;
  const { components } = arranged;
  const count = components.means.length;
  const out = arena.alloc('f64', points.length);
  const offset = -core.information.naturalLogarithm(count) - HALF_LN_2PI;
  const step = Math.max(1, Math.floor(PAIRS_PER_CALL / count));
  for (let i = 0; i < points.length; i += step) {
    await pause('marginal densities', i, points.length);
    mixture.plainLogDensities(out, points, components, offset, i, Math.min(i + step, points.length));
  }
  return {
    logDensities: out.array.slice(),
    pairs: count * points.length,
    errorBound: points.length > 0 ? ofLogSum(count, largestHalf(core, arranged)) : 0,
  };
}

async function sumShort(
  core: Core,
  arranged: ArrangedMixture,
  points: Block<'f64'>,
  tolerance: number,
  pause: Pause,
): Promise<MarginalDensities> {
  const { arena, mixture } = core;
  const [components, count] = [arranged.components.means.length, points.length];
  const { keys, order } = sortedCopy(core, points);
  const sums = await sumClasses(core, arranged, keys, tolerance, pause);

  const out = arena.alloc('f64', count);
  const far = arena.alloc('i32', count);
  const largest = arena.zeros('f64', 1);
  const offset = -core.information.naturalLogarithm(components) - HALF_LN_2PI;
  const allowed = { leftOut: sums.leftOut, rounding: sums.rounding, tolerance };
  let listed = 0;
  for (let i = 0; i < count; i += POINTS_PER_CALL) {
    await pause('marginal densities', i, count);
    const end = Math.min(i + POINTS_PER_CALL, count);
    listed = mixture.takeLogDensities(out, far, largest, sums.sums, sums.errors, allowed, offset, listed, i, end);
  }
  let { pairs } = sums;
  let errorBound = largest.array[0];
  if (listed > 0) {
    pairs += await sumFar(core, arranged, sums, out, far.slice(0, listed), offset, tolerance, pause);
    const left = tolerance / 4 / (1 - tolerance / 4);
    errorBound = Math.max(errorBound, left + ofLogSum(components, largestHalf(core, arranged)));
  }
  const logDensities = new Float64Array(count);
  const [from, place] = [out.array, order.array];
  for (let i = 0; i < count; i++) logDensities[place[i]] = from[i];
  return { logDensities, pairs, errorBound };
}

/**
 * The listed points again, by log-sum-exp; what is left out is at most a quarter of tolerance.
 * Returns the pairs looked at.
 */
async function sumFar(
  core: Core,
  { components, classes }: ArrangedMixture,
  { points }: DensitySums,
  out: Block<'f64'>,
  far: Block<'i32'>,
  offset: number,
  tolerance: number,
  pause: Pause,
): Promise<number> {
  const { arena, mixture, information } = core;
  const bounds = arena.upload('i32', [...classes.map(({ from }) => from), components.means.length]);
  const limits = arena.alloc('f64', 2 * classes.length);
  classes.forEach(({ from, to, largestWeight, leastPrecision }, c) => {
    const terms = ((to - from) * 4 * classes.length) / tolerance;
    limits.array[2 * c] = information.naturalLogarithm(terms) + information.naturalLogarithm(largestWeight);
    limits.array[2 * c + 1] = 1 / leastPrecision;
  });
  const step = Math.max(1, Math.floor(PAIRS_PER_CALL / components.means.length));
  let pairs = 0;
  for (let i = 0; i < far.length; i += step) {
    await pause('far points', i, far.length);
    const end = Math.min(i + step, far.length);
    pairs += mixture.farLogDensities(out, points, far, components, bounds, limits, offset, i, end);
  }
  return pairs;
}
