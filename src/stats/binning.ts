import type { Block, RealBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Extremes, SparseLatents, Table } from './table.js';

/**
 * Rows per kernel call: enough to make the call free, few enough that the engine soon swaps in its
 * optimised code.
 */
const ROWS_PER_CALL = 16384;

/**
 * How the edges between bins are computed. `float64`: those of numpy.histogram. `float32`: the
 * same, rounded to float32 where the latents are float32, as numpy does then. `unit`: values are
 * scaled to 0 .. 1 first, and the edges are those of numpy.linspace(0, 1).
 */
export type Edges = 'float64' | 'float32' | 'unit';

/** Bins of one width. */
export interface Bins {
  /** How many, 1..65535. */
  readonly bins: number;
  /** `float64` unless told. */
  readonly edges?: Edges;
  /**
   * Bins of latents lie between -limit and limit; without it between each latent's minimum and
   * maximum.
   */
  readonly limit?: number;
  /**
   * Rows in which a latent is exactly 0 have a bin of their own, behind the others, which lie
   * between the extremes of the rest. False unless told.
   */
  readonly zeroBin?: boolean;
}

/** How many bins a latent has, that of zeros among them. */
export function countBins({ bins, zeroBin = false }: Bins): number {
  return zeroBin ? bins + 1 : bins;
}

/** Bins of one latent. */
export interface BinnedColumn {
  /** Of each row, u16[N], or of some rows. */
  readonly bins: Block<'u16'>;
  /** The others, whose values are not stored. */
  readonly missing: MissingRows | null;
}

/** Rows of a latent that are 0, and not stored. */
export interface MissingRows {
  /** The rows that are stored, in the order of their bins, i32. */
  readonly stored: Block<'i32'>;
  /** The bin of all others. */
  readonly bin: number;
}

/** Bins of latents. */
export interface BinnedLatents {
  column(d: number): BinnedColumn;
  /** f64[D]: rows that lie beyond the outermost bins. */
  readonly beyond: Float64Array;
}

/**
 * Bins of the latents, from 0; equal width between each latent's minimum and maximum, or where
 * there is a `limit` between -limit and limit, with what lies beyond in the outermost bins.
 */
export function binLatents(table: Table, options: Bins): Promise<BinnedLatents> {
  const { bins, edges = 'float64', limit, zeroBin } = options;
  return table.memoOfLatents(`latent bins ${bins} ${edges} ${limit} ${zeroBin ?? false}`, () =>
    table.sparse === null ? binDense(table, options) : binSparse(table, table.sparse, options),
  );
}

function binDense(table: Table, { bins, edges = 'float64', limit, zeroBin = false }: Bins): BinnedLatents {
  const { core, rows, latentCount, latents } = table;
  const out = core.arena.alloc('u16', rows * latentCount);
  const extremes = zeroBin
    ? core.zeros.nonzeroExtremes(latents, rows, latentCount)
    : { minima: table.latentMinima, maxima: table.latentMaxima };
  const { minima, maxima } = outermost(extremes, limit);
  fillBins(core, out, latents, minima, maxima, rows, latentCount, bins, edges);
  if (zeroBin) {
    for (let row = 0; row < rows; row += ROWS_PER_CALL) {
      core.zeros.markZeros(out, latents, rows, latentCount, bins, row, Math.min(row + ROWS_PER_CALL, rows));
    }
  }
  const beyond = new Float64Array(latentCount);
  if (limit !== undefined) {
    for (let d = 0; d < latentCount; d++) {
      if (table.latentMinima[d] >= -limit && table.latentMaxima[d] <= limit) continue;
      const data = latents.array;
      for (let i = d; i < data.length; i += latentCount) if (Math.abs(data[i]) > limit) beyond[d]++;
    }
  }
  return { column: (d) => ({ bins: out.slice(d * rows, rows), missing: null }), beyond };
}

/** A zero stands behind the stored values of each latent, so its bin is found as theirs are. */
function binSparse(
  { core, latentMinima, latentMaxima, latentCount }: Table,
  { values, rows: storedRows, starts }: SparseLatents,
  { bins, edges = 'float64', limit, zeroBin = false }: Bins,
): BinnedLatents {
  const out = core.arena.alloc('u16', values.length);
  const beyond = new Float64Array(latentCount);
  const missing: number[] = [];
  for (let d = 0; d < latentCount; d++) {
    const [start, count] = [starts[d], starts[d + 1] - starts[d]];
    const column = values.slice(start, count);
    const extremes = zeroBin
      ? core.zeros.nonzeroExtremes(column, count, 1)
      : { minima: latentMinima.subarray(d, d + 1), maxima: latentMaxima.subarray(d, d + 1) };
    const { minima, maxima } = outermost(extremes, limit);
    const ofColumn = out.slice(start, count);
    fillBins(core, ofColumn, column, minima, maxima, count, 1, bins, edges);
    if (zeroBin) core.zeros.markZeros(ofColumn, column, count, 1, bins, 0, count);
    missing.push(ofColumn.array[count - 1]);
    if (limit !== undefined) for (const value of column.array) if (Math.abs(value) > limit) beyond[d]++;
  }
  const columnOf = (d: number) => {
    const count = starts[d + 1] - starts[d] - 1;
    const stored = storedRows.slice(starts[d] - d, count);
    return { bins: out.slice(starts[d], count), missing: { stored, bin: missing[d] } };
  };
  return { column: columnOf, beyond };
}

