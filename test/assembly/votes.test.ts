import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import {
  assertNear,
  assertSame,
  codes,
  exactSum,
  largeTable,
  normals,
  ROUNDING,
  rounded,
  uniforms,
} from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

for (const type of ['f32', 'f64'] as const) {
  test(`gives the variance of each batch and column of ${type}`, () =>
    withWatchedCore((core) => {
      for (const columns of COLUMN_COUNTS) {
        // An offset that differs from column to column; it must cost nothing.
        const numbers = rounded(
          normals(60 * columns, columns).map((x, i) => x + 100 * (i % columns)),
          type,
        );
        const x = uploadTable(core, type, numbers);
        for (const [count, size] of [
          ...LENGTHS.filter((size) => size >= 2).map((size) => [3, size]),
          ...LENGTHS.filter((count) => count < 100).map((count) => [count, 4]),
        ]) {
          const rows = codes(count * size, 60, size);
          const out = core.arena.alloc('f64', count * columns);
          core.votes.batchVariances(out, x, core.arena.upload('i32', rows), count, size, columns);
          const expected = new Float64Array(count * columns);
          const bounds = new Float64Array(count * columns);
          for (let at = 0; at < expected.length; at++) {
            const first = Math.floor(at / columns) * size;
            const values = Array.from({ length: size }, (_, j) => numbers[rows[first + j] * columns + (at % columns)]);
            const origin = values[0];
            const mean = exactSum(values.map((value) => value - origin)) / size;
            expected[at] = exactSum(values.map((value) => (value - origin - mean) ** 2)) / (size - 1);
            // One pass around the first row: the sum of squares rounds `size` times and the squared
            // sum twice as often, each relative to the squares around that row; ten more for the
            // elements, divisions and oracle.
            const around = exactSum(values.map((value) => (value - origin) ** 2));
            bounds[at] = ((3 * size + 10) * ROUNDING * around) / (size - 1);
          }
          assertNear(out.array, expected, bounds, `${count} batches of ${size}, ${columns} columns`);
        }
      }
    }));

  test(`a column of ${type} whose values in a batch are equal has variance exactly 0, and one that differs shows`, () =>
    withWatchedCore((core) => {
      const columns = 5;
      const constants = [0, 0.1, -1e8, 1e30, 1 / 3];
      const numbers = rounded(
        Array.from({ length: 30 * columns }, (_, i) => constants[i % columns]),
        type,
      );
      for (const size of [2, 3, 7, 64, 1000]) {
        const out = core.arena.alloc('f64', 2 * columns);
        const rows = core.arena.upload('i32', codes(2 * size, 30, size));
        core.votes.batchVariances(out, uploadTable(core, type, numbers), rows, 2, size, columns);
        assertSame(out.array, new Float64Array(2 * columns), `batches of ${size}`);
        // All but the first equal: no batch of two values has less variance next to the squares it
        // comes from.
        const near = uploadTable(core, type, [1, 1 + 2 ** -22]);
        const steady = core.arena.upload(
          'i32',
          Int32Array.from({ length: size }, (_, i) => (i === 0 ? 0 : 1)),
        );
        const variance = core.arena.alloc('f64', 1);
        core.votes.batchVariances(variance, near, steady, 1, size, 1);
        assertNear(variance.array, [2 ** -44 / size], (3 * size + 10) * ROUNDING * 2 ** -44, `a batch of ${size}`);
      }
    }));
}

