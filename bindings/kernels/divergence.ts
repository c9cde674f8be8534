/** Kernels of assembly/divergence.ts: posteriors against their prior. */
import type { Block } from '../arena.js';

/** What assembly/divergence.ts exports. */
export interface DivergenceExports {
  addDivergences(sums: number, mu: number, logvar: number, columns: number, firstRow: number, lastRow: number): void;
}

/** Divergences of diagonal Gaussians. */
export function bindDivergence(wasm: DivergenceExports) {
  return {
    /**
     * Adds the divergences from the prior of rows [firstRow, lastRow) of posteriors (rows, columns)
     * to sums [columns].
     */
    addDivergences(
      sums: Block<'f64'>,
      mu: Block<'f64'>,
      logvar: Block<'f64'>,
      columns: number,
      firstRow: number,
      lastRow: number,
    ): void {
      wasm.addDivergences(sums.pointer, mu.pointer, logvar.pointer, columns, firstRow, lastRow);
    },
  };
}
