/** Independent components of tables with few columns, such as scores of principal components. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Stream } from '../../bindings/kernels/random.js';
import { symmetricEigenvectors } from './symmetric-eigenvectors.js';

export interface IndependentComponents {
  /** (columns). */
  readonly means: Float64Array;
  /**
   * (rank, columns), row-major: sources are its products with a row less the means. They have
   * variance 1, and are not correlated. Those that move the rows most stand first, and move the
   * column that they move most upwards.
   */
  readonly unmixing: Float64Array;
  /** (rank, columns): the directions in which the sources move the rows. */
  readonly mixing: Float64Array;
  /** Fewer than the columns if these hold fewer directions. */
  readonly rank: number;
  readonly steps: number;
  /** 1 less the cosine of the angle by which the last step has turned a component, at most. */
  readonly change: number;
  readonly isConverged: boolean;
}

export interface IndependentComponentsOptions {
  /** Steps at most. */
  readonly iterations: number;
  /** The change at which it stops. Default 1e-4. */
  readonly tolerance?: number;
  /** The components that it begins with. */
  readonly random: Stream;
  /** Called between steps, in which it waits. */
  readonly pause?: () => void | Promise<void>;
}

/** The change at which it stops: that of scikit-learn. */
const TOLERANCE = 1e-4;
/** Variances below this share of the largest are rounding. */
const LEAST_VARIANCE = 1e-12;
/** Rows per kernel call. */
const ROWS_PER_CALL = 8192;

/**
 * Independent components by FastICA: all at once, with the contrast log cosh. It stops if no
 * component turns any more, which is a maximum that the start decides.
 *
 * Cost: steps * rows * columns * (2 columns + an exponential).
 * @param x (rows, columns), row-major, f64[rows * columns]; rows >= 1
 * @see A. Hyvärinen 1999, Fast and Robust Fixed-Point Algorithms for Independent Component Analysis
 */
export function independentComponents(
  core: Core,
  x: Block<'f64'>,
  rows: number,
  columns: number,
  { iterations, tolerance = TOLERANCE, random, pause }: IndependentComponentsOptions,
): Promise<IndependentComponents> {
  return core.arena.scope(async () => {
    const { means, covariance } = momentsOf(core, x, rows, columns);
    const { values, vectors } = symmetricEigenvectors(covariance, columns);
    const rank = values.filter((value) => value > LEAST_VARIANCE * values[0]).length;
    const whitening = Float64Array.from({ length: rank * columns }, (_, at) => {
      return vectors[at] / Math.sqrt(values[Math.floor(at / columns)]);
    });
    const stride = Math.ceil(rows / 2) * 2;
    const z = core.arena.zeros('f64', rank * stride);
    whiten(z.array, x.array, means, whitening, { rows, columns, rank, stride });
    const w = core.arena.alloc('f64', rank * rank);
    w.array.set(decorrelate(drawStart(core, rank, random), rank));
    let steps = 0;
    let change = rank === 0 ? 0 : Number.POSITIVE_INFINITY;
    while (change > tolerance && steps < iterations) {
      const next = takeStep(core, z, w, { rows, rank, stride });
      change = largestTurn(w.array, next, rank);
      w.array.set(next);
      steps++;
      await pause?.();
    }
    const { unmixing, mixing } = arrange(w.array, values, vectors, rank, columns);
    return { means, unmixing, mixing, rank, steps, change, isConverged: change <= tolerance };
  });
}

/** Means and covariance, divided by the rows. */
function momentsOf(core: Core, x: Block<'f64'>, rows: number, columns: number) {
  return core.arena.borrow(() => {
    const stride = Math.ceil(columns / 4) * 4;
    const offsets = core.arena.alloc('f64', columns);
    core.covariance.columnOffsets(offsets, x, rows, columns);
    const sums = core.arena.zeros('f64', stride * stride);
    for (let row = 0; row < rows; row += ROWS_PER_CALL) {
      core.covariance.addProducts(sums, x, offsets, columns, stride, row, Math.min(rows, row + ROWS_PER_CALL));
    }
    const [products, first] = [sums.array, x.array];
    const covariance = Float64Array.from({ length: columns * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return products[Math.min(i, j) * stride + Math.max(i, j)] / rows;
    });
    return { means: offsets.array.map((offset, column) => first[column] + offset), covariance };
  });
}

