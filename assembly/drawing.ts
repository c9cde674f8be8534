/**
 * Draws rows of a table that share the value of a factor, for the metrics that compare such
 * samples.
 *
 * Each batch has its own stream of the generator, keyed by (seed, stream, index of the batch), so
 * batches can be drawn in any order and by anybody. Within a batch: the factor, uniformly among
 * those that can be fixed; then rows. A value with fewer than two rows is not drawn. Cost:
 * O(count * size).
 *
 * The rows of a factor stand in `order`, those that share a value side by side; `bounds` says where
 * each value's rows begin. To find the value at a place without a search, `buckets` has for every
 * 2^shift places the value at the first. A group in memory is six u32: pointers to order, bounds
 * and buckets, shift, the number of rows that can be drawn, and the number of values if all are to
 * be drawn equally often, otherwise 0.
 */
import { fillBelow, fillWords, nextBelow, openStream } from './random';

const GROUP_BYTES: usize = 24;

/**
 * Orders the rows of one factor by code (counting sort, stable), leaving out values with fewer than
 * two rows.
 * order: i32[rows]; bounds: i32[values + 1]; codes: i32[rows]; sizes: i32[values], any content.
 * Returns the number of values that are left; bounds has one more entry than that, the last is the
 * number of rows left.
 */
export function groupRowsByCode(order: usize, bounds: usize, codes: usize, sizes: usize, rows: i32, values: i32): i32 {
  memory.fill(sizes, 0, <usize>values << 2);
  for (let row = 0; row < rows; row++) {
    const p = sizes + (<usize>load<i32>(codes + (<usize>row << 2)) << 2);
    store<i32>(p, load<i32>(p) + 1);
  }
  let kept = 0;
  let next = 0;
  for (let value = 0; value < values; value++) {
    const p = sizes + (<usize>value << 2);
    const size = load<i32>(p);
    // From here on: where the next row of this value goes, or -1 for a value that is left out.
    store<i32>(p, size < 2 ? -1 : next);
    if (size < 2) continue;
    store<i32>(bounds + (<usize>kept << 2), next);
    kept++;
    next += size;
  }
  store<i32>(bounds + (<usize>kept << 2), next);
  for (let row = 0; row < rows; row++) {
    const p = sizes + (<usize>load<i32>(codes + (<usize>row << 2)) << 2);
    const at = load<i32>(p);
    if (at < 0) continue;
    store<i32>(order + (<usize>at << 2), row);
    store<i32>(p, at + 1);
  }
  return kept;
}

/**
 * Keeps of `groups` groups of rows, as groupRowsByCode leaves them, those whose rows do not all
 * have the same code; moves them together in order and bounds. codes: i32[rows]. Returns how many
 * are left; bounds has one more entry than that.
 */
export function keepVaryingGroups(order: usize, bounds: usize, codes: usize, groups: i32): i32 {
  let kept = 0;
  let next = 0;
  for (let group = 0; group < groups; group++) {
    const start = load<i32>(bounds + (<usize>group << 2));
    const end = load<i32>(bounds + (<usize>group << 2), 4);
    const first = load<i32>(codes + (<usize>load<i32>(order + (<usize>start << 2)) << 2));
    let place = start + 1;
    while (place < end && load<i32>(codes + (<usize>load<i32>(order + (<usize>place << 2)) << 2)) == first) place++;
    if (place == end) continue;
    memory.copy(order + (<usize>next << 2), order + (<usize>start << 2), <usize>(end - start) << 2);
    // Never ahead of the bounds still to be read: groups kept are no more than groups seen.
    store<i32>(bounds + (<usize>kept << 2), next);
    kept++;
    next += end - start;
  }
  store<i32>(bounds + (<usize>kept << 2), next);
  return kept;
}

/**
 * buckets[i] = number of the value whose rows include place i << shift. buckets:
 * i32[((places - 1) >> shift) + 1].
 */
export function fillBuckets(buckets: usize, bounds: usize, places: i32, shift: i32): void {
  let value = 0;
  for (let place = 0, i: usize = 0; place < places; place += 1 << shift, i += 4) {
    while (load<i32>(bounds + (<usize>(value + 1) << 2)) <= place) value++;
    store<i32>(buckets + i, value);
  }
}

