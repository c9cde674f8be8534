/** Fresh images with chosen factors, encoded: what metrics that hold a factor fixed ask for. */
import type { Encoder } from '../encoder.js';
import { wrongType, wrongValue } from '../errors.js';
import { crc32 } from '../io/crc32.js';
import type { Sampler } from '../types.js';
import type { Dataset } from './dataset.js';

export interface FactorSamplerOptions {
  /**
   * How many values a factor that varies along a line is given: the middles of so many equal parts
   * of its range. Default 32.
   */
  readonly levels?: number;
  /** The most images that are drawn and encoded at a time. Default 512. */
  readonly batchRows?: number;
}

/**
 * A sampler over a data set that can draw images of given factors. Noise of an image is a function
 * of the factors that are asked for with it, so scores do not depend on what was sampled before.
 *
 * @throws TypeError for a data set that cannot
 */
export function factorSampler(
  dataset: Dataset,
  encoder: Encoder,
  { levels = 32, batchRows = 512 }: FactorSamplerOptions = {},
): Sampler {
  const { factors, image, renderFactors } = dataset;
  if (renderFactors === undefined) {
    throw wrongType({ option: 'dataset', problem: `${dataset.name} cannot draw images of given factors` });
  }
  if (!Number.isInteger(levels) || levels < 2) {
    throw wrongValue({ option: 'levels', problem: `expected a whole number of at least 2, got ${levels}` });
  }
  const values = factors.map(({ name, size, range }) => {
    if (size !== null) return Array.from({ length: size }, (_, i) => i);
    if (range === undefined) {
      throw wrongType({ option: 'dataset', problem: `${dataset.name} does not know the range of ${name}` });
    }
    const [from, to] = range;
    return Array.from({ length: levels }, (_, i) => from + ((i + 0.5) / levels) * (to - from));
  });
  const imageBytes = image.height * image.width * image.channels;
  return {
    sizes: values.map(({ length }) => length),
    batchRows,
    async encode(chosen, rows) {
      const wanted = Float64Array.from(chosen, (level, i) => values[i % values.length][level]);
      const images = new Uint8Array(rows * imageBytes);
      const index = crc32(new Uint8Array(chosen.buffer, chosen.byteOffset, chosen.byteLength));
      await renderFactors(wanted, images, index);
      const { mu } = await encoder.encode({ count: rows, values: images, factors: wanted });
      return { data: mu, rows, columns: encoder.latents };
    },
  };
}
