/** Kernels of assembly/lasso.ts: least squares with an L1 penalty, from sums over rows. */
import { type Arena, type Block, pointersOf } from '../arena.js';

/** Sums over rows that a lasso needs. */
export interface LassoSums {
  readonly columns: number;
  /** A multiple of 4, at least columns. */
  readonly stride: number;
  /** X'X of centred columns, f64[stride][stride]; 0 beyond columns. */
  readonly gram: Block<'f64'>;
  /** X'y, f64[stride]; 0 beyond columns. */
  readonly products: Block<'f64'>;
  /** y'y, of the centred target. */
  readonly squares: number;
}

/** What assembly/lasso.ts exports. */
export interface LassoExports {
  addGram(sums: number, gram: number, shift: number, weight: number, columns: number, stride: number): void;
  mirrorGram(gram: number, columns: number, stride: number): void;
  gramSquare(gram: number, w: number, columns: number, stride: number): number;
  descendLasso(
    w: number,
    q: number,
    list: number,
    gram: number,
    products: number,
    squares: number,
    columns: number,
    stride: number,
    lambda: number,
    least: number,
    sweeps: number,
  ): number;
  solveLassoWeights(
    w: number,
    list: number,
    factor: number,
    right: number,
    gram: number,
    products: number,
    columns: number,
    stride: number,
    lambda: number,
  ): number;
}

/** Lassos and the sums they need. */
export function bindLasso(wasm: LassoExports, arena: Arena) {
  return {
    /**
     * sums += gram + weight shift shift', all [stride][stride], on and above the diagonal; shift:
     * [stride].
     */
    addGram(sums: Block<'f64'>, gram: Block<'f64'>, shift: Block<'f64'>, weight: number, columns: number): void {
      wasm.addGram(sums.pointer, gram.pointer, shift.pointer, weight, columns, shift.length);
    },

    /** Copies what is above the diagonal of gram [stride][stride] below it. */
    mirrorGram(gram: Block<'f64'>, columns: number, stride: number): void {
      wasm.mirrorGram(gram.pointer, columns, stride);
    },

    /**
     * w' G w; gram: [stride][stride], on both sides of the diagonal, w: [stride], 0 beyond columns.
     */
    gramSquare(gram: Block<'f64'>, w: Block<'f64'>, columns: number): number {
      return wasm.gramSquare(gram.pointer, w.pointer, columns, w.length);
    },

    /**
     * Improves the weights w [stride] of a lasso until its duality gap is at most `least`, for
     * about `sweeps` sweeps at most; returns the gap. w is 0 beyond columns and where a column has
     * no variance.
     */
    descendLasso(w: Block<'f64'>, of: LassoSums, lambda: number, least: number, sweeps: number): number {
      const { columns, stride, gram, products, squares } = of;
      return arena.borrow(() => {
        const q = arena.alloc('f64', stride);
        const list = arena.alloc('i32', columns);
        return wasm.descendLasso(
          ...pointersOf(w, q, list, gram, products),
          squares,
          columns,
          stride,
          lambda,
          least,
          sweeps,
        );
      });
    },

    /**
     * Moves w to the best weights of the same signs, or until one is 0; returns whether that could
     * be done.
     */
    solveLassoWeights(
      w: Block<'f64'>,
      { columns, stride, gram, products }: Omit<LassoSums, 'squares'>,
      lambda: number,
    ): boolean {
      return arena.borrow(() => {
        const list = arena.alloc('i32', columns);
        const factor = arena.alloc('f64', columns * columns);
        const right = arena.alloc('f64', columns);
        const hasMoved = wasm.solveLassoWeights(
          ...pointersOf(w, list, factor, right, gram, products),
          columns,
          stride,
          lambda,
        );
        return hasMoved !== 0;
      });
    },
  };
}
