/** Images between images. */
import { readImages } from '../data/read-images.js';
import type { Encoder } from '../encoder.js';
import type { GivenOf } from '../options/rule.js';
import { checkDeclared, INTERPOLATE_OPTIONS } from './declared-options.js';
import { type DataOptions, type GivenRun, type OwnEncoderOptions, withEncoderOnData } from './encoder-on-data.js';
import { checkGrid, decodeImages, type GridOptions, type ImageGrid } from './image-grid.js';
import type { LoadRunOptions } from './load-run.js';
import { checkPlace, chooseShownRows, meansAt } from './shown-rows.js';

export interface InterpolateOptions
  extends LoadRunOptions,
    DataOptions,
    GridOptions,
    Required<Pick<GivenOf<typeof INTERPOLATE_OPTIONS>, 'from' | 'to'>>,
    Pick<GivenOf<typeof INTERPOLATE_OPTIONS>, 'steps'> {}

/** One line: the image itself, those decoded on the way, the other image. */
export interface Interpolation extends ImageGrid {
  /** (steps, H, W, C): those on the way alone. */
  readonly decoded: Uint8Array;
}

/**
 * Decodes the straight line between the posterior means of two images.
 * @param given the path of a run's folder (Node), a folder in memory, a loaded model, or an encoder
 *   of your own that decodes, with data
 * @throws RangeError for a row that there is not
 * @example
 * const { decoded } = await interpolate('runs/first', { from: 0, to: 1 });
 */
export async function interpolate(given: GivenRun, options: InterpolateOptions): Promise<Interpolation>;
export async function interpolate(
  given: Encoder,
  options: OwnEncoderOptions<InterpolateOptions>,
): Promise<Interpolation>;
export async function interpolate(given: GivenRun | Encoder, options: InterpolateOptions): Promise<Interpolation> {
  const { steps } = checkDeclared('interpolate', options, INTERPOLATE_OPTIONS);
  const { from, to } = options;
  return withEncoderOnData(given, options, async (on) => {
    const { encoder, dataset } = on;
    const { latents } = encoder;
    const shape = { lines: 1, columns: steps + 2, image: dataset.image };
    checkGrid(encoder, shape, options);
    const shown = await chooseShownRows(on);
    checkPlace(from, shown.length, 'from');
    checkPlace(to, shown.length, 'to');
    const mu = await meansAt(on, shown, [from, to]);
    const z = new Float32Array(steps * latents);
    for (let i = 0; i < z.length; i++) {
      const [share, d] = [Math.floor(i / latents) / (steps - 1), i % latents];
      z[i] = (1 - share) * mu[d] + share * mu[latents + d];
    }
    const decoded = await decodeImages(encoder, z, dataset.image);
    const ends = await readImages(dataset, [shown[from], shown[to]]);
    const images = new Uint8Array(ends.length + decoded.length);
    images.set(ends.subarray(0, ends.length / 2));
    images.set(decoded, ends.length / 2);
    images.set(ends.subarray(ends.length / 2), ends.length / 2 + decoded.length);
    return { images, decoded, ...shape };
  });
}
