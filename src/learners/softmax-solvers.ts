/** Approximate inverses of the Hessian of softmax regression, for newton-cg.ts. */
import { decompose, solvePositiveDefinite, substitute } from './cholesky.js';

/** Fills out with a solution for the residual; both are f64[stride][width], classes being the inner index. */
export type Solver = (residual: Float64Array, out: Float64Array) => void;

/**
 * Solves for one class at a time, as if classes had nothing to do with each other.
 *
 * @param blocks f64[pairs][width], of the kernel weightedSoftmaxBlocks
 */
export function solverOfBlocks(blocks: Float64Array, classes: number, unknowns: number, width: number): Solver {
  const inverses = Array.from({ length: classes }, (_, c) => invertBlock(blocks, width, c, unknowns));
  return (residual, out) => {
    out.fill(0);
    inverses.forEach((inverse, c) => {
      for (let j = 0; j < unknowns; j++) {
        let sum = 0;
        for (let i = 0; i < unknowns; i++) sum += inverse[j * unknowns + i] * residual[i * width + c];
        out[j * width + c] = sum;
      }
    });
  };
}

/**
 * Solves with the whole Hessian, f64[classes][stride][classes][stride], blocks on and above the diagonal. What is added to
 * all classes alike changes nothing, so the weights of class 0 are left as they are.
 */
export function solverOfWhole(
  hessian: Float64Array,
  classes: number,
  stride: number,
  unknowns: number,
  width: number,
): Solver {
  const n = (classes - 1) * unknowns;
  const line = classes * stride;
  const at = (c: number, i: number, d: number, j: number) => hessian[(c * stride + i) * line + d * stride + j];
  const reduced = new Float64Array(n * n);
  for (let c = 1; c < classes; c++) {
    for (let d = 1; d <= c; d++) {
      for (let i = 0; i < unknowns; i++) {
        const to = ((c - 1) * unknowns + i) * n + (d - 1) * unknowns;
        for (let j = 0; j < unknowns; j++) reduced[to + j] = at(d, j, c, i);
      }
    }
  }
  let factor: Float64Array;
  let scale: Float64Array | null;
  // Repeated latents and separated classes leave directions without curvature.
  let ridge = 1e-13;
  do {
    factor = reduced.slice();
    for (let i = 0; i < n; i++) factor[i * n + i] += ridge * factor[i * n + i] + 1e-3 * ridge;
    scale = decompose(factor, n);
    ridge *= 10;
  } while (scale === null);
  const found = scale;
  const flat = new Float64Array(n);
  return (residual, out) => {
    for (let c = 1; c < classes; c++) {
      for (let j = 0; j < unknowns; j++) flat[(c - 1) * unknowns + j] = residual[j * width + c];
    }
    substitute(factor, found, flat, n);
    out.fill(0);
    for (let c = 1; c < classes; c++) {
      for (let j = 0; j < unknowns; j++) out[j * width + c] = flat[(c - 1) * unknowns + j];
    }
  };
}

/** The inverse of one class's block of the Hessian, with a little added to its diagonal. */
function invertBlock(blocks: Float64Array, width: number, c: number, n: number): Float64Array {
  const block = new Float64Array(n * n);
  let trace = 0;
  for (let i = 0, pair = 0; i < n; i++) {
    for (let j = i; j < n; j++, pair++) {
      block[i * n + j] = blocks[pair * width + c];
      block[j * n + i] = block[i * n + j];
    }
    trace += block[i * n + i];
  }
  // Classes that are told apart almost surely have next to no curvature.
  for (let ridge = 1e-8 * trace + 1e-12; ; ridge *= 10) {
    for (let i = 0; i < n; i++) block[i * n + i] += ridge;
    const inverse = new Float64Array(n * n);
    let isDefinite = true;
    for (let j = 0; j < n && isDefinite; j++) {
      const column = new Float64Array(n);
      column[j] = 1;
      isDefinite = solvePositiveDefinite(block.slice(), column, n);
      inverse.set(column, j * n);
    }
    if (isDefinite) return inverse;
  }
}
