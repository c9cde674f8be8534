import type { Block } from '../../bindings/arena.js';
import type { Core, RealBlock } from '../../bindings/core.js';
import type { Table } from './table.js';

/** Rows per kernel call: enough to make the call free, few enough that the engine soon swaps in its optimised code. */
const ROWS_PER_CALL = 16384;

/**
 * Bins of the latents, u16[D][N], from 0; equal width between each latent's minimum and maximum, or where there is a
 * `limit` between -limit and limit, with what lies beyond in the outermost bins.
 * @param bins 1..65535
 */
export function binLatents(table: Table, bins: number, limit?: number): Promise<Block<'u16'>> {
  return table.memoOfLatents(`latent bins ${bins} ${limit}`, () => {
    const { core, rows, latentCount, latents } = table;
    const minima = limit === undefined ? table.latentMinima : new Float64Array(latentCount).fill(-limit);
    const maxima = limit === undefined ? table.latentMaxima : new Float64Array(latentCount).fill(limit);
    const out = core.arena.alloc('u16', rows * latentCount);
    fillBins(core, out, latents, minima, maxima, rows, latentCount, bins);
    return out;
  });
}

/** The codes of a factor: its values if it is discrete, its equal-width bins if it is continuous. */
export interface FactorCodes {
  /** i32[N], from 0. */
  readonly codes: Block<'i32'>;
  /** One more than the largest code. */
  readonly size: number;
}

/** Codes of factor k. */
export function encodeFactor(table: Table, k: number, bins: number): Promise<FactorCodes> {
  const { codes, size } = table.factors[k];
  if (codes && size) return Promise.resolve({ codes, size });
  return table.memo(`factor bins ${k} ${bins}`, () => binFactor(table, k, bins));
}

function binFactor(table: Table, k: number, bins: number): FactorCodes {
  const { core, rows } = table;
  const values = table.factors[k].values as Block<'f64'>;
  const codes = core.arena.alloc('i32', rows);
  const mark = core.arena.mark();
  const binned = core.arena.alloc('u16', rows);
  const { minima, maxima } = core.columnExtremes(values, rows, 1);
  fillBins(core, binned, values, minima, maxima, rows, 1, bins);
  codes.array.set(binned.array);
  core.arena.release(mark);
  return { codes, size: bins };
}

function fillBins(
  core: Core,
  out: Block<'u16'>,
  x: RealBlock,
  minima: Float64Array,
  maxima: Float64Array,
  rows: number,
  columns: number,
  bins: number,
): void {
  const mark = core.arena.mark();
  // numpy gives a constant column a range of 1 around its value; every element then falls into one bin.
  const isConstant = minima.map((low, d) => (low === maxima[d] ? 1 : 0));
  const low = core.arena.upload(
    'f64',
    minima.map((value, d) => value - 0.5 * isConstant[d]),
  );
  const high = core.arena.upload(
    'f64',
    maxima.map((value, d) => value + 0.5 * isConstant[d]),
  );
  for (let row = 0; row < rows; row += ROWS_PER_CALL) {
    core.binColumns(out, x, low, high, rows, columns, bins, row, Math.min(row + ROWS_PER_CALL, rows));
  }
  core.arena.release(mark);
}
