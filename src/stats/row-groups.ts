import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { RowGroups } from '../../bindings/kernels/drawing.js';
import { encodeFactor, type FactorCodes } from './binning.js';
import type { Table } from './table.js';

/**
 * A factor of which rows can be drawn: that share its value, or that share all values but its own.
 */
export interface DrawnFactor {
  readonly k: number;
  readonly groups: RowGroups;
  /** Rows that are in no group: never drawn. */
  readonly lonelyRows: number;
}

/** Which groups there are. */
export interface Grouping {
  /** Of a continuous factor. */
  readonly bins: number;
  /** Whether factors and groups in which nothing varies are there too. */
  readonly drawConstants: boolean;
}

/**
 * Rows grouped by the value (or bin) of each factor that can be held fixed: one that varies, and
 * has a value that at least two rows share.
 */
export function groupRows(table: Table, { bins, drawConstants }: Grouping): Promise<readonly DrawnFactor[]> {
  return table.memo(`row groups ${bins} ${drawConstants}`, async () => {
    const fixable: DrawnFactor[] = [];
    for (const k of drawConstants ? table.factors.keys() : table.varyingFactors) {
      const { codes, size } = await encodeFactor(table, k, bins);
      const groups = table.core.drawing.groupRowsByCode(codes, size);
      if (groups.drawable > 0) fixable.push({ k, groups, lonelyRows: table.rows - groups.drawable });
    }
    return fixable;
  });
}

/**
 * Codes up to so many times the rows are not closed up: they cost memory, closing up costs a pass.
 */
const SPARSE_CODES = 2;
/**
 * Up to so many codes (or eight times the rows, if more) a table closes them up, beyond it sorting.
 */
const TABLE_CODES = 2 ** 20;

/**
 * Rows grouped by the values (or bins) of all factors but one, for each factor that can be varied
 * so: that has a group in which its own values differ. Groups in which they do not are left out.
 */
export function groupRowsByOthers(table: Table, { bins, drawConstants }: Grouping): Promise<readonly DrawnFactor[]> {
  return table.memo(`row groups by others ${bins} ${drawConstants}`, async () => {
    const { core, rows } = table;
    const factors: Array<FactorCodes & { k: number }> = [];
    for (const k of drawConstants ? table.factors.keys() : table.varyingFactors) {
      factors.push({ ...(await encodeFactor(table, k, bins)), k });
    }
    const joint = core.arena.alloc('i32', rows);
    return factors.flatMap(({ k, codes }) => {
      const others = factors.filter((factor) => factor.k !== k);
      const groups = core.drawing.groupRowsByCode(
        joint,
        joinCodes(table, joint, others),
        drawConstants ? undefined : codes,
      );
      return groups.drawable > 0 ? [{ k, groups, lonelyRows: rows - groups.drawable }] : [];
    });
  });
}

/**
 * One code for each combination of the factors' codes that occurs, into out; returns how many codes
 * there may be.
 */
export function joinCodes({ core, rows }: Table, out: Block<'i32'>, factors: readonly FactorCodes[]): number {
  out.array.fill(0);
  let count = 1;
  for (const { codes, size } of factors) {
    const range = count * size;
    if (range > Math.max(TABLE_CODES, 8 * rows)) {
      count = joinBySorting(core, out, codes, size);
      continue;
    }
    core.histogram.combineCodes(out, codes, size);
    count = range > SPARSE_CODES * rows ? core.histogram.denseCodes(out, out, rows, 1, 0, 0, range) : range;
  }
  return count;
}

function joinBySorting(core: Core, out: Block<'i32'>, codes: Block<'i32'>, size: number): number {
  const mark = core.arena.mark();
  const keys = core.arena.alloc('f64', out.length);
  const order = core.arena.alloc('i32', out.length);
  const [key, row, own, other] = [keys.array, order.array, out.array, codes.array];
  for (let i = 0; i < key.length; i++) {
    key[i] = own[i] * size + other[i];
    row[i] = i;
  }
  core.rows.sortRows(keys, order);
  const [sorted, rowAt, to] = [keys.array, order.array, out.array];
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] !== sorted[i - 1]) count++;
    to[rowAt[i]] = count;
  }
  core.arena.release(mark);
  return count + 1;
}
