/** Images beside what an encoder makes of them. */
import { readImages } from '../data/read-images.js';
import type { Encoder } from '../encoder.js';
import { wrongValue } from '../errors.js';
import type { GivenOf } from '../options/rule.js';
import { encodeRows } from '../train/encode-rows.js';
import { checkDeclared, RECONSTRUCT_OPTIONS } from './declared-options.js';
import { type DataOptions, type GivenRun, type OwnEncoderOptions, withEncoderOnData } from './encoder-on-data.js';
import { checkGrid, decodeImages, type GridOptions, type ImageGrid } from './image-grid.js';
import type { LoadRunOptions } from './load-run.js';
import { chooseShownRows } from './shown-rows.js';

/** Rows that the loss is averaged over, at most. */
const LOSS_ROWS = 1000;

/** Images side by side, at most. */
const ACROSS = 16;

export interface ReconstructOptions
  extends LoadRunOptions,
    DataOptions,
    GridOptions,
    GivenOf<typeof RECONSTRUCT_OPTIONS> {}

/**
 * Lines of originals, each above the line of their reconstructions; by the model of a run, which
 * has a likelihood of pixels.
 */
export interface Reconstruction extends ImageGrid {
  /** -log p(x|z) at the posterior means, in nats per image. */
  readonly loss: number;
  /** How many rows it is averaged over. */
  readonly lossRows: number;
}

/**
 * Decodes the posterior means of images that were held out.
 * @param given the path of a run's folder (Node), a folder in memory, a loaded model, or an encoder
 *   of your own that decodes, with data: then there is no loss
 * @throws RangeError if there are fewer rows
 * @example
 * const { loss } = await reconstruct('runs/first');
 */
export async function reconstruct(given: GivenRun, options?: ReconstructOptions): Promise<Reconstruction>;
export async function reconstruct(given: Encoder, options: OwnEncoderOptions<ReconstructOptions>): Promise<ImageGrid>;
export async function reconstruct(
  given: GivenRun | Encoder,
  options: ReconstructOptions = {},
): Promise<ImageGrid | Reconstruction> {
  const { rows: count } = checkDeclared('reconstruct', options, RECONSTRUCT_OPTIONS);
  return withEncoderOnData(given, options, async (on) => {
    const { encoder, model, dataset } = on;
    const { image } = dataset;
    const shown = await chooseShownRows(on);
    if (count > shown.length) {
      throw wrongValue({ option: 'rows', problem: `expected a whole number from 1 to ${shown.length}, got ${count}` });
    }
    const columns = Math.min(count, ACROSS);
    const lines = Math.ceil(count / columns);
    const shape = { lines: 2 * lines, columns, image };
    checkGrid(encoder, shape, options);
    const rows = shown.subarray(0, model === null ? count : Math.min(shown.length, Math.max(count, LOSS_ROWS)));
    const { mu } = await encodeRows(encoder, dataset, rows);
    const originals = await readImages(dataset, rows);
    const decoded = await decodeImages(encoder, mu.subarray(0, count * encoder.latents), image);
    const imageBytes = decoded.length / count;
    // White if the last line has no images.
    const images = new Uint8Array(2 * lines * columns * imageBytes).fill(255);
    for (let line = 0; line < lines; line++) {
      const [from, to] = [line * columns, Math.min(count, (line + 1) * columns)].map((place) => place * imageBytes);
      images.set(originals.subarray(from, to), 2 * from);
      images.set(decoded.subarray(from, to), 2 * from + columns * imageBytes);
    }
    if (model === null) return { images, ...shape };
    const loss = await model.reconstructionLoss({ count: rows.length, values: originals }, mu);
    return { images, ...shape, loss, lossRows: rows.length };
  });
}
