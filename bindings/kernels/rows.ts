/** Kernels of assembly/rows.ts and sorting.ts: rows of tables in another order. */
import { type Arena, type Block, pointersOf } from '../arena.js';

/** What assembly/rows.ts and sorting.ts export. */
export interface RowsExports {
  gatherRows(out: number, x: number, rows: number, count: number, words: number): void;
  gatherColumn(out: number, x: number, rows: number, count: number): void;
  sortRows(keys: number, order: number, otherKeys: number, otherOrder: number, counts: number, rows: number): void;
}

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
