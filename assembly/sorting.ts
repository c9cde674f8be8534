/**
 * Rows in the order of a column: least significant digit radix sort of float64 keys, stable.
 *
 * Source: D. Knuth 1998, The Art of Computer Programming, volume 3, radix sorting. The bits of a
 * float64, with the sign bit flipped where it is clear and all bits where it is set, are in the
 * order of the numbers; -0 comes before 0.
 * Cost: one pass to count and up to six to move, O(rows); digits that all keys share are skipped.
 * Precision: exact.
 */

const DIGIT_BITS: u64 = 11;
const DIGITS = 6;
const VALUES = 2048;

/**
 * Sorts keys, f64[rows], in increasing order, and moves order, i32[rows], along with them.
 * otherKeys: f64[rows] and otherOrder: i32[rows] are scratch, counts: u32[6][2048] as well.
 */
export function sortRows(
  keys: usize,
  order: usize,
  otherKeys: usize,
  otherOrder: usize,
  counts: usize,
  rows: i32,
): void {
  if (rows < 2) return;
  memory.fill(counts, 0, DIGITS * VALUES * 4);
  for (let i = 0; i < rows; i++) {
    const at = keys + (<usize>i << 3);
    const bits = load<i64>(at);
    const key = <u64>(bits ^ ((bits >> 63) | i64.MIN_VALUE));
    store<u64>(at, key);
    for (let digit = 0; digit < DIGITS; digit++) {
      const cell = counts + (<usize>(digit * VALUES + <i32>((key >> (<u64>digit * DIGIT_BITS)) & 2047)) << 2);
      store<u32>(cell, load<u32>(cell) + 1);
    }
  }
  let from = keys;
  let to = otherKeys;
  let fromOrder = order;
  let toOrder = otherOrder;
  for (let digit = 0; digit < DIGITS; digit++) {
    const shift = <u64>digit * DIGIT_BITS;
    const cells = counts + (<usize>(digit * VALUES) << 2);
    const first = <usize>((load<u64>(from) >> shift) & 2047);
    if (load<u32>(cells + (first << 2)) == <u32>rows) continue;
    let total: u32 = 0;
    for (let value: usize = 0; value < <usize>VALUES; value++) {
      const count = load<u32>(cells + (value << 2));
      store<u32>(cells + (value << 2), total);
      total += count;
    }
    for (let i = 0; i < rows; i++) {
      const key = load<u64>(from + (<usize>i << 3));
      const cell = cells + (<usize>((key >> shift) & 2047) << 2);
      const place = load<u32>(cell);
      store<u32>(cell, place + 1);
      store<u64>(to + (<usize>place << 3), key);
      store<i32>(toOrder + (<usize>place << 2), load<i32>(fromOrder + (<usize>i << 2)));
    }
    const swap = from;
    from = to;
    to = swap;
    const swapOrder = fromOrder;
    fromOrder = toOrder;
    toOrder = swapOrder;
  }
  for (let i = 0; i < rows; i++) {
    const key = load<i64>(from + (<usize>i << 3));
    store<i64>(keys + (<usize>i << 3), key ^ ((~key >> 63) | i64.MIN_VALUE));
  }
  if (fromOrder != order) memory.copy(order, fromOrder, <usize>rows << 2);
}
