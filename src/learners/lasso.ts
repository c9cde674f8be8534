/**
 * The lasso with its penalty chosen by cross-validation, as scikit-learn's LassoCV does, run to the
 * optimum:
 *
 *   minimise  1/(2 N) |y - X w - b|^2 + alpha |w|_1
 *
 * for alphas that fall in equal ratios from the least that leaves no weight to a thousandth of it.
 * Folds are runs of rows; the alpha of the least mean squared error, averaged over folds whatever
 * their size, is fitted again on all rows. Of a single alpha there is nothing to choose, and no
 * fold.
 *
 * Each row is read once for X and once for each target: sums of products around the mean of each
 * fold are kept, and those of the other folds together follow from them by addition, so no digits
 * are lost to offsets or to rows that are left out.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { LassoSums } from '../../bindings/kernels/lasso.js';
import {
  boundsOfFolds,
  type Fold,
  heldOutError,
  joinFolds,
  joinTarget,
  type Moments,
  sumFold,
  sumTarget,
} from './lasso-sums.js';

/** What is fitted. */
export interface LassoProblem {
  /** f64[rows][columns], finite. */
  readonly features: Block<'f64'>;
  /** At least 2. */
  readonly rows: number;
  readonly columns: number;
  /** One number for each row. */
  readonly target: ArrayLike<number>;
}

/** How the penalty is chosen. */
export interface LassoOptions {
  /** Folds of the cross-validation, at most as many as rows count (default 10). */
  readonly folds?: number;
  /** How many alphas to try, or which ones: above 0 (default 100). */
  readonly alphas?: number | readonly number[];
  /** The least alpha as a part of the largest, where they are not given (default 1e-3). */
  readonly ratio?: number;
}

/** A fit. */
export interface LassoFit {
  /** One for each column. Of columns that are the same the first has it; a constant one has 0. */
  readonly weights: Float64Array;
  readonly intercept: number;
  /** The penalty that was chosen; 0 where nothing explains the target, or it is constant. */
  readonly alpha: number;
  /** Those that were tried, falling. */
  readonly alphas: Float64Array;
  /**
   * Mean squared error on the rows left out, averaged over folds, of each alpha; 0 of a single one.
   */
  readonly meanSquaredErrors: Float64Array;
  /**
   * Whether all fits reached the optimum: the duality gap is below 1e-13 of the target's squares.
   */
  readonly converged: boolean;
}

type Pause = (done: number, total: number) => void | Promise<void>;

/** The duality gap to reach, as a part of the target's squares. */
const GAP = 1e-13;
/** After so many sweeps the quadratic is solved: it costs as much as some of them. */
const SWEEPS_PER_SOLUTION = 64;
const MOST_SWEEPS = 100_000;
/** Alphas whose errors differ by less, relatively, count as equal. */
const TIE = 1e-12;

/** Fits the model. Takes (2 folds + 1) columns^2 numbers from the arena and gives them back. */
export async function fitLasso(
  core: Core,
  problem: LassoProblem,
  options: LassoOptions,
  pause: Pause,
): Promise<LassoFit> {
  return core.arena.scope(async () => {
    const { features, rows, columns, target } = problem;
    const stride = Math.ceil(columns / 4) * 4;
    const isGiven = typeof options.alphas === 'object' && options.alphas.length === 1;
    const foldCount = isGiven ? 1 : (options.folds ?? 10);
    const { folds, trained, whole } = await readFeatures(core, problem, stride, foldCount, pause);
    // Around one of its values: a huge offset costs no digits.
    const y = Float64Array.from({ length: rows }, (_, row) => target[row] - target[0]);
    const sums = folds.map((fold) => sumTarget(core, features, columns, y, fold));
    const all = joinTarget(core, folds, sums, whole, columns, stride);
    const alphas = alphasOf(all.of, rows, options);
    const errors = new Float64Array(alphas.length);
    const total = alphas.length * (trained.length + 1);
    let converged = true;
    const w = core.arena.alloc('f64', stride);
    for (const [f, moments] of trained.entries()) {
      const part = core.arena.mark();
      try {
        const others = folds.filter((_, g) => g !== f);
        const othersSums = sums.filter((_, g) => g !== f);
        const training = joinTarget(core, others, othersSums, moments, columns, stride);
        w.array.fill(0);
        for (const [a, alpha] of alphas.entries()) {
          const reached = await descend(core, w, training.of, alpha * moments.rows, () =>
            pause(f * alphas.length + a, total),
          );
          converged &&= reached;
          errors[a] += heldOutError(core, w, columns, folds[f], sums[f], moments, training.mean) / folds.length;
        }
      } finally {
        core.arena.release(part);
      }
    }
    const least = errors.reduce((a, b) => Math.min(a, b));
    const chosen = errors.findIndex((error) => error <= least * (1 + TIE));
    w.array.fill(0);
    for (let a = 0; a <= chosen; a++) {
      const step = () => pause(trained.length * alphas.length + a, total);
      const reached = await descend(core, w, all.of, alphas[a] * rows, step);
      converged &&= reached || a < chosen;
    }
    const weights = w.array.slice(0, columns);
    const origin = features.array;
    const intercept = weights.reduce((sum, weight, j) => sum - weight * whole.shift[j], all.mean);
    return {
      weights,
      intercept: weights.reduce((sum, weight, j) => sum - weight * origin[j], intercept + target[0]),
      alpha: alphas[chosen],
      alphas,
      meanSquaredErrors: errors,
      converged,
    };
  });
}

