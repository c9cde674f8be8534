/** Principal components of wide tables, such as images. */
import type { Core } from '../../bindings/core.js';
import type { Stream } from '../../bindings/kernels/random.js';
import { type CentredTable, directionLines, directionsOf, type WideBlock } from '../../bindings/kernels/subspace.js';
import { symmetricEigenvectors } from './symmetric-eigenvectors.js';

export interface PrincipalComponents {
  /** (columns). */
  readonly means: Float64Array;
  /**
   * (rank, columns), row-major: orthogonal, of length 1, those of the largest variance first. Of
   * each the largest number is positive.
   */
  readonly components: Float64Array;
  /** (rank), of the scores, divided by rows - 1. */
  readonly variances: Float64Array;
  /** How many were found: fewer than asked for if the rows vary along fewer directions. */
  readonly rank: number;
  /** Products of the table with its transpose that were taken. */
  readonly products: number;
  /**
   * The largest distance of a component v from one that is exact: |C v - variance v| beside its
   * variance, or a hundredth of the largest variance if that is more, for the covariance C.
   */
  readonly residual: number;
  readonly isConverged: boolean;
}

export interface PrincipalComponentsOptions {
  /** How many are wanted. */
  readonly count: number;
  /** Products of the table with its transpose at most. */
  readonly iterations: number;
  /** The directions that it begins with. */
  readonly random: Stream;
  /** Called between parts of the work, in which it waits. */
  readonly pause?: () => void | Promise<void>;
}

/** Directions beside those that are wanted: with them fewer products are needed. */
const SPARE = 4;
/** Components are as near as this. */
const TOLERANCE = 1e-4;
/** To this share of the largest variance products in float32 can tell. */
const LEAST_SHARE = 1e-2;
/** Variances below this share of the largest are rounding. */
const LEAST_VARIANCE = 1e-6;
/** Rows between pauses. */
const ROWS_BETWEEN = 4096;

/**
 * Principal components by randomised block Krylov iteration: a few random directions and their
 * products with the covariance span a space, which grows until it holds the components. For the
 * same products it comes much nearer than the last of them alone (subspace iteration). Each
 * product reads the table once; nothing of its size is taken beside it.
 *
 * Cost: products * 4 * rows * columns * (count + 4, a multiple of 8).
 * @param x (rows, columns)
 * @see N. Halko, P. Martinsson, Y. Shkolnisky, M. Tygert 2011, An Algorithm for the Principal
 * Component Analysis of Large Data Sets
 */
export async function principalComponents(
  core: Core,
  x: WideBlock,
  rows: number,
  columns: number,
  { count, iterations, random, pause }: PrincipalComponentsOptions,
): Promise<PrincipalComponents> {
  const width = directionsOf(count + SPARE);
  const means = core.arena.alloc('f64', columns);
  core.subspace.columnMeans(means, x, rows, columns);
  const table = { x, rows, columns, means, scale: scaleOf(x, means.array, columns) };
  const space = new GrowingSpace(columns, width);
  let block = space.begin(drawDirections(core, columns, width, random));
  let found = space.solve(0);
  let products = 0;
  while (block.length > 0) {
    const images = await multiply(core, table, block, width, pause);
    products++;
    block = space.add(images);
    // The smallest spaces hold nothing yet.
    if (block.length > 0 && products < Math.min(3, iterations)) continue;
    found = space.solve(Math.min(count, columns));
    if (found.residual <= TOLERANCE || products >= iterations) break;
  }
  const unit = table.scale * table.scale * Math.max(1, rows - 1);
  const rank = found.values.filter((value) => value > LEAST_VARIANCE * found.values[0]).length;
  const components = new Float64Array(rank * columns);
  for (let i = 0; i < rank; i++) components.set(turn(space.lineOf(found.weights[i])), i * columns);
  return {
    means: means.array.slice(),
    components,
    variances: found.values.slice(0, rank).map((value) => value / unit),
    rank,
    products,
    residual: found.residual,
    isConverged: found.residual <= TOLERANCE,
  };
}

/** What brings deviations near 1, a power of 2: squares of float32 have little room. */
function scaleOf(x: WideBlock, means: Float64Array, columns: number): number {
  if (x.type === 'u8') return 2 ** -8;
  let largest = 0;
  let column = 0;
  for (const value of x.array) {
    largest = Math.max(largest, Math.abs(value - means[column]));
    column = column + 1 === columns ? 0 : column + 1;
  }
  return largest === 0 ? 1 : powerAbove(largest);
}

/** The power of 2 that brings a number into [1/2, 1), as far as float64 has it. */
function powerAbove(x: number): number {
  let power = 1;
  while (x * power >= 1) power /= 2;
  while (x * power < 0.5 && power < 2 ** 1000) power *= 2;
  return power;
}

/** Random directions, as lines. */
function drawDirections(core: Core, columns: number, width: number, random: Stream): Float64Array[] {
  return core.arena.borrow(() => {
    const normals = core.arena.alloc('f32', width * columns);
    core.random.fillNormals(normals, random);
    return Array.from({ length: width }, (_, i) =>
      Float64Array.from(normals.array.subarray(i * columns, (i + 1) * columns)),
    );
  });
}

