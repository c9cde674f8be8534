/**
 * Philox 4x32-10: a counter-based generator.
 *
 * Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011; checked against the known-answer vectors published with it. Each block of four
 * 32-bit words is a function of (seed, stream, index, block) alone, so any piece of work can be
 * drawn without drawing what comes before it, and the result does not depend on how work is cut or
 * where it runs. src/random.ts is the same generator in TypeScript.
 *
 * A stream in memory is 368 bytes:
 *   +0 number of the next block, +4 index, +8 stream, +12 zero, +16 seed low, +20 seed high, +24 bytes of words used,
 *   +28 unused, +32 twenty blocks of four words.
 */

/** Bytes of words that are made at a time. */
const WORD_BYTES: usize = 320;

/** Starts the stream `stream` of `seed` at `index`; nothing is drawn yet. */
export function openStream(state: usize, seedLow: u32, seedHigh: u32, stream: u32, index: u32): void {
  store<u32>(state, 0);
  store<u32>(state, index, 4);
  store<u32>(state, stream, 8);
  store<u32>(state, 0, 12);
  store<u32>(state, seedLow, 16);
  store<u32>(state, seedHigh, 20);
  store<usize>(state, WORD_BYTES, 24);
}

/**
 * Goes to a word of a stream that was just opened: the next is the one that `word` others come
 * before.
 */
export function seekWord(state: usize, word: u32): void {
  store<u32>(state, word >>> 2);
  for (let skipped: u32 = 0; skipped < (word & 3); skipped++) nextWord(state);
}

/** The high halves of the products of the lanes of a with m. */
// @ts-ignore: decorator
@inline
function multiplyHigh_u32x4(a: v128, m: v128): v128 {
  return i32x4.shuffle(i64x2.extmul_low_i32x4_u(a, m), i64x2.extmul_high_i32x4_u(a, m), 1, 3, 5, 7);
}

/**
 * Makes the next twenty blocks (a batch of 64 rows takes seventeen), four at a time: one block per
 * lane.
 */
function refill(state: usize): void {
  const multiplier0 = i32x4.splat(0xd2511f53);
  const multiplier1 = i32x4.splat(0xcd9e8d57);
  const first = load<u32>(state);
  store<u32>(state, first + 20);
  store<usize>(state, 0, 24);
  for (let quad: u32 = 0; quad < 5; quad++) {
    let c0 = i32x4.add(i32x4.splat(first + 4 * quad), i32x4(0, 1, 2, 3));
    let c1 = v128.load32_splat(state, 4);
    let c2 = v128.load32_splat(state, 8);
    let c3 = v128.load32_splat(state, 12);
    let key0 = load<u32>(state, 16);
    let key1 = load<u32>(state, 20);
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh_u32x4(c0, multiplier0);
      const low0 = i32x4.mul(c0, multiplier0);
      const high1 = multiplyHigh_u32x4(c2, multiplier1);
      const low1 = i32x4.mul(c2, multiplier1);
      c0 = v128.xor(v128.xor(high1, c1), i32x4.splat(key0));
      c2 = v128.xor(v128.xor(high0, c3), i32x4.splat(key1));
      c1 = low1;
      c3 = low0;
      key0 += 0x9e3779b9;
      key1 += 0xbb67ae85;
    }
    // Lanes hold blocks; memory holds one block after the other.
    const a = i32x4.shuffle(c0, c1, 0, 4, 1, 5);
    const b = i32x4.shuffle(c2, c3, 0, 4, 1, 5);
    const c = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
    const d = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
    const out = state + (<usize>quad << 6);
    v128.store(out, i64x2.shuffle(a, b, 0, 2), 32);
    v128.store(out, i64x2.shuffle(a, b, 1, 3), 48);
    v128.store(out, i64x2.shuffle(c, d, 0, 2), 64);
    v128.store(out, i64x2.shuffle(c, d, 1, 3), 80);
  }
}

/** The next 32 random bits. */
// @ts-ignore: decorator
@inline
export function nextWord(state: usize): u32 {
  if (load<usize>(state, 24) == WORD_BYTES) refill(state);
  const at = load<usize>(state, 24);
  store<usize>(state, at + 4, 24);
  return load<u32>(state + at, 32);
}

/**
 * A whole number from 0 to n - 1, n >= 1, every one equally likely.
 * Source: D. Lemire, "Fast random integer generation in an interval", TOMACS 2019 (multiply, reject
 * the short part).
 */
// @ts-ignore: decorator
@inline
export function nextBelow(state: usize, n: u32): u32 {
  let product = <u64>nextWord(state) * n;
  if (<u32>product < n) {
    const short: u32 = (0 - n) % n;
    while (<u32>product < short) product = <u64>nextWord(state) * n;
  }
  return <u32>(product >> 32);
}

/**
 * Fills out (u32[count]) with draws below n, as so many calls of nextBelow would, without going
 * through memory for each.
 */
export function fillBelow(out: usize, count: i32, n: u32, state: usize): void {
  const end = out + (<usize>count << 2);
  const short: u32 = (0 - n) % n;
  while (out < end) {
    if (load<usize>(state, 24) == WORD_BYTES) refill(state);
    let word = state + load<usize>(state, 24);
    const wordEnd = state + WORD_BYTES;
    for (; word < wordEnd && out < end; word += 4) {
      const product = <u64>load<u32>(word, 32) * n;
      if (<u32>product < short) continue;
      store<u32>(out, <u32>(product >> 32));
      out += 4;
    }
    store<usize>(state, word - state, 24);
  }
}

/** Fills out (u32[count]) with random words. */
export function fillWords(out: usize, count: i32, state: usize): void {
  const end = out + (<usize>count << 2);
  while (out < end) {
    if (load<usize>(state, 24) == WORD_BYTES) refill(state);
    const used = load<usize>(state, 24);
    const bytes = min(WORD_BYTES - used, end - out);
    memory.copy(out, state + 32 + used, bytes);
    store<usize>(state, used + bytes, 24);
    out += bytes;
  }
}

/**
 * One block of four words for a given counter and key, for tests against the published vectors.
 * out, counter: u32[4]; key: u32[2].
 */
export function philoxBlock(out: usize, counter: usize, key: usize, state: usize): void {
  v128.store(state, v128.load(counter));
  store<u64>(state, load<u64>(key), 16);
  refill(state);
  v128.store(out, v128.load(state, 32));
}

/** Fills out (i32[count]) with draws below n from one stream. */
export function uniformBelow(
  out: usize,
  count: i32,
  n: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  index: u32,
  state: usize,
): void {
  openStream(state, seedLow, seedHigh, stream, index);
  fillBelow(out, count, n, state);
}

/**
 * Fills out (i32[n]) with 0..n-1 and shuffles its first `count` places (Fisher and Yates,
 * forwards), so that they are a draw of `count` rows without replacement; count = n gives a
 * permutation.
 */
export function shuffledRows(
  out: usize,
  n: i32,
  count: i32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  index: u32,
  state: usize,
): void {
  openStream(state, seedLow, seedHigh, stream, index);
  for (let i = 0; i < n; i++) store<i32>(out + (<usize>i << 2), i);
  for (let i = 0; i < count; i++) {
    const here = out + (<usize>i << 2);
    const there = here + (<usize>nextBelow(state, <u32>(n - i)) << 2);
    const row = load<i32>(there);
    store<i32>(there, load<i32>(here));
    store<i32>(here, row);
  }
}
