import { type Edges, encodeFactor, rebinFactor } from './binning.js';
import type { Pause } from './pause.js';
import type { Table } from './table.js';

/**
 * How far latents stray from their means: overall, and while a factor is held at one of its values.
 */
export interface Deviations {
  /** max |z_d - mean of z_d|, f64[D]; 0 for a constant latent. */
  readonly maximal: Float64Array;
  /**
   * Mean over the occupied values of factor k of the q-quantile of |z_d - mean of z_d among the
   * rows of that value|, row-major f64[D][K]; 0 for constant latents and factors.
   */
  readonly withinFactors: Float64Array;
}

/** Which deviations are taken, of which values of factors. */
export type DeviationOptions = {
  /** 0 to 1; 1 is the maximum. */
  readonly quantile: number;
  /**
   * Equal-width bins of a continuous factor, and of a discrete one as well where `rebin` says so.
   */
  readonly bins: number;
  readonly edges: Edges;
  readonly rebin: boolean;
};

/** Deviations of every latent, overall and within the values of every factor. */
export async function factorDeviations(table: Table, options: DeviationOptions, pause: Pause): Promise<Deviations> {
  const { quantile: q, bins, edges, rebin } = options;
  const { core, rows, latentCount, factorCount, latents, varyingLatents, varyingFactors } = table;
  const codes = new Map<number, Awaited<ReturnType<typeof encodeFactor>>>();
  for (const k of varyingFactors) codes.set(k, await (rebin ? rebinFactor : encodeFactor)(table, k, bins, edges));
  return core.arena.scope(async () => {
    const maximal = new Float64Array(latentCount);
    const withinFactors = new Float64Array(latentCount * factorCount);
    const order = core.arena.alloc('i32', rows);
    const all = order.array;
    for (let row = 0; row < rows; row++) all[row] = row;
    const quantiles = core.arena.alloc('f64', latentCount);
    core.deviations.deviationQuantiles(quantiles, latents, order, latentCount, 0, rows, 1);
    for (const d of varyingLatents) maximal[d] = quantiles.array[d];
    for (const [k, { codes: ofFactor, size }] of codes) {
      await pause('deviations', varyingFactors.indexOf(k), varyingFactors.length);
      const bounds = core.arena.alloc('i32', size + 1);
      core.deviations.orderByCode(order, bounds, ofFactor, size);
      const begins = bounds.array.slice();
      const sums = new Float64Array(latentCount);
      let occupied = 0;
      for (let value = 0; value < size; value++) {
        if (begins[value] === begins[value + 1]) continue;
        occupied++;
        core.deviations.deviationQuantiles(quantiles, latents, order, latentCount, begins[value], begins[value + 1], q);
        const within = quantiles.array;
        for (const d of varyingLatents) sums[d] += within[d];
      }
      for (const d of varyingLatents) withinFactors[d * factorCount + k] = sums[d] / occupied;
    }
    return { maximal, withinFactors };
  });
}
