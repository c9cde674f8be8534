import { test } from 'uvu';
import { assertSame, normals } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/** How many of the cuts, at places floor(j n / bins) of the sorted numbers, are at most each. */
function binsOf(numbers: Float64Array, bins: number): number[] {
  const sorted = numbers.slice().sort();
  const cuts = Array.from({ length: bins - 1 }, (_, j) => sorted[Math.floor(((j + 1) * sorted.length) / bins)]);
  return Array.from(numbers, (x) => cuts.filter((cut) => cut <= x).length);
}

for (const distinct of [1, 3, 1e9]) {
  test(`ranks and bins of equal frequency of some ${distinct} numbers, in calls of any length`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS) {
        const numbers = normals(rows, rows + 1).map((value) => Math.round((value * distinct) / 6));
        const x = core.arena.upload('f64', numbers);
        const order = core.arena.upload(
          'i32',
          numbers.map((_, row) => row),
        );
        core.rows.sortRows(x, order);
        for (const step of [1, 3, Math.max(1, rows)]) {
          const ranks = core.arena.alloc('i32', rows);
          for (let row = 0; row < rows; ) {
            row = core.histogram.rankInOrder(ranks, x, order, row, Math.min(row + step, rows));
          }
          const expected = Array.from(numbers, (own) => numbers.filter((other) => other <= own).length);
          assertSame(ranks.array, expected, `${rows} rows, ${step} at a time`);
          for (const bins of [1, 2, 3, 7, 40, 255]) {
            const out = core.arena.alloc('u16', rows);
            for (let row = 0; row < rows; row += step) {
              core.histogram.quantileBins(out, ranks, bins, row, Math.min(row + step, rows));
            }
            assertSame(out.array, binsOf(numbers, bins), `${rows} rows, ${bins} bins, ${step} at a time`);
          }
        }
      }
    }));
}

test('bins ranks of many rows without rounding any across a cut', () =>
  withWatchedCore((core) => {
    for (const rows of [737_280, 999_983]) {
      const ranks = core.arena.alloc('i32', rows);
      const rank = ranks.array;
      for (let row = 0; row < rows; row++) rank[row] = row + 1;
      for (const bins of [3, 40, 255]) {
        const out = core.arena.alloc('u16', rows);
        core.histogram.quantileBins(out, ranks, bins, 0, rows);
        const expected = new Uint16Array(rows);
        for (let j = 1; j < bins; j++) expected.fill(j, Math.floor((j * rows) / bins));
        assertSame(out.array, expected, `${rows} rows, ${bins} bins`);
      }
    }
  }));

test.run();
