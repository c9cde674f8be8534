import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { SingleRows } from '../../bindings/kernels/softmax-single.js';
import type { SoftmaxProblem } from './softmax-problem.js';
import { evenRows, gatherLabelled } from './softmax-sample.js';

/** Approximate inverses of the Hessian of softmax regression; vectors are f64[stride][width]. */
export interface Preconditioner {
  /** Called at each new point with how many products the last step took. */
  prepare(products: number): void;
  /** Takes all rows from here on, if it has not; returns whether it had not. */
  refine(): boolean;
  /** out = M^-1 v. */
  solve(v: Float64Array, out: Float64Array): void;
  /** Whether M is the Hessian of the point but for rounding. */
  isFaithful(): boolean;
  /**
   * Makes M anew, and returns the least curvature of an unknown there, if those before it may
   * follow: the least pivot of M.
   */
  leastCurvature(): number;
}

/** One row in so many is enough where there are many. */
const ROWS_PER_SAMPLE = 8;
const SAMPLES_PER_CLASS = 20;
/** A step that took so many products is worth a Hessian of the point where it is. */
const STALE_PRODUCTS = 15;
/**
 * A step that took so many with such a Hessian would have been found sooner by that of all rows.
 */
const TOO_MANY_PRODUCTS = 40;
/**
 * Up to so many unknowns the Hessian of all classes together is made; beyond, solving by it costs
 * more than it saves.
 */
const MOST_UNKNOWNS = 2500;
/** Classes less likely than this for a row are left out of its part of the Hessian. */
const LEAST_LIKELY = 1e-10;
/** A sample has larger errors than what this leaves out. */
const LEAST_LIKELY_IN_SAMPLE = 1e-3;
const ROWS_PER_CALL = 1024;
/** Rows that tell how many classes are likely for a row. */
const PROBES = 512;
/** Products that a step takes less with a Hessian of where it is. */
const PRODUCTS_SAVED = 1;
/**
 * Of the curvature, and of the weight of all rows: what is separated or repeated has no curvature
 * of its own.
 */
const LEAST_RIDGE = 1e-13;
/**
 * Beyond this there is no number in the matrix that a ridge could help: the search ends where it
 * is.
 */
const LARGEST_RIDGE = 1e100;

/**
 * The Hessian that a sample of the rows suggests for all, with all that classes have to do with
 * each other: it takes a third of the products that each class's own block would, with a penalty
 * and without. Where the rows near the borders of classes, which a sample may miss, have all the
 * curvature, it is made of all rows. The blocks serve where there are too many unknowns to solve
 * for together.
 *
 * @param single the rows of the problem in single precision, if that is enough for a sample
 * @param probabilities f32[rows][width, rounded up to a multiple of 8] of the point, as they are at
 * the time of the call
 * @param damping what is added to the curvature of each class's intercept, f64[width], likewise
 */
export function softmaxPreconditioner(
  core: Core,
  problem: SoftmaxProblem,
  single: SingleRows | null,
  probabilities: Block<'f32'>,
  width: number,
  damping: Float64Array,
  { mostUnknowns = MOST_UNKNOWNS, productsSaved = PRODUCTS_SAVED } = {},
): Preconditioner {
  const { rows, columns, classes } = problem;
  const fits = classes * (columns + 1) <= mostUnknowns;
  const sample = Math.min(rows, Math.max(Math.ceil(rows / ROWS_PER_SAMPLE), SAMPLES_PER_CLASS * classes));
  const solver = fits
    ? wholeSolver(core, problem, single, probabilities, width, damping)
    : blockSolver(core, problem, probabilities, width, damping);
  let count = sample;
  let age = -1;

  /** Whether the Hessian of all rows costs no more than the products that it saves. */
  function isCheap(): boolean {
    const p = probabilities.array;
    const singleWidth = p.length / rows;
    const step = Math.max(1, Math.floor(rows / PROBES));
    const most = (productsSaved * 2 * width * problem.stride * Math.ceil(rows / step)) / packedSize(columns + 1);
    const likely = new Float64Array(classes);
    let pairs = 0;
    for (let row = 0; row < rows && pairs <= most; row += step) {
      let count = 0;
      for (let c = 0, at = row * singleWidth; c < classes; c++, at++) {
        if (p[at] < LEAST_LIKELY) continue;
        for (let i = 0; i < count; i++) if (likely[i] * p[at] >= LEAST_LIKELY) pairs++;
        likely[count++] = p[at];
      }
    }
    return pairs <= most;
  }

  return {
    prepare(products) {
      age++;
      if (fits && isCheap()) {
        count = rows;
        solver.build(count);
        age = 0;
        return;
      }
      if (age === 1 && fits && products >= TOO_MANY_PRODUCTS) count = rows;
      if (age > 0 && products < STALE_PRODUCTS) return;
      solver.build(count);
      age = 0;
    },
    refine() {
      if (!fits || (count === rows && age === 0)) return false;
      count = rows;
      solver.build(count);
      age = 0;
      return true;
    },
    solve: solver.solve,
    isFaithful: () => fits && count === rows && age === 0,
    leastCurvature() {
      solver.build(count);
      age = 0;
      return solver.leastPivot();
    },
  };
}