test('a table larger than any cache gives, for some of its rows, what these rows alone give', () =>
  withWatchedCore((core) => {
    for (const type of ['f32', 'f64'] as const) {
      for (const columns of [1, 5]) {
        const [count, size] = [9, 6];
        const { numbers, chosen, gathered } = largeTable(type, columns, count * size);
        const [large, small] = [core.arena.alloc('f64', count * columns), core.arena.alloc('f64', count * columns)];
        const inOrder = core.arena.upload('i32', Int32Array.from(chosen.keys()));
        core.votes.batchVariances(small, uploadTable(core, type, gathered), inOrder, count, size, columns);
        const mark = core.arena.mark();
        const x = uploadTable(core, type, numbers);
        core.votes.batchVariances(large, x, core.arena.upload('i32', chosen), count, size, columns);
        assertSame(large.array, small.array, `${columns} columns of ${type}`);
        core.arena.release(mark);
      }
    }
  }));

test('an offset of 1e8 at a scale of 1e-3 costs no digit of a batch variance', () =>
  withWatchedCore((core) => {
    const numbers = normals(64, 1).map((x) => 1e8 + 1e-3 * x);
    const out = core.arena.alloc('f64', 1);
    const rows = core.arena.upload(
      'i32',
      Int32Array.from({ length: 64 }).map((_, i) => i),
    );
    core.votes.batchVariances(out, core.arena.upload('f64', numbers), rows, 1, 64, 1);
    const deviations = numbers.map((x) => x - 1e8);
    const mean = exactSum(deviations) / 64;
    const variance = exactSum(deviations.map((x) => (x - mean) ** 2)) / 63;
    assertNear(out.array, [variance], 1e-13 * variance, 'variance');
  }));

/** What chooseLatents chooses for rows of local variances. */
function choose(core: Core, local: ArrayLike<number>, global: ArrayLike<number>) {
  const count = local.length / global.length;
  const chosen = core.arena.alloc('i32', count);
  const weights = core.arena.alloc('f64', count);
  core.votes.chooseLatents(chosen, weights, core.arena.upload('f64', local), core.arena.upload('f64', global), count);
  return { chosen: chosen.array.slice(), weights: weights.array.slice() };
}

test('chooses the latent whose variance is smallest next to its global variance, and weighs it by the formula', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      for (const columns of COLUMN_COUNTS) {
        const next = uniforms(count + columns);
        const global = Float64Array.from({ length: columns }, () => 0.1 + 10 * next());
        const local = Float64Array.from({ length: count * columns }, (_, i) => next() * global[i % columns]);
        const { chosen, weights } = choose(core, local, global);
        for (let i = 0; i < count; i++) {
          const ratios = Array.from(global, (whole, d) => local[i * columns + d] / whole);
          const smallest = Math.min(...ratios);
          assert.is(chosen[i], ratios.indexOf(smallest));
          const sum = exactSum(ratios.map(Math.sqrt));
          // Each root and each of D additions is rounded, and the difference and quotient: a weight
          // is at most 1.
          const bound = (2 * columns + 6) * ROUNDING;
          assertNear([weights[i]], [(sum - Math.sqrt(smallest)) / sum], bound, `batch ${i} of ${columns} latents`);
        }
      }
    }
  }));

test('relative variances within 1e-12 are ties, which the lowest index wins', () =>
  withWatchedCore((core) => {
    for (const [local, winner] of [
      [[0.5, 0.5, 0.5, 0.5], 0],
      [[0.5, 0.2, 0.2, 0.2], 1],
      [[0.5 + 0.9e-12, 0.5, 0.7, 0.5], 0],
      [[0.5 + 1.1e-12, 0.5, 0.7, 0.5], 1],
      [[0.9, 0.5 + 1.1e-12, 0.5 + 0.9e-12, 0.5], 2],
      [[0.9e-12, 1, 0, 0], 0],
      [[1.1e-12, 1, 0, 0], 2],
    ] as const) {
      assert.is(choose(core, local, [1, 1, 1, 1]).chosen[0], winner, `${local}`);
      // The same relative to global variances that differ; powers of two leave the ratios as they
      // are.
      const global = [2, 0.5, 4, 8];
      const scaled = local.map((ratio, d) => ratio * global[d]);
      assert.is(choose(core, scaled, global).chosen[0], winner, `${scaled}`);
    }
  }));

