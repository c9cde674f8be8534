import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deriveSeed, RandomStream } from '../../src/random.js';
import { assertSame, chiSquare, chiSquareLimit } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/**
 * Places in the random sequence: seeds of one word and of two, the largest there are, and streams
 * and indices up to 2^32 - 1.
 */
const PLACES = [
  { seed: 0, stream: 0, index: 0 },
  { seed: 1, stream: 2, index: 3 },
  { seed: 2 ** 32 - 1, stream: 1, index: 0 },
  { seed: 2 ** 32, stream: 1, index: 0 },
  { seed: 2 ** 40 + 12345, stream: 7, index: 2 ** 31 },
  { seed: 2 ** 53 - 1, stream: 2 ** 32 - 1, index: 2 ** 32 - 1 },
];

/** The published known-answer vectors of Philox 4x32-10: counter, key, answer. */
const KNOWN_ANSWERS = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

test('gives the published answers for counters and keys of zeros, of ones and of the digits of pi', () =>
  withWatchedCore((core) => {
    for (const [counter, key, answer] of KNOWN_ANSWERS)
      assertSame(core.random.philoxBlock(counter, key), answer, 'block');
  }));

test('the twin in TypeScript gives the blocks whose counters are (block, index, stream, 0), one after the other', () =>
  withWatchedCore((core) => {
    for (const { seed, stream, index } of PLACES) {
      const words = new RandomStream(seed, stream, index);
      const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
      for (let block = 0; block < 45; block++) {
        const expected = core.random.philoxBlock([block, index, stream, 0], key);
        const actual = Array.from(expected, () => words.word());
        assertSame(actual, expected, `seed ${seed}, block ${block}`);
      }
    }
  }));

// Words are made eighty at a time: 1000 draws cross a dozen such borders. Just above 2^31 nearly
// half of the words are rejected, at 3 * 2^30 a quarter, at 2^31 - 1 and at powers of two next to
// none or none.
for (const n of [1, 2, 3, 10, 1000, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 3 * 2 ** 30, 2 ** 32 - 1]) {
  test(`draws below ${n} are those of the twin in TypeScript, whatever their number`, () =>
    withWatchedCore((core) => {
      for (const place of PLACES) {
        for (const length of [...LENGTHS, 79, 80, 81, 160]) {
          const out = core.arena.alloc('i32', length);
          core.random.uniformBelow(out, n, place);
          const words = new RandomStream(place.seed, place.stream, place.index);
          const expected = Array.from({ length }, () => words.below(n));
          assertSame(new Uint32Array(out.array), expected, `seed ${place.seed}, ${length} draws`);
        }
      }
    }));
}

test('a draw below n is the high word of a word times n, and words whose low product is below 2^32 mod n are passed over', () => {
  for (const n of [7, 1000, 2 ** 31 + 1, 3 * 2 ** 30, 2 ** 32 - 1]) {
    const draws = new RandomStream(5, 6, 7);
    const words = new RandomStream(5, 6, 7);
    for (let i = 0; i < 500; i++) {
      let product = 0n;
      do product = BigInt(words.word()) * BigInt(n);
      while (product % 2n ** 32n < 2n ** 32n % BigInt(n));
      assert.is(draws.below(n), Number(product >> 32n), `draw ${i} below ${n}`);
    }
  }
});

test('different seeds, streams and indices give different draws', () =>
  withWatchedCore((core) => {
    const out = core.arena.alloc('i32', 8);
    const seen = new Set<string>();
    for (const seed of [1, 2, 2 ** 32 + 1, 2 ** 33 + 1]) {
      for (const stream of [1, 2, 3]) {
        for (const index of [0, 1, 2]) {
          core.random.uniformBelow(out, 2 ** 31, { seed, stream, index });
          seen.add(out.array.join());
        }
      }
    }
    assert.is(seen.size, 4 * 3 * 3);
  }));

