import type { Table } from './table.js';

/** Mean and variance (divided by N - 1) of each latent, f64[D]. */
export function latentVariances(table: Table): Promise<{ means: Float64Array; variances: Float64Array }> {
  return table.memoOfLatents('latent variances', () =>
    table.core.moments.columnVariances(table.latents, table.rows, table.latentCount),
  );
}
