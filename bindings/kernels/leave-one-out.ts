/**
 * Kernels of assembly/leave-one-out.ts: densities of mixtures jointly and without each dimension.
 */
import { type Arena, type Block, pointersOf } from '../arena.js';
import type { ComponentTree, Passage } from './joint.js';
import type { PosteriorBlocks } from './posterior.js';

/** What a tree of components lacks to leave dimensions out. */
export interface Heights {
  /** f64[leaves][columns][width] */
  readonly heights: Block<'f64'>;
  /** f64[nodes][columns + 1] */
  readonly weights: Block<'f64'>;
}

/** Points and what is known of their densities. */
export interface LeaveOneOutPoints {
  /** f64[points][columns rounded up to an even number] */
  readonly rows: Block<'f64'>;
  /** f64[points][4][columns + 1]; see assembly/leave-one-out.ts. */
  readonly states: Block<'f64'>;
  /** f64[16 columns + 16] */
  readonly scratch: Block<'f64'>;
}

/** What assembly/leave-one-out.ts exports. */
export interface LeaveOneOutExports {
  packHeights(
    heights: number,
    places: number,
    dims: number,
    logvar: number,
    rows: number,
    columns: number,
    width: number,
    from: number,
    to: number,
  ): void;
  boxWeights(
    weights: number,
    firsts: number,
    counts: number,
    leaves: number,
    heights: number,
    rows: number,
    columns: number,
    width: number,
  ): void;
  gatherPoints(
    rows: number,
    points: number,
    dims: number,
    count: number,
    columns: number,
    from: number,
    to: number,
  ): void;
  beginLeaveOneOut(
    states: number,
    rows: number,
    order: number,
    begin: number,
    leaves: number,
    heights: number,
    scratch: number,
    columns: number,
    width: number,
    first: number,
    last: number,
  ): void;
  passLeaveOneOut(
    states: number,
    rows: number,
    stack: number,
    boxes: number,
    weights: number,
    firsts: number,
    counts: number,
    leaves: number,
    heights: number,
    scratch: number,
    components: number,
    columns: number,
    width: number,
    tile: number,
    tolerance: number,
    level: number,
    most: number,
  ): number;
  finishLeaveOneOut(out: number, states: number, components: number, columns: number, count: number): void;
}

/** Lines of the state of a point. */
const STATE_LINES = 4;

/** Densities of mixtures without each of their dimensions, by trees of their components. */
export function bindLeaveOneOut(wasm: LeaveOneOutExports, arena: Arena) {
  return {
    /** Room for the heights of a tree, and for the weights of its nodes. */
    allocHeights({ columns, width, firsts }: ComponentTree): Heights {
      const leaves = (firsts.length + 1) / 2;
      return {
        heights: arena.zeros('f64', leaves * columns * width),
        weights: arena.alloc('f64', firsts.length * (columns + 1)),
      };
    },

    /** Fills in the heights of components [from, to); logvar f64[columns][components]. */
    packHeights(
      { heights }: Heights,
      { places, dims, components, columns, width }: ComponentTree,
      { logvar }: Pick<PosteriorBlocks, 'logvar'>,
      from: number,
      to: number,
    ): void {
      wasm.packHeights(...pointersOf(heights, places, dims, logvar), components, columns, width, from, to);
    },

    /** Fills in the weights from the heights. */
    boxWeights(
      { heights, weights }: Heights,
      { firsts, counts, leaves, components, columns, width }: ComponentTree,
    ): void {
      wasm.boxWeights(...pointersOf(weights, firsts, counts, leaves, heights), components, columns, width);
    },

    /**
     * Takes points [from, to) of f64[columns][points], and room for what is to be known of them.
     */
    gatherPoints({ dims, columns }: ComponentTree, points: Block<'f64'>, from: number, to: number): LeaveOneOutPoints {
      const rows = arena.alloc('f64', (to - from) * 2 * Math.ceil(columns / 2));
      const states = arena.alloc('f64', (to - from) * STATE_LINES * (columns + 1));
      const scratch = arena.alloc('f64', 16 * columns + 16);
      wasm.gatherPoints(...pointersOf(rows, points, dims), points.length / columns, columns, from, to);
      return { rows, states, scratch };
    },

    /** Begins with points order[first .. last): sums leaf begin[i] for point order[i]. */
    begin(
      { rows, states, scratch }: LeaveOneOutPoints,
      order: Block<'i32'>,
      begin: Block<'f64'>,
      { leaves, columns, width }: ComponentTree,
      { heights }: Heights,
      first: number,
      last: number,
    ): void {
      const pointers = pointersOf(states, rows, order, begin, leaves, heights, scratch);
      wasm.beginLeaveOneOut(...pointers, columns, width, first, last);
    },

    /**
     * Passes the tree from `level` on until about `most` pairs were looked at; returns the level to
     * go on with, -1 at the end. tolerance: what a density may lose, over itself and 1; 0 leaves
     * out nothing.
     */
    passTree(
      { rows, states, scratch }: LeaveOneOutPoints,
      { stack, tile }: Passage,
      { boxes, firsts, counts, leaves, components, columns, width }: ComponentTree,
      { heights, weights }: Heights,
      tolerance: number,
      level: number,
      most: number,
    ): number {
      const pointers = pointersOf(states, rows, stack, boxes, weights, firsts, counts, leaves, heights, scratch);
      return wasm.passLeaveOneOut(...pointers, components, columns, width, tile, tolerance, level, most);
    },

    /**
     * The log densities of all points, f64[columns + 1][points]: without each dimension in the
     * order of dims, and of all together.
     */
    finish({ states }: LeaveOneOutPoints, { components, columns }: ComponentTree): Float64Array {
      return arena.borrow(() => {
        const count = states.length / STATE_LINES / (columns + 1);
        const out = arena.alloc('f64', count * (columns + 1));
        wasm.finishLeaveOneOut(...pointersOf(out, states), components, columns, count);
        return out.array.slice();
      });
    },
  };
}
