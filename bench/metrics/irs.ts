import type { Ground } from '../contest.js';
import { deviationQuantiles, largestDeviations, orderByCode } from '../plain/deviations.js';
import { encodeColumns } from '../plain/information.js';
import { type PlainScore, scoreBench } from './score.js';

const QUANTILE = 0.99;

/** IRS, whole. */
export const bench = scoreBench('irs', scoreIrs);

function scoreIrs({ rows, latents, factors }: Ground): PlainScore {
  const x = latents.data as Float32Array;
  const [columns, factorCount] = [latents.columns, factors.columns];
  const largest = largestDeviations(x, rows, columns);
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factorCount);
  const matrix = new Float64Array(columns * factorCount);
  const within = new Float64Array(columns);
  sizes.forEach((size, k) => {
    const { order, bounds } = orderByCode(codes.subarray(k * rows, (k + 1) * rows), size);
    const sums = new Float64Array(columns);
    for (let value = 0; value < size; value++) {
      deviationQuantiles(within, x, order, bounds[value], bounds[value + 1], QUANTILE);
      for (let d = 0; d < columns; d++) sums[d] += within[d];
    }
    for (let d = 0; d < columns; d++) matrix[d * factorCount + k] = 1 - sums[d] / size / largest[d];
  });
  let weighted = 0;
  let weights = 0;
  for (let d = 0; d < columns; d++) {
    const best = Math.max(...matrix.subarray(d * factorCount, (d + 1) * factorCount));
    weighted += largest[d] * best;
    weights += largest[d];
  }
  return { value: weighted / weights, parts: { matrix } };
}