/**
 * Sums of the features: of each fold, of all others than it (`trained`; none of a single fold), and
 * of all. Takes from the arena.
 */
async function readFeatures(
  core: Core,
  { features, rows, columns }: LassoProblem,
  stride: number,
  foldCount: number,
  pause: Pause,
): Promise<{ folds: Fold[]; trained: Moments[]; whole: Moments }> {
  const folds: Fold[] = [];
  const bounds = boundsOfFolds(rows, Math.min(foldCount, rows));
  for (let f = 0; f + 1 < bounds.length; f++) {
    const first = bounds[f];
    const slice = features.slice(first * columns, (bounds[f + 1] - first) * columns);
    folds.push(await sumFold(core, slice, features, first, columns, stride, (row) => pause(first + row, rows)));
  }
  const trained: Moments[] = [];
  for (const left of folds.length > 1 ? folds : []) {
    await pause(rows, rows);
    const others = folds.filter((fold) => fold !== left);
    trained.push(joinFolds(core, others, columns, stride));
  }
  const whole = joinFolds(core, folds, columns, stride);
  for (const fold of folds) core.lasso.mirrorGram(fold.gram, columns, stride);
  return { folds, trained, whole };
}

/** Falling, from the least alpha that leaves no weight. */
function alphasOf(
  { products, gram, columns, stride }: LassoSums,
  rows: number,
  { alphas = 100, ratio = 1e-3 }: LassoOptions,
): Float64Array {
  if (typeof alphas !== 'number') return Float64Array.from(alphas).sort().reverse();
  const slopes = products.array.subarray(0, columns);
  const diagonal = gram.array;
  const largest = slopes.reduce(
    (most, slope, j) => (diagonal[j * stride + j] > 0 ? Math.max(most, Math.abs(slope)) : most),
    0,
  );
  const step = alphas > 1 ? rootOf(ratio, alphas - 1) : 1;
  const out = new Float64Array(alphas).fill(largest / rows);
  for (let a = 1; a < alphas; a++) out[a] = out[a - 1] * step;
  return out;
}

/**
 * The n-th root of a number from 0 to 1 by Newton's steps from above: the digits of Math.pow are
 * the host's.
 */
function rootOf(x: number, n: number): number {
  let root = 1;
  while (true) {
    let power = 1;
    for (let i = 1; i < n; i++) power *= root;
    const next = root - (power * root - x) / (n * power);
    if (!(next < root)) return root;
    root = next;
  }
}

/**
 * Takes w to the optimum of |y|^2 / 2 - w' products + w' gram w / 2 + lambda |w|_1; returns whether
 * it got there, by the duality gap, and not only as near as rounding lets it.
 */
export async function descend(
  core: Core,
  w: Block<'f64'>,
  sums: LassoSums,
  lambda: number,
  pause: () => void | Promise<void>,
): Promise<boolean> {
  if (lambda === 0) return true;
  const least = GAP * sums.squares;
  let last = Number.NaN;
  for (let sweeps = 0; sweeps < MOST_SWEEPS; sweeps += SWEEPS_PER_SOLUTION) {
    await pause();
    const gap = core.lasso.descendLasso(w, sums, lambda, least, SWEEPS_PER_SOLUTION);
    if (gap <= least) return true;
    // What is left is rounding.
    if (gap === last) return false;
    last = gap;
    core.lasso.solveLassoWeights(w, sums, lambda);
  }
  return false;
}