interface Sizes {
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  readonly stride: number;
}

/** z (rank, stride) = whitening (x - means), a line for each component. */
function whiten(
  z: Float64Array,
  x: Float64Array,
  means: Float64Array,
  whitening: Float64Array,
  { rows, columns, rank, stride }: Sizes,
): void {
  const deviations = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) deviations[column] = x[row * columns + column] - means[column];
    for (let i = 0; i < rank; i++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += whitening[i * columns + column] * deviations[column];
      z[i * stride + row] = sum;
    }
  }
}

function drawStart(core: Core, rank: number, random: Stream): Float64Array {
  return core.arena.borrow(() => {
    const normals = core.arena.alloc('f32', rank * rank);
    core.random.fillNormals(normals, random);
    return Float64Array.from(normals.array);
  });
}

/** w+ = E[tanh(w z) z'] - E[1 - tanh(w z)^2] w, decorrelated. */
function takeStep(
  core: Core,
  z: Block<'f64'>,
  w: Block<'f64'>,
  { rows, rank, stride }: Omit<Sizes, 'columns'>,
): Float64Array {
  return core.arena.borrow(() => {
    const sums = core.arena.zeros('f64', rank * rank);
    const squares = core.arena.zeros('f64', rank);
    for (let row = 0; row < stride; row += ROWS_PER_CALL) {
      core.independence.addContrast(sums, squares, z, w, rank, stride, row, Math.min(stride, row + ROWS_PER_CALL));
    }
    const [products, totals, before] = [sums.array, squares.array, w.array];
    const next = Float64Array.from({ length: rank * rank }, (_, at) => {
      return products[at] / rows - (1 - totals[Math.floor(at / rank)] / rows) * before[at];
    });
    return decorrelate(next, rank);
  });
}

/** (w w')^(-1/2) w: the orthogonal matrix that is nearest to w. */
function decorrelate(w: Float64Array, n: number): Float64Array {
  const square = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) square[i * n + j] = dotLines(w, i, w, j, n);
  }
  const { values, vectors } = symmetricEigenvectors(square, n);
  // Lines of (vectors w), each divided by its length, then turned back.
  const turned = new Float64Array(n * n);
  for (let v = 0; v < n; v++) {
    for (let i = 0; i < n; i++) {
      // Of a singular matrix a direction is left out.
      const weight = values[v] > 0 ? vectors[v * n + i] / Math.sqrt(values[v]) : 0;
      for (let j = 0; j < n; j++) turned[v * n + j] += weight * w[i * n + j];
    }
  }
  const out = new Float64Array(n * n);
  for (let v = 0; v < n; v++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) out[i * n + j] += vectors[v * n + i] * turned[v * n + j];
    }
  }
  return out;
}

function dotLines(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at++) sum += a[i * length + at] * b[j * length + at];
  return sum;
}

function largestTurn(before: Float64Array, after: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(Math.abs(dotLines(before, i, after, i, n)) - 1));
  return largest;
}

/** From whitened rows back to the columns, in order. */
function arrange(w: Float64Array, values: Float64Array, vectors: Float64Array, rank: number, columns: number) {
  const lines = Array.from({ length: rank }, (_, i) => {
    const unmixing = new Float64Array(columns);
    const mixing = new Float64Array(columns);
    for (let v = 0; v < rank; v++) {
      const [weight, deviation] = [w[i * rank + v], Math.sqrt(values[v])];
      for (let column = 0; column < columns; column++) {
        unmixing[column] += (weight / deviation) * vectors[v * columns + column];
        mixing[column] += weight * deviation * vectors[v * columns + column];
      }
    }
    const largest = mixing.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    return { unmixing, mixing, sign: Math.sign(largest), size: dotLines(mixing, 0, mixing, 0, columns) };
  });
  lines.sort((a, b) => b.size - a.size);
  const join = (name: 'unmixing' | 'mixing') => {
    return Float64Array.from(lines.flatMap(({ sign, [name]: line }) => Array.from(line, (value) => sign * value)));
  };
  return { unmixing: join('unmixing'), mixing: join('mixing') };
}
