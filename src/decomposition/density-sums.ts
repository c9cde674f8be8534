/** Sums over all components, in packs, at points in portions of a few milliseconds. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { type GaussianComponents, type GaussianPoints, PACK_COMPONENTS } from '../../bindings/kernels/gaussian.js';
import type { Pause } from '../stats/pause.js';

export const HALF_LOG_2_PI = 0.9189385332046727;
/** Pairs and dimensions per kernel call. */
const CALL_WORK = { f64: 2 ** 20, f32: 2 ** 22 } as const;

/** Log-densities in float64, in nats, f64[D + 1][points]: of each dimension, then of all jointly. */
export async function densitiesInFloat64(
  core: Core,
  components: GaussianComponents,
  points: GaussianPoints,
  pause: Pause,
): Promise<Float64Array> {
  const { latents, rows } = components;
  return core.arena.scope(async () => {
    const { sums, maxima, finish } = startSums(core, points.count, latents, latents + 1);
    const pack = core.gaussian.allocatePack('f64', latents);
    await visitPacks('f64', components, points, pause, (first, last, start, part) => {
      if (start === 0) core.gaussian.pack(pack, components, first, last);
      const [to, most] = [sums, maxima].map((block) => block.slice(start, block.length - start));
      core.gaussian.addDensities(to, most, points.count, pack, latents, part);
    });
    const logRows = core.information.naturalLogarithm(rows);
    return finish((d) => {
      const dimensions = d < latents ? 1 : latents;
      return { maxima: d, scale: 1, offset: -logRows - dimensions * HALF_LOG_2_PI };
    });
  });
}

/** How numbers are put into float32. */
export interface Rounding {
  /** Of each dimension, f64[D]. */
  readonly leastLogvars: Float64Array;
  /** 1 where what rounding takes from means and points is minded, u8[D]. */
  readonly splits: Uint8Array;
}

/**
 * As {@link densitiesInFloat64}, in float32. A marginal density too low for that comes out as anything that is 62 nats or more below
 * its dimension's height.
 */
export async function densitiesInFloat32(
  core: Core,
  components: GaussianComponents,
  { leastLogvars, splits }: Rounding,
  points: GaussianPoints,
  pause: Pause,
): Promise<Float64Array> {
  const { latents, rows } = components;
  return core.arena.scope(async () => {
    const { sums, maxima, finish } = startSums(core, points.count, latents, 1);
    const least = core.arena.upload('f64', leastLogvars);
    const minded = core.arena.upload('u8', splits);
    const pack = core.gaussian.allocatePack('f32', latents);
    await visitPacks('f32', components, points, pause, (first, last, start, part) => {
      if (start === 0) core.gaussian.packF32(pack, components, least, first, last);
      const [to, most] = [sums, maxima].map((block) => block.slice(start, block.length - start));
      core.gaussian.addDensitiesF32(to, most, points.count, pack, minded, part);
    });
    const logRows = core.information.naturalLogarithm(rows);
    const heights = Array.from(leastLogvars, (logvar) => -0.5 * logvar - HALF_LOG_2_PI);
    const height = heights.reduce((sum, each) => sum + each, 0);
    return finish((d) =>
      d < latents
        ? { maxima: null, scale: 0, offset: heights[d] - logRows }
        : { maxima: 0, scale: Math.LN2, offset: height - logRows },
    );
  });
}

/** Which line of maxima belongs to a line of sums, and what else makes them log-densities. */
type Finish = (line: number) => { maxima: number | null; scale: number; offset: number };

function startSums({ arena, gaussian }: Core, count: number, latents: number, lines: number) {
  const sums = arena.zeros('f64', (latents + 1) * count);
  const maxima = arena.alloc('f64', lines * count);
  maxima.array.fill(Number.NEGATIVE_INFINITY);
  const line = (block: Block<'f64'>, d: number) => block.slice(d * count, count);
  const finish = (how: Finish) => {
    for (let d = 0; d <= latents; d++) {
      const { maxima: of, scale, offset } = how(d);
      gaussian.finishDensities(line(sums, d), of === null ? null : line(maxima, of), scale, offset);
    }
    return sums.array.slice();
  };
  return { sums, maxima, finish };
}

/** Calls `add` with each pack of components and each portion of the points, which starts at point `start`. */
async function visitPacks(
  type: 'f64' | 'f32',
  { rows, latents }: GaussianComponents,
  { values, stride, count }: GaussianPoints,
  pause: Pause,
  add: (first: number, last: number, start: number, part: GaussianPoints) => void,
): Promise<void> {
  const size = PACK_COMPONENTS[type];
  const portion = 4 * Math.max(1, Math.floor(CALL_WORK[type] / (4 * size * latents)));
  let work = 0;
  for (let first = 0; first < rows; first += size) {
    const last = Math.min(first + size, rows);
    for (let start = 0; start < count; start += portion) {
      const part = Math.min(portion, count - start);
      add(first, last, start, { values: values.slice(start, values.length - start), stride, count: part });
      work += part * size * latents;
      if (work < CALL_WORK[type]) continue;
      work = 0;
      await pause('densities', first * count + start * (last - first), rows * count);
    }
  }
}
