import { Matrix, toMatrix } from '../matrix.js';
import { checkValue } from '../options/check-options.js';
import { SEED } from '../options/common-rules.js';
import { integer } from '../options/rule.js';
import { RandomStream, STREAMS } from '../random.js';
import { checkSampler, encodeRows } from '../stats/row-source.js';
import type { Sampler } from '../types.js';

const ROWS = integer({ minimum: 2, description: 'samples to draw' });

/**
 * Draws a table of samples from a sampler, for metrics that score a table: every factor uniform and
 * independent.
 *
 * @param rows how many samples, at least 2
 * @param seed a whole number; default 0
 * @returns latents (rows, D) and factors (rows, K), ready for `score`
 *
 * @example
 * const { latents, factors } = await drawTable(sampler, 10_000);
 * await score(latents, factors, { sampler });
 */
export async function drawTable(
  sampler: Sampler,
  rows: number,
  seed = 0,
): Promise<{ latents: Matrix; factors: Matrix }> {
  checkSampler(sampler);
  checkValue({ option: 'rows' }, rows, ROWS);
  checkValue({ option: 'seed' }, seed, SEED);
  const { sizes } = sampler;
  const factors = new Int32Array(rows * sizes.length);
  for (let row = 0; row < rows; row++) {
    const words = new RandomStream(seed, STREAMS.sampledRows, row);
    for (let k = 0; k < sizes.length; k++) factors[row * sizes.length + k] = words.below(sizes[k]);
  }
  // One sample tells how many latents there are.
  const columns = toMatrix(await sampler.encode(factors.slice(0, sizes.length), 1), 'latents of the sampler').columns;
  const latents = new Float64Array(rows * columns);
  await encodeRows(sampler, factors, rows, columns, (at, data) => latents.set(data, at));
  return { latents: new Matrix(latents, rows, columns), factors: new Matrix(factors, rows, sizes.length) };
}
