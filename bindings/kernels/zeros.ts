/** Kernels of assembly/zeros.ts: latents that are 0 in most rows. */
import { type Arena, type Block, pointersOf, type RealBlock } from '../arena.js';

/** What assembly/zeros.ts exports. */
export interface ZerosExports {
  nonzeroExtremesF32: NonzeroExtremes;
  nonzeroExtremesF64: NonzeroExtremes;
  markZerosF32: MarkZeros;
  markZerosF64: MarkZeros;
  gatherCodes(out: number, codes: number, rows: number, count: number): void;
  countMissing(counts: number, totals: number, copies: number, bins: number, values: number, bin: number): void;
}

type NonzeroExtremes = (minima: number, maxima: number, x: number, rows: number, columns: number) => void;
type MarkZeros = (
  out: number,
  x: number,
  rows: number,
  columns: number,
  bin: number,
  firstRow: number,
  lastRow: number,
) => void;

/** Zeros in tables. */
export function bindZeros(wasm: ZerosExports, arena: Arena) {
  return {
    /**
     * Least and largest value but 0 of each column of x (rows, columns); Infinity and -Infinity of
     * a column of zeros.
     */
    nonzeroExtremes(x: RealBlock, rows: number, columns: number): { minima: Float64Array; maxima: Float64Array } {
      const run = x.type === 'f32' ? wasm.nonzeroExtremesF32 : wasm.nonzeroExtremesF64;
      return arena.borrow(() => {
        const [minima, maxima] = [arena.alloc('f64', columns), arena.alloc('f64', columns)];
        run(...pointersOf(minima, maxima, x), rows, columns);
        return { minima: minima.array.slice(), maxima: maxima.array.slice() };
      });
    },

    /** out [columns][rows] = bin for rows [firstRow, lastRow) of x (rows, columns) that are 0. */
    markZeros(
      out: Block<'u16'>,
      x: RealBlock,
      rows: number,
      columns: number,
      bin: number,
      firstRow: number,
      lastRow: number,
    ): void {
      const run = x.type === 'f32' ? wasm.markZerosF32 : wasm.markZerosF64;
      run(...pointersOf(out, x), rows, columns, bin, firstRow, lastRow);
    },

    /** out[i] = codes[rows[i]]. */
    gatherCodes(out: Block<'u16'>, codes: Block<'u16'>, rows: Block<'i32'>): void {
      wasm.gatherCodes(...pointersOf(out, codes, rows), rows.length);
    },

    /** Adds to one bin of counts [copies][bins][values] what they lack of totals [values]. */
    countMissing(
      counts: Block<'u32'>,
      totals: Block<'u32'>,
      copies: number,
      bins: number,
      values: number,
      bin: number,
    ): void {
      wasm.countMissing(...pointersOf(counts, totals), copies, bins, values, bin);
    },
  };
}
