/** Factors as what regressions predict. */
import { type Columns, factorColumns, joinColumns, valueColumns } from '../stats/columns.js';
import type { Table } from '../stats/table.js';

/** Columns that are predicted. */
export interface TargetColumns {
  readonly columns: Columns;
  /** Of each factor its columns, [K]; none for one that is not among them. */
  readonly columnsOf: number[][];
}

/**
 * Numbers of the chosen factors; or of a discrete one, if it is to be one-hot, a column for each
 * value. Takes from the arena.
 */
export function targetColumns(table: Table, chosen: readonly number[], oneHot: boolean): TargetColumns {
  const columnsOf: number[][] = Array.from({ length: table.factorCount }, () => []);
  let next = 0;
  const parts = chosen.map((k) => {
    const isOneHot = oneHot && table.factors[k].codes !== null;
    const part = isOneHot ? valueColumns(table, k) : factorColumns(table, [k]);
    columnsOf[k] = Array.from({ length: part.count }, () => next++);
    return part;
  });
  return { columns: joinColumns(parts), columnsOf };
}
