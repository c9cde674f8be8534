/** Kernels of assembly/covariance.ts: products of deviations. */
import type { Arena, Block, RealBlock } from '../arena.js';

/** What assembly/covariance.ts exports. */
export interface CovarianceExports {
  columnOffsetsF32(offsets: number, x: number, rows: number, columns: number): void;
  columnOffsetsF64(offsets: number, x: number, rows: number, columns: number): void;
  addProductsF32: AddProducts;
  addProductsF64: AddProducts;
  logDeterminant(a: number, n: number, least: number): number;
}

type AddProducts = (
  sums: number,
  scratch: number,
  x: number,
  offsets: number,
  columns: number,
  stride: number,
  firstRow: number,
  lastRow: number,
) => void;

/** Rows that addProducts centres at a time. */
const PRODUCT_ROWS = 64;

/** Covariances of columns. */
export function bindCovariance(wasm: CovarianceExports, arena: Arena) {
  return {
    /**
     * Mean less first element of each column of x (rows, columns), into offsets [columns];
     * rows >= 1.
     */
    columnOffsets(offsets: Block<'f64'>, x: RealBlock, rows: number, columns: number): void {
      const run = x.type === 'f32' ? wasm.columnOffsetsF32 : wasm.columnOffsetsF64;
      run(offsets.pointer, x.pointer, rows, columns);
    },

    /**
     * Adds the products of deviations of rows [firstRow, lastRow) of x (rows, columns) to sums
     * [stride][stride], on and above the diagonal; stride is a multiple of 4 of at least columns,
     * offsets are those of columnOffsets.
     */
    addProducts(
      sums: Block<'f64'>,
      x: RealBlock,
      offsets: Block<'f64'>,
      columns: number,
      stride: number,
      firstRow: number,
      lastRow: number,
    ): void {
      const run = x.type === 'f32' ? wasm.addProductsF32 : wasm.addProductsF64;
      arena.borrow(() => {
        const scratch = arena.alloc('f64', PRODUCT_ROWS * stride);
        run(sums.pointer, scratch.pointer, x.pointer, offsets.pointer, columns, stride, firstRow, lastRow);
      });
    },

    /**
     * ln det of a symmetric matrix (n, n); null where a pivot of its Cholesky decomposition is not
     * above `least`.
     */
    logDeterminant(a: Float64Array, n: number, least: number): number | null {
      return arena.borrow(() => {
        const block = arena.upload('f64', a);
        const result = wasm.logDeterminant(block.pointer, n, least);
        return Number.isNaN(result) ? null : result;
      });
    },
  };
}
