/** Kernels of assembly/svm.ts: linear machines on one column. */
import { type Arena, type Block, pointersOf } from '../arena.js';

/** A column in increasing order. */
export interface SortedColumn {
  /** f64[rows] */
  readonly x: Block<'f64'>;
  /** The class of each; below 0 for a row to leave out, i32[rows]. */
  readonly codes: Block<'i32'>;
}

/** What assembly/svm.ts exports. */
export interface SvmExports {
  classSums(
    values: number,
    sums: number,
    cursors: number,
    bounds: number,
    x: number,
    codes: number,
    offset: number,
    perScale: number,
    classes: number,
    rows: number,
  ): void;
  countLargestLine(
    x: number,
    codes: number,
    slopes: number,
    intercepts: number,
    scratch: number,
    offset: number,
    perScale: number,
    classes: number,
    rows: number,
  ): number;
}

/** Machines on one column. */
export function bindSvm(wasm: SvmExports, arena: Arena) {
  return {
    /**
     * Groups the sorted x by class, with running sums: values [2 n], sums [2 n + classes + 1][2],
     * where bounds [classes + 2] says; see assembly/svm.ts.
     */
    classSums(
      values: Block<'f64'>,
      sums: Block<'f64'>,
      bounds: Block<'i32'>,
      { x, codes }: SortedColumn,
      offset: number,
      perScale: number,
      classes: number,
    ): void {
      arena.borrow(() => {
        const cursors = arena.alloc('i32', classes + 1);
        wasm.classSums(...pointersOf(values, sums, cursors, bounds, x, codes), offset, perScale, classes, x.length);
      });
    },

    /**
     * How many rows have the class whose line slope * (x - offset) * perScale + intercept is the
     * largest.
     */
    countLargestLine(
      { x, codes }: SortedColumn,
      slopes: Float64Array,
      intercepts: Float64Array,
      offset: number,
      perScale: number,
    ): number {
      return arena.borrow(() => {
        const a = arena.upload('f64', slopes);
        const b = arena.upload('f64', intercepts);
        const scratch = arena.alloc('f64', slopes.length);
        return wasm.countLargestLine(...pointersOf(x, codes, a, b, scratch), offset, perScale, slopes.length, x.length);
      });
    },
  };
}
