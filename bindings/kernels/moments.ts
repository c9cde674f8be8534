/**
 * Kernels of assembly/moments.ts: what is known of columns after one or two passes over a table.
 */
import type { Arena, Block, NumberBlock, RealBlock } from '../arena.js';

/** What assembly/moments.ts exports. */
export interface MomentsExports {
  firstNonFiniteF32(x: number, count: number): number;
  firstNonFiniteF64(x: number, count: number): number;
  allIntegralF32(x: number, rows: number, columns: number, column: number): number;
  allIntegralF64(x: number, rows: number, columns: number, column: number): number;
  columnExtremesF32: ColumnStatistics;
  columnExtremesF64: ColumnStatistics;
  columnExtremesI32: ColumnStatistics;
  columnVariancesF32: ColumnStatistics;
  columnVariancesF64: ColumnStatistics;
  columnProductsF32: ColumnProducts;
  columnProductsF64: ColumnProducts;
}

type ColumnStatistics = (first: number, second: number, x: number, rows: number, columns: number) => void;
type ColumnProducts = (
  out: number,
  x: number,
  means: number,
  y: number,
  yMean: number,
  rows: number,
  columns: number,
) => void;

/** Checks and moments of columns. */
export function bindMoments(wasm: MomentsExports, arena: Arena) {
  function perColumn(
    run: ColumnStatistics,
    x: NumberBlock,
    rows: number,
    columns: number,
  ): [Float64Array, Float64Array] {
    return arena.borrow(() => {
      const first = arena.alloc('f64', columns);
      const second = arena.alloc('f64', columns);
      run(first.pointer, second.pointer, x.pointer, rows, columns);
      return [first.array.slice(), second.array.slice()];
    });
  }

  return {
    /** Index of the first element of x that is NaN or infinite, -1 if there is none. */
    firstNonFinite(x: RealBlock): number {
      return x.type === 'f32'
        ? wasm.firstNonFiniteF32(x.pointer, x.length)
        : wasm.firstNonFiniteF64(x.pointer, x.length);
    },

    /** Whether one column of x (rows, columns) holds whole numbers only. */
    isIntegral(x: NumberBlock, rows: number, columns: number, column: number): boolean {
      if (x.type === 'i32') return true;
      const test = x.type === 'f32' ? wasm.allIntegralF32 : wasm.allIntegralF64;
      return test(x.pointer, rows, columns, column) !== 0;
    },

    /** Minimum and maximum of each column of x (rows, columns); rows >= 1. */
    columnExtremes(x: NumberBlock, rows: number, columns: number): { minima: Float64Array; maxima: Float64Array } {
      const run = {
        f32: wasm.columnExtremesF32,
        f64: wasm.columnExtremesF64,
        i32: wasm.columnExtremesI32,
      }[x.type];
      const [minima, maxima] = perColumn(run, x, rows, columns);
      return { minima, maxima };
    },

    /** Mean and variance (divided by rows - 1) of each column of x (rows, columns); rows >= 2. */
    columnVariances(x: RealBlock, rows: number, columns: number): { means: Float64Array; variances: Float64Array } {
      const run = x.type === 'f32' ? wasm.columnVariancesF32 : wasm.columnVariancesF64;
      const [means, variances] = perColumn(run, x, rows, columns);
      return { means, variances };
    },

    /** Sums of (x - mean) (y - yMean) for each column of x, f64[columns]. */
    columnProducts(
      x: RealBlock,
      means: Float64Array,
      y: Block<'f64'>,
      yMean: number,
      rows: number,
      columns: number,
    ): Float64Array {
      return arena.borrow(() => {
        const out = arena.alloc('f64', columns);
        const centre = arena.upload('f64', means);
        const products = x.type === 'f32' ? wasm.columnProductsF32 : wasm.columnProductsF64;
        products(out.pointer, x.pointer, centre.pointer, y.pointer, yMean, rows, columns);
        return out.array.slice();
      });
    },
  };
}
