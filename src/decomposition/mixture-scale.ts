/** How high the components of a mixture reach, and what float32 does to their means. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { GaussianComponents } from '../../bindings/kernels/gaussian.js';
import type { ErrorTerms } from './density-error.js';
import { HALF_LOG_2_PI, type Rounding } from './density-sums.js';

/** A mixture, dimension by dimension. */
export interface Mixture extends Rounding {
  /** Of each dimension, and then of all jointly. */
  readonly terms: readonly ErrorTerms[];
}

/** What rounding takes is minded where it could move a difference by so many of the least standard deviation. */
const SPLIT_ABOVE = 2 ** -21;
/** What is left of it then: what it takes is rounded itself, once for the mean, once for the point, and in two differences. */
const SPLIT_ROUNDING = 4 * 2 ** -24;
/** Beyond it, inverse standard deviations times differences could leave the range of float32. */
const LARGEST_INVERSE = 1e30;
/** Differences below the least number of float32, times the largest inverse. */
const UNDERFLOW = 2 ** -149 * LARGEST_INVERSE;

/** Describes components and the points, f64[D][M], that their density is wanted at. */
export function describeMixture(core: Core, components: GaussianComponents, points: Block<'f64'>): Mixture {
  const { rows, latents, mu, logvar } = components;
  const leastLogvars = new Float64Array(latents);
  const splits = new Uint8Array(latents);
  const terms: ErrorTerms[] = [];
  const count = points.length / latents;
  for (let d = 0; d < latents; d++) {
    const { minima, maxima } = core.moments.columnExtremes(logvar.slice(d * rows, rows), rows, 1);
    leastLogvars[d] = minima[0];
    const [taken, takenFromPoints] = [mu.slice(d * rows, rows), points.slice(d * count, count)].map((values) =>
      core.gaussian.largestRemainder(values),
    );
    const inverse = exponential(core, -0.5 * minima[0]);
    const whole = (taken + takenFromPoints) * inverse;
    splits[d] = whole > SPLIT_ABOVE ? 1 : 0;
    const shift = (splits[d] ? whole * SPLIT_ROUNDING : whole) + UNDERFLOW;
    terms.push({
      height: -0.5 * minima[0] - HALF_LOG_2_PI,
      magnitude: 0.5 * Math.max(Math.abs(minima[0]), Math.abs(maxima[0])),
      dimensions: 1,
      shift: inverse <= LARGEST_INVERSE ? shift : Number.POSITIVE_INFINITY,
      isUnshifted: true,
      components: rows,
    });
  }
  const sum = (of: (each: ErrorTerms) => number) => terms.reduce((total, each) => total + of(each), 0);
  const joint: ErrorTerms = {
    height: sum(({ height }) => height),
    magnitude: sum(({ magnitude }) => magnitude),
    dimensions: latents,
    shift: terms.reduce((most, { shift }) => Math.max(most, shift), 0),
    isUnshifted: false,
    components: rows,
  };
  return { leastLogvars, splits, terms: [...terms, joint] };
}

function exponential(core: Core, x: number): number {
  return core.arena.borrow(() => {
    const value = core.arena.upload('f64', [x]);
    core.softmax.exponentials(value);
    return value.array[0];
  });
}
