/** Kernels of assembly/votes.ts and pairs.ts: what batches and pairs of rows say of latents. */
import { type Arena, type Block, ELEMENT_BYTES, pointersOf, type RealBlock } from '../arena.js';

/** What assembly/votes.ts and pairs.ts export. */
export interface VotesExports {
  pairDifferencesF32: BatchStatistics;
  pairDifferencesF64: BatchStatistics;
  batchVariancesF32: BatchStatistics;
  batchVariancesF64: BatchStatistics;
  chooseLatents(
    chosen: number,
    weights: number,
    variances: number,
    global: number,
    count: number,
    columns: number,
  ): void;
  chooseLargest(chosen: number, variances: number, global: number, count: number, columns: number): void;
  chooseLatentsF32(
    chosen: number,
    weights: number,
    x: number,
    rows: number,
    global: number,
    inverse: number,
    left: number,
    scratch: number,
    count: number,
    size: number,
    columns: number,
    isLargest: boolean,
    isLarge: boolean,
  ): void;
}

type BatchStatistics = (
  out: number,
  x: number,
  rows: number,
  count: number,
  size: number,
  columns: number,
  isLarge: boolean,
) => void;

/**
 * Latents of this size do not fit a second-level cache, and reads of their rows are worth starting
 * early.
 */
const LARGE_BYTES = 8 * 1024 ** 2;

/** Statistics of batches of rows, and votes by them. */
export function bindVotes(wasm: VotesExports, arena: Arena) {
  const withType =
    (ofF32: BatchStatistics, ofF64: BatchStatistics) =>
    (out: Block<'f64'>, x: RealBlock, rows: Block<'i32'>, count: number, size: number, columns: number): void => {
      const run = x.type === 'f32' ? ofF32 : ofF64;
      run(out.pointer, x.pointer, rows.pointer, count, size, columns, isLarge(x));
    };

  return {
    /**
     * Mean absolute differences [count][columns] of pairs of rows [count][2][size] of x (rows,
     * columns).
     */
    pairDifferences: withType(wasm.pairDifferencesF32, wasm.pairDifferencesF64),

    /**
     * Variances [count][columns], divided by size - 1, of batches of rows [count][size] of x (rows,
     * columns).
     */
    batchVariances: withType(wasm.batchVariancesF32, wasm.batchVariancesF64),

    /**
     * For each row of variances [count][columns] the latent that varies least and the weight of its
     * vote; global is 0 for a latent left out.
     */
    chooseLatents(
      chosen: Block<'i32'>,
      weights: Block<'f64'>,
      variances: Block<'f64'>,
      global: Block<'f64'>,
      count: number,
    ): void {
      wasm.chooseLatents(chosen.pointer, weights.pointer, variances.pointer, global.pointer, count, global.length);
    },

    /**
     * For each row of variances [count][columns] the latent that varies most; global is 0 for a
     * latent left out.
     */
    chooseLargest(chosen: Block<'i32'>, variances: Block<'f64'>, global: Block<'f64'>, count: number): void {
      wasm.chooseLargest(chosen.pointer, variances.pointer, global.pointer, count, global.length);
    },

    /**
     * As batchVariances and chooseLatents (or, with `largest`, chooseLargest, without weights), for
     * a float32 table and batches of at most 256 rows: float32 wherever that decides. Global
     * variances must be 0 (for a latent left out) or between 1e-20 and 1e20.
     */
    chooseLatentsF32(
      chosen: Block<'i32'>,
      weights: Block<'f64'>,
      x: Block<'f32'>,
      rows: Block<'i32'>,
      global: Block<'f64'>,
      count: number,
      size: number,
      largest = false,
    ): void {
      const columns = global.length;
      arena.borrow(() => {
        const variances = global.array.slice();
        const padded = columns + 12;
        const kept = (d: number) => d < columns && variances[d] > 0;
        const inverses = Array.from({ length: padded }, (_, d) => (kept(d) ? 1 / ((size - 1) * variances[d]) : 0));
        const inverse = arena.upload('f32', inverses);
        const left = arena.upload(
          'f32',
          inverses.map((_, d) => (kept(d) ? 0 : Number.POSITIVE_INFINITY)),
        );
        const scratch = arena.alloc('f32', padded + 2 * columns);
        wasm.chooseLatentsF32(
          ...pointersOf(chosen, weights, x, rows, global, inverse, left, scratch),
          count,
          size,
          columns,
          largest,
          isLarge(x),
        );
      });
    },
  };
}

function isLarge(x: RealBlock): boolean {
  return x.length * ELEMENT_BYTES[x.type] > LARGE_BYTES;
}
