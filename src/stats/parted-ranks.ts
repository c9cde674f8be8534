import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Columns } from './columns.js';
import type { PartedRows } from './parted-rows.js';
import type { Pause } from './pause.js';

/**
 * Columns of ranks; their rows are places, of the training rows first and then of the test rows.
 */
export interface PartedRanks {
  /** Twice the rank among the rows of both parts. */
  readonly inBoth: Columns;
  /** Twice the rank among the rows of the same part. */
  readonly inPart: Columns;
}

/**
 * Ranks of columns; equal values share the mean of theirs. Takes from the
 * arena.
 */
export async function rankParts(
  core: Core,
  columns: Columns,
  { both, train }: PartedRows,
  pause: Pause,
): Promise<PartedRanks> {
  const rows = both.length;
  const { count } = columns;
  const ranks = core.arena.alloc('i32', 2 * count * rows);
  await core.arena.scope(async () => {
    const stride = rows + 2;
    const keys = core.arena.alloc('f64', count * stride);
    columns.fill(keys, stride, both);
    const places = countUp(core, rows);
    const order = core.arena.alloc('i32', rows);
    for (let j = 0; j < count; j++) {
      await pause('ranks', j, count);
      const own = keys.slice(j * stride, rows);
      const to = ranks.slice(2 * j * rows, 2 * rows);
      if (core.correlation.rankValues(to, own, extremesOf(core, own), train.length)) continue;
      order.array.set(places.array);
      core.rows.sortRows(own, order);
      core.correlation.rankSorted(to, own, order, train.length);
    }
  });
  const minima = core.arena.upload('f64', [0, 0]);
  const perScale = core.arena.upload('f64', [1, 1]);
  const take = (which: 0 | 1): Columns => ({
    count,
    fill(out, stride, order) {
      for (let j = 0; j < count; j++) {
        const table = { x: ranks.slice(2 * j * rows, 2 * rows), columns: 2, minima, perScale };
        core.correlation.fillColumns(out.slice(j * stride, stride), stride, table, which, which + 1, order);
      }
    },
  });
  return { inBoth: take(0), inPart: take(1) };
}

function extremesOf(core: Core, values: Block<'f64'>) {
  const { minima, maxima } = core.moments.columnExtremes(values, values.length, 1);
  return { minimum: minima[0], maximum: maxima[0] };
}

/** 0, 1, 2 ... Takes from the arena. */
export function countUp({ arena }: Core, count: number): Block<'i32'> {
  const block = arena.alloc('i32', count);
  for (let i = 0, view = block.array; i < count; i++) view[i] = i;
  return block;
}
