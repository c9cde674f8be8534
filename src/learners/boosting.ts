/**
 * Gradient-boosted trees as scikit-learn 1.2 fits them by default (GradientBoostingClassifier,
 * GradientBoostingRegressor): exact splits, all columns at each, no subsampling. Where it draws
 * among equal splits, the lowest column and threshold win, and the columns share the importance. Or
 * splits between quantiles only, as fast libraries make them.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Tree } from '../../bindings/kernels/trees.js';
import { EXACT, loadTreeRows } from './tree-rows.js';
import { unitsOf } from './units.js';

/** What is fitted, and on which rows it predicts. */
export interface BoostingProblem {
  readonly columns: number;
  /** [columns][trainRows] */
  readonly train: Float64Array;
  readonly trainRows: number;
  /** [columns][testRows] */
  readonly test: Float64Array;
  readonly testRows: number;
  /**
   * Of the training rows: whole numbers 0 .. classes - 1 that all occur, or any numbers where
   * classes is null.
   */
  readonly target: ArrayLike<number>;
  /** Null: least squares. */
  readonly classes: number | null;
  readonly stages: number;
  readonly learningRate: number;
  /** 1..8 */
  readonly depth: number;
  /**
   * 0: every split is tried; else those between as many bins of each column, 2..255, of about
   * equally many rows.
   */
  readonly bins: number;
}

/** A fit. Its trees are not kept. */
export interface BoostingFit {
  /**
   * What splits by each column took off the squares, over all trees, as shares of 1; all 0 where
   * nothing was split. Equal splits share.
   */
  readonly importance: Float64Array;
  /** The class, or the value, of each training row. */
  readonly trained: Float64Array;
  /** The same of each test row. */
  readonly predicted: Float64Array;
}

/** Looks at a fit while it grows. */
export interface StageWatch {
  /** After how many stages. */
  readonly stages: readonly number[];
  /**
   * @param expected of the test rows the values, or the probabilities of the classes,
   * [classes][testRows]
   */
  see(stage: number, expected: Float64Array): void;
}

/** Exponentials per kernel call. */
const EXPONENTIALS_PER_CALL = 1 << 20;

/** Fits the model. Takes its memory from the arena and gives it back. */
export async function fitBoosting(
  core: Core,
  problem: BoostingProblem,
  pause: (tree: number, trees: number) => void | Promise<void>,
  watch: StageWatch | null = null,
): Promise<BoostingFit> {
  const { columns, trainRows, testRows, target, classes, stages, learningRate, depth } = problem;
  return core.arena.scope(async () => {
    const perStage = classes === null || classes === 2 ? 1 : classes;
    const raw = core.arena.alloc('f64', perStage * trainRows);
    const rawOfTest = core.arena.alloc('f64', perStage * testRows);
    const residuals = core.arena.alloc('f64', perStage * trainRows);
    const importances = core.arena.zeros('f64', columns);
    const testX = core.arena.upload('f64', problem.test);
    const tree: Tree = {
      depth,
      columnOf: core.arena.zeros('i32', 2 ** depth - 1),
      thresholds: core.arena.zeros('f64', 2 ** depth - 1),
      values: core.arena.zeros('f64', 2 ** (depth + 1) - 1),
    };
    const cut = problem.bins === 0 ? EXACT : { bins: problem.bins, isExact: false };
    const trees = stages * perStage;
    const treeRows = await loadTreeRows(core, problem.train, trainRows, columns, depth, cut, () => pause(0, trees));
    const model =
      classes === null ? squares(core, target, residuals, raw) : likelihood(core, target, classes, residuals, raw);
    for (let c = 0; c < perStage; c++) {
      raw.slice(c * trainRows, trainRows).array.fill(model.start[c]);
      rawOfTest.slice(c * testRows, testRows).array.fill(model.start[c]);
    }

    for (let done = 0; done < trees; done++) {
      const c = done % perStage;
      if (c === 0) await model.updateResiduals(() => pause(done, trees));
      await pause(done, trees);
      const ofClass = raw.slice(c * trainRows, trainRows);
      const own = residuals.slice(c * trainRows, trainRows);
      core.trees.growTree(tree, ofClass, importances, own, treeRows, model.leafScale, learningRate);
      core.trees.addTree(rawOfTest.slice(c * testRows, testRows), testX, tree, learningRate);
      const stage = (done + 1) / perStage;
      if (watch?.stages.includes(stage)) watch.see(stage, model.expect(rawOfTest.array, testRows));
    }
    const total = importances.array.reduce((a, b) => a + b, 0);
    return {
      importance: importances.array.map((sum) => (total > 0 ? sum / total : 0)),
      trained: model.predict(raw.array, trainRows),
      predicted: model.predict(rawOfTest.array, testRows),
    };
  });
}