/** The address, in bounds, of the value at a place. */
// @ts-ignore: decorator
@inline
function findValue(group: usize, place: u32): usize {
  const bounds = <usize>load<u32>(group, 4);
  const bucket = <usize>load<u32>(group, 8) + (<usize>(place >> load<u32>(group, 12)) << 2);
  let p = bounds + (<usize>load<u32>(bucket) << 2);
  while (load<u32>(p, 4) <= place) p += 4;
  return p;
}

/** The address, in bounds, of a value drawn from a group: of a random row, or any alike. */
// @ts-ignore: decorator
@inline
function drawValue(group: usize, state: usize): usize {
  const values = load<u32>(group, 20);
  if (values != 0) return <usize>load<u32>(group, 4) + (<usize>nextBelow(state, values) << 2);
  return findValue(group, nextBelow(state, load<u32>(group, 16)));
}

/**
 * `count` batches of `size` rows that share the value of one factor; the value is that of a
 * uniformly drawn row, or any value alike if the group says so, the rows are drawn with replacement
 * among those that have it.
 * rows: i32[count][size]; fixed: i32[count], index into groups; state: one stream.
 */
export function drawBatchRows(
  rows: usize,
  fixed: usize,
  groups: usize,
  groupCount: i32,
  count: i32,
  size: i32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  firstIndex: i32,
  state: usize,
): void {
  const batchBytes = <usize>size << 2;
  let out = rows;
  for (let i = 0; i < count; i++) {
    openStream(state, seedLow, seedHigh, stream, <u32>(firstIndex + i));
    const factor = nextBelow(state, <u32>groupCount);
    store<i32>(fixed + (<usize>i << 2), factor);
    const group = groups + <usize>factor * GROUP_BYTES;
    const value = drawValue(group, state);
    const start = load<u32>(value);
    const first = <usize>load<u32>(group) + (<usize>start << 2);
    fillBelow(out, size, load<u32>(value, 4) - start, state);
    for (const end = out + batchBytes; out < end; out += 4) {
      store<u32>(out, load<u32>(first + (<usize>load<u32>(out) << 2)));
    }
  }
}

/**
 * `count` batches of `size` pairs that share the value of the batch's factor; the two rows of a
 * pair are different, unless rows may be paired with themselves. The first is drawn uniformly among
 * all rows that have a partner (or, if the group says so, among those of a value that is drawn
 * first), the second uniformly among its partners.
 * rows: i32[count][2][size], first rows and then their partners; fixed: i32[count], index into
 * groups; state: one stream.
 */
export function drawPairRows(
  rows: usize,
  fixed: usize,
  groups: usize,
  groupCount: i32,
  count: i32,
  size: i32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  firstIndex: i32,
  state: usize,
  withItself: bool,
): void {
  const batchBytes = <usize>size << 2;
  const own: u32 = withItself ? 0 : 1;
  let out = rows;
  for (let i = 0; i < count; i++) {
    openStream(state, seedLow, seedHigh, stream, <u32>(firstIndex + i));
    const factor = nextBelow(state, <u32>groupCount);
    store<i32>(fixed + (<usize>i << 2), factor);
    const group = groups + <usize>factor * GROUP_BYTES;
    const end = out + batchBytes;
    if (load<u32>(group, 20) == 0) fillBelow(out, size, load<u32>(group, 16), state);
    else {
      for (let p = out; p < end; p += 4) {
        const value = drawValue(group, state);
        const start = load<u32>(value);
        store<u32>(p, start + nextBelow(state, load<u32>(value, 4) - start));
      }
    }
    fillWords(end, size, state);
    for (let p = out; p < end; p += 4) {
      const place = load<u32>(p);
      const value = findValue(group, place);
      const start = load<u32>(value);
      const partners = load<u32>(value, 4) - start - own;
      // As nextBelow does, from the words drawn ahead; only a rejected one takes the stream
      // further.
      let product = <u64>load<u32>(p + batchBytes) * partners;
      if (<u32>product < partners && <u32>product < (0 - partners) % partners) {
        product = <u64>nextBelow(state, partners) << 32;
      }
      const other = start + <u32>(product >> 32);
      store<u32>(p + batchBytes, other >= place ? other + own : other);
    }
    // Places become rows in a loop of its own, so that the reads, which miss the cache, overlap.
    const order = <usize>load<u32>(group);
    for (const last = end + batchBytes; out < last; out += 4) {
      store<u32>(out, load<u32>(order + (<usize>load<u32>(out) << 2)));
    }
  }
}