test('never chooses or counts a latent that is left out, however little it varies', () =>
  withWatchedCore((core) => {
    for (const out of [0, 1, 2]) {
      const kept = [0, 1, 2].filter((d) => d !== out);
      const local = [0.3, 0.3, 0.3];
      local[out] = 0;
      local[kept[1]] = 0.2;
      const global = [1, 1, 1];
      global[out] = 0;
      const { chosen, weights } = choose(core, local, global);
      assert.is(chosen[0], kept[1]);
      assertNear(weights, [Math.sqrt(0.3) / (Math.sqrt(0.3) + Math.sqrt(0.2))], 10 * ROUNDING, `without ${out}`);
    }
    // Left out and not constant: its value says nothing.
    const { chosen, weights } = choose(core, [5, 1e-20, 1], [0, 0, 1]);
    assert.is(chosen[0], 2);
    assertNear(weights, [0], 0, 'a single latent');
  }));

test('latents none of which varies in a batch share the weight that equal ones have', () =>
  withWatchedCore((core) => {
    for (const columns of COLUMN_COUNTS) {
      const { chosen, weights } = choose(core, new Float64Array(columns), new Float64Array(columns).fill(2));
      assert.is(chosen[0], 0);
      assertNear(weights, [1 - 1 / columns], 2 * ROUNDING, `${columns} latents at 0`);
      const equal = choose(core, new Float64Array(columns).fill(0.5), new Float64Array(columns).fill(2));
      assertNear(weights, equal.weights, (columns + 6) * ROUNDING, `${columns} equal latents`);
    }
  }));

/** What chooseLargest chooses for rows of local variances. */
function chooseLargest(core: Core, local: ArrayLike<number>, global: ArrayLike<number>): Int32Array {
  const chosen = core.arena.alloc('i32', local.length / global.length);
  core.votes.chooseLargest(chosen, core.arena.upload('f64', local), core.arena.upload('f64', global), chosen.length);
  return chosen.array.slice();
}

test('chooses the kept latent whose variance is largest next to its global variance, the lowest index of equal ones', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      for (const columns of COLUMN_COUNTS) {
        const next = uniforms(count + columns);
        const global = Float64Array.from({ length: columns }, (_, d) => (d % 4 === 1 ? 0 : 0.1 + 10 * next()));
        const local = Float64Array.from({ length: count * columns }, (_, i) => next() * (global[i % columns] || 99));
        const chosen = chooseLargest(core, local, global);
        for (let i = 0; i < count; i++) {
          const ratios = Array.from(global, (whole, d) => (whole === 0 ? -1 : local[i * columns + d] / whole));
          assert.is(chosen[i], ratios.indexOf(Math.max(...ratios)));
        }
      }
    }
    for (const [local, winner] of [
      [[0.5, 0.5, 0.5, 0.5], 0],
      [[0.5, 0.7, 0.7, 0.7], 1],
      [[0.5 - 0.9e-12, 0.5, 0.3, 0.5], 0],
      [[0.5 - 1.1e-12, 0.5, 0.3, 0.5], 1],
      [[0, 0, 0, 0], 0],
      [[0, 0.9e-12, 1.1e-12, 0], 1],
    ] as const) {
      assert.is(chooseLargest(core, local, [1, 1, 1, 1])[0], winner, `${local}`);
      assert.is(chooseLargest(core, [9, ...local], [0, 1, 1, 1, 1])[0], winner + 1, `${local}, one left out`);
    }
  }));

/**
 * Tables on which the choice is easy, close, tied, and between latents that do not vary in a batch
 * at all.
 */
