/** What each latent does: images of one that varies while the others stay. */
import type { ImageShape } from '../data/index.js';
import { checkImageCount } from '../data/picture-size.js';
import { wrongValue } from '../errors.js';
import { encodeRows } from './held-out.js';
import { type LoadRunOptions, type Model, withModel } from './load-run.js';
import type { RunFolder } from './run/run-folder.js';
import { type DataOptions, type RunData, readRows, rowsToShow, withRunData } from './run-data.js';

/** Rows that the divergence of a latent is averaged over, at most. */
const DIVERGENCE_ROWS = 2000;

/** What latents are put in order by: the variance where there is no posterior to diverge. */
export const orderOf = ({ code }: Pick<Model, 'code'>) => (code === 'mean' ? 'variance' : 'kl');

/** What one latent carries. */
export interface LatentDivergence {
  readonly latent: number;
  /** KL(q(z_d|x) || N(0, 1)) in nats, averaged over rows; null for autoencoders, whose codes are points. */
  readonly kl: number | null;
  /** Of its means over the same rows. */
  readonly variance: number;
}

/** Images of one latent or two that vary. */
export interface ImageGrid {
  /** (lines, columns, H, W, C), bytes. */
  readonly images: Uint8Array;
  readonly lines: number;
  readonly columns: number;
  readonly image: ImageShape;
}

export interface GridOptions {
  /** Told how many images there will be before the first is decoded; stops it by throwing. */
  readonly onShape?: (shape: Omit<ImageGrid, 'images'>) => void;
}

/** @throws RangeError for more images than a picture can show */
export function checkGrid(lines: number, columns: number, image: ImageShape, { onShape }: GridOptions): void {
  checkImageCount(lines * columns, image);
  onShape?.({ lines, columns, image });
}

export interface TraverseOptions extends LoadRunOptions, DataOptions, GridOptions {
  /** Around the posterior mean of a `row` (the default) or the mean of the `prior`, 0. */
  readonly from?: 'row' | 'prior';
  /** Of those held out, counted from 0 in the order of the run's posterior.npz. Default 0; not with `prior`. */
  readonly row?: number;
  /** The latents to show, in this order. Default: all, those of the largest divergence first; of autoencoders of the largest variance. */
  readonly latents?: readonly number[];
  /** Values of a latent: 2 to 1,000, default 11. */
  readonly steps?: number;
  /** They reach from -range to range. Default 3. */
  readonly range?: number;
}

export interface Traversal extends ImageGrid {
  /** What each line varies. */
  readonly latents: readonly LatentDivergence[];
  /** What they would be put in order by, and are unless they were named. */
  readonly orderedBy: 'kl' | 'variance';
  /** The value in each column. */
  readonly values: readonly number[];
  /** How many rows divergences and variances are of. */
  readonly rows: number;
}

/**
 * Decodes latents of which one takes the values -range .. range while the others stay those of an image, or 0.
 * @throws RangeError for a latent or a row that there is not, or a row beside the prior
 * @example
 * const png = await drawGrid(await traverse('runs/first', { from: 'prior' }));
 */
