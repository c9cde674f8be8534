/**
 * Kernels of assembly/correlation.ts and value-ranks.ts: columns over some rows, their ranks and
 * their products.
 */
import { type Arena, type Block, type NumberBlock, pointersOf } from '../arena.js';

/** What assembly/correlation.ts and value-ranks.ts export. */
export interface CorrelationExports {
  fillColumnsF32: FillColumns;
  fillColumnsF64: FillColumns;
  fillColumnsI32: FillColumns;
  combineColumns(
    out: number,
    block: number,
    weights: number,
    stride: number,
    columns: number,
    outs: number,
    count: number,
  ): void;
  addMoments(
    products: number,
    squares: number,
    means: number,
    shifts: number,
    block: number,
    stride: number,
    left: number,
    start: number,
    right: number,
    count: number,
    before: number,
  ): void;
  rankValues(
    ranks: number,
    values: number,
    pairs: number,
    others: number,
    counts: number,
    minimum: number,
    perRange: number,
    trainRows: number,
    rows: number,
  ): number;
  rankSorted(ranks: number, keys: number, order: number, trainRows: number, rows: number): void;
}

type FillColumns = (
  out: number,
  stride: number,
  x: number,
  columns: number,
  first: number,
  last: number,
  minima: number,
  perScale: number,
  order: number,
  count: number,
) => void;

/** A table, and what its columns are shifted and scaled by: f64[columns] each. */
export interface ScaledTable {
  readonly x: NumberBlock;
  readonly columns: number;
  readonly minima: Block<'f64'>;
  readonly perScale: Block<'f64'>;
}

/** Sums that rows are added to. */
export interface MomentSums {
  /** f64[start + right] each. */
  readonly means: Block<'f64'>;
  readonly squares: Block<'f64'>;
  /** Of the first `left` columns with the `right` ones from `start` on, f64[left][right]. */
  readonly products: Block<'f64'>;
  readonly left: number;
  /** 0 or `left`. */
  readonly start: number;
  readonly right: number;
}

/** Values of a digit of rankValues. */
const RANK_PLACES = 2048;

/** Correlations of columns. */
export function bindCorrelation(wasm: CorrelationExports, arena: Arena) {
  return {
    /**
     * out[j][i] = (x[order[i]][first + j] - minimum) * perScale for columns [first, last); out:
     * [last - first][stride].
     */
    fillColumns(
      out: Block<'f64'>,
      stride: number,
      { x, columns, minima, perScale }: ScaledTable,
      first: number,
      last: number,
      order: Block<'i32'>,
    ): void {
      const run = { f32: wasm.fillColumnsF32, f64: wasm.fillColumnsF64, i32: wasm.fillColumnsI32 }[x.type];
      const [scratch, low, scale, rows] = pointersOf(out, minima, perScale, order);
      run(scratch, stride, x.pointer, columns, first, last, low, scale, rows, order.length);
    },

    /**
     * out[c][i] = weights[c][columns] + sum of weights[c][j] block[j][i], for the first `count`
     * rows of block [columns][stride]; weights: [outs][columns + 1], out: [outs][stride].
     */
    combineColumns(
      out: Block<'f64'>,
      block: Block<'f64'>,
      weights: Block<'f64'>,
      stride: number,
      columns: number,
      count: number,
    ): void {
      const outs = weights.length / (columns + 1);
      wasm.combineColumns(...pointersOf(out, block, weights), stride, columns, outs, count);
    },

    /**
     * Adds `count` rows of block [start + right][stride], which is overwritten, to the moments of
     * `before` rows; if start is 0, without products below the diagonal. stride is even and above
     * count.
     */
    addMoments(
      { products, squares, means, left, start, right }: MomentSums,
      block: Block<'f64'>,
      stride: number,
      count: number,
      before: number,
    ): void {
      arena.borrow(() => {
        const shifts = arena.alloc('f64', start + right);
        const sums = pointersOf(products, squares, means, shifts, block);
        wasm.addMoments(...sums, stride, left, start, right, count, before);
      });
    },

    /**
     * Twice the ranks of values into ranks [rows][2]: among all, and among those of the same part,
     * of which the first is below trainRows. False, with ranks unfinished, if many different values
     * are near each other beside their range.
     */
    rankValues(
      ranks: Block<'i32'>,
      values: Block<'f64'>,
      { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
      trainRows: number,
    ): boolean {
      return arena.borrow(() => {
        // Two words each.
        const pairs = arena.alloc('f64', values.length);
        const others = arena.alloc('f64', values.length);
        const counts = arena.alloc('u32', 2 * RANK_PLACES);
        const perRange = maximum > minimum ? Math.min(1 / (maximum - minimum), Number.MAX_VALUE) : 0;
        const blocks = pointersOf(ranks, values, pairs, others, counts);
        return wasm.rankValues(...blocks, minimum, perRange, trainRows, values.length) !== 0;
      });
    },

    /**
     * Twice the ranks of sorted keys, whose places are `order`, into ranks [places][2]: among all,
     * and among those of the same part, of which the first is below trainRows.
     */
    rankSorted(ranks: Block<'i32'>, keys: Block<'f64'>, order: Block<'i32'>, trainRows: number): void {
      wasm.rankSorted(...pointersOf(ranks, keys, order), trainRows, keys.length);
    },
  };
}
