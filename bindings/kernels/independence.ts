/** Kernels of assembly/independence.ts: steps of FastICA. */
import { type Arena, type Block, pointersOf } from '../arena.js';

/** What assembly/independence.ts exports. */
export interface IndependenceExports {
  addContrast(
    sums: number,
    squares: number,
    slopes: number,
    z: number,
    w: number,
    k: number,
    stride: number,
    from: number,
    to: number,
  ): void;
}

/** Rows whose slopes are kept at a time. */
const BLOCK_ROWS = 64;

/** Steps of FastICA. */
export function bindIndependence(wasm: IndependenceExports, arena: Arena) {
  return {
    /**
     * Adds tanh(w z) z' and tanh(w z)^2 of rows [from, to) to sums [k][k] and squares [k]; z
     * [k][stride] has a line for each component, 0 beyond the rows, w is [k][k]; stride, from and
     * to are even.
     */
    addContrast(
      sums: Block<'f64'>,
      squares: Block<'f64'>,
      z: Block<'f64'>,
      w: Block<'f64'>,
      k: number,
      stride: number,
      from: number,
      to: number,
    ): void {
      arena.borrow(() => {
        const slopes = arena.alloc('f64', k * BLOCK_ROWS);
        wasm.addContrast(...pointersOf(sums, squares, slopes, z, w), k, stride, from, to);
      });
    },
  };
}