/** What a loss decides. */
interface Model {
  /** The score that each class starts from. */
  readonly start: readonly number[];
  /** See growTree. */
  readonly leafScale: number;
  updateResiduals(pause: () => void | Promise<void>): Promise<void>;
  /** raw: [classes][rows] */
  predict(raw: Float64Array, rows: number): Float64Array;
  /** The same, of classes their probabilities, [classes][rows]. */
  expect(raw: Float64Array, rows: number): Float64Array;
}

function squares(core: Core, target: ArrayLike<number>, residuals: Block<'f64'>, raw: Block<'f64'>): Model {
  const rows = target.length;
  const values = Float64Array.from(target);
  const { centre, spread } = unitsOf(values);
  const y = core.arena.upload(
    'f64',
    values.map((value) => (value - centre) / spread),
  );
  return {
    start: [0],
    leafScale: 0,
    async updateResiduals() {
      const [to, from, truth] = [residuals.array, raw.array, y.array];
      for (let row = 0; row < rows; row++) to[row] = truth[row] - from[row];
    },
    predict: (scores) => scores.map((score) => centre + spread * score),
    expect: (scores) => scores.map((score) => centre + spread * score),
  };
}

function likelihood(
  core: Core,
  target: ArrayLike<number>,
  classes: number,
  residuals: Block<'f64'>,
  raw: Block<'f64'>,
): Model {
  const rows = target.length;
  const labels = core.arena.upload('i32', target);
  const counts = new Float64Array(classes);
  for (let row = 0; row < rows; row++) counts[target[row]]++;
  const isBinary = classes === 2;
  const rowsPerCall = Math.max(1, Math.floor(EXPONENTIALS_PER_CALL / classes));
  return {
    start: isBinary
      ? [core.information.naturalLogarithm(counts[1] / counts[0])]
      : Array.from(counts, (count) => core.information.naturalLogarithm(count / rows)),
    leafScale: isBinary ? 1 : (classes - 1) / classes,
    async updateResiduals(pause) {
      for (let row = 0; row < rows; row += rowsPerCall) {
        if (row > 0) await pause();
        core.trees.boostingResiduals(residuals, raw, labels, rows, classes, row, Math.min(row + rowsPerCall, rows));
      }
    },
    predict: (scores, count) =>
      isBinary ? scores.map((score) => (score > 1e-12 ? 1 : 0)) : highestClasses(scores, count, classes),
    expect: (scores, count) => classProbabilities(core, scores, count, classes),
  };
}

/** Softmax of scores [classes][rows], with two classes of 0 and scores [rows]. */
function classProbabilities(core: Core, scores: Float64Array, rows: number, classes: number): Float64Array {
  const from = new Float64Array(classes * rows);
  from.set(scores, classes === 2 ? rows : 0);
  for (let row = 0; row < rows; row++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, from[c * rows + row]);
    for (let c = 0; c < classes; c++) from[c * rows + row] -= highest;
  }
  const mark = core.arena.mark();
  const block = core.arena.upload('f64', from);
  core.softmax.exponentials(block);
  const out = block.array.slice();
  core.arena.release(mark);
  for (let row = 0; row < rows; row++) {
    let total = 0;
    for (let c = 0; c < classes; c++) total += out[c * rows + row];
    for (let c = 0; c < classes; c++) out[c * rows + row] /= total;
  }
  return out;
}

/** The class of the highest score of each row; within 1e-12 of it the lowest class. */
function highestClasses(scores: Float64Array, rows: number, classes: number): Float64Array {
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, scores[c * rows + row]);
    while (scores[out[row] * rows + row] < highest - 1e-12) out[row]++;
  }
  return out;
}
