/** Kernels of assembly/drawing.ts: rows that share the value of a factor. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import { allocState, type Stream, wordsOf } from './random.js';

/** Rows grouped by the value of one factor; a value that only one row has is left out. */
export interface RowGroups {
  /** The rows, those that share a value side by side. */
  readonly order: Block<'i32'>;
  /** Where the rows of each value begin in order; one more entry than values. */
  readonly bounds: Block<'i32'>;
  /** The value at every 2^shift-th place. */
  readonly buckets: Block<'i32'>;
  readonly shift: number;
  /** How many rows can be drawn. */
  readonly drawable: number;
  /** How many values they have. */
  readonly values: number;
}

/** What assembly/drawing.ts exports. */
export interface DrawingExports {
  groupRowsByCode(order: number, bounds: number, codes: number, sizes: number, rows: number, values: number): number;
  keepVaryingGroups(order: number, bounds: number, codes: number, groups: number): number;
  fillBuckets(buckets: number, bounds: number, places: number, shift: number): void;
  drawBatchRows: DrawRows;
  drawPairRows: DrawPairs;
}

type DrawArguments = [
  rows: number,
  fixed: number,
  groups: number,
  groupCount: number,
  count: number,
  size: number,
  seedLow: number,
  seedHigh: number,
  stream: number,
  firstIndex: number,
  state: number,
];
type DrawRows = (...given: DrawArguments) => void;
type DrawPairs = (...given: [...DrawArguments, withItself: number]) => void;

/** How rows are drawn. */
export interface Draws {
  /** Whether all values of a factor are drawn alike, and not by their rows. */
  readonly isUniform?: boolean;
  /** Whether a row may be paired with itself. */
  readonly withItself?: boolean;
}

/** Words of a group in the table that draws read. */
const GROUP_WORDS = 6;
/**
 * Buckets per value: so many that the value at a place is seldom more than a step from the bucket's
 * first.
 */
const BUCKETS_PER_VALUE = 8;

/** Groups of rows, and draws from them. */
export function bindDrawing(wasm: DrawingExports, arena: Arena) {
  const drawWith =
    (run: DrawPairs) =>
    (
      rows: Block<'i32'>,
      fixed: Block<'i32'>,
      groups: readonly RowGroups[],
      count: number,
      size: number,
      at: Stream,
      { isUniform = false, withItself = false }: Draws = {},
    ): void =>
      arena.borrow(() => {
        const table = arena.alloc('u32', groups.length * GROUP_WORDS);
        table.array.set(
          groups.flatMap((g) => [
            ...pointersOf(g.order, g.bounds, g.buckets),
            g.shift,
            g.drawable,
            isUniform ? g.values : 0,
          ]),
        );
        run(
          rows.pointer,
          fixed.pointer,
          table.pointer,
          groups.length,
          count,
          size,
          ...wordsOf(at),
          allocState(arena).pointer,
          Number(withItself),
        );
      });

  return {
    /**
     * Groups rows by code; where there are codes `varying`, leaves groups out in which these are
     * all the same. The blocks are taken from the arena and stay.
     */
    groupRowsByCode(codes: Block<'i32'>, values: number, varying?: Block<'i32'>): RowGroups {
      const rows = codes.length;
      const order = arena.alloc('i32', rows);
      const bounds = arena.alloc('i32', values + 1);
      let kept = arena.borrow(() => {
        const sizes = arena.alloc('i32', values);
        return wasm.groupRowsByCode(...pointersOf(order, bounds, codes, sizes), rows, values);
      });
      if (varying) kept = wasm.keepVaryingGroups(order.pointer, bounds.pointer, varying.pointer, kept);
      const drawable = bounds.array[kept];
      // Without rows to draw there are no buckets.
      const shift = kept === 0 ? 0 : Math.max(0, Math.floor(Math.log2(drawable / (BUCKETS_PER_VALUE * kept))));
      const buckets = arena.alloc('i32', drawable === 0 ? 0 : ((drawable - 1) >> shift) + 1);
      wasm.fillBuckets(buckets.pointer, bounds.pointer, drawable, shift);
      return { order, bounds, buckets, shift, drawable, values: kept };
    },

    /**
     * Batches of rows [count][size] that share a factor's value; fixed [count] is the index into
     * groups. The value is that of a random row or, if `isUniform`, any value alike.
     */
    drawBatchRows: drawWith(wasm.drawBatchRows),

    /**
     * Batches of pairs of rows [count][2][size] that share a factor's value; fixed [count] is the
     * index into groups. Values are drawn as for batches.
     */
    drawPairRows: drawWith(wasm.drawPairRows),
  };
}
