/** Log-densities of a mixture of diagonal Gaussians by the plain sum over all components, jointly and in each dimension. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { GaussianComponents, GaussianPoints } from '../../bindings/kernels/gaussian.js';
import type { Pause } from '../stats/pause.js';
import { type ErrorTerms, errorInFloat32, errorInFloat64 } from './density-error.js';
import { densitiesInFloat32, densitiesInFloat64 } from './density-sums.js';
import { describeMixture, type Mixture } from './mixture-scale.js';

/** What pairs are computed in. */
export type Precision = 'float64' | 'float32';

/** How densities are computed. */
export interface PlainOptions {
  /** Default: float64. */
  readonly precision?: Precision;
  /** The first point; default: 0. */
  readonly from?: number;
  /** The point after the last; default: the number of points. */
  readonly to?: number;
  /** Called every few milliseconds. */
  readonly pause?: Pause;
}

/** Log-densities of the mixture, whose components weigh the same, at P = to - from points, in nats. */
export interface PlainLogDensities {
  /** Of all dimensions together, f64[P]. */
  readonly joint: Float64Array;
  /** Of each dimension, f64[D][P]. */
  readonly marginals: Float64Array;
  /** What the error of any of them can be at most, in nats. */
  readonly errorBound: number;
  /** Points computed in float64: with float32, those whose error could otherwise have been above {@link FLOAT32_TOLERANCE}. */
  readonly pointsInFloat64: number;
}

/** The largest error that a density computed in float32 may have, in nats. */
export const FLOAT32_TOLERANCE = 1e-4;

/**
 * ln q(z) and ln q(z_d) at points z, q being the mean of N diagonal Gaussians: every pair of a point and a component is computed, and
 * sums are kept with their largest term, so that points far from every component come out right.
 *
 * With float32, each density whose error bound is above {@link FLOAT32_TOLERANCE} is computed again in float64, with
 * the others of its point. The last digits then differ between builds; those of float64 do not.
 *
 * @param components N >= 1 Gaussians of D >= 1 dimensions; finite, |mu| <= 1e60 and |logvar| <= 200
 * @param points f64[D][M], as finite and as large at most
 */
export async function plainLogDensities(
  core: Core,
  components: GaussianComponents,
  points: Block<'f64'>,
  { precision = 'float64', from = 0, to = points.length / components.latents, pause = () => {} }: PlainOptions = {},
): Promise<PlainLogDensities> {
  const { latents } = components;
  const stride = points.length / latents;
  const range = { values: points.slice(from, points.length - from), stride, count: to - from };
  const mixture = describeMixture(core, components, points);
  const { terms } = mixture;
  // Where rounding alone could move a density too far there is no use in trying.
  if (precision === 'float64' || !(terms[latents].shift * latents <= FLOAT32_TOLERANCE)) {
    const values = await densitiesInFloat64(core, components, range, pause);
    return present(values, latents, range.count, largestError(values, errorInFloat64, terms), range.count);
  }
  return inFloat32(core, components, range, mixture, pause);
}

async function inFloat32(
  core: Core,
  components: GaussianComponents,
  range: GaussianPoints,
  mixture: Mixture,
  pause: Pause,
): Promise<PlainLogDensities> {
  const { latents } = components;
  const { count, stride, values: z } = range;
  const { terms } = mixture;
  const values = await densitiesInFloat32(core, components, mixture, range, pause);
  const uncertain: number[] = [];
  let errorBound = 0;
  for (let i = 0; i < count; i++) {
    let error = 0;
    for (let d = 0; d <= latents; d++) error = Math.max(error, errorInFloat32(values[d * count + i], terms[d]));
    if (error <= FLOAT32_TOLERANCE) errorBound = Math.max(errorBound, error);
    else uncertain.push(i);
  }
  if (uncertain.length === 0) return present(values, latents, count, errorBound, 0);
  return core.arena.scope(async () => {
    const again = core.arena.alloc('f64', latents * uncertain.length);
    const to = again.array;
    const from = z.array;
    for (let d = 0; d < latents; d++) {
      uncertain.forEach((i, k) => {
        to[d * uncertain.length + k] = from[d * stride + i];
      });
    }
    const points = { values: again, stride: uncertain.length, count: uncertain.length };
    const exact = await densitiesInFloat64(core, components, points, pause);
    for (let d = 0; d <= latents; d++) {
      uncertain.forEach((i, k) => {
        values[d * count + i] = exact[d * uncertain.length + k];
      });
    }
    const error = largestError(exact, errorInFloat64, terms);
    return present(values, latents, count, Math.max(errorBound, error), uncertain.length);
  });
}

/** Of log-densities f64[D + 1][count]. */
function largestError(
  values: Float64Array,
  bound: (logDensity: number, terms: ErrorTerms) => number,
  terms: readonly ErrorTerms[],
): number {
  const count = values.length / terms.length;
  return terms.reduce((largest, of, d) => {
    const line = values.subarray(d * count, (d + 1) * count);
    return line.reduce((most, value) => Math.max(most, bound(value, of)), largest);
  }, 0);
}

function present(
  values: Float64Array,
  latents: number,
  count: number,
  errorBound: number,
  pointsInFloat64: number,
): PlainLogDensities {
  const middle = latents * count;
  return { joint: values.slice(middle), marginals: values.slice(0, middle), errorBound, pointsInFloat64 };
}
