/** Kernels of assembly/forest: trees of random forests. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import { allocState, type Stream, wordsOf } from './random.js';

/** A tree of a forest; see assembly/forest. */
export interface ForestTree {
  /** i32[2 rows]: the column a node splits by; -1 at a leaf. */
  readonly columnOf: Block<'i32'>;
  /** f64[2 rows]: a row at or below goes left. */
  readonly thresholds: Block<'f64'>;
  /** i32[2 rows][2]: both children, or where the shares of a leaf begin and end. */
  readonly links: Block<'i32'>;
  /** i32[rows]: 0 in a tree of values. */
  readonly shareClasses: Block<'i32'>;
  /** f64[rows]: the part of the leaf's rows that have the class, or their mean. */
  readonly shares: Block<'f64'>;
}

/** What trees of a forest are grown on. */
export interface ForestRows {
  readonly rows: number;
  readonly columns: number;
  /** f64[columns][rows] */
  readonly x: Block<'f64'>;
  /** u32[columns][rows]: of the values; equal ones have one. */
  readonly ranks: Block<'u32'>;
  /** Classes 0 .. classes - 1, or f64 values. */
  readonly target: Block<'i32'> | Block<'f64'>;
  /** 0 for values. */
  readonly classes: number;
}

/** What assembly/forest exports. */
export interface ForestExports {
  startForestTree(
    weights: number,
    order: number,
    stack: number,
    progress: number,
    rows: number,
    isBootstrap: boolean,
    seedLow: number,
    seedHigh: number,
    stream: number,
    index: number,
    state: number,
  ): void;
  growForestTree(
    columnOf: number,
    thresholds: number,
    links: number,
    shareClasses: number,
    shares: number,
    importances: number,
    x: number,
    ranks: number,
    labels: number,
    targets: number,
    weights: number,
    order: number,
    sums: number,
    drawn: number,
    chosen: number,
    keys: number,
    otherKeys: number,
    counts: number,
    stack: number,
    progress: number,
    rows: number,
    columns: number,
    classes: number,
    columnsPerSplit: number,
    depth: number,
    work: number,
    state: number,
  ): number;
  addForestTree(
    votes: number,
    x: number,
    columnOf: number,
    thresholds: number,
    links: number,
    shareClasses: number,
    shares: number,
    rows: number,
    classes: number,
  ): void;
}

/** Counters of a digit of a rank. */
const FOREST_COUNTS = 256;

/** Trees of random forests. */
export function bindForest(wasm: ForestExports, arena: Arena) {
  return {
    /**
     * Grows a tree on rows drawn with replacement, or on all rows, and adds its gains to
     * importances [columns]. Between pieces of about `work` rows of columns it comes to the next
     * step of the generator.
     */
    *growForestTree(
      { columnOf, thresholds, links, shareClasses, shares }: ForestTree,
      importances: Block<'f64'>,
      { rows, columns, x, ranks, target, classes }: ForestRows,
      columnsPerSplit: number,
      depth: number,
      isBootstrap: boolean,
      work: number,
      at: Stream,
    ): Generator<void, void> {
      const mark = arena.mark();
      try {
        const state = allocState(arena);
        const weights = arena.alloc('u32', rows);
        const order = arena.alloc('i32', rows);
        const stack = arena.alloc('i32', 4 * (rows + 1));
        const progress = arena.alloc('i32', 2);
        const sums = arena.zeros('f64', 2 * classes);
        const drawn = arena.upload(
          'i32',
          Array.from({ length: columns }, (_, column) => column),
        );
        const chosen = arena.alloc('i32', columns);
        const keys = arena.alloc('u32', 2 * rows);
        const otherKeys = arena.alloc('u32', 2 * rows);
        const counts = arena.alloc('u32', FOREST_COUNTS);
        wasm.startForestTree(
          ...pointersOf(weights, order, stack, progress),
          rows,
          isBootstrap,
          ...wordsOf(at),
          state.pointer,
        );
        const tree = pointersOf(columnOf, thresholds, links, shareClasses, shares, importances);
        const table = pointersOf(x, ranks, target, target);
        const room = pointersOf(weights, order, sums, drawn, chosen, keys, otherKeys, counts, stack, progress);
        const sizes = [rows, columns, classes, columnsPerSplit, depth, work] as const;
        while (!wasm.growForestTree(...tree, ...table, ...room, ...sizes, state.pointer)) yield;
      } finally {
        arena.release(mark);
      }
    },

    /**
     * Adds a tree's shares at each row of x (columns, rows) to votes [rows][classes]; one class for
     * values.
     */
    addForestTree(votes: Block<'f64'>, x: Block<'f64'>, tree: ForestTree, rows: number, classes: number): void {
      const { columnOf, thresholds, links, shareClasses, shares } = tree;
      wasm.addForestTree(...pointersOf(votes, x, columnOf, thresholds, links, shareClasses, shares), rows, classes);
    },
  };
}