/** What bins lie between: extremes of the columns, or the limits. A column of zeros has none. */
function outermost({ minima, maxima }: Extremes, limit: number | undefined): Extremes {
  const at = (of: Float64Array, far: number | undefined) =>
    of.map((value) => far ?? (Number.isFinite(value) ? value : 0));
  return { minima: at(minima, limit === undefined ? undefined : -limit), maxima: at(maxima, limit) };
}

/**
 * The codes of a factor: its values if it is discrete, its equal-width bins if it is continuous.
 */
export interface FactorCodes {
  /** i32[N], from 0. */
  readonly codes: Block<'i32'>;
  /** One more than the largest code. */
  readonly size: number;
}

/** Codes of factor k. */
export function encodeFactor(table: Table, k: number, bins: number, edges: Edges = 'float64'): Promise<FactorCodes> {
  const { codes, size } = table.factors[k];
  if (codes && size) return Promise.resolve({ codes, size });
  return table.memoOfFactors(`factor bins ${k} ${bins} ${edges}`, () => binFactor(table, k, bins, edges));
}

/**
 * Codes of factor k where a discrete one, too, is put into equal-width bins between its least and
 * its largest value.
 */
export function rebinFactor(table: Table, k: number, bins: number, edges: Edges = 'float64'): Promise<FactorCodes> {
  const { codes, levels } = table.factors[k];
  if (!codes || !levels) return encodeFactor(table, k, bins, edges);
  return table.memoOfFactors(`factor rebinned ${k} ${bins} ${edges}`, () => {
    const { core, rows } = table;
    const out = core.arena.alloc('i32', rows);
    const mark = core.arena.mark();
    const values = core.arena.upload('f64', levels());
    const binOfLevel = core.arena.alloc('u16', values.length);
    const { minima, maxima } = core.moments.columnExtremes(values, values.length, 1);
    fillBins(core, binOfLevel, values, minima, maxima, values.length, 1, bins, edges);
    const [to, from, bin] = [out.array, codes.array, binOfLevel.array];
    for (let row = 0; row < rows; row++) to[row] = bin[from[row]];
    core.arena.release(mark);
    return { codes: out, size: bins };
  });
}

function binFactor(table: Table, k: number, bins: number, edges: Edges): FactorCodes {
  const { core, rows } = table;
  const values = table.factors[k].values as Block<'f64'>;
  const codes = core.arena.alloc('i32', rows);
  const mark = core.arena.mark();
  const binned = core.arena.alloc('u16', rows);
  const { minima, maxima } = core.moments.columnExtremes(values, rows, 1);
  fillBins(core, binned, values, minima, maxima, rows, 1, bins, edges);
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
  edges: Edges,
): void {
  const mark = core.arena.mark();
  // numpy gives a constant column a range of 1 around its value; every element then falls into one
  // bin.
  const isConstant = minima.map((low, d) => (low === maxima[d] ? 1 : 0));
  const lows = minima.map((value, d) => value - 0.5 * isConstant[d]);
  const highs = maxima.map((value, d) => value + 0.5 * isConstant[d]);
  if (edges === 'float64' || (edges === 'float32' && x.type === 'f64')) {
    const low = core.arena.upload('f64', lows);
    const high = core.arena.upload('f64', highs);
    for (let row = 0; row < rows; row += ROWS_PER_CALL) {
      core.histogram.binColumns(out, x, low, high, rows, columns, bins, row, Math.min(row + ROWS_PER_CALL, rows));
    }
  } else {
    const table = core.arena.alloc('f64', bins);
    for (let d = 0; d < columns; d++) {
      const range = edges === 'unit' ? 1 : highs[d] - lows[d];
      const from = edges === 'unit' ? 0 : lows[d];
      const step = range / bins;
      const edgeAt = (i: number) => (step === 0 ? (i / bins) * range : i * step) + from;
      const round = edges === 'unit' ? (edge: number) => edge : Math.fround;
      table.array.set(Float64Array.from({ length: bins }, (_, i) => round(edgeAt(i))));
      const scaling = edges === 'unit' ? toUnit(minima[d], maxima[d]) : { scale: 1, shift: 0 };
      const ofColumn = out.slice(d * rows, rows);
      for (let row = 0; row < rows; row += ROWS_PER_CALL) {
        const end = Math.min(row + ROWS_PER_CALL, rows);
        core.histogram.binColumnByEdges(ofColumn, x, columns, d, table, scaling, row, end);
      }
    }
  }
  core.arena.release(mark);
}

/**
 * Scales minimum .. maximum to 0 .. 1 as scikit-learn does: rounding takes no value below 0, so
 * that none falls before the first edge. A range without a reciprocal is left as it is, and is then
 * one bin.
 */
function toUnit(minimum: number, maximum: number): { scale: number; shift: number } {
  const perRange = 1 / (maximum - minimum);
  const scale = Number.isFinite(perRange) ? perRange : 1;
  return { scale, shift: 0 - minimum * scale };
}
