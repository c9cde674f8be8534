/** What each latent does: images of one that varies while the others stay. */
import { givenFileOptions, type ImageShape } from '../data/index.js';
import type { Encoder } from '../encoder.js';
import type { GivenOf } from '../options/rule.js';
import { checkDeclared, TRAVERSE_OPTIONS } from './declared-options.js';
import {
  type DataOptions,
  type EncoderOnData,
  type GivenRun,
  isOwnEncoder,
  type OwnEncoderOptions,
  withEncoderOnData,
  withModel,
} from './encoder-on-data.js';
import { checkGrid, decodeImages, type GridOptions, type GridShape, type ImageGrid } from './image-grid.js';
import { checkLatents, spacedValues } from './latent-values.js';
import type { LoadRunOptions } from './load-run.js';
import { type LatentDivergence, type LatentRanking, leaveUnranked, rankLatents } from './rank-latents.js';
import { areOwnDataThere } from './run-data.js';
import { checkPlace, chooseShownRows, meansAt } from './shown-rows.js';

export interface TraverseOptions extends LoadRunOptions, DataOptions, GridOptions, GivenOf<typeof TRAVERSE_OPTIONS> {}

export interface Traversal extends ImageGrid, Omit<LatentRanking, 'latents'> {
  /** What each line varies; in the order that `orderedBy` says, unless latents were named. */
  readonly latents: readonly LatentDivergence[];
  /** The value in each column. */
  readonly values: readonly number[];
}

/**
 * Decodes latents of which one takes the values -range .. range while the others stay those of an
 * image, or 0. Around the prior nothing is drawn of images, and they only say which latents carry
 * most: those of the run may be gone, and then latents stand in the order of their numbers.
 * @param given the path of a run's folder (Node), a folder in memory, a loaded model, or an encoder
 *   of your own that decodes, with data
 * @throws RangeError for a latent or a row that there is not, or a row beside the prior
 * @example
 * const png = await drawGrid(await traverse('runs/first', { from: 'prior' }));
 */
export async function traverse(given: GivenRun, options?: TraverseOptions): Promise<Traversal>;
export async function traverse(given: Encoder, options: OwnEncoderOptions<TraverseOptions>): Promise<Traversal>;
export async function traverse(given: GivenRun | Encoder, options: TraverseOptions = {}): Promise<Traversal> {
  const { from, row: asked, steps, range } = checkDeclared('traverse', options, TRAVERSE_OPTIONS);
  const row = asked ?? 0;
  const values = spacedValues(range, steps);

  const shapeOf = (encoder: Encoder, image: ImageShape) => {
    checkLatents(options.latents ?? [], encoder.latents);
    const shape = { lines: options.latents?.length ?? encoder.latents, columns: steps, image };
    checkGrid(encoder, shape, options);
    return shape;
  };
  const draw = async (encoder: Encoder, shape: GridShape, ranking: LatentRanking, base: Float32Array) => {
    const lines = options.latents?.map((latent) => ranking.latents.find((one) => one.latent === latent)!);
    const latents = lines ?? ranking.latents;
    const z = new Float32Array(latents.length * steps * encoder.latents);
    latents.forEach(({ latent }, line) => {
      values.forEach((value, column) => {
        const at = (line * steps + column) * encoder.latents;
        z.set(base, at);
        z[at + latent] = value;
      });
    });
    const images = await decodeImages(encoder, z, shape.image);
    return { images, ...shape, ...ranking, latents, values };
  };
  const drawOnData = async (on: EncoderOnData) => {
    const { encoder, dataset } = on;
    const shape = shapeOf(encoder, dataset.image);
    const shown = await chooseShownRows(on);
    if (from === 'row') checkPlace(row, shown.length);
    const ranking = await rankLatents(on, shown);
    const base = from === 'prior' ? new Float32Array(encoder.latents) : await meansAt(on, shown, [row]);
    return draw(encoder, shape, ranking, base);
  };

  const { data, dataOptions = {}, onOpened } = options;
  const isOfData = from === 'row' || data !== undefined || Object.keys(givenFileOptions(dataOptions)).length > 0;
  if (isOfData || isOwnEncoder(given)) return withEncoderOnData(given, options, drawOnData);
  return withModel(given, options, async (model) => {
    if (await areOwnDataThere(model.config)) return withEncoderOnData(model, { onOpened }, drawOnData);
    const { latents, image } = model;
    return draw(model, shapeOf(model, image), leaveUnranked(latents), new Float32Array(latents));
  });
}
