/**
 * Sums of products that a lasso is fitted from: of each fold around its own mean, and of several
 * folds together, which follow by addition: no digits are lost to offsets, or to rows that are left
 * out.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { LassoSums } from '../../bindings/kernels/lasso.js';
import { meanOf } from './units.js';

/** Multiplications per kernel call. */
const PRODUCTS_PER_CALL = 2 ** 24;

/** Sums over a run of rows, or over several runs. */
export interface Moments {
  readonly rows: number;
  /** Mean less the first row of all, f64[stride]. */
  readonly shift: Float64Array;
  /** f64[stride][stride] */
  readonly gram: Block<'f64'>;
}
export interface Fold extends Moments {
  readonly first: number;
  readonly means: Float64Array;
}

/** The least number of rows for each, one more for the first ones. */
export function boundsOfFolds(rows: number, folds: number): number[] {
  const bounds = [0];
  for (let f = 0; f < folds; f++) bounds.push(bounds[f] + Math.floor(rows / folds) + (f < rows % folds ? 1 : 0));
  return bounds;
}

/** x: of the fold; all: of all folds. */
export async function sumFold(
  core: Core,
  x: Block<'f64'>,
  all: Block<'f64'>,
  first: number,
  columns: number,
  stride: number,
  pause: (row: number) => void | Promise<void>,
): Promise<Fold> {
  const rows = x.length / columns;
  const gram = core.arena.zeros('f64', stride * stride);
  const mark = core.arena.mark();
  try {
    const offsets = core.arena.alloc('f64', stride);
    core.covariance.columnOffsets(offsets, x, rows, columns);
    const step = Math.max(64, Math.floor(PRODUCTS_PER_CALL / stride ** 2 / 64) * 64);
    for (let row = 0; row < rows; row += step) {
      await pause(row);
      core.covariance.addProducts(gram, x, offsets, columns, stride, row, Math.min(row + step, rows));
    }
    const [offset, own, origin] = [offsets.array, x.array, all.array];
    const shift = new Float64Array(stride);
    for (let j = 0; j < columns; j++) shift[j] = own[j] - origin[j] + offset[j];
    const means = Float64Array.from({ length: columns }, (_, j) => own[j] + offset[j]);
    return { first, rows, shift, means, gram };
  } finally {
    core.arena.release(mark);
  }
}

/**
 * Sums over all rows of the parts: what they have around their own means, and what their means have
 * around the common one.
 */
export function joinFolds(core: Core, parts: readonly Fold[], columns: number, stride: number): Moments {
  const gram = core.arena.zeros('f64', stride * stride);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  // From one of the means, so that the mean of equal ones is that one.
  const shift = parts.length > 0 ? parts[0].shift.slice() : new Float64Array(stride);
  for (const part of parts) {
    for (let j = 0; j < columns; j++) shift[j] += (part.rows / rows) * (part.shift[j] - parts[0].shift[j]);
  }
  for (const part of parts) {
    const mark = core.arena.mark();
    const difference = core.arena.upload(
      'f64',
      part.shift.map((value, j) => value - shift[j]),
    );
    core.lasso.addGram(gram, part.gram, difference, part.rows, columns);
    core.arena.release(mark);
  }
  core.lasso.mirrorGram(gram, columns, stride);
  return { rows, shift, gram };
}

/** What a target adds to the sums of a fold. */
export interface TargetSums {
  readonly mean: number;
  readonly products: Float64Array;
  readonly squares: number;
}

export function sumTarget(core: Core, x: Block<'f64'>, columns: number, target: Float64Array, fold: Fold): TargetSums {
  const y = target.subarray(fold.first, fold.first + fold.rows);
  const mean = meanOf(y);
  const squares = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const mark = core.arena.mark();
  const block = core.arena.upload('f64', y);
  const slice = x.slice(fold.first * columns, fold.rows * columns);
  const products = core.moments.columnProducts(slice, fold.means, block, mean, fold.rows, columns);
  core.arena.release(mark);
  return { mean, products, squares };
}

/** The same over several folds. Takes from the arena. */
export function joinTarget(
  core: Core,
  parts: readonly Fold[],
  sums: readonly TargetSums[],
  { rows, shift, gram }: Moments,
  columns: number,
  stride: number,
): { of: LassoSums; mean: number } {
  const start = sums[0].mean;
  const mean = start + sums.reduce((sum, own, g) => sum + parts[g].rows * (own.mean - start), 0) / rows;
  const products = new Float64Array(stride);
  let squares = 0;
  for (const [g, own] of sums.entries()) {
    const difference = parts[g].rows * (own.mean - mean);
    squares += own.squares + difference * (own.mean - mean);
    for (let j = 0; j < columns; j++) products[j] += own.products[j] + difference * (parts[g].shift[j] - shift[j]);
  }
  return { of: { columns, stride, gram, products: core.arena.upload('f64', products), squares }, mean };
}

/** Mean squared error on the rows of a fold, from its sums. */
export function heldOutError(
  core: Core,
  w: Block<'f64'>,
  columns: number,
  fold: Fold,
  target: TargetSums,
  training: Moments,
  trainingMean: number,
): number {
  const weights = w.array;
  let bias = target.mean - trainingMean;
  let explained = 0;
  for (let j = 0; j < columns; j++) {
    bias -= weights[j] * (fold.shift[j] - training.shift[j]);
    explained += weights[j] * target.products[j];
  }
  const squares = target.squares - 2 * explained + core.lasso.gramSquare(fold.gram, w, columns);
  return Math.max(0, squares) / fold.rows + bias * bias;
}