interface Solver {
  /** From so many rows. */
  build(count: number): void;
  solve(v: Float64Array, out: Float64Array): void;
  /** Of what was built last. */
  leastPivot(): number;
}

/** The least square on the diagonal of a Cholesky factor, f64[n][rowStride]. */
function leastPivotOf({ array }: Block<'f64'>, n: number, rowStride: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) least = Math.min(least, array[i * rowStride + i] ** 2);
  return least;
}

function forCalls(rows: number, work: (first: number, last: number) => void): void {
  for (let row = 0; row < rows; row += ROWS_PER_CALL) work(row, Math.min(row + ROWS_PER_CALL, rows));
}

/** What the upper part of a symmetric matrix takes, in multiples of 4. */
function packedSize(n: number): number {
  return Math.ceil((n * (n + 1)) / 8) * 4;
}

/** The place of (i, j), in either order, in the upper part of a symmetric matrix, i32[n][n]. */
function packedPlaces(n: number): Int32Array {
  const places = new Int32Array(n * n);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = i; j < n; j++, at++) {
      places[i * n + j] = at;
      places[j * n + i] = at;
    }
  }
  return places;
}

/** Solves for all classes together. */
function wholeSolver(
  core: Core,
  problem: SoftmaxProblem,
  single: SingleRows | null,
  probabilities: Block<'f32'>,
  width: number,
  damping: Float64Array,
): Solver {
  const { rows, stride, columns, classes } = problem;
  const m = columns + 1;
  const n = classes * m;
  const rowStride = n + (n % 2);
  let factor: Block<'f64'> | null = null;
  const solution = core.arena.alloc('f64', n);
  const pairs = (classes * (classes - 1)) / 2;
  const singleWidth = probabilities.length / rows;
  return {
    build(count) {
      factor ??= core.arena.alloc('f64', n * rowStride);
      const mark = core.arena.mark();
      const { grams, size } = count < rows && single ? gramsInSingle(single, count) : gramsInDouble(count);
      let ridge = LEAST_RIDGE;
      do {
        assemble(factor.array, rowStride, grams.array, size, problem, damping, rows / count, ridge);
        ridge *= 10;
      } while (!core.cholesky.decomposeCholesky(factor, n, rowStride) && ridge < LARGEST_RIDGE);
      core.arena.release(mark);
    },
    solve(v, out) {
      if (factor === null) throw new Error('expected a Hessian');
      const b = solution.array;
      for (let c = 0; c < classes; c++) for (let j = 0; j < m; j++) b[c * m + j] = v[j * width + c];
      core.cholesky.solveCholesky(factor, solution, n, rowStride);
      out.fill(0);
      for (let c = 0; c < classes; c++) for (let j = 0; j < m; j++) out[j * width + c] = b[c * m + j];
    },
    leastPivot: () => (factor === null ? 0 : leastPivotOf(factor, n, rowStride)),
  };

  function gramsInDouble(count: number) {
    const size = packedSize(m);
    const grams = core.arena.zeros('f64', pairs * size);
    const mark = core.arena.mark();
    const isSample = count < rows;
    const chosen = isSample ? core.arena.upload('i32', evenRows(rows, count)) : null;
    const part = chosen ? gatherLabelled(core, problem, chosen) : problem;
    const p = chosen ? gatherProbabilities(chosen) : probabilities;
    const least = isSample ? LEAST_LIKELY_IN_SAMPLE : LEAST_LIKELY;
    forCalls(count, (first, last) => core.softmax.softmaxWideGrams(grams, p, part, m, least, first, last));
    core.arena.release(mark);
    return { grams, size };
  }

  function gatherProbabilities(chosen: Block<'i32'>): Block<'f32'> {
    const p = core.arena.alloc('f32', chosen.length * singleWidth);
    core.rows.gatherRows(p, probabilities, chosen, chosen.length, singleWidth);
    return p;
  }

  function gramsInSingle(of: SingleRows, count: number) {
    const size = Math.ceil(packedSize(m) / 8) * 8;
    const grams = core.arena.zeros('f64', pairs * size);
    const mark = core.arena.mark();
    const chosen = core.arena.upload('i32', evenRows(rows, count));
    const part = { ...of, x: core.arena.alloc('f32', count * stride), labels: core.arena.alloc('i32', count) };
    const p = gatherProbabilities(chosen);
    core.rows.gatherRows(part.x, of.x, chosen, count, stride);
    core.rows.gatherColumn(part.labels, problem.labels, chosen, count);
    core.softmaxSingle.softmaxSingleGrams(grams, p, part, m, LEAST_LIKELY_IN_SAMPLE, 0, count);
    core.arena.release(mark);
    return { grams, size };
  }
}

