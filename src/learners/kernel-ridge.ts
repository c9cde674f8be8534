/**
 * Kernel ridge regression with a Gaussian kernel:
 *
 *     (K + alpha I) c = y,    K_ij = exp(-gamma |x_i - x_j|^2),    prediction sum over j of c_j k(x_j, x)
 *
 * Memory O(rows^2), time O(rows^3).
 *
 * @see C. Saunders, A. Gammerman, V. Vovk 1998, Ridge Regression Learning Algorithm in Dual
 * Variables
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { ColumnTable } from '../../bindings/kernels/gaussian-kernel.js';
import { boundsOfFolds } from './lasso-sums.js';

/**
 * Penalties, and widths of the kernel (10^(-2 + 4 i / 3)), in the order in which they are tried.
 */
export const ALPHAS: readonly number[] = [1, 0.1, 0.01, 0.001];
export const GAMMAS: readonly number[] = [0.01, 0.21544346900318834, 4.641588833612778, 100];

const FOLDS = 3;
/** Rows of the kernel between two pauses. */
const ROWS_PER_CALL = 256;

/** Rows to learn from. */
export interface RidgeProblem {
  readonly train: ColumnTable;
  /** Of mean 0, [rows] each. */
  readonly targets: readonly Float64Array[];
  /** Targets that are judged as one, by the sum of their squares. */
  readonly groups: ReadonlyArray<readonly number[]>;
}

type Pause = () => void | Promise<void>;

/** Weights of the training rows, one array for each target. */
export async function fitKernelRidge(
  core: Core,
  { train, targets }: Omit<RidgeProblem, 'groups'>,
  { alpha, gamma }: { readonly alpha: number; readonly gamma: number },
  pause: Pause,
): Promise<Float64Array[]> {
  return core.arena.scope(async () => {
    const { stride } = train;
    const kernel = await fillKernel(core, train, gamma, pause);
    for (let i = 0, k = kernel.array; i < train.rows; i++) k[i * stride + i] += alpha;
    return solve(core, kernel, train.rows, stride, targets);
  });
}

/** What the weights predict for the rows of a table, [targets][stride]. Takes from the arena. */
export function predictKernelRidge(
  core: Core,
  train: ColumnTable,
  weights: Block<'f64'>,
  table: ColumnTable,
  gamma: number,
): Block<'f64'> {
  const { rows, stride } = table;
  const out = core.arena.alloc('f64', (weights.length / (train.rows + 1)) * stride);
  core.arena.borrow(() => {
    const near = core.arena.alloc('f64', train.rows * stride);
    core.gaussianKernel.gaussianRows(near, stride, train, table, gamma, 0, train.rows);
    core.correlation.combineColumns(out, near, weights, stride, train.rows, rows);
  });
  return out;
}

/** Weights as {@link predictKernelRidge} takes them, [targets][rows + 1]. Takes from the arena. */
export function uploadWeights(core: Core, weights: readonly Float64Array[]): Block<'f64'> {
  return core.arena.upload('f64', Float64Array.from(weights.flatMap((own) => [...own, 0])));
}

/**
 * Mean R^2 in threefold cross-validation with each penalty, for one width of the kernel: folds are
 * runs of rows, groups of targets count alike, and so do folds. Null if no fold can be judged.
 */
export async function crossValidate(
  core: Core,
  { train, targets, groups }: RidgeProblem,
  gamma: number,
  pause: Pause,
): Promise<Array<number | null>> {
  const { rows, stride } = train;
  const sums = ALPHAS.map(() => ({ sum: 0, folds: 0 }));
  const bounds = boundsOfFolds(rows, FOLDS);
  await core.arena.scope(async () => {
    const kernel = await fillKernel(core, train, gamma, pause);
    for (let fold = 0; fold < FOLDS; fold++) {
      const [first, last] = [bounds[fold], bounds[fold + 1]];
      const others = rows - (last - first);
      if (first === last || others === 0) continue;
      const own = targets.map((target) => leaveOut(target, first, last));
      for (const [a, alpha] of ALPHAS.entries()) {
        await pause();
        const r2 = await core.arena.scope(() => {
          const part = cutKernel(core, kernel, train, first, last, alpha);
          const weights = solve(core, part.block, others, part.stride, own);
          return judgeFold(core, kernel, stride, weights, targets, groups, first, last);
        });
        if (r2 === null) continue;
        sums[a].sum += r2;
        sums[a].folds++;
      }
    }
  });
  return sums.map(({ sum, folds }) => (folds === 0 ? null : sum / folds));
}