const TABLES: Readonly<Record<string, (row: number, d: number, normal: number) => number>> = {
  'spread out': (_, d, normal) => (1 + d) * normal + 1000 * d,
  alike: (_, __, normal) => normal,
  'equal pairs': (row, d, normal) => (d % 2 === 0 ? normal : row % 7),
  'steady within groups': (row, d, normal) => (d === 2 ? row % 2 : d === 3 ? (row % 2) + 1e-7 * normal : normal),
  'a far outlier': (row, _, normal) => (row % 50 === 0 ? 1e5 : normal),
  'tiny and huge': (_, d, normal) => normal * (d % 2 === 0 ? 1e-9 : 1e9),
};

test('float32 chooses what float64 chooses, smallest or largest, and weighs it nearly the same', () =>
  withWatchedCore((core) => {
    for (const [name, value] of Object.entries(TABLES)) {
      for (const columns of [1, 2, 3, 4, 5, 8, 10, 12, 13, 17, 25, 31]) {
        const noise = normals(200 * columns, columns);
        const numbers = rounded(
          noise.map((normal, i) => value(Math.floor(i / columns), i % columns, normal)),
          'f32',
        );
        // Two columns that carry the same numbers, next to each other.
        if (columns > 5) for (let row = 0; row < 200; row++) numbers[row * columns + 5] = numbers[row * columns + 4];
        const x = uploadTable(core, 'f32', numbers) as Block<'f32'>;
        const { variances } = core.moments.columnVariances(x, 200, columns);
        // Every fifth latent is left out, if there is another.
        const global = core.arena.upload(
          'f64',
          variances.map((variance, d) => (d % 5 === 1 ? 0 : variance)),
        );
        for (const [count, size] of [
          [200, 64],
          [60, 2],
          [30, 3],
          [9, 256],
          [0, 64],
        ]) {
          // Even rows, or odd rows: what alternates from row to row is then steady.
          const rows = codes(count * size, 100, size).map((row, i) => 2 * row + (Math.floor(i / size) % 2));
          const rowBlock = core.arena.upload('i32', rows);
          const local = core.arena.alloc('f64', count * columns);
          const [chosen, fast] = [core.arena.alloc('i32', count), core.arena.alloc('i32', count)];
          const [weights, fastWeights] = [core.arena.alloc('f64', count), core.arena.alloc('f64', count)];
          core.votes.batchVariances(local, x, rowBlock, count, size, columns);
          core.votes.chooseLatents(chosen, weights, local, global, count);
          core.votes.chooseLatentsF32(fast, fastWeights, x, rowBlock, global, count, size);
          const what = `${name}, ${columns} latents, batches of ${size}`;
          assertSame(fast.array, chosen.array, what);
          // Variances differ by 3 n (n + 2) 2^-24 at most, their roots and a weight by half of
          // that.
          const bound = 1.5 * size * (size + 2) * 2 ** -24;
          assertNear(fastWeights.array, weights.array, bound, what);
          core.votes.chooseLargest(chosen, local, global, count);
          core.votes.chooseLatentsF32(fast, fastWeights, x, rowBlock, global, count, size, true);
          assertSame(fast.array, chosen.array, `${what}, the largest`);
        }
      }
    }
  }));

test('float32 weights are right to a millionth for batches of 64', () =>
  withWatchedCore((core) => {
    const x = core.arena.upload('f32', normals(1000 * 10, 3));
    const global = core.arena.upload('f64', new Float64Array(10).fill(1));
    const rows = core.arena.upload('i32', codes(500 * 64, 1000, 4));
    const local = core.arena.alloc('f64', 500 * 10);
    const chosen = core.arena.alloc('i32', 500);
    const [weights, fastWeights] = [core.arena.alloc('f64', 500), core.arena.alloc('f64', 500)];
    core.votes.batchVariances(local, x, rows, 500, 64, 10);
    core.votes.chooseLatents(chosen, weights, local, global, 500);
    core.votes.chooseLatentsF32(chosen, fastWeights, x, rows, global, 500, 64);
    assertNear(fastWeights.array, weights.array, 1e-6, 'weights');
  }));

test.run();
