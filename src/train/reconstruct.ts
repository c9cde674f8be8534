/** Images beside what a model makes of them. */
import { wrongValue } from '../errors.js';
import { type LoadRunOptions, type Model, withModel } from './load-run.js';
import type { RunFolder } from './run/run-folder.js';
import { type DataOptions, readRows, rowsToShow, withRunData } from './run-data.js';
import { checkGrid, type GridOptions, type ImageGrid } from './traverse.js';

/** Rows that the loss is averaged over, at most. */
const LOSS_ROWS = 1000;

/** Images side by side, at most. */
const ACROSS = 16;

export interface ReconstructOptions extends LoadRunOptions, DataOptions, GridOptions {
  /** How many images of those held out, the first of them. Default 8. */
  readonly rows?: number;
}

/** Lines of originals, each above the line of their reconstructions. */
export interface Reconstruction extends ImageGrid {
  /** -log p(x|z) at the posterior means, in nats per image. */
  readonly loss: number;
  /** How many rows it is averaged over. */
  readonly lossRows: number;
}

/**
 * Decodes the posterior means of images that were held out.
 * @throws RangeError where there are fewer rows
 * @example
 * const { loss } = await reconstruct('runs/first');
 */
export async function reconstruct(
  run: string | RunFolder | Model,
  options: ReconstructOptions = {},
): Promise<Reconstruction> {
  const { rows: count = 8 } = options;
  return withModel(run, options, (model) =>
    withRunData(model, options, async (data) => {
      const all = await rowsToShow(model, data);
      if (!Number.isInteger(count) || count < 1 || count > all.length) {
        throw wrongValue({ option: 'rows', problem: `expected a whole number from 1 to ${all.length}, got ${count}` });
      }
      const columns = Math.min(count, ACROSS);
      const lines = Math.ceil(count / columns);
      checkGrid(2 * lines, columns, model.image, options);
      const lossRows = Math.min(all.length, Math.max(count, LOSS_ROWS));
      const images = await readRows(data.dataset, all.subarray(0, lossRows));
      const { mu } = await model.encode(images);
      const loss = await model.reconstructionLoss(images, mu);
      const imageBytes = images.length / lossRows;
      // White where the last line has no images.
      const pairs = new Uint8Array(2 * lines * columns * imageBytes).fill(255);
      const decoded = await model.decode(mu.slice(0, count * model.latents));
      for (let line = 0; line < lines; line++) {
        const [from, to] = [line * columns, Math.min(count, (line + 1) * columns)].map((place) => place * imageBytes);
        pairs.set(images.subarray(from, to), 2 * from);
        pairs.set(decoded.subarray(from, to), 2 * from + columns * imageBytes);
      }
      return { images: pairs, lines: 2 * lines, columns, image: model.image, loss, lossRows };
    }),
  );
}