test('every number below n is drawn equally often', () =>
  withWatchedCore((core) => {
    const out = core.arena.alloc('i32', 100000);
    for (const n of [2, 3, 5, 6, 7, 10, 64, 100]) {
      core.random.uniformBelow(out, n, { seed: 42, stream: 1, index: n });
      const counts = new Int32Array(n);
      for (const draw of out.array) counts[draw]++;
      const statistic = chiSquare(counts, out.length / n);
      assert.ok(statistic < chiSquareLimit(n - 1), `n = ${n}: chi-square ${statistic}`);
      // And not more evenly than chance would have it: an even spread would be just as wrong.
      assert.ok(n < 10 || statistic > (n - 1) / 10, `n = ${n}: chi-square ${statistic}`);
    }
  }));

test('neighbouring draws are independent', () =>
  withWatchedCore((core) => {
    const out = core.arena.alloc('i32', 100000);
    core.random.uniformBelow(out, 10, { seed: 43, stream: 1, index: 0 });
    const counts = new Int32Array(100);
    const draws = out.array;
    for (let i = 0; i < draws.length; i += 2) counts[draws[i] * 10 + draws[i + 1]]++;
    assert.ok(chiSquare(counts, draws.length / 200) < chiSquareLimit(99));
  }));

test('shuffled rows are those of a forward Fisher-Yates shuffle with the draws of the twin, for a prefix of any length', () =>
  withWatchedCore((core) => {
    for (const place of PLACES) {
      for (const n of LENGTHS) {
        for (const count of new Set([0, Math.min(1, n), n >> 1, n])) {
          const out = core.arena.alloc('i32', n);
          core.random.shuffledRows(out, count, place);
          const expected = Array.from({ length: n }, (_, i) => i);
          const draws = new RandomStream(place.seed, place.stream, place.index);
          for (let i = 0; i < count; i++) {
            const j = i + draws.below(n - i);
            [expected[i], expected[j]] = [expected[j], expected[i]];
          }
          assertSame(out.array, expected, `${count} of ${n}`);
        }
      }
    }
  }));

test('shuffled rows are a permutation, and a shorter prefix is the beginning of a longer one', () =>
  withWatchedCore((core) => {
    for (const n of LENGTHS) {
      const out = core.arena.alloc('i32', n);
      core.random.shuffledRows(out, n, { seed: 9, stream: 3, index: n });
      assertSame(
        out.array.slice().sort(),
        new Int32Array(n).map((_, i) => i),
        `n = ${n}`,
      );
      const prefix = core.arena.alloc('i32', n);
      core.random.shuffledRows(prefix, n >> 1, { seed: 9, stream: 3, index: n });
      assertSame(prefix.array.slice(0, n >> 1), out.array.slice(0, n >> 1), `n = ${n}`);
      assert.is(new Set(prefix.array).size, n);
    }
  }));

test('all orders of four rows, and all pairs out of six, are drawn equally often', () =>
  withWatchedCore((core) => {
    for (const [n, count, orders] of [
      [4, 4, 24],
      [6, 2, 30],
    ]) {
      const out = core.arena.alloc('i32', n);
      const counts = new Map<string, number>();
      const trials = 24000;
      for (let index = 0; index < trials; index++) {
        core.random.shuffledRows(out, count, { seed: 44, stream: 3, index });
        const key = out.array.slice(0, count).join();
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      assert.is(counts.size, orders);
      const statistic = chiSquare([...counts.values()], trials / orders);
      assert.ok(statistic < chiSquareLimit(orders - 1), `chi-square ${statistic}`);
    }
  }));

test('derived seeds are whole numbers up to 2^53 - 1, different for every index, and take all their bits from the stream', () => {
  const seen = new Set<number>();
  let all = 0n;
  for (let index = 0; index < 1000; index++) {
    const seed = deriveSeed(7, 5, index);
    assert.ok(Number.isSafeInteger(seed) && seed >= 0);
    const words = new RandomStream(7, 5, index);
    const [high, low] = [words.word(), words.word()];
    assert.is(seed, (high % 2 ** 21) * 2 ** 32 + low);
    seen.add(seed);
    all |= BigInt(seed);
  }
  assert.is(seen.size, 1000);
  assert.is(all, 2n ** 53n - 1n);
});

test.run();
