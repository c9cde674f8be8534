/** Kernels of assembly/cholesky.ts: symmetric systems of equations. */
import type { Block } from '../arena.js';

/** What assembly/cholesky.ts exports. */
export interface CholeskyExports {
  decomposeCholesky(a: number, n: number, stride: number): number;
  solveCholesky(l: number, b: number, n: number, stride: number): void;
}

/** Cholesky decompositions. */
export function bindCholesky(wasm: CholeskyExports) {
  return {
    /**
     * Overwrites the lower part of a [n][stride] with its Cholesky factor; false where a is not
     * positive definite.
     */
    decomposeCholesky(a: Block<'f64'>, n: number, stride: number): boolean {
      return wasm.decomposeCholesky(a.pointer, n, stride) !== 0;
    },

    /** Overwrites b [n] with the solution by a Cholesky factor. */
    solveCholesky(l: Block<'f64'>, b: Block<'f64'>, n: number, stride: number): void {
      wasm.solveCholesky(l.pointer, b.pointer, n, stride);
    },
  };
}
