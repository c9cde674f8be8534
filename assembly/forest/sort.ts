/**
 * The rows of a node in the order of a column, by rank: by insertion, or by a radix sort of the
 * bytes that differ.
 *
 * Cost: O(n^2) of few rows; else one pass to count and one to move for each byte of the difference
 * of ranks.
 * Precision: exact; both sorts leave equal ranks in the order they had.
 */

/** Up to this many rows are sorted by insertion. */
const FEW_ROWS: i32 = 40;
const DIGIT_BITS: u32 = 8;
const DIGIT_VALUES: usize = 256;
const LAST_DIGIT: u32 = 255;

/**
 * The rows first .. last in the order of their ranks, u32[n][row, rank]: in keys or in otherKeys,
 * whose address is returned.
 */
export function sortByRank(keys: usize, otherKeys: usize, counts: usize, ranks: usize, first: usize, last: usize): usize {
  const count = <i32>((last - first) >> 2);
  const end = keys + (<usize>count << 3);
  let p = first;
  if (count <= FEW_ROWS) {
    for (let to = keys; to < end; to += 8) {
      const row = load<u32>(p);
      const rank = load<u32>(ranks + (<usize>row << 2));
      let at = to;
      for (; at > keys && load<u32>(at - 8, 4) > rank; at -= 8) store<u64>(at, load<u64>(at - 8));
      store<u32>(at, row);
      store<u32>(at, rank, 4);
      p += 4;
    }
    return keys;
  }
  let least: u32 = u32.MAX_VALUE;
  let most: u32 = 0;
  for (let to = keys; to < end; to += 8) {
    const row = load<u32>(p);
    const rank = load<u32>(ranks + (<usize>row << 2));
    least = min(least, rank);
    most = max(most, rank);
    store<u32>(to, row);
    store<u32>(to, rank, 4);
    p += 4;
  }
  let from = keys;
  let into = otherKeys;
  for (let shift: u32 = 0; shift < 32 && (most - least) >> shift > 0; shift += DIGIT_BITS) {
    memory.fill(counts, 0, DIGIT_VALUES << 2);
    const stop = from + (<usize>count << 3);
    for (let at = from; at < stop; at += 8) {
      const cell = counts + (<usize>(((load<u32>(at, 4) - least) >> shift) & LAST_DIGIT) << 2);
      store<u32>(cell, load<u32>(cell) + 1);
    }
    let start: u32 = 0;
    for (let cell = counts; cell < counts + (DIGIT_VALUES << 2); cell += 4) {
      const size = load<u32>(cell);
      store<u32>(cell, start);
      start += size;
    }
    for (let at = from; at < stop; at += 8) {
      const key = load<u64>(at);
      const cell = counts + (<usize>(((<u32>(key >> 32) - least) >> shift) & LAST_DIGIT) << 2);
      const place = load<u32>(cell);
      store<u64>(into + (<usize>place << 3), key);
      store<u32>(cell, place + 1);
    }
    const swap = from;
    from = into;
    into = swap;
  }
  return from;
}
