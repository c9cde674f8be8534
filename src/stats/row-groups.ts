import type { RowGroups } from '../../bindings/core.js';
import { encodeFactor } from './binning.js';
import type { Table } from './table.js';

/** A factor that can be held fixed while rows are drawn. */
export interface FixableFactor {
  readonly k: number;
  readonly groups: RowGroups;
  /** Values that only one row has: never drawn. */
  readonly lonelyRows: number;
}

/**
 * Rows grouped by the value (or bin) of each factor that can be held fixed: one that varies, and has a value that at
 * least two rows share.
 */
export function groupRows(table: Table, bins: number): Promise<readonly FixableFactor[]> {
  return table.memo(`row groups ${bins}`, async () => {
    const fixable: FixableFactor[] = [];
    for (const k of table.varyingFactors) {
      const { codes, size } = await encodeFactor(table, k, bins);
      const groups = table.core.groupRowsByCode(codes, size);
      if (groups.drawable > 0) fixable.push({ k, groups, lonelyRows: table.rows - groups.drawable });
    }
    return fixable;
  });
}
