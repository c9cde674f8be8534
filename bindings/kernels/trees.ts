/** Kernels of assembly/trees and boosting.ts: regression trees, boosted. */
import { type Block, pointersOf } from '../arena.js';

/** A regression tree; its nodes are numbered as in a heap, those of i being 2i + 1 and 2i + 2. */
export interface Tree {
  readonly depth: number;
  /** i32[2^depth - 1]: the column a node splits by; -1 at a leaf. */
  readonly columnOf: Block<'i32'>;
  /** f64[2^depth - 1]: a row at or below goes left. */
  readonly thresholds: Block<'f64'>;
  /** f64[2^(depth + 1) - 1]: of leaves. */
  readonly values: Block<'f64'>;
}

/** What trees are grown on, and where. */
export interface TreeRows {
  readonly rows: number;
  readonly columns: number;
  /** f64[columns][rows] */
  readonly x: Block<'f64'>;
  /** u32[columns][rows][2]: the rows in the order of each column, and the rank of their value. */
  readonly sorted: Block<'u32'>;
  /** u8[columns / 4, rounded up][rows][4]: the bin of each value. */
  readonly codes: Block<'u8'>;
  /**
   * i32[columns][257]: where the rows of a bin begin in sorted; after the last bin, the number of
   * rows.
   */
  readonly starts: Block<'i32'>;
  /** i32[columns][2]: the number of bins, at most 256, and 1 where splits within them are tried. */
  readonly bins: Block<'i32'>;
  readonly scratch: TreeScratch;
}

/** Room to grow trees in. */
export interface TreeScratch {
  /** f64[rows][2] */
  readonly pairs: Block<'f64'>;
  /** i32[2][rows] */
  readonly lists: Block<'i32'>;
  /** u8[rows] */
  readonly nodeOf: Block<'u8'>;
  /** f64[depth][columns to a multiple of 4][256][2] */
  readonly histograms: Block<'f64'>;
  /** f64[columns][2] */
  readonly peaks: Block<'f64'>;
  /** i32[columns] */
  readonly places: Block<'i32'>;
  /** i32[2^depth + depth][4], 0 before the first tree. */
  readonly nodes: Block<'i32'>;
}

/** What assembly/trees and boosting.ts export. */
export interface TreesExports {
  boostingResiduals(
    residuals: number,
    raw: number,
    labels: number,
    rows: number,
    classes: number,
    firstRow: number,
    lastRow: number,
  ): void;
  growTree(
    columnOf: number,
    thresholds: number,
    values: number,
    raw: number,
    importances: number,
    residuals: number,
    x: number,
    sorted: number,
    codes: number,
    starts: number,
    bins: number,
    pairs: number,
    lists: number,
    nodeOf: number,
    histograms: number,
    peaks: number,
    places: number,
    nodes: number,
    rows: number,
    columns: number,
    depth: number,
    scale: number,
    rate: number,
  ): void;
  addTree(
    raw: number,
    x: number,
    columnOf: number,
    thresholds: number,
    values: number,
    rows: number,
    depth: number,
    rate: number,
  ): void;
}

/** Boosted trees. */
export function bindTrees(wasm: TreesExports) {
  return {
    /**
     * Residuals of rows [firstRow, lastRow); residuals, raw: [classes][rows], or [1][rows] with two
     * classes.
     */
    boostingResiduals(
      residuals: Block<'f64'>,
      raw: Block<'f64'>,
      labels: Block<'i32'>,
      rows: number,
      classes: number,
      firstRow: number,
      lastRow: number,
    ): void {
      wasm.boostingResiduals(residuals.pointer, raw.pointer, labels.pointer, rows, classes, firstRow, lastRow);
    },

    /**
     * Grows a tree on residuals [rows]; adds it to raw [rows] and its gains to importances
     * [columns]. scale: of a class's leaves, 0 for squares.
     */
    growTree(
      tree: Tree,
      raw: Block<'f64'>,
      importances: Block<'f64'>,
      residuals: Block<'f64'>,
      { rows, columns, x, sorted, codes, starts, bins, scratch }: TreeRows,
      scale: number,
      rate: number,
    ): void {
      const { columnOf, thresholds, values, depth } = tree;
      const { pairs, lists, nodeOf, histograms, peaks, places, nodes } = scratch;
      wasm.growTree(
        ...pointersOf(columnOf, thresholds, values, raw, importances, residuals),
        ...pointersOf(x, sorted, codes, starts, bins),
        ...pointersOf(pairs, lists, nodeOf, histograms, peaks, places, nodes),
        rows,
        columns,
        depth,
        scale,
        rate,
      );
    },

    /** Adds rate times a tree's value at each row of x (columns, rows) to raw [rows]. */
    addTree(raw: Block<'f64'>, x: Block<'f64'>, tree: Tree, rate: number): void {
      const { columnOf, thresholds, values, depth } = tree;
      wasm.addTree(...pointersOf(raw, x, columnOf, thresholds, values), raw.length, depth, rate);
    },
  };
}
