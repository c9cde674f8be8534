/**
 * Ridge regression on the columns and on random features of them, for several numbers of features
 * at once:
 *
 *     min  sum over rows of (y - a - w . phi(x))^2 + penalty rows |w|^2,   phi(x) = (x, (u_1 . (x - c_1))+, ... (u_m . (x - c_m))+)
 *
 * u is a random direction, c a random training row: a feature bends where there are rows. The first
 * features are the same for any number of them, so that one Gram matrix and one Cholesky
 * decomposition serve all: that of the first m is a corner.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { RandomStream, STREAMS } from '../random.js';
import { meanOf } from './units.js';

/** What is fitted, and on which rows it predicts. */
export interface RandomFeaturesProblem {
  /** At least 1. */
  readonly columns: number;
  /** [trainRows][columns], each of mean 0 and variance 1. */
  readonly train: Float64Array;
  /** At least 1. */
  readonly trainRows: number;
  /** [testRows][columns] */
  readonly test: Float64Array;
  readonly testRows: number;
  /** [trainRows] each. */
  readonly targets: readonly Float64Array[];
  /** Numbers of random features, increasing, at least 0. */
  readonly widths: readonly number[];
  /** Above 0. */
  readonly penalty: number;
  readonly seed: number;
}

type Pause = (done: number, total: number) => void | Promise<void>;

/** A feature: the part above 0 of direction . x - offset. */
interface Feature {
  readonly direction: Float64Array;
  readonly offset: number;
}

/** Multiplications per kernel call. */
const PRODUCTS_PER_CALL = 2 ** 24;
const ROWS_PER_STEP = 512;
/**
 * Uniform words whose sum is a coordinate of a direction, so that directions hardly prefer the
 * axes' diagonals.
 */
const WORDS_PER_COORDINATE = 4;

/**
 * For each width what is told of the test rows, [target][testRows]. Takes its memory from the arena
 * and gives it back.
 */
export async function fitRandomFeatures(
  core: Core,
  problem: RandomFeaturesProblem,
  pause: Pause,
): Promise<Float64Array[][]> {
  const { columns, train, trainRows, test, testRows, targets, widths, penalty } = problem;
  const features = drawFeatures(problem);
  const size = columns + features.length;
  const stride = Math.ceil(size / 4) * 4;
  return core.arena.scope(async () => {
    const x = core.arena.alloc('f64', trainRows * size);
    await fillFeatures(x, train, trainRows, columns, features, pause);
    const offsets = core.arena.alloc('f64', size);
    core.covariance.columnOffsets(offsets, x, trainRows, size);
    const gram = core.arena.zeros('f64', stride * stride);
    const step = Math.max(64, Math.floor(PRODUCTS_PER_CALL / stride ** 2 / 64) * 64);
    for (let row = 0; row < trainRows; row += step) {
      await pause(row, trainRows);
      core.covariance.addProducts(gram, x, offsets, size, stride, row, Math.min(row + step, trainRows));
    }
    core.lasso.mirrorGram(gram, size, stride);
    const diagonal = gram.array;
    for (let j = 0; j < size; j++) diagonal[j * stride + j] += penalty * trainRows;
    await pause(trainRows, trainRows);
    if (!core.cholesky.decomposeCholesky(gram, size, stride))
      throw new Error('random features: the penalty left no pivot');
    const means = offsets.array.map((offset, j) => x.array[j] + offset);
    const fits = targets.map((target) => fitTarget(core, gram, stride, x, means, target, trainRows, columns, widths));
    const held = core.arena.alloc('f64', testRows * size);
    await fillFeatures(held, test, testRows, columns, features, pause);
    return widths.map((width, at) =>
      fits.map(({ mean, weights }) => predict(weights[at], mean, held.array, means, size, columns + width)),
    );
  });
}

function drawFeatures({ columns, train, trainRows, widths, seed }: RandomFeaturesProblem): Feature[] {
  return Array.from({ length: widths[widths.length - 1] }, (_, index) => {
    const words = new RandomStream(seed, STREAMS.randomFeatures, index);
    const row = words.below(trainRows);
    const direction = Float64Array.from({ length: columns }, () => {
      let sum = -WORDS_PER_COORDINATE / 2;
      for (let word = 0; word < WORDS_PER_COORDINATE; word++) sum += words.word() / 2 ** 32;
      return sum;
    });
    const length = Math.sqrt(direction.reduce((sum, part) => sum + part * part, 0)) || 1;
    for (let j = 0; j < columns; j++) direction[j] /= length;
    return { direction, offset: dot(direction, train, row * columns, columns) };
  });
}

/** x: [rows][columns + features] */
async function fillFeatures(
  x: Block<'f64'>,
  from: Float64Array,
  rows: number,
  columns: number,
  features: readonly Feature[],
  pause: Pause,
): Promise<void> {
  for (let first = 0; first < rows; first += ROWS_PER_STEP) {
    await pause(first, rows);
    const to = x.array;
    const size = columns + features.length;
    for (let row = first; row < Math.min(rows, first + ROWS_PER_STEP); row++) {
      for (let j = 0; j < columns; j++) to[row * size + j] = from[row * columns + j];
      for (let m = 0; m < features.length; m++) {
        const { direction, offset } = features[m];
        to[row * size + columns + m] = Math.max(0, dot(direction, from, row * columns, columns) - offset);
      }
    }
  }
}

/** The weights of each width. */
function fitTarget(
  core: Core,
  cholesky: Block<'f64'>,
  stride: number,
  x: Block<'f64'>,
  means: Float64Array,
  target: Float64Array,
  rows: number,
  columns: number,
  widths: readonly number[],
): { mean: number; weights: Float64Array[] } {
  const mark = core.arena.mark();
  const mean = meanOf(target);
  const products = core.moments.columnProducts(x, means, core.arena.upload('f64', target), mean, rows, means.length);
  const b = core.arena.alloc('f64', stride);
  const weights = widths.map((width) => {
    b.array.set(products);
    core.cholesky.solveCholesky(cholesky, b, columns + width, stride);
    return b.array.slice(0, columns + width);
  });
  core.arena.release(mark);
  return { mean, weights };
}

/** x: [rows][size], of which the first `count` columns are used. */
function predict(
  weights: Float64Array,
  mean: number,
  x: Float64Array,
  means: Float64Array,
  size: number,
  count: number,
): Float64Array {
  const centre = weights.reduce((sum, weight, j) => sum + weight * means[j], 0);
  return Float64Array.from({ length: x.length / size }, (_, row) => mean + dot(weights, x, row * size, count) - centre);
}

function dot(a: Float64Array, b: Float64Array, start: number, count: number): number {
  let sum = 0;
  for (let j = 0; j < count; j++) sum += a[j] * b[start + j];
  return sum;
}
