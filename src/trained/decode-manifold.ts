/** Images over a plane of the latents. */

import type { ImageShape } from '../data/index.js';
import { givenFileOptions } from '../data/index.js';
import type { Encoder } from '../encoder.js';
import { wrongValue } from '../errors.js';
import type { GivenOf } from '../options/rule.js';
import { checkDeclared, MANIFOLD_OPTIONS } from './declared-options.js';
import {
  type DataOptions,
  type GivenRun,
  isOwnEncoder,
  type OwnEncoderOptions,
  withEncoderOnData,
  withModel,
} from './encoder-on-data.js';
import { checkGrid, decodeImages, type GridOptions, type ImageGrid } from './image-grid.js';
import { checkLatents, spacedValues } from './latent-values.js';
import type { LoadRunOptions } from './load-run.js';
import { rankLatents } from './rank-latents.js';
import { checkPlace, chooseShownRows, meansAt } from './shown-rows.js';

export interface ManifoldOptions extends LoadRunOptions, DataOptions, GridOptions, GivenOf<typeof MANIFOLD_OPTIONS> {}

/** Images over a plane: the first latent grows to the right, the second upwards. */
export interface Manifold extends ImageGrid {
  readonly latents: readonly [across: number, up: number];
  /** The values of both, ascending. */
  readonly values: readonly number[];
}

/**
 * Decodes a plane of the latents (Kingma & Welling 2014, figure 4).
 * @param given the path of a run's folder (Node), a folder in memory, a loaded model, or an encoder
 *   of your own that decodes, with data: they have the size of the images
 * @throws RangeError for latents that are not two different ones, or data of which nothing is asked
 * @example
 * const { latents } = await manifold('runs/first', { steps: 15 });
 */
export async function manifold(given: GivenRun, options?: ManifoldOptions): Promise<Manifold>;
export async function manifold(given: Encoder, options: OwnEncoderOptions<ManifoldOptions>): Promise<Manifold>;
export async function manifold(given: GivenRun | Encoder, options: ManifoldOptions = {}): Promise<Manifold> {
  const { steps, range, row: asked, latents } = checkDeclared('manifold', options, MANIFOLD_OPTIONS);
  const [row, pair] = [asked ?? undefined, latents ?? undefined];
  const values = spacedValues(range, steps);
  const check = (encoder: Encoder, image: ImageShape) => {
    if (pair !== undefined) checkPair(pair, encoder.latents);
    if (encoder.latents < 2)
      throw wrongValue({ option: 'manifold', problem: 'expected a model of two latents or more, got one' });
    checkGrid(encoder, { lines: steps, columns: steps, image }, options);
  };
  const decodePlane = async (
    encoder: Encoder,
    image: ImageShape,
    [across, up]: readonly number[],
    base: Float32Array = new Float32Array(encoder.latents),
  ): Promise<Manifold> => {
    const { latents } = encoder;
    const z = new Float32Array(steps * steps * latents);
    for (let place = 0; place < steps * steps; place++) {
      const [line, column] = [Math.floor(place / steps), place % steps];
      z.set(base, place * latents);
      z[place * latents + across] = values[column];
      z[place * latents + up] = values[steps - 1 - line];
    }
    const images = await decodeImages(encoder, z, image);
    return { images, lines: steps, columns: steps, image, latents: [across, up], values };
  };
  if (pair !== undefined && row === undefined && !isOwnEncoder(given)) {
    return withModel(given, options, (model) => {
      check(model, model.image);
      refuseData(options);
      return decodePlane(model, model.image, pair);
    });
  }
  return withEncoderOnData(given, options, async (on) => {
    const { encoder, dataset } = on;
    check(encoder, dataset.image);
    const shown = await chooseShownRows(on);
    if (row !== undefined) checkPlace(row, shown.length);
    const largest = pair ?? (await rankLatents(on, shown)).latents.slice(0, 2).map(({ latent }) => latent);
    return decodePlane(
      encoder,
      dataset.image,
      largest,
      row === undefined ? undefined : await meansAt(on, shown, [row]),
    );
  });
}

function checkPair(pair: readonly number[], latents: number): void {
  checkLatents(pair, latents);
  if (pair.length === 2 && pair[0] !== pair[1]) return;
  throw wrongValue({ option: 'latents', problem: `expected two different ones, got ${pair.join(', ') || 'none'}` });
}

/**
 * Nothing is asked of data if both latents are named and no row is: a run knows the size of its
 * images.
 */
function refuseData({ data, dataOptions = {} }: DataOptions): void {
  const [unused] = Object.keys(givenFileOptions(dataOptions));
  if (unused !== undefined) {
    throw wrongValue({
      option: unused,
      problem: `expected none for a plane of given latents without a row, which takes no images`,
    });
  }
  if (data === undefined) return;
  throw wrongValue({ option: 'data', problem: 'nothing is asked of them where both latents are named and no row is' });
}
