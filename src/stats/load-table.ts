/**
 * Makes a Table of matrices: checks every number, decides what each factor is, and copies both into
 * the kernels' memory.
 */
import type { Block, ElementType, NumberBlock, RealBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import { DataError, dataRangeError, wrongType, wrongValue } from '../errors.js';
import { factorTypeOf } from '../factor-type.js';
import { type Matrix, type MatrixData, sameKind } from '../matrix.js';
import { mention, phrase } from '../phrase.js';
import { fillIn, type Latents, type PlainSparse, SparseMatrix } from '../sparse-matrix.js';
import type { FactorType } from '../types.js';
import { checkCapacity } from './capacity.js';
import type { ColumnBlock } from './column-blocks.js';
import type { ExactSplit } from './exact-split.js';
import { type Extremes, type Factor, type SparseLatents, Table } from './table.js';

/** A code table of this many entries is cheaper than sorting; beyond it values are sorted. */
const DENSE_RANGE_LIMIT = 1 << 22;

/** Latents that stay where they are: what a table knows of them. */
export interface MeasuredLatents extends Extremes {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Checks every latent, and takes their extremes, without holding them.
 * @throws as {@link loadTable}
 */
export function measureLatents(latents: Latents, factors: Matrix): MeasuredLatents {
  checkShapes(latents, factors);
  const { rows, columns } = latents;
  const { minima, maxima } = latents instanceof SparseMatrix ? measureSparse(latents) : measureDense(latents);
  checkMagnitudes('latents', minima, maxima);
  return { rows, columns, minima, maxima };
}

/** Row after row, as the numbers lie. */
function measureDense({ data, rows, columns }: Matrix): Extremes {
  const minima = Float64Array.from(data.subarray(0, columns));
  const maxima = minima.slice();
  for (let row = 0, i = 0; row < rows; row++) {
    // Of anything but a finite number the difference to itself is NaN.
    let check = 0;
    for (let column = 0; column < columns; column++, i++) {
      const value = data[i];
      if (value < minima[column]) minima[column] = value;
      if (value > maxima[column]) maxima[column] = value;
      check += value - value;
    }
    if (check === 0) continue;
    const column = data.subarray(i - columns, i).findIndex((value) => !Number.isFinite(value));
    throw notFinite(data[i - columns + column], row, column);
  }
  return { minima, maxima };
}

function measureSparse({ rows, columns, values, rowOf, starts }: PlainSparse): Extremes {
  const minima = new Float64Array(columns);
  const maxima = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    const [start, end] = [starts[column], starts[column + 1]];
    let [low, high] = end - start < rows ? [0, 0] : [values[start], values[start]];
    for (let i = start; i < end; i++) {
      const value = values[i];
      if (!Number.isFinite(value)) throw notFinite(value, rowOf[i], column);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    minima[column] = low;
    maxima[column] = high;
  }
  return { minima, maxima };
}

function notFinite(got: number, row: number, column: number): DataError {
  return new DataError(`expected a finite number, got ${got}`, { path: 'latents', row, column });
}

/**
 * A table of neighbouring columns, with the factors of another, in blocks of the open scope. What
 * is known of the factors is found there.
 */
export function loadColumns(table: Table, block: ColumnBlock): Table {
  const { core, factors } = table;
  const latents = 'data' in block ? uploadReal(core, block.data) : uploadSparse(core, block);
  return new Table(core, block.rows, block.columns, latents, factors, null, null, null, table);
}

/** Behind the values of each column a zero: what all others are. */
function uploadSparse(core: Core, block: PlainSparse): SparseLatents {
  const { columns, values, rowOf, starts } = block;
  const padded = sameKind(values, values.length + columns);
  for (let column = 0; column < columns; column++) {
    padded.set(values.subarray(starts[column], starts[column + 1]), starts[column] + column);
  }
  return {
    ...measureSparse(block),
    values: uploadReal(core, padded),
    rows: core.arena.upload('i32', rowOf),
    starts: Array.from(starts, (start, column) => start + column),
  };
}

/** A sparse table with its zeros. */
function uploadFilled(core: Core, sparse: PlainSparse): RealBlock {
  const { rows, columns, values } = sparse;
  const block = isWide(values) ? core.arena.zeros('f64', rows * columns) : core.arena.zeros('f32', rows * columns);
  fillIn(sparse, block.array);
  return block;
}

/**
 * @param latents as they are, or measured where only counts of them are read
 * @param factorTypes overrides what the values suggest, per factor
 * @param posterior of the same rows, checked, in the memory of `core`
 * @throws RangeError or DataError saying which array, row and column, what was expected and what
 * was found
 */
export function loadTable(
  core: Core,
  latents: Matrix | SparseMatrix | MeasuredLatents,
  factors: Matrix,
  factorTypes?: ReadonlyArray<FactorType | null>,
  exactSplit: ExactSplit | null = null,
  posterior: PosteriorBlocks | null = null,
): Table {
  checkShapes(latents, factors);
  const held = 'dtype' in latents;
  checkCapacity(held ? latents : { ...latents, dtype: 'float32' }, factors, posterior !== null, held);
  checkFactorTypes(factorTypes, factors.columns);
  const columns = held ? uploadLatents(core, latents) : latents;
  if (!('minima' in columns)) checkFinite(core, columns, latents.columns, 'latents');
  const types = Array.from({ length: factors.columns }, (_, k) => factorTypes?.[k] ?? null);
  const table = new Table(
    core,
    latents.rows,
    latents.columns,
    columns,
    loadFactors(core, factors, types),
    exactSplit,
    null,
    posterior,
  );
  checkMagnitudes('latents', table.latentMinima, table.latentMaxima);
  return table;
}

function checkShapes(latents: Pick<Matrix, 'rows' | 'columns'>, factors: Pick<Matrix, 'rows' | 'columns'>): void {
  if (latents.rows !== factors.rows) {
    throw dataRangeError(`factors: expected ${latents.rows} rows to match latents, got ${factors.rows}`);
  }
  if (latents.rows < 2) throw dataRangeError(`latents: expected at least 2 rows, got ${latents.rows}`);
  if (latents.columns < 1) throw dataRangeError(`latents: expected at least 1 column, got ${latents.columns}`);
  if (factors.columns < 1) throw dataRangeError(`factors: expected at least 1 column, got ${factors.columns}`);
}

function checkFactorTypes(types: ReadonlyArray<FactorType | null> | undefined, count: number): void {
  if (types === undefined) return;
  if (!Array.isArray(types))
    throw wrongType({ option: 'factorTypes', problem: `expected an array, got ${typeof types}` });
  if (types.length !== count) {
    throw wrongValue({
      option: 'factorTypes',
      problem: `expected ${count} entries, one for each factor, got ${types.length}`,
    });
  }
  for (const type of types) {
    if (type !== null && type !== 'discrete' && type !== 'continuous') {
      throw wrongType({
        option: 'factorTypes',
        problem: `expected 'discrete', 'continuous' or null, got '${String(type)}'`,
      });
    }
  }
}

function uploadLatents(core: Core, latents: Latents): RealBlock {
  return latents instanceof SparseMatrix ? uploadFilled(core, latents) : uploadReal(core, latents.data);
}

function isWide(data: MatrixData): boolean {
  return data instanceof Float64Array || data instanceof Int32Array || data instanceof Uint32Array;
}

function uploadReal(core: Core, data: MatrixData): RealBlock {
  return isWide(data) ? core.arena.upload('f64', data) : core.arena.upload('f32', data);
}

/** Whole numbers that fit become i32, in whatever type they come: codes are found fastest there. */
function uploadNumbers(core: Core, data: MatrixData): NumberBlock {
  if (data instanceof Float32Array || data instanceof Float64Array || data instanceof Uint32Array) {
    const whole = toInt32(data);
    if (whole) return core.arena.upload('i32', whole);
    return data instanceof Float32Array ? core.arena.upload('f32', data) : core.arena.upload('f64', data);
  }
  return core.arena.upload('i32', data);
}

/** The same numbers as int32; null where one does not fit. */
function toInt32(data: Float32Array | Float64Array | Uint32Array): Int32Array | null {
  const out = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    out[i] = data[i];
    if (out[i] !== data[i]) return null;
  }
  return out;
}

function checkFinite(core: Core, block: RealBlock, columns: number, name: string): void {
  const at = core.moments.firstNonFinite(block);
  if (at < 0) return;
  const place = { row: Math.floor(at / columns), column: at % columns };
  throw new DataError(`expected a finite number, got ${block.array[at]}`, { path: name, ...place });
}

/** Beyond this the square of a difference overflows, and every variance with it. */
const LARGEST_MAGNITUDE = 1e150;

function checkMagnitudes(name: string, minima: Float64Array, maxima: Float64Array): void {
  for (let column = 0; column < minima.length; column++) {
    const largest = Math.max(-minima[column], maxima[column]);
    if (largest > LARGEST_MAGNITUDE) {
      throw new DataError(`expected magnitudes up to ${LARGEST_MAGNITUDE}, got ${largest}`, { path: name, column });
    }
  }
}

/**
 * Columns are taken out of the uploaded matrix into blocks of their own, and the matrix is dropped.
 */
function loadFactors(core: Core, matrix: Matrix, types: ReadonlyArray<FactorType | null>): Factor[] {
  const { rows, columns } = matrix;
  const codes = core.arena.alloc('i32', rows * columns);
  const codesOf = (k: number) => codes.slice(k * rows, rows);
  const mark = core.arena.mark();
  let resolved: Array<{ type: FactorType; size: number; isConstant: boolean }>;
  try {
    const raw = uploadNumbers(core, matrix.data);
    if (raw.type !== 'i32') checkFinite(core, raw, columns, 'factors');
    const { minima, maxima } = core.moments.columnExtremes(raw, rows, columns);
    checkMagnitudes('factors', minima, maxima);
    const isIntegral = types.map((_, k) => core.moments.isIntegral(raw, rows, columns, k));
    const type = types.map((asked, k) => asked ?? factorTypeOf(isIntegral[k]));
    const ranges = types.map((_, k) => {
      const range = maxima[k] - minima[k] + 1;
      return type[k] === 'discrete' && isIntegral[k] && range <= DENSE_RANGE_LIMIT ? range : 0;
    });
    const sizes = codeColumns(core, codes, raw, matrix, minima, ranges, type);
    resolved = types.map((_, k) => ({ type: type[k], size: sizes[k], isConstant: minima[k] === maxima[k] }));
    const unique = resolved.findIndex(({ size }) => size === rows);
    if (unique >= 0) {
      throw new DataError(
        phrase`expected a discrete factor to repeat its values, got ${rows} different ones in ${rows} rows; treat it as continuous (${mention('factorTypes')}), or bin it beforehand`,
        { path: 'factors', column: unique },
      );
    }
  } finally {
    core.arena.release(mark);
  }
  const values = resolved.map(({ type }) => (type === 'discrete' ? null : core.arena.alloc('f64', rows)));
  for (const [k, block] of values.entries()) if (block) copyColumn(block.array, matrix.data, columns, k);
  return resolved.map(({ type, size, isConstant }, k) =>
    type === 'discrete'
      ? { type, isConstant, size, codes: codesOf(k), levels: () => levelsOf(codesOf(k), size, matrix, k), values: null }
      : {
          type,
          isConstant,
          size: null,
          codes: null,
          levels: null,
          values: values[k],
        },
  );
}

/** A function of its own: what it reads and writes is then of one type while it runs. */
function copyColumn(to: Float64Array, data: MatrixData, columns: number, column: number): void {
  const rows = to.length;
  for (let row = 0, at = column; row < rows; row++, at += columns) to[row] = data[at];
}

function levelsOf(codes: Block<'i32'>, size: number, matrix: Matrix, k: number): Float64Array {
  const levels = new Float64Array(size);
  codes.array.forEach((code, row) => {
    levels[code] = matrix.get(row, k);
  });
  return levels;
}

/**
 * Fills codes [columns][rows] of the discrete factors; returns how many values each has, 0 for a
 * continuous one.
 */
function codeColumns(
  core: Core,
  codes: Block<'i32'>,
  raw: NumberBlock,
  matrix: Matrix,
  minima: Float64Array,
  ranges: readonly number[],
  types: readonly FactorType[],
): number[] {
  const { rows, columns } = matrix;
  const occurring = raw.type === 'i32' ? core.histogram.offsetCodes(codes, raw, rows, columns, minima, ranges) : null;
  return types.map((type, k) => {
    if (type === 'continuous') return 0;
    const out = codes.slice(k * rows, rows);
    if (ranges[k] === 0) return codesBySorting(out, matrix.column(k));
    const seen = occurring?.[k];
    if (!seen) return core.histogram.denseCodes(out, raw, rows, columns, k, minima[k], ranges[k]);
    // Where every value of the range occurs, the offsets are the codes.
    return seen.includes(0) ? core.histogram.denseCodes(out, out, rows, 1, 0, 0, ranges[k]) : ranges[k];
  });
}

/** Codes for values that are far apart or not whole. Returns how many there are. */
function codesBySorting(out: Block<'i32'>, column: Float64Array): number {
  const sorted = column.slice().sort();
  const codeOf = new Map<number, number>();
  for (const value of sorted) if (!codeOf.has(value)) codeOf.set(value, codeOf.size);
  const codes = out.array;
  for (let row = 0; row < column.length; row++) codes[row] = codeOf.get(column[row]) as number;
  return codeOf.size;
}

/**
 * A table of some of the rows, in the order given, and of all factors or some, with their
 * posteriors or without; exact rows to learn from are not those of a part, and are dropped. Its
 * blocks come from the arena: open a scope around its life.
 */
export function takeRows(
  table: Table,
  chosen: Block<'i32'>,
  count: number,
  { factors, posterior }: Pick<Table, 'factors' | 'posterior'> = table,
): Table {
  const { core, latentCount } = table;
  const latents = gatherAny(core, table.latents, chosen, count, latentCount);
  const ownFactors = takeFactorRows(core, factors, chosen, count);
  const ownPosterior = posterior && takePosteriorRows(core, posterior, chosen, count);
  return new Table(core, count, latentCount, latents, ownFactors, null, null, ownPosterior);
}

function takePosteriorRows(
  core: Core,
  { rows, latents, mu, logvar, z }: PosteriorBlocks,
  chosen: Block<'i32'>,
  count: number,
): PosteriorBlocks {
  const take = (block: Block<'f64'>) => {
    const out = core.arena.alloc('f64', latents * count);
    for (let d = 0; d < latents; d++) {
      core.rows.gatherRows(out.slice(d * count, count), block.slice(d * rows, rows), chosen, count, 1);
    }
    return out;
  };
  return { rows: count, latents, mu: take(mu), logvar: take(logvar), ...(z && { z: take(z) }) };
}

/** A table with the same latents and posteriors, and the rows of the factors in the order given. */
export function permuteFactors(table: Table, order: Block<'i32'>): Table {
  const { core, rows, latentCount, latents, exactSplit, posterior } = table;
  const factors = takeFactorRows(core, table.factors, order, rows);
  return new Table(core, rows, latentCount, latents, factors, exactSplit, table, posterior);
}

function takeFactorRows(core: Core, factors: readonly Factor[], chosen: Block<'i32'>, count: number): Factor[] {
  return factors.map((factor) => {
    if (factor.codes && factor.size) {
      const codes = core.arena.alloc('i32', count);
      core.rows.gatherColumn(codes, factor.codes, chosen, count);
      // Values that no chosen row has are closed up, so that sizes stay those of the rows at hand.
      const size = core.histogram.denseCodes(codes, codes, count, 1, 0, 0, factor.size);
      const levels = () => {
        const [all, from, kept, to] = [factor.levels?.() ?? [], factor.codes?.array ?? [], chosen.array, codes.array];
        const out = new Float64Array(size);
        for (let i = 0; i < count; i++) out[to[i]] = all[from[kept[i]]];
        return out;
      };
      return { type: factor.type, isConstant: size === 1, size, codes, levels, values: null };
    }
    const values = core.arena.alloc('f64', count);
    core.rows.gatherRows(values, factor.values as Block<'f64'>, chosen, count, 1);
    const { minima, maxima } = core.moments.columnExtremes(values, count, 1);
    return { type: factor.type, isConstant: minima[0] === maxima[0], size: null, codes: null, levels: null, values };
  });
}

function gatherAny(core: Core, x: RealBlock, rows: Block<'i32'>, count: number, columns: number): RealBlock {
  const gather = <T extends ElementType & ('f32' | 'f64')>(block: Block<T>): Block<T> => {
    const out = core.arena.alloc(block.type, count * columns);
    core.rows.gatherRows(out, block, rows, count, columns);
    return out;
  };
  return x.type === 'f32' ? gather(x) : gather(x);
}
