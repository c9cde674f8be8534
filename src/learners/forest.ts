/**
 * Random forests in the manner of scikit-learn 1.2 (RandomForestClassifier, RandomForestRegressor):
 * trees grown on rows drawn with replacement, columns drawn at each node, classes by Gini's
 * impurity and values by squares. The draws are our own, so a fit is one of those that scikit-learn
 * might have made. Each tree has a stream of the generator to itself.
 */
import type { Core } from '../../bindings/core.js';
import type { ForestRows, ForestTree } from '../../bindings/kernels/forest.js';
import { STREAMS } from '../random.js';
import { rankColumns } from './ranks.js';
import { unitsOf } from './units.js';

/** What is fitted, and on which rows it predicts. */
export interface ForestProblem {
  /** At least 1. */
  readonly columns: number;
  /** [columns][trainRows], finite. */
  readonly train: Float64Array;
  /** At least 1. */
  readonly trainRows: number;
  /** [columns][testRows] */
  readonly test: Float64Array;
  readonly testRows: number;
  /** Of the training rows: whole numbers 0 .. classes - 1, or any numbers where classes is null. */
  readonly target: ArrayLike<number>;
  /** Null: squares. */
  readonly classes: number | null;
}

/** How it is fitted. */
export interface ForestOptions {
  /** A whole number from 0 to 2^53 - 1: the same seed, the same forest. */
  readonly seed: number;
  /** Default 100. */
  readonly trees?: number;
  /** Splits from the root to a leaf at most; by default trees grow until their leaves are pure. */
  readonly depth?: number;
  /**
   * How many columns are drawn at a node: by default the root of their number for classes (rounded
   * down), all for values.
   */
  readonly columnsPerSplit?: number;
  /** False: every tree has all rows once (default true). */
  readonly isBootstrap?: boolean;
}

/** A fit. Its trees are not kept. */
export interface ForestFit {
  /**
   * What splits by each column took off the impurity: shares of 1 within each tree that has splits,
   * averaged; all 0 where none has.
   */
  readonly importance: Float64Array;
  /** The class, or the value, of each training row. */
  readonly trained: Float64Array;
  /** The same of each test row. */
  readonly predicted: Float64Array;
}

/** Rows of columns per kernel call. */
const WORK_PER_CALL = 1 << 18;
const NO_LIMIT = 2 ** 31 - 1;

/**
 * Fits the model. A constant column has no importance; columns that are the same share theirs, as
 * splits that are equal go to the column that was drawn first. Takes its memory from the arena and
 * gives it back.
 */
export async function fitForest(
  core: Core,
  problem: ForestProblem,
  options: ForestOptions,
  pause: (tree: number, trees: number) => void | Promise<void>,
): Promise<ForestFit> {
  const { columns, train, trainRows, test, testRows, target, classes } = problem;
  const { seed, trees = 100, depth = NO_LIMIT, isBootstrap = true } = options;
  const columnsPerSplit =
    options.columnsPerSplit ?? (classes === null ? columns : Math.max(1, Math.floor(Math.sqrt(columns))));
  return core.arena.scope(async () => {
    const width = classes ?? 1;
    // Those of classes are not used.
    const units = unitsOf(Float64Array.from(target));
    const ranks = await rankColumns(train, trainRows, columns, () => pause(0, trees));
    const rows: ForestRows = {
      rows: trainRows,
      columns,
      x: core.arena.upload('f64', train),
      ranks: core.arena.upload('u32', ranks),
      target:
        classes === null
          ? core.arena.upload(
              'f64',
              Float64Array.from(target, (y) => (y - units.centre) / units.spread),
            )
          : core.arena.upload('i32', target),
      classes: classes ?? 0,
    };
    const tree: ForestTree = {
      columnOf: core.arena.alloc('i32', 2 * trainRows),
      thresholds: core.arena.alloc('f64', 2 * trainRows),
      links: core.arena.alloc('i32', 4 * trainRows),
      shareClasses: core.arena.alloc('i32', trainRows),
      shares: core.arena.alloc('f64', trainRows),
    };
    const testX = core.arena.upload('f64', test);
    const votes = core.arena.zeros('f64', width * trainRows);
    const votesOfTest = core.arena.zeros('f64', width * testRows);
    const gains = core.arena.zeros('f64', columns);
    const importance = new Float64Array(columns);
    for (let index = 0; index < trees; index++) {
      await pause(index, trees);
      gains.array.fill(0);
      const at = { seed, stream: STREAMS.forest, index };
      for (const _ of core.forest.growForestTree(
        tree,
        gains,
        rows,
        columnsPerSplit,
        depth,
        isBootstrap,
        WORK_PER_CALL,
        at,
      )) {
        await pause(index, trees);
      }
      addShares(importance, gains.array);
      core.forest.addForestTree(votes, rows.x, tree, trainRows, width);
      core.forest.addForestTree(votesOfTest, testX, tree, testRows, width);
    }
    const predict = (sums: Float64Array) =>
      classes === null
        ? sums.map((sum) => units.centre + units.spread * (sum / trees))
        : highestClasses(sums, classes, trees);
    const shares = new Float64Array(columns);
    addShares(shares, importance);
    return { importance: shares, trained: predict(votes.array), predicted: predict(votesOfTest.array) };
  });
}

/** Adds numbers as shares of their sum, if there is one. */
function addShares(to: Float64Array, numbers: Float64Array): void {
  const total = numbers.reduce((a, b) => a + b, 0);
  if (total > 0) for (let j = 0; j < to.length; j++) to[j] += numbers[j] / total;
}

/** The class of the largest part of the votes of each row; within 1e-12 of it the lowest class. */
function highestClasses(votes: Float64Array, classes: number, trees: number): Float64Array {
  return Float64Array.from({ length: votes.length / classes }, (_, row) => {
    const own = votes.subarray(row * classes, (row + 1) * classes);
    const highest = own.reduce((a, b) => Math.max(a, b));
    return own.findIndex((sum) => sum >= highest - 1e-12 * trees);
  });
}
