import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Stream } from '../../bindings/kernels/random.js';
import { RandomStream } from '../../src/random.js';
import { assertSame } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

const PLACES: readonly Stream[] = [
  { seed: 0, stream: 0, index: 0 },
  { seed: 2 ** 40 + 12345, stream: 18, index: 2 ** 31 },
  { seed: 2 ** 53 - 1, stream: 2 ** 32 - 1, index: 2 ** 32 - 1 },
];

/** Words are made eighty at a time: these cross such borders. */
const COUNTS = [...LENGTHS, 79, 80, 81, 161];

function plainUniform({ seed, stream, index }: Stream, count: number): Float32Array {
  const words = new RandomStream(seed, stream, index);
  return Float32Array.from({ length: count }, () => Math.floor(words.word() / 256) / 2 ** 24);
}

/** Box and Muller's numbers in float64. */
function plainNormals({ seed, stream, index }: Stream, count: number): number[] {
  const words = new RandomStream(seed, stream, index);
  const normals: number[] = [];
  while (normals.length < count) {
    const radius = Math.sqrt(-2 * Math.log((words.word() + 0.5) / 2 ** 32));
    const angle = 2 * Math.PI * (words.word() / 2 ** 32);
    normals.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return normals.slice(0, count);
}

test('uniform numbers are the upper 24 bits of the words of the twin in TypeScript', () =>
  withWatchedCore((core) => {
    for (const place of PLACES) {
      for (const count of COUNTS) {
        const out = core.arena.alloc('f32', count);
        core.random.fillUniform(out, place);
        assertSame(out.array, plainUniform(place, count), `${count} numbers`);
      }
    }
  }));

test('normal numbers are those of Box and Muller from the words of the twin in TypeScript', () =>
  withWatchedCore((core) => {
    for (const place of PLACES) {
      for (const count of COUNTS) {
        const out = core.arena.alloc('f32', count);
        core.random.fillNormals(out, place);
        const got = out.array;
        plainNormals(place, count).forEach((expected, i) => {
          // Half a unit in the last place of a float32, and what two libraries of float64 differ by
          // near zeros of sine and cosine.
          const bound = 2 ** -24 * Math.abs(expected) * 1.001 + 1e-14;
          assert.ok(Math.abs(got[i] - expected) <= bound, `number ${i}: ${got[i]} for ${expected}`);
        });
      }
    }
  }));

for (const name of ['fillNormals', 'fillUniform'] as const) {
  test(`${name} gives the same bits in pieces of any lengths`, () =>
    withWatchedCore((core) => {
      const whole = core.arena.alloc('f32', 1000);
      core.random[name](whole, PLACES[1]);
      const bitsOf = (array: Float32Array) => new Uint32Array(array.slice().buffer);
      const bits = bitsOf(whole.array);
      for (const lengths of [[1], [2, 3], [4, 1, 7], [80, 81, 79], [1000]]) {
        const pieces = core.arena.alloc('f32', 1000);
        for (let from = 0, piece = 0; from < 1000; piece++) {
          const length = Math.min(lengths[piece % lengths.length], 1000 - from);
          core.random[name](pieces.slice(from, length), PLACES[1], from);
          from += length;
        }
        assertSame(bitsOf(pieces.array), bits, `pieces of ${lengths}`);
      }
    }));
}

/** The largest distance between the distribution of numbers and a distribution function. */
function kolmogorovDistance(numbers: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted.reduce((most, x, i) => {
    const expected = distribution(x);
    return Math.max(most, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  }, 0);
}

/** The normal distribution function by the series 1/2 + phi(x) (x + x^3/3 + x^5/15 + ...). */
function normalDistribution(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

const DRAWS = 200_000;
/** What a true sample's distance stays below in all but 1e-6 of cases (Massart 1990). */
const DISTANCE_LIMIT = Math.sqrt(Math.log(2e6) / (2 * DRAWS));

test('normal numbers have the moments and the distribution of the standard normal, and the two of a pair are not correlated', () =>
  withWatchedCore((core) => {
    const out = core.arena.alloc('f32', DRAWS);
    core.random.fillNormals(out, { seed: 11, stream: 18, index: 3 });
    const values = out.array;
    const mean = (f: (x: number, i: number) => number) => values.reduce((sum, x, i) => sum + f(x, i), 0) / DRAWS;
    // Variances of x, x^2, x^3 and x^4 of a standard normal x.
    for (const [power, expected, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ]) {
      const moment = mean((x) => x ** power);
      assert.ok(Math.abs(moment - expected) < 5 * Math.sqrt(variance / DRAWS), `moment ${power}: ${moment}`);
    }
    for (const lag of [1, 2]) {
      const product = mean((x, i) => x * values[(i + lag) % DRAWS]);
      assert.ok(Math.abs(product) < 5 / Math.sqrt(DRAWS), `lag ${lag}: ${product}`);
    }
    const distance = kolmogorovDistance(values, normalDistribution);
    assert.ok(distance < DISTANCE_LIMIT && distance > DISTANCE_LIMIT / 50, `distance ${distance}`);
  }));

test('uniform numbers have the moments and the distribution of [0, 1), which they stay inside', () =>
  withWatchedCore((core) => {
    const out = core.arena.alloc('f32', DRAWS);
    core.random.fillUniform(out, { seed: 12, stream: 20, index: 0 });
    const values = out.array;
    assert.ok(values.every((x) => x >= 0 && x < 1));
    const mean = values.reduce((sum, x) => sum + x, 0) / DRAWS;
    assert.ok(Math.abs(mean - 0.5) < 5 / Math.sqrt(12 * DRAWS), `mean ${mean}`);
    const distance = kolmogorovDistance(values, (x) => x);
    assert.ok(distance < DISTANCE_LIMIT && distance > DISTANCE_LIMIT / 50, `distance ${distance}`);
  }));

test.run();
