/** Fresh images with chosen factors, encoded: what metrics that hold a factor fixed ask for. */
import type { Encoder } from '../encoder.js';
import { wrongType } from '../errors.js';
import { crc32 } from '../io/crc32.js';
import { checkOptions } from '../options/check-options.js';
import { type GivenOf, integer } from '../options/rule.js';
import type { Sampler } from '../types.js';
import type { Dataset } from './dataset.js';

const OPTIONS = {
  /**
   * How many values a factor that varies along a line is given: the middles of so many equal parts
   * of its range. Default 32.
   */
  levels: integer({ default: 32, minimum: 2, description: 'values of a factor that varies along a line' }),
  /** The most images that are drawn and encoded at a time. Default 512. */
  batchRows: integer({ default: 512, minimum: 1, unit: 'images', description: 'images drawn and encoded at a time' }),
};

export type FactorSamplerOptions = GivenOf<typeof OPTIONS>;

/**
 * A sampler over a data set that can draw images of given factors. Noise of an image is a function
 * of the factors that are asked for with it, so scores do not depend on what was sampled before.
 *
 * @throws TypeError for a data set that cannot
 */
export function factorSampler(dataset: Dataset, encoder: Encoder, options: FactorSamplerOptions = {}): Sampler {
  const { levels, batchRows } = checkOptions({ name: 'factorSampler' }, options, OPTIONS);
  const { factors, image, renderFactors } = dataset;
  if (renderFactors === undefined) {
    throw wrongType({ option: 'dataset', problem: `${dataset.name} cannot draw images of given factors` });
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
