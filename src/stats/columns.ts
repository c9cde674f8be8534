/**
 * Columns of numbers, read a block of rows at a time: latents, factors, and what is made of them.
 */
import type { Block, NumberBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { ScaledTable } from '../../bindings/kernels/correlation.js';
import type { Table } from './table.js';

/** Columns over the rows of a table. */
export interface Columns {
  readonly count: number;
  /**
   * Writes the rows of `order`, in that order, into out [count][stride]; stride is above their
   * number.
   */
  fill(out: Block<'f64'>, stride: number, order: Block<'i32'>): void;
}

/**
 * Columns as they are, which is fastest to rank, or in shares of their ranges, so that no square
 * leaves the range of float64 and a constant one is 0.
 */
export type Scale = 'plain' | 'shares';

/** Latents [first, last). Takes from the arena. */
export function latentColumns(
  { core, latents, latentCount, latentMinima, latentMaxima }: Table,
  first = 0,
  last = latentCount,
  scale: Scale = 'shares',
): Columns {
  const scaled = scaleTable(core, latents, latentMinima, latentMaxima, scale);
  return {
    count: last - first,
    fill: (out, stride, order) => core.correlation.fillColumns(out, stride, scaled, first, last, order),
  };
}

/** The codes of discrete factors and the values of others. Takes from the arena. */
export function factorColumns(
  { core, factors, rows }: Table,
  chosen: readonly number[],
  scale: Scale = 'shares',
): Columns {
  const tables = chosen.map((k) => {
    const { codes, values, size } = factors[k];
    if (codes) return scaleTable(core, codes, [0], [(size as number) - 1], scale);
    const { minima, maxima } = core.moments.columnExtremes(values as Block<'f64'>, rows, 1);
    return scaleTable(core, values as Block<'f64'>, minima, maxima, scale);
  });
  return {
    count: chosen.length,
    fill(out, stride, order) {
      for (const [j, table] of tables.entries()) {
        core.correlation.fillColumns(out.slice(j * stride, stride), stride, table, 0, 1, order);
      }
    },
  };
}

/** For each value of a discrete factor a column that is 1 in its rows and 0 elsewhere. */
export function valueColumns({ factors }: Table, k: number): Columns {
  const { codes, size } = factors[k];
  return {
    count: size as number,
    fill(out, stride, order) {
      const [code, to] = [(codes as Block<'i32'>).array, out.array];
      to.fill(0, 0, (size as number) * stride);
      order.array.forEach((row, i) => {
        to[code[row] * stride + i] = 1;
      });
    },
  };
}

/** One set of columns after the other. */
export function joinColumns(parts: readonly Columns[]): Columns {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    fill(out, stride, order) {
      let from = 0;
      for (const { count, fill } of parts) {
        fill(out.slice(from * stride, count * stride), stride, order);
        from += count;
      }
    },
  };
}

/**
 * Linear functions of columns. Takes from the arena.
 * @param weights [outs][columns + 1], the constant last
 */
export function combineColumns(core: Core, columns: Columns, weights: Float64Array): Columns {
  const block = core.arena.upload('f64', weights);
  return {
    count: weights.length / (columns.count + 1),
    fill: (out, stride, order) =>
      core.arena.borrow(() => {
        const from = core.arena.alloc('f64', columns.count * stride);
        columns.fill(from, stride, order);
        core.correlation.combineColumns(out, from, block, stride, columns.count, order.length);
      }),
  };
}

/**
 * Columns and, behind them, linear functions of them. Takes from the arena.
 * @param weights [outs][columns + 1], the constant last
 */
export function appendCombined(core: Core, columns: Columns, weights: Float64Array): Columns {
  const block = core.arena.upload('f64', weights);
  const { count } = columns;
  const outs = weights.length / (count + 1);
  return {
    count: count + outs,
    fill(out, stride, order) {
      columns.fill(out, stride, order);
      const behind = out.slice(count * stride, outs * stride);
      core.correlation.combineColumns(behind, out, block, stride, count, order.length);
    },
  };
}

/** Takes from the arena. */
function scaleTable(
  core: Core,
  x: NumberBlock,
  minima: ArrayLike<number>,
  maxima: ArrayLike<number>,
  scale: Scale,
): ScaledTable {
  const isPlain = scale === 'plain';
  const perScale = Array.from(minima, (minimum, j) => {
    const range = maxima[j] - minimum;
    if (isPlain) return 1;
    return range === 0 ? 0 : Math.min(1 / range, Number.MAX_VALUE);
  });
  const shift = isPlain ? new Float64Array(minima.length) : minima;
  const upload = (numbers: ArrayLike<number>) => core.arena.upload('f64', numbers);
  return { x, columns: minima.length, minima: upload(shift), perScale: upload(perScale) };
}
