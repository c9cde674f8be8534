import type { Block } from '../../bindings/arena.js';
import { latentVariances } from './latent-variances.js';
import type { Table } from './table.js';

/**
 * R^2 of the straight line from each latent to continuous factor k, f64[D]: cov^2 / (var var), the
 * square of the correlation. 0 for a constant latent.
 */
export function determination(table: Table, k: number): Promise<Float64Array> {
  return table.memo(`determination ${k}`, async () => {
    const { core, rows, latentCount, latents, varyingLatents } = table;
    const { means, variances } = await latentVariances(table);
    const values = table.factors[k].values as Block<'f64'>;
    const own = core.moments.columnVariances(values, rows, 1);
    const products = core.moments.columnProducts(latents, means, values, own.means[0], rows, latentCount);
    const out = new Float64Array(latentCount);
    for (const d of varyingLatents) {
      // Divided one after the other: neither the square nor the product may leave the range of
      // float64.
      const slope = products[d] / (rows - 1) / Math.sqrt(variances[d]) / Math.sqrt(own.variances[0]);
      if (variances[d] > 0 && own.variances[0] > 0) out[d] = Math.min(1, slope * slope);
    }
    return out;
  });
}