/** K, [rows][stride]. Takes from the arena. */
async function fillKernel(core: Core, train: ColumnTable, gamma: number, pause: Pause): Promise<Block<'f64'>> {
  const { rows, stride } = train;
  const kernel = core.arena.alloc('f64', rows * stride);
  for (let row = 0; row < rows; row += ROWS_PER_CALL) {
    await pause();
    const last = Math.min(rows, row + ROWS_PER_CALL);
    const part = kernel.slice(row * stride, (last - row) * stride);
    core.gaussianKernel.gaussianRows(part, stride, train, train, gamma, row, last);
  }
  return kernel;
}

/** K + alpha I without the rows [first, last). Takes from the arena. */
function cutKernel(
  core: Core,
  kernel: Block<'f64'>,
  { rows, stride }: ColumnTable,
  first: number,
  last: number,
  alpha: number,
) {
  const others = rows - (last - first);
  const width = others + (others & 1);
  const block = core.arena.alloc('f64', others * width);
  const [from, to] = [kernel.array, block.array];
  for (let row = 0, at = 0; row < rows; row++) {
    if (row >= first && row < last) continue;
    to.set(from.subarray(row * stride, row * stride + first), at * width);
    to.set(from.subarray(row * stride + last, row * stride + rows), at * width + first);
    to[at * width + at] += alpha;
    at++;
  }
  return { block, stride: width };
}

/** Overwrites the matrix. */
function solve(
  core: Core,
  matrix: Block<'f64'>,
  rows: number,
  stride: number,
  targets: readonly Float64Array[],
): Float64Array[] {
  if (!core.cholesky.decomposeCholesky(matrix, rows, stride)) throw new Error('kernel ridge: alpha left no pivot');
  return targets.map((target) =>
    core.arena.borrow(() => {
      const right = core.arena.zeros('f64', stride);
      right.array.set(target);
      core.cholesky.solveCholesky(matrix, right, rows, stride);
      return right.array.slice(0, rows);
    }),
  );
}

function leaveOut(target: Float64Array, first: number, last: number): Float64Array {
  return Float64Array.from([...target.subarray(0, first), ...target.subarray(last)]);
}

/** Mean R^2 over groups of targets on rows [first, last); null if none of them varies there. */
function judgeFold(
  core: Core,
  kernel: Block<'f64'>,
  stride: number,
  weights: readonly Float64Array[],
  targets: readonly Float64Array[],
  groups: ReadonlyArray<readonly number[]>,
  first: number,
  last: number,
): number | null {
  const rows = targets[0].length;
  // Rows of the fold have no weight.
  const spread = weights.map((own) => {
    const all = new Float64Array(rows);
    all.set(own.subarray(0, first));
    all.set(own.subarray(first), last);
    return all;
  });
  const out = core.arena.alloc('f64', targets.length * stride);
  const own = kernel.slice(first, kernel.length - first);
  core.correlation.combineColumns(out, own, uploadWeights(core, spread), stride, rows, last - first);
  const told = out.array;
  const found = groups.flatMap((group) => {
    let [errors, squares] = [0, 0];
    for (const t of group) {
      const truth = targets[t].subarray(first, last);
      const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
      truth.forEach((value, i) => {
        errors += (value - told[t * stride + i]) ** 2;
        squares += (value - mean) ** 2;
      });
    }
    return squares > 0 ? [1 - errors / squares] : [];
  });
  return found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0) / found.length;
}
