/** Means, squares and products of columns over some rows, and correlations from these. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Columns } from './columns.js';
import type { Pause } from './pause.js';

/** Numbers of a block: what stays in the cache. */
const NUMBERS_PER_BLOCK = 2 ** 13;
const LEAST_BLOCK_ROWS = 64;
/** A block of fewer columns has no more rows than this. */
const MOST_BLOCK_ROWS = 2048;
/** Products between two pauses. */
const PRODUCTS_PER_PAUSE = 2 ** 24;

/** Which columns are multiplied: the first `left`, with all from `start` on, which is 0 or left. */
export interface Pairing {
  readonly left: number;
  readonly start: number;
}

/** Sums over rows. */
export interface Moments extends Pairing {
  readonly rows: number;
  /** [columns] each; squares are those of the deviations from the mean. */
  readonly means: Float64Array;
  readonly squares: Float64Array;
  /** Of deviations, [left][columns - start]. */
  readonly products: Float64Array;
}

/** Moments of the columns over the rows of `order`, which may be none. */
export async function columnMoments(
  core: Core,
  columns: Columns,
  pairing: Pairing,
  order: Block<'i32'>,
  pause: Pause,
): Promise<Moments> {
  const [moments] = await momentsOfParts(core, columns, pairing, [order], pause);
  return moments;
}

/**
 * Moments over the rows of each order. A block of each is taken in turn: parts of the same rows are
 * then near each other in memory.
 */
export function momentsOfParts(
  core: Core,
  columns: Columns,
  { left, start }: Pairing,
  orders: ReadonlyArray<Block<'i32'>>,
  pause: Pause,
): Promise<Moments[]> {
  return core.arena.scope(async () => {
    const { arena } = core;
    const { count } = columns;
    const right = count - start;
    const rows = orders.reduce((sum, { length }) => sum + length, 0);
    const share = Math.floor(NUMBERS_PER_BLOCK / Math.max(1, count));
    const size = Math.max(LEAST_BLOCK_ROWS, Math.min(MOST_BLOCK_ROWS, share & ~1));
    const blocks = Math.ceil(rows / size);
    const zeros = (length: number) => arena.zeros('f64', length);
    const sums = orders.map(() => ({
      ...{ means: zeros(count), squares: zeros(count), products: zeros(left * right) },
      ...{ left, start, right },
    }));
    const stride = size + 4;
    const block = arena.alloc('f64', count * stride);
    const step = Math.ceil(PRODUCTS_PER_PAUSE / (size * Math.max(1, left) * Math.max(1, right)));
    for (let index = 0; index < blocks; index++) {
      if (index % step === 0) await pause('products of columns', index, blocks);
      for (const [part, order] of orders.entries()) {
        const first = Math.floor((order.length * index) / blocks);
        const own = order.slice(first, Math.floor((order.length * (index + 1)) / blocks) - first);
        if (own.length === 0) continue;
        columns.fill(block, stride, own);
        core.correlation.addMoments(sums[part], block, stride, own.length, first);
      }
    }
    return sums.map(({ means, squares, products }, part) => ({
      left,
      start,
      rows: orders[part].length,
      means: means.array.slice(),
      squares: squares.array.slice(),
      products: start === 0 ? mirror(products.array.slice(), left, right) : products.array.slice(),
    }));
  });
}

/** Copies what is above the diagonal below it. */
function mirror(products: Float64Array, left: number, right: number): Float64Array {
  for (let i = 1; i < left; i++) {
    for (let j = 0; j < i; j++) products[i * right + j] = products[j * right + i];
  }
  return products;
}

/** Those of the rows of both. */
export function joinMoments(a: Moments, b: Moments): Moments {
  if (a.rows === 0 || b.rows === 0) return a.rows === 0 ? b : a;
  const rows = a.rows + b.rows;
  const shift = b.means.map((mean, j) => mean - a.means[j]);
  const between = (a.rows * b.rows) / rows;
  const { left, start } = a;
  const right = shift.length - start;
  return {
    left,
    start,
    rows,
    means: a.means.map((mean, j) => mean + (shift[j] * b.rows) / rows),
    squares: a.squares.map((square, j) => square + b.squares[j] + between * shift[j] * shift[j]),
    products: a.products.map((product, at) => {
      const i = Math.floor(at / right);
      return product + b.products[at] + between * shift[i] * shift[start + at - i * right];
    }),
  };
}

/**
 * Correlations, [left][columns - start], -1 to 1; 0 for a column that is constant over the rows.
 */
export function correlationsOf({ squares, products, left, start }: Moments): Float64Array {
  const right = squares.length - start;
  const root = squares.map(Math.sqrt);
  const out = new Float64Array(left * right);
  for (let i = 0; i < left; i++) {
    for (let j = 0; j < right; j++) {
      const at = i * right + j;
      // Divided one after the other: the product may be too small for float64.
      const value = products[at] / root[i] / root[start + j];
      out[at] = root[i] === 0 || root[start + j] === 0 ? 0 : Math.min(1, Math.max(-1, value));
    }
  }
  return out;
}
