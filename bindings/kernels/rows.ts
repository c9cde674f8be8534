/**
 * Kernels of assembly/rows.ts and sorting.ts: rows of tables in another order, unit or precision.
 */
import { type Arena, type Block, pointersOf, type RealBlock } from '../arena.js';

/** What assembly/rows.ts and sorting.ts export. */
export interface RowsExports {
  gatherRows(out: number, x: number, rows: number, count: number, words: number): void;
  gatherColumn(out: number, x: number, rows: number, count: number): void;
  gatherColumns(
    out: number,
    x: number,
    chosen: number,
    count: number,
    columns: number,
    words: number,
    rows: number,
  ): void;
  narrowRows(out: number, from: number, fromWidth: number, width: number, rows: number): void;
  standardiseRowsF32: StandardiseRows;
  standardiseRowsF64: StandardiseRows;
  sortRows(keys: number, order: number, otherKeys: number, otherOrder: number, counts: number, rows: number): void;
}

type StandardiseRows = (
  out: number,
  x: number,
  first: number,
  mean: number,
  perScale: number,
  columns: number,
  stride: number,
  rows: number,
) => void;

/** Counters of six digits of a sort key. */
const SORT_COUNTS = 6 * 2048;

/** Kernels that move rows. */
export function bindRows(wasm: RowsExports, arena: Arena) {
  return {
    /** out[i] = x[rows[i]] for whole rows of a table with `columns` columns. */
    gatherRows<T extends 'f32' | 'f64' | 'i32'>(
      out: Block<T>,
      x: Block<T>,
      rows: Block<'i32'>,
      count: number,
      columns: number,
    ): void {
      const words = x.type === 'f64' ? 2 * columns : columns;
      wasm.gatherRows(out.pointer, x.pointer, rows.pointer, count, words);
    },

    /** out[i] = x[rows[i]] for one column. */
    gatherColumn(out: Block<'i32'>, x: Block<'i32'>, rows: Block<'i32'>, count: number): void {
      wasm.gatherColumn(out.pointer, x.pointer, rows.pointer, count);
    },

    /** out (rows, chosen) = the chosen columns of x (rows, columns). */
    gatherColumns<T extends 'f32' | 'f64' | 'i32'>(
      out: Block<T>,
      x: Block<T>,
      chosen: readonly number[],
      columns: number,
      rows: number,
    ): void {
      arena.borrow(() => {
        const list = arena.upload('i32', chosen);
        const words = x.type === 'f64' ? 2 : 1;
        wasm.gatherColumns(...pointersOf(out, x, list), chosen.length, columns, words, rows);
      });
    },

    /**
     * Rounds rows of from [rows][fromWidth], a multiple of 4, to out [rows][width], with zeros
     * beyond.
     */
    narrowRows(out: Block<'f32'>, from: Block<'f64'>, fromWidth: number, width: number, rows: number): void {
      wasm.narrowRows(out.pointer, from.pointer, fromWidth, width, rows);
    },

    /**
     * out [rows][stride] = (x - first - mean) * perScale, of each column of x (rows, columns); then
     * a 1 and zeros where stride is larger than columns.
     */
    standardiseRows(
      out: Block<'f64'>,
      x: RealBlock,
      { first, mean, perScale }: Record<'first' | 'mean' | 'perScale', Float64Array>,
      stride: number,
      rows: number,
    ): void {
      const standardise = x.type === 'f32' ? wasm.standardiseRowsF32 : wasm.standardiseRowsF64;
      arena.borrow(() => {
        const [a, b, c] = [first, mean, perScale].map((numbers) => arena.upload('f64', numbers));
        standardise(...pointersOf(out, x, a, b, c), first.length, stride, rows);
      });
    },

    /** Sorts keys in increasing order, stably, and moves order along with them. */
    sortRows(keys: Block<'f64'>, order: Block<'i32'>): void {
      arena.borrow(() => {
        const otherKeys = arena.alloc('f64', keys.length);
        const otherOrder = arena.alloc('i32', keys.length);
        const counts = arena.alloc('u32', SORT_COUNTS);
        wasm.sortRows(...pointersOf(keys, order, otherKeys, otherOrder, counts), keys.length);
      });
    },
  };
}
