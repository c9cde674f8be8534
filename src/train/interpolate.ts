/** Images between images, and over a plane of the latents. */
import { givenFileOptions } from '../data/index.js';
import { wrongValue } from '../errors.js';
import { type LoadRunOptions, type Model, withModel } from './load-run.js';
import type { RunFolder } from './run/run-folder.js';
import { type DataOptions, readRows, rowsToShow, withRunData } from './run-data.js';
import {
  checkGrid,
  checkLatent,
  checkPlace,
  checkSteps,
  type GridOptions,
  type ImageGrid,
  meanOf,
  rankLatents,
  spacedValues,
} from './traverse.js';

export interface InterpolateOptions extends LoadRunOptions, DataOptions, GridOptions {
  /** Of the rows held out, counted from 0 in the order of the run's posterior.npz. */
  readonly from: number;
  readonly to: number;
  /** Images from the one to the other, both included: 2 to 1,000, default 11. */
  readonly steps?: number;
}

/** One line: the image itself, those decoded on the way, the other image. */
export interface Interpolation extends ImageGrid {
  /** (steps, H, W, C): those on the way alone. */
  readonly decoded: Uint8Array;
}

/**
 * Decodes the straight line between the posterior means of two images.
 * @throws RangeError for a row that there is not
 * @example
 * const { decoded } = await interpolate('runs/first', { from: 0, to: 1 });
 */
export async function interpolate(
  run: string | RunFolder | Model,
  options: InterpolateOptions,
): Promise<Interpolation> {
  const { from, to, steps = 11 } = options;
  checkSteps(steps);
  return withModel(run, options, (model) => {
    checkGrid(1, steps + 2, model.image, options);
    return withRunData(model, options, async (data) => {
      const rows = await rowsToShow(model, data);
      checkPlace(from, rows.length, 'from');
      checkPlace(to, rows.length, 'to');
      const ends = await readRows(data.dataset, [rows[from], rows[to]]);
      const { mu } = await model.encode(ends);
      const z = new Float32Array(steps * model.latents);
      for (let i = 0; i < z.length; i++) {
        const [share, d] = [Math.floor(i / model.latents) / (steps - 1), i % model.latents];
        z[i] = (1 - share) * mu[d] + share * mu[model.latents + d];
      }
      const decoded = await model.decode(z);
      const images = new Uint8Array(ends.length + decoded.length);
      images.set(ends.subarray(0, ends.length / 2));
      images.set(decoded, ends.length / 2);
      images.set(ends.subarray(ends.length / 2), ends.length / 2 + decoded.length);
      return { images, decoded, lines: 1, columns: steps + 2, image: model.image };
    });
  });
}

export interface ManifoldOptions extends LoadRunOptions, DataOptions, GridOptions {
  /** The latent of the columns, and that of the lines. Default: the two of the largest divergence; of autoencoders of the largest variance. */
  readonly latents?: readonly number[];
  /** Values of each: 2 to 1,000, default 15. */
  readonly steps?: number;
  /** They reach from -range to range. Default 3. */
  readonly range?: number;
  /** The row held out whose posterior mean the other latents keep. Default: none, they are 0. */
  readonly row?: number;
}

/** Images over a plane: the first latent grows to the right, the second upwards. */
export interface Manifold extends ImageGrid {
  readonly latents: readonly [across: number, up: number];
  /** The values of both, ascending. */
  readonly values: readonly number[];
}

/**
 * Decodes a plane of the latents (Kingma & Welling 2014, figure 4).
 * @throws RangeError for latents that are not two different ones, or data that nothing is asked of
 * @example
 * const { latents } = await manifold('runs/first', { steps: 15 });
 */
export async function manifold(run: string | RunFolder | Model, options: ManifoldOptions = {}): Promise<Manifold> {
  const { steps = 15, range = 3, row } = options;
  checkSteps(steps);
  const values = spacedValues(range, steps);
  return withModel(run, options, (model) => {
    if (options.latents !== undefined) checkPair(options.latents, model.latents);
    if (model.latents < 2)
      throw wrongValue({ option: 'manifold', problem: 'expected a model of two latents or more, got one' });
    checkGrid(steps, steps, model.image, options);
    const decodePlane = async ([across, up]: readonly number[], base: Float32Array): Promise<Manifold> => {
      const z = new Float32Array(steps * steps * model.latents);
      for (let place = 0; place < steps * steps; place++) {
        const [line, column] = [Math.floor(place / steps), place % steps];
        z.set(base, place * model.latents);
        z[place * model.latents + across] = values[column];
        z[place * model.latents + up] = values[steps - 1 - line];
      }
      const images = await model.decode(z);
      return { images, lines: steps, columns: steps, image: model.image, latents: [across, up], values };
    };
    const origin = new Float32Array(model.latents);
    // Nothing is asked of the data then.
    if (options.latents !== undefined && row === undefined) {
      const [unused] = Object.keys(givenFileOptions(options.dataOptions ?? {}));
      if (unused !== undefined) {
        throw wrongValue({
          option: unused,
          problem: `expected none for a plane of given latents without a row, which takes no images`,
        });
      }
      if (options.data === undefined) return decodePlane(options.latents, origin);
      throw wrongValue({
        option: 'data',
        problem: 'nothing is asked of them where both latents are named and no row is',
      });
    }
    return withRunData(model, options, async (data) => {
      const rows = await rowsToShow(model, data);
      const pair = options.latents ?? (await rankLatents(model, data, rows)).slice(0, 2).map(({ latent }) => latent);
      return decodePlane(pair, row === undefined ? origin : await meanOf(model, data, rows, row));
    });
  });
}

function checkPair(pair: readonly number[], latents: number): void {
  for (const latent of pair) checkLatent(latent, latents);
  if (pair.length === 2 && pair[0] !== pair[1]) return;
  throw wrongValue({ option: 'latents', problem: `expected two different ones, got ${pair.join(', ') || 'none'}` });
}
