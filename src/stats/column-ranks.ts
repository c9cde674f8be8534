import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Matrix } from '../matrix.js';

/**
 * Twice the rank of every value within its column, from 2 up; equal values share the mean of their
 * ranks. Whole numbers, exact in float32 up to 2^23 rows.
 *
 * @param ranks f32[rows][columns], into which the chosen columns of the matrix go from column
 * `first` on
 */
export function rankColumns(
  core: Core,
  ranks: Block<'f32'>,
  columns: number,
  first: number,
  matrix: Matrix,
  chosen: readonly number[],
): void {
  const mark = core.arena.mark();
  const { rows } = matrix;
  const keys = core.arena.alloc('f64', rows);
  const order = core.arena.alloc('i32', rows);
  for (const [i, d] of chosen.entries()) {
    keys.array.set(matrix.column(d));
    const places = order.array;
    for (let row = 0; row < rows; row++) places[row] = row;
    core.rows.sortRows(keys, order);
    // Views anew: the scratch of sorting may have moved the memory.
    shareRanks(keys.array, order.array, ranks.array, columns, first + i);
  }
  core.arena.release(mark);
}

/** The most rows whose doubled ranks float32 holds exactly. */
export const MOST_RANKED_ROWS = 2 ** 23;

function shareRanks(
  sorted: Float64Array,
  order: Int32Array,
  ranks: Float32Array,
  columns: number,
  column: number,
): void {
  for (let from = 0; from < sorted.length; ) {
    let end = from + 1;
    while (end < sorted.length && sorted[end] === sorted[from]) end++;
    for (let i = from; i < end; i++) ranks[order[i] * columns + column] = from + end + 1;
    from = end;
  }
}
