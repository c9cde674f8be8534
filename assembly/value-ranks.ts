/**
 * Ranks of the values of a column, among all and among those of the same part.
 *
 * Source: the two last passes of a radix sort (D. Knuth 1998, The Art of Computer Programming,
 * volume 3) on places of values between the extremes, 22 bits of each; the few that share a place
 * are then put in order one by one.
 * Cost: O(rows), three passes. Values that crowd in few places, as beside a far outlier, are left
 * to sorting.ts.
 * Precision: exact; values are compared, not their places.
 */

const DIGIT_BITS: u64 = 11;
const VALUES: i32 = 2048;
/** Different values in one place that are put in order here. */
const CROWD: i32 = 24;

/**
 * Twice the rank of each value, from 2 up, into ranks, i32[rows][2]: among all rows and among those
 * of the same part, the first of which has the rows below `trainRows`; equal values share the mean
 * of theirs. False if many different values share a place; ranks are then unfinished.
 * values: f64[rows], from `minimum` on; perRange is 1 over their range, 0 if that is 0. pairs,
 * others: u64[rows] and counts: u32[2][2048] are scratch.
 */
export function rankValues(
  ranks: usize,
  values: usize,
  pairs: usize,
  others: usize,
  counts: usize,
  minimum: f64,
  perRange: f64,
  trainRows: i32,
  rows: i32,
): bool {
  memory.fill(counts, 0, 2 * VALUES * 4);
  const high = counts + (VALUES << 2);
  const most = <f64>(VALUES * VALUES - 1);
  for (let row = 0; row < rows; row++) {
    const share = (load<f64>(values + (<usize>row << 3)) - minimum) * perRange;
    // Rounding may leave it a little above 1.
    const place = <u64>min<f64>(share * most, most);
    store<u64>(pairs + (<usize>row << 3), (place << 32) | <u64>row);
    countUp(counts + (<usize>(place & (VALUES - 1)) << 2));
    countUp(high + (<usize>(place >> DIGIT_BITS) << 2));
  }
  scatter(others, pairs, counts, 32, rows);
  scatter(pairs, others, high, 32 + DIGIT_BITS, rows);
  let trained = 0;
  for (let from = 0; from < rows; ) {
    const place = load<u32>(pairs + (<usize>from << 3), 4);
    let end = from + 1;
    while (end < rows && load<u32>(pairs + (<usize>end << 3), 4) == place) end++;
    if (end - from > 1 && !order(pairs, values, from, end)) return false;
    while (from < end) {
      const value = valueAt(pairs, values, from);
      const trainedBefore = trained;
      let last = from;
      do {
        trained += i32(load<i32>(pairs + (<usize>last << 3)) < trainRows);
        last++;
      } while (last < end && valueAt(pairs, values, last) == value);
      const rank = from + last + 1;
      const trainRank = trainedBefore + trained + 1;
      // The others are of the second part.
      const testRank = rank - trainRank + 1;
      for (; from < last; from++) {
        const row = load<i32>(pairs + (<usize>from << 3));
        const to = ranks + (<usize>row << 3);
        store<i32>(to, rank);
        store<i32>(to, row < trainRows ? trainRank : testRank, 4);
      }
    }
  }
  return true;
}

// @ts-ignore: decorator
@inline
function countUp(cell: usize): void {
  store<u32>(cell, load<u32>(cell) + 1);
}

// @ts-ignore: decorator
@inline
function valueAt(pairs: usize, values: usize, at: i32): f64 {
  return load<f64>(values + (<usize>load<u32>(pairs + (<usize>at << 3)) << 3));
}

/** Moves pairs in the order of one digit; counts become where each value of it ends. */
function scatter(to: usize, from: usize, counts: usize, shift: u64, rows: i32): void {
  let total: u32 = 0;
  for (let value: usize = 0; value < <usize>VALUES; value++) {
    const count = load<u32>(counts + (value << 2));
    store<u32>(counts + (value << 2), total);
    total += count;
  }
  const end = from + (<usize>rows << 3);
  for (let p = from; p < end; p += 8) {
    const pair = load<u64>(p);
    const cell = counts + (<usize>((pair >> shift) & (VALUES - 1)) << 2);
    const place = load<u32>(cell);
    store<u32>(cell, place + 1);
    store<u64>(to + (<usize>place << 3), pair);
  }
}

/**
 * Puts pairs [first, end), which share a place, in the order of their values by insertion; false if
 * that would take long. Equal values cost nothing.
 */
function order(pairs: usize, values: usize, first: i32, end: i32): bool {
  let moves = 0;
  for (let i = first + 1; i < end; i++) {
    const pair = load<u64>(pairs + (<usize>i << 3));
    const value = valueAt(pairs, values, i);
    let j = i;
    for (; j > first && valueAt(pairs, values, j - 1) > value; j--) {
      store<u64>(pairs + (<usize>j << 3), load<u64>(pairs + (<usize>(j - 1) << 3)));
    }
    store<u64>(pairs + (<usize>j << 3), pair);
    moves += i - j;
    if (moves > CROWD * (end - first)) return false;
  }
  return true;
}