/** The products of the table's transpose, the table and some directions, as lines. */
function multiply(
  core: Core,
  table: CentredTable,
  directions: readonly Float64Array[],
  width: number,
  pause?: () => void | Promise<void>,
): Promise<Float64Array[]> {
  const { rows, columns } = table;
  return core.arena.scope(async () => {
    const length = directionLines(columns) * width;
    const q = core.arena.zeros('f32', length);
    const z = core.arena.zeros('f32', length);
    const given = q.array;
    for (const [j, direction] of directions.entries()) {
      for (let column = 0; column < columns; column++) given[column * width + j] = direction[column];
    }
    const sums = directions.map(() => new Float64Array(columns));
    for (let row = 0; row < rows; row += ROWS_BETWEEN) {
      z.array.fill(0);
      core.subspace.addSquare(z, table, q, width, row, Math.min(rows, row + ROWS_BETWEEN));
      for (const [j, sum] of sums.entries()) addStrided(sum, z.array, width, j);
      await pause?.();
    }
    return sums;
  });
}

function addStrided(sum: Float64Array, numbers: Float32Array, stride: number, from: number): void {
  for (let i = 0, at = from; i < sum.length; i++, at += stride) sum[i] += numbers[at];
}

interface Solution {
  readonly values: Float64Array;
  /** Of each value, the weights of the basis that its vector has. */
  readonly weights: readonly Float64Array[];
  readonly residual: number;
}

/** A space that is spanned by orthogonal lines, and what a symmetric matrix C makes of them. */
class GrowingSpace {
  readonly #columns: number;
  readonly #width: number;
  /** Lines that C was applied to; then those that it was not. */
  readonly #basis: Float64Array[] = [];
  /** Products of the lines with the images under C of each line. */
  readonly #images: Float64Array[] = [];

  constructor(columns: number, width: number) {
    this.#columns = columns;
    this.#width = width;
  }

  /** Takes its first lines; gives them as they are to be multiplied. */
  begin(lines: readonly Float64Array[]): Float64Array[] {
    for (const line of lines) this.#take(line);
    return this.#basis.slice();
  }

  /** Takes the images of the newest lines; gives the directions that they add, none if none. */
  add(images: readonly Float64Array[]): Float64Array[] {
    const from = this.#basis.length;
    for (const image of images) this.#images.push(this.#take(image));
    return this.#basis.slice(from);
  }

  /**
   * Adds what is left of a line beside the basis, if that is more than rounding; gives its products
   * with the basis.
   */
  #take(line: Float64Array): Float64Array {
    const size = norm(line);
    const products = new Float64Array(this.#basis.length + 1);
    let left = this.#subtract(line, products);
    // Once more, if rounding is a large share of what is left.
    if (left < 1e-3 * size) left = this.#subtract(line, products);
    if (this.#basis.length >= this.#columns || !(left > 1e-7 * size)) return products.subarray(0, -1);
    products[this.#basis.length] = left;
    this.#basis.push(line.map((value) => value / left));
    return products;
  }

  /** Subtracts the parts of a line along the basis, adds them to products; gives what is left. */
  #subtract(line: Float64Array, products: Float64Array): number {
    for (const [i, other] of this.#basis.entries()) {
      const product = dot(line, other);
      products[i] += product;
      addMultiple(line, other, -product);
    }
    return norm(line);
  }

  /** The largest `count` eigenvalues of C as far as the space has them, and how far they are. */
  solve(count: number): Solution {
    const size = this.#images.length;
    const matrix = new Float64Array(size * size);
    for (const [j, products] of this.#images.entries()) {
      for (let i = 0; i <= j; i++) matrix[i * size + j] = matrix[j * size + i] = products[i] ?? 0;
    }
    const { values, vectors } = symmetricEigenvectors(matrix, size);
    const kept = Math.min(count, size);
    let residual = 0;
    const weights = Array.from({ length: kept }, (_, v) => vectors.subarray(v * size, (v + 1) * size));
    for (const [v, line] of weights.entries()) {
      // What C makes of the vector beside the space.
      let square = 0;
      for (let i = size; i < this.#basis.length; i++) {
        let product = 0;
        for (let j = Math.max(0, size - this.#width); j < size; j++) product += line[j] * (this.#images[j][i] ?? 0);
        square += product * product;
      }
      const beside = Math.max(values[v], LEAST_SHARE * values[0]);
      if (square > 0) residual = Math.max(residual, Math.sqrt(square) / beside);
    }
    return { values: values.slice(0, kept), weights, residual };
  }

  /** The vector of some weights of the basis. */
  lineOf(weights: Float64Array): Float64Array {
    const line = new Float64Array(this.#columns);
    for (const [i, weight] of weights.entries()) addMultiple(line, this.#basis[i], weight);
    return line;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const pairs = a.length & ~1;
  for (let i = 0; i < pairs; i += 2) {
    even += a[i] * b[i];
    odd += a[i + 1] * b[i + 1];
  }
  return pairs < a.length ? even + odd + a[pairs] * b[pairs] : even + odd;
}

/** line += weight other. */
function addMultiple(line: Float64Array, other: Float64Array, weight: number): void {
  for (let i = 0; i < line.length; i++) line[i] += weight * other[i];
}

function norm(line: Float64Array): number {
  return Math.sqrt(dot(line, line));
}

/** A direction of length 1 whose largest number is positive. */
function turn(line: Float64Array): Float64Array {
  let largest = 0;
  for (const value of line) if (Math.abs(value) > Math.abs(largest)) largest = value;
  const length = Math.sign(largest) * norm(line);
  return line.map((value) => value / length);
}