export async function traverse(run: string | RunFolder | Model, options: TraverseOptions = {}): Promise<Traversal> {
  const { from = 'row', row = 0, steps = 11, range = 3 } = options;
  if (from !== 'row' && from !== 'prior')
    throw wrongValue({ option: 'from', problem: `expected row or prior, got '${from}'` });
  if (from === 'prior' && options.row !== undefined) {
    throw wrongValue({ option: 'row', problem: `expected none with from 'prior', whose mean is 0, got ${row}` });
  }
  checkSteps(steps);
  const values = spacedValues(range, steps);
  return withModel(run, options, (model) => {
    for (const latent of options.latents ?? []) checkLatent(latent, model.latents);
    checkGrid(options.latents?.length ?? model.latents, steps, model.image, options);
    return withRunData(model, options, async (data) => {
      const rows = await rowsToShow(model, data);
      const ranking = await rankLatents(model, data, rows);
      const lines = options.latents?.map((latent) => ranking.find((one) => one.latent === latent)!) ?? ranking;
      const base = from === 'prior' ? new Float32Array(model.latents) : await meanOf(model, data, rows, row);
      const z = new Float32Array(lines.length * steps * model.latents);
      lines.forEach(({ latent }, line) => {
        values.forEach((value, column) => {
          const at = (line * steps + column) * model.latents;
          z.set(base, at);
          z[at + latent] = value;
        });
      });
      const images = await model.decode(z);
      return {
        images,
        lines: lines.length,
        columns: steps,
        image: model.image,
        latents: lines,
        orderedBy: orderOf(model),
        values,
        rows: Math.min(rows.length, DIVERGENCE_ROWS),
      };
    });
  });
}

/** All latents, those of the largest divergence from the prior first; of autoencoders those whose means vary most. */
export async function rankLatents(model: Model, { dataset }: RunData, rows: Int32Array): Promise<LatentDivergence[]> {
  const { latents, tensors } = model;
  const some = rows.subarray(0, DIVERGENCE_ROWS);
  const { mu, logvar } = await encodeRows(tensors.tf, tensors.encoder, dataset, some, latents);
  const kl = averages(latents, some.length, (i) => (mu[i] ** 2 + Math.exp(logvar[i]) - logvar[i] - 1) / 2);
  const mean = averages(latents, some.length, (i) => mu[i]);
  const variance = averages(latents, some.length, (i) => (mu[i] - mean[i % latents]) ** 2);
  const orderedBy = orderOf(model);
  const size = orderedBy === 'kl' ? kl : variance;
  return Array.from(size.keys(), (latent) => ({
    latent,
    kl: orderedBy === 'kl' ? kl[latent] : null,
    variance: variance[latent],
  })).sort((a, b) => size[b.latent] - size[a.latent]);
}

/** Over rows, of each latent: `term` is told the place in an array (rows, D). */
function averages(latents: number, rows: number, term: (i: number) => number): Float64Array {
  const sums = new Float64Array(latents);
  for (let i = 0; i < rows * latents; i++) sums[i % latents] += term(i);
  return sums.map((sum) => sum / rows);
}

/** The posterior mean of the image at a place of the rows that are shown. */
export async function meanOf(
  model: Model,
  { dataset }: RunData,
  rows: Int32Array,
  place: number,
): Promise<Float32Array> {
  checkPlace(place, rows.length);
  const { mu } = await model.encode(await readRows(dataset, rows.subarray(place, place + 1)));
  return mu;
}

export function checkPlace(place: number, rows: number, name = 'row'): void {
  if (Number.isInteger(place) && place >= 0 && place < rows) return;
  throw wrongValue({
    option: name,
    problem: `expected a whole number from 0 to ${rows - 1}, a row held out, got ${place}`,
  });
}

export function checkLatent(latent: number, latents: number): void {
  if (Number.isInteger(latent) && latent >= 0 && latent < latents) return;
  throw wrongValue({ option: 'latents', problem: `expected whole numbers from 0 to ${latents - 1}, got ${latent}` });
}

const STEPS_AT_MOST = 1000;

export function checkSteps(steps: number): void {
  if (Number.isInteger(steps) && steps >= 2 && steps <= STEPS_AT_MOST) return;
  throw wrongValue({ option: 'steps', problem: `expected a whole number from 2 to ${STEPS_AT_MOST}, got ${steps}` });
}

/** Evenly from -range to range. */
export function spacedValues(range: number, steps: number): number[] {
  if (!(range > 0 && range < Number.POSITIVE_INFINITY)) {
    throw wrongValue({ option: 'range', problem: `expected a number above 0, got ${range}` });
  }
  return Array.from({ length: steps }, (_, i) => (range * (2 * i - (steps - 1))) / (steps - 1));
}
