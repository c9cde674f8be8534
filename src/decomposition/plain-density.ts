/**
 * Log-densities of a mixture of diagonal Gaussians by the plain sum over all components, jointly
 * and in each dimension.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { type GaussianComponents, PACK_COMPONENTS } from '../../bindings/kernels/gaussian.js';
import type { Pause } from '../stats/pause.js';
import { errorOf, errorTerms, HALF_LOG_2_PI } from './density-error.js';

/** How densities are computed. */
export interface PlainOptions {
  /** The first point; default: 0. */
  readonly from?: number;
  /** The point after the last; default: the number of points. */
  readonly to?: number;
  /** Called every few milliseconds. */
  readonly pause?: Pause;
}

/**
 * Log-densities of the mixture, whose components weigh the same, at P = to - from points, in nats.
 */
export interface PlainLogDensities {
  /** Of all dimensions together, f64[P]. */
  readonly joint: Float64Array;
  /** Of each dimension, f64[D][P]. */
  readonly marginals: Float64Array;
  /** What the error of any of them can be at most, in nats. */
  readonly errorBound: number;
}

/** Pairs and dimensions per kernel call. */
const CALL_WORK = 2 ** 20;

/**
 * ln q(z) and ln q(z_d) at points z, q being the mean of N diagonal Gaussians: every pair of a
 * point and a component is computed, and sums are kept with their largest term, so that points far
 * from every component come out right.
 *
 * @param components N >= 1 Gaussians of D >= 1 dimensions; finite, |mu| <= 1e60 and |logvar| <= 200
 * @param points f64[D][M], as finite and as large at most
 */
export async function plainLogDensities(
  core: Core,
  components: GaussianComponents,
  points: Block<'f64'>,
  { from = 0, to = points.length / components.latents, pause = () => {} }: PlainOptions = {},
): Promise<PlainLogDensities> {
  const { latents } = components;
  const count = to - from;
  const values = await sumPairs(core, components, points, from, count, pause);
  let errorBound = 0;
  for (const [d, terms] of errorTerms(core, components).entries()) {
    const line = values.subarray(d * count, (d + 1) * count);
    errorBound = line.reduce((most, value) => Math.max(most, errorOf(value, terms)), errorBound);
  }
  const middle = latents * count;
  return { joint: values.slice(middle), marginals: values.slice(0, middle), errorBound };
}

/**
 * Log-densities f64[D + 1][count] of points from `from` on: of each dimension, then of all jointly.
 */
function sumPairs(
  { arena, gaussian, information }: Core,
  components: GaussianComponents,
  points: Block<'f64'>,
  from: number,
  count: number,
  pause: Pause,
): Promise<Float64Array> {
  const { rows, latents } = components;
  const portion = 4 * Math.max(1, Math.floor(CALL_WORK / (4 * PACK_COMPONENTS * latents)));
  return arena.scope(async () => {
    const sums = arena.zeros('f64', (latents + 1) * count);
    const maxima = arena.alloc('f64', sums.length);
    maxima.array.fill(Number.NEGATIVE_INFINITY);
    const pack = gaussian.allocatePack(latents);
    const behind = (block: Block<'f64'>, start: number) => block.slice(start, block.length - start);
    let work = 0;
    for (let first = 0; first < rows; first += PACK_COMPONENTS) {
      const last = Math.min(first + PACK_COMPONENTS, rows);
      gaussian.pack(pack, components, first, last);
      for (let start = 0; start < count; start += portion) {
        const part = {
          values: behind(points, from + start),
          stride: points.length / latents,
          count: Math.min(portion, count - start),
        };
        gaussian.addDensities(behind(sums, start), behind(maxima, start), count, pack, latents, part);
        work += part.count * PACK_COMPONENTS * latents;
        if (work < CALL_WORK) continue;
        work = 0;
        await pause('densities', first * count + start * (last - first), rows * count);
      }
    }
    const [middle, logRows] = [latents * count, information.naturalLogarithm(rows)];
    gaussian.finishDensities(sums.slice(0, middle), maxima.slice(0, middle), -logRows - HALF_LOG_2_PI);
    gaussian.finishDensities(behind(sums, middle), behind(maxima, middle), -logRows - latents * HALF_LOG_2_PI);
    return sums.array.slice();
  });
}
