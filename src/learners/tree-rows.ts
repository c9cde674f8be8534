/** Rows as trees are grown on them: sorted by each column, and cut into bins. */

import type { Core } from '../../bindings/core.js';
import type { TreeRows } from '../../bindings/kernels/trees.js';
import { rankValues } from './ranks.js';

/** How columns are cut. */
export interface Cut {
  /** Into how many bins at most; 2..255. */
  readonly bins: number;
  /** Whether splits within bins are tried too: then bins are but a means of finding them. */
  readonly isExact: boolean;
}

/** Every split is tried. */
export const EXACT: Cut = { bins: 255, isExact: true };

/** Loads x, [columns][rows], for trees up to `depth`. Takes from the arena. */
export async function loadTreeRows(
  core: Core,
  x: Float64Array,
  rows: number,
  columns: number,
  depth: number,
  { bins, isExact }: Cut,
  pause: () => void | Promise<void>,
): Promise<TreeRows> {
  const sorted = new Uint32Array(2 * rows * columns);
  const groups = Math.ceil(columns / 4);
  const codes = new Uint8Array(4 * groups * rows);
  const starts = new Int32Array(257 * columns);
  const shapes = new Int32Array(2 * columns);
  for (let column = 0; column < columns; column++) {
    await pause();
    const own = sorted.subarray(2 * column * rows, 2 * (column + 1) * rows);
    sortColumn(own, x.subarray(column * rows, (column + 1) * rows));
    const bounds = cutIntoBins(own, bins);
    const count = bounds.length - 1;
    starts.fill(rows, 257 * column, 257 * (column + 1)).set(bounds, 257 * column);
    // Where each value has its bin there is nothing within.
    shapes.set([count, isExact && count < own[2 * rows - 1] + 1 ? 1 : 0], 2 * column);
    for (let bin = 0; bin < count; bin++) {
      for (let i = bounds[bin]; i < bounds[bin + 1]; i++) {
        codes[4 * (column >> 2) * rows + 4 * own[2 * i] + (column & 3)] = bin;
      }
    }
  }
  return {
    rows,
    columns,
    x: core.arena.upload('f64', x),
    sorted: core.arena.upload('u32', sorted),
    codes: core.arena.upload('u8', codes),
    starts: core.arena.upload('i32', starts),
    bins: core.arena.upload('i32', shapes),
    scratch: {
      pairs: core.arena.alloc('f64', 2 * rows),
      lists: core.arena.alloc('i32', 2 * rows),
      nodeOf: core.arena.alloc('u8', rows),
      histograms: core.arena.alloc('f64', depth * 4 * groups * 512),
      peaks: core.arena.alloc('f64', 2 * columns),
      places: core.arena.alloc('i32', columns),
      nodes: core.arena.zeros('i32', 4 * (2 ** depth + depth)),
    },
  };
}

/**
 * Where bins begin in a sorted column, [rows][row, rank], and where the last ends. Bins are made of
 * whole values: one each where there are at most `most` values; else each takes the values that
 * bring it nearest to its share of the rows left.
 */
function cutIntoBins(sorted: Uint32Array, most: number): number[] {
  const rows = sorted.length / 2;
  const values = [0];
  for (let i = 1; i < rows; i++) if (sorted[2 * i + 1] !== sorted[2 * i - 1]) values.push(i);
  values.push(rows);
  if (values.length - 1 <= most) return values;
  const bounds = [0];
  let from = 0;
  for (let value = 1; value < values.length - 1 && bounds.length < most; value++) {
    const share = (rows - from) / (most - bounds.length + 1);
    const [without, withIt] = [values[value] - from, values[value + 1] - from];
    if (without + withIt <= 2 * share) continue;
    from = values[value];
    bounds.push(from);
  }
  bounds.push(rows);
  return bounds;
}

/** Writes the rows in the order of a column, [rows][row, rank]. */
function sortColumn(sorted: Uint32Array, values: Float64Array): void {
  const ranks = new Uint32Array(values.length);
  const count = rankValues(ranks, values);
  const starts = new Uint32Array(count + 1);
  for (const rank of ranks) starts[rank + 1]++;
  for (let rank = 0; rank < count; rank++) starts[rank + 1] += starts[rank];
  for (let row = 0; row < ranks.length; row++) {
    const at = 2 * starts[ranks[row]]++;
    sorted[at] = row;
    sorted[at + 1] = ranks[row];
  }
}
