/** What each latent does: images of one that varies while the others stay. */
import type { Encoder } from '../encoder.js';
import { wrongValue } from '../errors.js';
import { type DataOptions, type GivenRun, type OwnEncoderOptions, withEncoderOnData } from './encoder-on-data.js';
import { checkGrid, decodeImages, type GridOptions, type ImageGrid } from './image-grid.js';
import { checkLatents, spacedValues } from './latent-values.js';
import type { LoadRunOptions } from './load-run.js';
import { type LatentDivergence, type LatentRanking, rankLatents } from './rank-latents.js';
import { checkPlace, chooseShownRows, meansAt } from './shown-rows.js';

export interface TraverseOptions extends LoadRunOptions, DataOptions, GridOptions {
  /** Around the posterior mean of a `row` (the default) or the mean of the `prior`, 0. */
  readonly from?: 'row' | 'prior';
  /**
   * Of those held out, counted from 0 in the order of the run's posterior.npz. Default 0; not with
   * `prior`.
   */
  readonly row?: number;
  /**
   * The latents to show, in this order. Default: all, those of the largest divergence first; of
   * points of the largest variance.
   */
  readonly latents?: readonly number[];
  /** Values of a latent: 2 to 1,000, default 11. */
  readonly steps?: number;
  /** They reach from -range to range. Default 3. */
  readonly range?: number;
}

export interface Traversal extends ImageGrid, Omit<LatentRanking, 'latents'> {
  /** What each line varies; in the order that `orderedBy` says, unless latents were named. */
  readonly latents: readonly LatentDivergence[];
  /** The value in each column. */
  readonly values: readonly number[];
}

/**
 * Decodes latents of which one takes the values -range .. range while the others stay those of an
 * image, or 0.
 * @param given the path of a run's folder (Node), a folder in memory, a loaded model, or an encoder
 *   of your own that decodes, with data
 * @throws RangeError for a latent or a row that there is not, or a row beside the prior
 * @example
 * const png = await drawGrid(await traverse('runs/first', { from: 'prior' }));
 */
export async function traverse(given: GivenRun, options?: TraverseOptions): Promise<Traversal>;
export async function traverse(given: Encoder, options: OwnEncoderOptions<TraverseOptions>): Promise<Traversal>;
export async function traverse(given: GivenRun | Encoder, options: TraverseOptions = {}): Promise<Traversal> {
  const { from = 'row', row = 0, steps = 11, range = 3 } = options;
  if (from !== 'row' && from !== 'prior')
    throw wrongValue({ option: 'from', problem: `expected row or prior, got '${from}'` });
  if (from === 'prior' && options.row !== undefined) {
    throw wrongValue({ option: 'row', problem: `expected none with from 'prior', whose mean is 0, got ${row}` });
  }
  const values = spacedValues(range, steps);
  return withEncoderOnData(given, options, async (on) => {
    const { encoder, dataset } = on;
    checkLatents(options.latents ?? [], encoder.latents);
    const shape = { lines: options.latents?.length ?? encoder.latents, columns: steps, image: dataset.image };
    checkGrid(encoder, shape, options);
    const shown = await chooseShownRows(on);
    if (from === 'row') checkPlace(row, shown.length);
    const ranking = await rankLatents(on, shown);
    const lines = options.latents?.map((latent) => ranking.latents.find((one) => one.latent === latent)!);
    const latents = lines ?? ranking.latents;
    const base = from === 'prior' ? new Float32Array(encoder.latents) : await meansAt(on, shown, [row]);
    const z = new Float32Array(latents.length * steps * encoder.latents);
    latents.forEach(({ latent }, line) => {
      values.forEach((value, column) => {
        const at = (line * steps + column) * encoder.latents;
        z.set(base, at);
        z[at + latent] = value;
      });
    });
    const images = await decodeImages(encoder, z, dataset.image);
    return { images, ...shape, ...ranking, latents, values };
  });
}
