/**
 * Kernels of assembly/histogram.ts, edges.ts and quantile-bins.ts: from numbers to bins, codes and
 * joint counts.
 */
import type { Arena, Block, NumberBlock, RealBlock } from '../arena.js';

/** What assembly/histogram.ts, edges.ts and quantile-bins.ts export. */
export interface HistogramExports {
  binColumnsF32: BinColumns;
  binColumnsF64: BinColumns;
  binColumnByEdgesF32: BinColumnByEdges;
  binColumnByEdgesF64: BinColumnByEdges;
  denseCodesF32: DenseCodes;
  denseCodesF64: DenseCodes;
  denseCodesI32: DenseCodes;
  offsetCodesI32(out: number, seen: number, x: number, minima: number, rows: number, columns: number): void;
  combineCodes(out: number, codes: number, rows: number, size: number): void;
  groupCodes(out: number, codes: number, rows: number, size: number): void;
  countJoint(
    counts: number,
    bins: number,
    codes: number,
    values: number,
    cells: number,
    copies: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  countJointWide(counts: number, bins: number, codes: number, values: number, firstRow: number, lastRow: number): void;
  marginaliseCounts(
    out: number,
    counts: number,
    copies: number,
    bins: number,
    outer: number,
    values: number,
    inner: number,
  ): void;
  rankInOrder(out: number, x: number, order: number, from: number, end: number, rows: number): number;
  quantileBins(out: number, ranks: number, bins: number, total: number, from: number, end: number): void;
}

type BinColumns = (
  out: number,
  x: number,
  minima: number,
  maxima: number,
  rows: number,
  columns: number,
  bins: number,
  firstRow: number,
  lastRow: number,
) => void;
type BinColumnByEdges = (
  out: number,
  x: number,
  columns: number,
  column: number,
  edges: number,
  bins: number,
  scale: number,
  shift: number,
  firstRow: number,
  lastRow: number,
) => void;
type DenseCodes = (
  out: number,
  table: number,
  x: number,
  rows: number,
  columns: number,
  column: number,
  minimum: number,
  range: number,
) => number;

/** Cells that countJoint computes at a time. */
const COUNT_SCRATCH = 1024;

/** Bins, codes and counts. */
export function bindHistogram(wasm: HistogramExports, arena: Arena) {
  return {
    /**
     * Bins rows [firstRow, lastRow) of x (rows, columns) into out [columns][rows]; minima, maxima:
     * [columns].
     */
    binColumns(
      out: Block<'u16'>,
      x: RealBlock,
      minima: Block<'f64'>,
      maxima: Block<'f64'>,
      rows: number,
      columns: number,
      bins: number,
      firstRow: number,
      lastRow: number,
    ): void {
      const run = x.type === 'f32' ? wasm.binColumnsF32 : wasm.binColumnsF64;
      run(out.pointer, x.pointer, minima.pointer, maxima.pointer, rows, columns, bins, firstRow, lastRow);
    },

    /**
     * Bins rows [firstRow, lastRow) of one column of x (rows, columns) into out: how many edges,
     * which never decrease, are at most x * scale + shift, less 1.
     */
    binColumnByEdges(
      out: Block<'u16'>,
      x: RealBlock,
      columns: number,
      column: number,
      edges: Block<'f64'>,
      { scale, shift }: { readonly scale: number; readonly shift: number },
      firstRow: number,
      lastRow: number,
    ): void {
      const run = x.type === 'f32' ? wasm.binColumnByEdgesF32 : wasm.binColumnByEdgesF64;
      run(out.pointer, x.pointer, columns, column, edges.pointer, edges.length, scale, shift, firstRow, lastRow);
    },

    /**
     * Codes of the different whole numbers of one column of x (rows, columns), which lie within
     * `range` of minimum; returns how many.
     */
    denseCodes(
      out: Block<'i32'>,
      x: NumberBlock,
      rows: number,
      columns: number,
      column: number,
      minimum: number,
      range: number,
    ): number {
      const run = { f32: wasm.denseCodesF32, f64: wasm.denseCodesF64, i32: wasm.denseCodesI32 }[x.type];
      return arena.borrow(() => {
        const table = arena.alloc('i32', range);
        return run(out.pointer, table.pointer, x.pointer, rows, columns, column, minimum, range);
      });
    },

    /**
     * Codes value - minimum of every column of x (rows, columns) with a range, into out
     * [columns][rows]; returns for each of them which codes occur, and null for a column whose
     * range is 0.
     */
    offsetCodes(
      out: Block<'i32'>,
      x: Block<'i32'>,
      rows: number,
      columns: number,
      minima: ArrayLike<number>,
      ranges: readonly number[],
    ): Array<Uint8Array | null> {
      return arena.borrow(() => {
        const minimaBlock = arena.upload('i32', minima);
        const marks = ranges.map((range) => (range > 0 ? arena.zeros('u8', range) : null));
        const seen = arena.upload(
          'u32',
          marks.map((block) => block?.pointer ?? 0),
        );
        wasm.offsetCodesI32(out.pointer, seen.pointer, x.pointer, minimaBlock.pointer, rows, columns);
        return marks.map((block) => block?.array.slice() ?? null);
      });
    },

    /** out = out * size + codes, below 2^31. */
    combineCodes(out: Block<'i32'>, codes: Block<'i32'>, size: number): void {
      wasm.combineCodes(out.pointer, codes.pointer, codes.length, size);
    },

    /** out = out * size + codes, below 2^16. */
    groupCodes(out: Block<'u16'>, codes: Block<'i32'>, size: number): void {
      wasm.groupCodes(out.pointer, codes.pointer, codes.length, size);
    },

    /**
     * Adds joint counts of rows [firstRow, lastRow) to counts [copies][bins][values]; cells =
     * bins * values < 2^16; firstRow is a multiple of 8.
     */
    countJoint(
      counts: Block<'u32'>,
      bins: Block<'u16'>,
      codes: Block<'u16'>,
      values: number,
      cells: number,
      copies: 1 | 4,
      firstRow: number,
      lastRow: number,
    ): void {
      arena.borrow(() => {
        const scratch = arena.alloc('u16', COUNT_SCRATCH);
        wasm.countJoint(
          counts.pointer,
          bins.pointer,
          codes.pointer,
          values,
          cells,
          copies,
          firstRow,
          lastRow,
          scratch.pointer,
        );
      });
    },

    /**
     * Adds joint counts of rows [firstRow, lastRow) to counts [bins][values], however many cells
     * there are.
     */
    countJointWide(
      counts: Block<'u32'>,
      bins: Block<'u16'>,
      codes: Block<'i32'>,
      values: number,
      firstRow: number,
      lastRow: number,
    ): void {
      wasm.countJointWide(counts.pointer, bins.pointer, codes.pointer, values, firstRow, lastRow);
    },

    /** Sums counts [copies][bins][outer][values][inner] into out [bins][values]. */
    marginaliseCounts(
      out: Block<'u32'>,
      counts: Block<'u32'>,
      copies: number,
      bins: number,
      outer: number,
      values: number,
      inner: number,
    ): void {
      wasm.marginaliseCounts(out.pointer, counts.pointer, copies, bins, outer, values, inner);
    },

    /**
     * Ranks the rows from..end of a sorted column, and those that share the last one's number: out
     * has at the place of each row, `order`, how many numbers are at most its own. Returns the row
     * behind them.
     */
    rankInOrder(out: Block<'i32'>, x: Block<'f64'>, order: Block<'i32'>, from: number, end: number): number {
      return wasm.rankInOrder(out.pointer, x.pointer, order.pointer, from, end, x.length);
    },

    /** Bins that have as many rows each, of the ranks from..end of all numbers. */
    quantileBins(out: Block<'u16'>, ranks: Block<'i32'>, bins: number, from: number, end: number): void {
      wasm.quantileBins(out.pointer, ranks.pointer, bins, ranks.length, from, end);
    },
  };
}
