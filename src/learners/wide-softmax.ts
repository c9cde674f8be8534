/** The layout of softmax regression with many classes, in which lanes run over classes: weights are f64[stride][width]. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';

const ROWS_PER_CALL = 1024;
/** An intercept that makes a class impossible. */
const IMPOSSIBLE = -1e300;

/** Classes rounded up to what the kernels take at a time. */
export function widthOf(classes: number): number {
  return Math.ceil(classes / 8) * 8;
}

/** Intercepts, in weights f64[stride][width], of the classes that only fill up. */
export function closeFilling(weights: Float64Array, columns: number, classes: number): void {
  const width = widthOf(classes);
  weights.fill(IMPOSSIBLE, columns * width + classes, (columns + 1) * width);
}

/**
 * Fills the front of `probabilities`, f64[rows * width], with f64[rows][classes] for x, f64[rows][stride]. Leaves what it
 * takes from the arena there.
 */
export function fillWideProbabilities(
  core: Core,
  probabilities: Block<'f64'>,
  x: Block<'f64'>,
  { coefficients, intercepts }: { readonly coefficients: readonly Float64Array[]; readonly intercepts: Float64Array },
  rows: number,
  columns: number,
  stride: number,
): void {
  const classes = coefficients.length;
  const width = widthOf(classes);
  const weights = core.arena.zeros('f64', stride * width);
  const gradient = core.arena.zeros('f64', stride * width);
  const labels = core.arena.zeros('i32', rows);
  const at = weights.array;
  closeFilling(at, columns, classes);
  coefficients.forEach((row, c) => {
    for (let j = 0; j < columns; j++) at[j * width + c] = row[j];
    at[columns * width + c] = intercepts[c];
  });
  for (let row = 0; row < rows; row += ROWS_PER_CALL) {
    const end = Math.min(row + ROWS_PER_CALL, rows);
    core.softmaxWideLoss(gradient, probabilities, x, labels, weights, width, stride, row, end);
  }
  const p = probabilities.array;
  for (let row = 1; width > classes && row < rows; row++) {
    p.copyWithin(row * classes, row * width, row * width + classes);
  }
}
