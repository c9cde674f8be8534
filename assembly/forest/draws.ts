/**
 * What is drawn for a tree of a forest: its rows, with replacement, and at each node its columns,
 * without.
 *
 * Source: Breiman 2001, Random Forests. Cost: O(rows); O(columns rows of the node) where columns
 * are constant.
 * Precision: exact; whole numbers below n are drawn without bias (random.ts).
 */
import { nextBelow, openStream } from '../random';

/**
 * Draws the rows of a tree and opens its root. weights: u32[rows]; order: i32[rows], the rows that
 * were drawn; stack: i32[rows + 1][4]; progress: i32[2], nodes and height of the stack; state: of
 * the stream, for growForestTree too.
 */
export function startForestTree(
  weights: usize,
  order: usize,
  stack: usize,
  progress: usize,
  rows: i32,
  isBootstrap: bool,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  index: u32,
  state: usize,
): void {
  openStream(state, seedLow, seedHigh, stream, index);
  for (let row = 0; row < rows; row++) store<u32>(weights + (<usize>row << 2), isBootstrap ? 0 : 1);
  if (isBootstrap) {
    for (let i = 0; i < rows; i++) {
      const at = weights + (<usize>nextBelow(state, <u32>rows) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (load<u32>(weights + (<usize>row << 2)) == 0) continue;
    store<i32>(order + (<usize>count << 2), row);
    count++;
  }
  v128.store(stack, i32x4(0, count, 0, 0));
  store<i32>(progress, 1);
  store<i32>(progress, 1, 4);
}

/**
 * Draws columns until there are `wanted` and one of them varies over the rows first .. last, or
 * there are no more; writes those that vary to chosen, as they were drawn, and returns how many
 * they are.
 */
export function drawColumns(
  drawn: usize,
  chosen: usize,
  ranks: usize,
  first: usize,
  last: usize,
  rows: i32,
  columns: i32,
  wanted: i32,
  state: usize,
): i32 {
  let found = 0;
  for (let v = 0; v < columns && (v < wanted || found == 0); v++) {
    const here = drawn + (<usize>v << 2);
    const there = here + (<usize>nextBelow(state, <u32>(columns - v)) << 2);
    const column = load<i32>(there);
    store<i32>(there, load<i32>(here));
    store<i32>(here, column);
    const own = ranks + ((<usize>column * <usize>rows) << 2);
    const rank = load<u32>(own + (<usize>load<i32>(first) << 2));
    let p = first + 4;
    while (p < last && load<u32>(own + (<usize>load<i32>(p) << 2)) == rank) p += 4;
    if (p >= last) continue;
    store<i32>(chosen + (<usize>found << 2), column);
    found++;
  }
  return found;
}
