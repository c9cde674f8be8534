import { test } from 'uvu';
import { assertNear, assertSame, codes, exactSum, largeTable, normals, ROUNDING, rounded } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

for (const type of ['f32', 'f64'] as const) {
  test(`gives the mean absolute difference of the pairs of each batch, for each column of ${type}`, () =>
    withWatchedCore((core) => {
      for (const columns of COLUMN_COUNTS) {
        const numbers = rounded(normals(50 * columns, columns), type);
        const x = uploadTable(core, type, numbers);
        for (const [count, size] of [
          ...LENGTHS.filter((size) => size >= 1).map((size) => [3, size]),
          ...LENGTHS.filter((count) => count < 100).map((count) => [count, 5]),
        ]) {
          const rows = codes(2 * count * size, 50, size);
          const out = core.arena.alloc('f64', count * columns);
          core.votes.pairDifferences(out, x, core.arena.upload('i32', rows), count, size, columns);
          const expected = Array.from({ length: count * columns }, (_, at) => {
            const first = Math.floor(at / columns) * 2 * size;
            const value = (j: number) => numbers[rows[j] * columns + (at % columns)];
            const sizes = Array.from({ length: size }, (_, j) => Math.abs(value(first + j) - value(first + size + j)));
            return exactSum(sizes) / size;
          });
          // Each difference is rounded once, as is each of `size` additions of what is never
          // negative, and the division (by multiplication) twice; the oracle has as few as two
          // more.
          const bounds = expected.map((mean) => (size + 5) * ROUNDING * mean);
          assertNear(out.array, expected, bounds, `${count} batches of ${size}, ${columns} columns`);
        }
      }
    }));

  test(`a column of ${type} in which the rows of every pair agree has differences of exactly 0`, () =>
    withWatchedCore((core) => {
      const columns = 5;
      const numbers = normals(20 * columns, 3).map((x, i) => (i % columns === 3 ? 0.1 : x));
      const rows = codes(2 * 4 * 6, 20, 4);
      const out = core.arena.alloc('f64', 4 * columns);
      core.votes.pairDifferences(out, uploadTable(core, type, numbers), core.arena.upload('i32', rows), 4, 6, columns);
      assertSame(
        out.array.filter((_, i) => i % columns === 3),
        [0, 0, 0, 0],
        'constant column',
      );
    }));
}

test('a table larger than any cache gives, for some of its rows, what these rows alone give', () =>
  withWatchedCore((core) => {
    for (const type of ['f32', 'f64'] as const) {
      for (const columns of [1, 5]) {
        const [count, size] = [9, 6];
        const { numbers, chosen, gathered } = largeTable(type, columns, 2 * count * size);
        const [large, small] = [core.arena.alloc('f64', count * columns), core.arena.alloc('f64', count * columns)];
        const inOrder = core.arena.upload('i32', Int32Array.from(chosen.keys()));
        core.votes.pairDifferences(small, uploadTable(core, type, gathered), inOrder, count, size, columns);
        const mark = core.arena.mark();
        const x = uploadTable(core, type, numbers);
        core.votes.pairDifferences(large, x, core.arena.upload('i32', chosen), count, size, columns);
        assertSame(large.array, small.array, `${columns} columns of ${type}`);
        core.arena.release(mark);
      }
    }
  }));

test('differences of f32 are taken in float64, at a huge offset as well', () =>
  withWatchedCore((core) => {
    const x = core.arena.upload('f32', [2 ** 24, 2 ** 24 + 2, 1, 2 ** -40]);
    const out = core.arena.alloc('f64', 2);
    core.votes.pairDifferences(out, x, core.arena.upload('i32', [0, 1, 2, 3]), 2, 1, 1);
    assertSame(out.array, [2, 1 - 2 ** -40], 'differences');
  }));

test.run();
