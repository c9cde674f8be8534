import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { SoftmaxProblem } from './truncated-newton.js';

/** out = M^-1 v, both f64[stride][width]. */
export type Solve = (v: Float64Array, out: Float64Array) => void;

/** One row in so many is enough where there are many. */
const ROWS_PER_SAMPLE = 16;
const SAMPLES_PER_CLASS = 20;

/**
 * Solves by the Hessian that a sample of the rows suggests for all, at the probabilities f64[rows][width]. Fills
 * `factor`, f64[n][n + 1] for n = classes * (columns + 1), which must live as long as what is returned.
 */
export function preconditioner(
  core: Core,
  problem: SoftmaxProblem,
  probabilities: Block<'f64'>,
  width: number,
  factor: Block<'f64'>,
): Solve {
  const { rows, columns, stride, classes } = problem;
  const count = Math.min(rows, Math.max(Math.ceil(rows / ROWS_PER_SAMPLE), SAMPLES_PER_CLASS * classes));
  const mark = core.arena.mark();
  const grams = core.arena.zeros('f64', ((classes * (classes - 1)) / 2) * stride * stride);
  const x = core.arena.alloc('f64', count * stride);
  const p = core.arena.alloc('f64', count * classes);
  const scratch = core.arena.alloc('f64', 128 * stride);
  const [fromX, fromP, toX, toP] = [problem.x.array, probabilities.array, x.array, p.array];
  for (let i = 0; i < count; i++) {
    // Multiples of the golden ratio spread evenly over rows in whatever order these are.
    const row = count === rows ? i : Math.floor(rows * ((i * 0.6180339887498949) % 1));
    toX.set(fromX.subarray(row * stride, (row + 1) * stride), i * stride);
    toP.set(fromP.subarray(row * width, row * width + classes), i * classes);
  }
  for (let row = 0; row < count; row += 1024) {
    core.softmaxHessian(grams, x, p, scratch, classes, stride, row, Math.min(row + 1024, count));
  }
  const m = columns + 1;
  const n = classes * m;
  const rowStride = n + (n % 2);
  let ridge = 0;
  do {
    assemble(factor.array, rowStride, grams.array, problem, rows / count, ridge);
    // Where probabilities are 0 and 1 there is no curvature but the penalty's: a little keeps the steps finite.
    ridge = ridge === 0 ? 1e-12 * rows : 10 * ridge;
  } while (!core.decomposeCholesky(factor, n, rowStride));
  core.arena.release(mark);

  const solution = core.arena.alloc('f64', n);
  return (v, out) => {
    const b = solution.array;
    for (let c = 0; c < classes; c++) for (let j = 0; j < m; j++) b[c * m + j] = v[j * width + c];
    core.solveCholesky(factor, solution, n, rowStride);
    out.fill(0);
    for (let c = 0; c < classes; c++) for (let j = 0; j < m; j++) out[j * width + c] = b[c * m + j];
  };
}

/** The lower part of H_ab = -G_ab, H_aa = sum_b G_ab, with the penalty, from the upper 4 x 4 tiles of the Gram matrices. */
function assemble(
  out: Float64Array,
  rowStride: number,
  grams: Float64Array,
  { rows, columns, stride, classes, penalty }: SoftmaxProblem,
  weight: number,
  ridge: number,
): void {
  const m = columns + 1;
  out.fill(0);
  let pair = 0;
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++, pair += stride * stride) {
      for (let i = 0; i < m; i++) {
        const rowA = (a * m + i) * rowStride + a * m;
        const rowB = (b * m + i) * rowStride;
        for (let j = 0; j < m; j++) {
          const g = weight * grams[pair + (i < j ? i * stride + j : j * stride + i)];
          out[rowB + a * m + j] = -g;
          if (j > i) continue;
          out[rowA + j] += g;
          out[rowB + b * m + j] += g;
        }
      }
    }
  }
  for (let a = 0; a < classes; a++) {
    for (let j = 0; j < m; j++) out[(a * m + j) * rowStride + a * m + j] += penalty[j] + ridge;
    // Adding a constant to all intercepts changes nothing: give that direction curvature, so that steps leave it alone.
    for (let b = 0; b <= a; b++) out[(a * m + columns) * rowStride + b * m + columns] += rows / classes ** 2;
  }
}
