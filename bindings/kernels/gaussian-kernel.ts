/** Kernel of assembly/gaussian-kernel.ts: how near rows are to rows. */
import type { Block } from '../arena.js';

/** What assembly/gaussian-kernel.ts exports. */
export interface GaussianKernelExports {
  gaussianRows(
    out: number,
    outStride: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    columns: number,
    gamma: number,
    firstRow: number,
    lastRow: number,
    count: number,
  ): void;
}

/** A table as columns, f64[columns][stride]; stride is above the number of rows. */
export interface ColumnTable {
  readonly x: Block<'f64'>;
  readonly columns: number;
  readonly rows: number;
  readonly stride: number;
}

/** Gaussian kernels. */
export function bindGaussianKernel(wasm: GaussianKernelExports) {
  return {
    /**
     * exp(-gamma |a_i - b_j|^2) for rows [firstRow, lastRow) of a and all of b, into out
     * [lastRow - firstRow][outStride]; outStride is even and above the rows of b.
     */
    gaussianRows(
      out: Block<'f64'>,
      outStride: number,
      a: ColumnTable,
      b: ColumnTable,
      gamma: number,
      firstRow: number,
      lastRow: number,
    ): void {
      const [to, from, other] = [out.pointer, a.x.pointer, b.x.pointer];
      wasm.gaussianRows(to, outStride, from, a.stride, other, b.stride, a.columns, gamma, firstRow, lastRow, b.rows);
    },
  };
}