/**
 * The lower part of H_ab = -G_ab, H_aa = sum_b G_ab, with penalty and damping, from the packed Gram
 * matrices.
 */
function assemble(
  out: Float64Array,
  rowStride: number,
  grams: Float64Array,
  size: number,
  { columns, classes, penalty, totalWeight }: SoftmaxProblem,
  damping: Float64Array,
  weight: number,
  ridge: number,
): void {
  const m = columns + 1;
  const places = packedPlaces(m);
  out.fill(0);
  let pair = 0;
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++, pair += size) {
      for (let i = 0; i < m; i++) {
        const rowA = (a * m + i) * rowStride + a * m;
        const rowB = (b * m + i) * rowStride;
        for (let j = 0; j < m; j++) {
          const g = weight * grams[pair + places[i * m + j]];
          out[rowB + a * m + j] = -g;
          if (j > i) continue;
          out[rowA + j] += g;
          out[rowB + b * m + j] += g;
        }
      }
    }
  }
  for (let a = 0; a < classes; a++) {
    for (let j = 0; j < m; j++) {
      const own = (a * m + j) * rowStride + a * m + j;
      out[own] += penalty[j] + (j === columns ? damping[a] : 0) + ridge * out[own] + 1e-3 * ridge * totalWeight;
      // What is added to all classes alike changes nothing unless it is penalised: that direction
      // is given curvature, so that steps leave it alone.
      if (penalty[j] > 0) continue;
      for (let b = 0; b <= a; b++) out[(a * m + j) * rowStride + b * m + j] += totalWeight / classes ** 2;
    }
  }
}

/** Solves for one class at a time, as if classes had nothing to do with each other. */
function blockSolver(
  core: Core,
  problem: SoftmaxProblem,
  probabilities: Block<'f32'>,
  width: number,
  damping: Float64Array,
): Solver {
  const { rows, columns, classes, penalty, totalWeight } = problem;
  const m = columns + 1;
  const size = packedSize(m);
  const places = packedPlaces(m);
  const rowStride = m + (m % 2);
  const blocks = core.arena.alloc('f64', classes * size);
  const factors = Array.from({ length: classes }, () => core.arena.alloc('f64', m * rowStride));
  const solution = core.arena.alloc('f64', m);
  return {
    build() {
      blocks.array.fill(0);
      forCalls(rows, (first, last) => {
        core.softmax.softmaxWideBlocks(blocks, probabilities, problem, m, LEAST_LIKELY, first, last);
      });
      factors.forEach((factor, c) => {
        const from = blocks.array.subarray(c * size, (c + 1) * size);
        const trace = penalty.subarray(0, m).reduce((sum, value, j) => sum + value + from[places[j * m + j]], 0);
        // Classes that are told apart almost surely have next to no curvature.
        let ridge = 1e-8 * trace + 1e-12 * totalWeight;
        do {
          const to = factor.array;
          for (let i = 0; i < m; i++) {
            for (let j = 0; j <= i; j++) to[i * rowStride + j] = from[places[i * m + j]];
            to[i * rowStride + i] += penalty[i] + (i === columns ? damping[c] : 0) + ridge;
          }
          ridge *= 10;
        } while (!core.cholesky.decomposeCholesky(factor, m, rowStride) && ridge < LARGEST_RIDGE);
      });
    },
    solve(v, out) {
      out.fill(0);
      factors.forEach((factor, c) => {
        const b = solution.array;
        for (let j = 0; j < m; j++) b[j] = v[j * width + c];
        core.cholesky.solveCholesky(factor, solution, m, rowStride);
        for (let j = 0; j < m; j++) out[j * width + c] = b[j];
      });
    },
    leastPivot: () => factors.reduce((least, factor) => Math.min(least, leastPivotOf(factor, m, rowStride)), Infinity),
  };
}
