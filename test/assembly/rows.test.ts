import { test } from 'uvu';
import { assertSame, codes, normals, rounded } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, withWatchedCore } from './watched-core.js';

for (const type of ['f32', 'f64', 'i32'] as const) {
  test(`gathers whole rows of ${type} in the order asked for, repeated ones as well`, () =>
    withWatchedCore((core) => {
      for (const count of LENGTHS) {
        for (const columns of COLUMN_COUNTS) {
          const numbers = rounded(
            normals(20 * columns, columns).map((x) => x * 1000),
            type,
          );
          const rows = codes(count, 20, count);
          const x = core.arena.upload(type, numbers);
          const out = core.arena.alloc(type, count * columns);
          core.rows.gatherRows(out, x, core.arena.upload('i32', rows), count, columns);
          const expected = Array.from(rows).flatMap((row) => [...numbers.slice(row * columns, (row + 1) * columns)]);
          assertSame(out.array, expected, `${count} rows of ${columns}`);
        }
      }
    }));
}

test('gathers elements of one column in the order asked for', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      const numbers = codes(50, 1 << 30, 1);
      const rows = codes(count, 50, count);
      const out = core.arena.alloc('i32', count);
      core.rows.gatherColumn(out, core.arena.upload('i32', numbers), core.arena.upload('i32', rows), count);
      assertSame(
        out.array,
        Array.from(rows, (row) => numbers[row]),
        `${count} rows`,
      );
    }
  }));

for (const type of ['f32', 'f64'] as const) {
  test(`gathers columns of ${type} in the order asked for`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS) {
        for (const chosen of [[2], [3, 0], [1, 1, 4, 0]]) {
          core.arena.reset();
          const numbers = rounded(normals(rows * 5, rows + 1), type);
          const x = core.arena.upload(type, numbers);
          const out = core.arena.alloc(type, rows * chosen.length);
          core.rows.gatherColumns(out, x, chosen, 5, rows);
          const expected = Array.from({ length: rows }, (_, row) => chosen.map((j) => numbers[row * 5 + j])).flat();
          assertSame(out.array, expected, `${rows} rows of columns ${chosen}`);
        }
      }
    }));

  test(`gives rows of ${type} in units of their columns, with a 1 and zeros where there is room`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS) {
        for (const columns of COLUMN_COUNTS) {
          for (const stride of [columns, Math.ceil((columns + 1) / 4) * 4]) {
            core.arena.reset();
            const numbers = rounded(normals(rows * columns, columns), type);
            const [first, mean, perScale] = [1, 2, 3].map((seed) => normals(columns, seed));
            const out = core.arena.alloc('f64', rows * stride);
            const canary = core.arena.upload('f64', [7]);
            const x = type === 'f32' ? core.arena.upload('f32', numbers) : core.arena.upload('f64', numbers);
            core.rows.standardiseRows(out, x, { first, mean, perScale }, stride, rows);
            const expected = Float64Array.from({ length: rows * stride }, (_, i) => {
              const [row, j] = [Math.floor(i / stride), i % stride];
              if (j >= columns) return j === columns ? 1 : 0;
              return (numbers[row * columns + j] - first[j] - mean[j]) * perScale[j];
            });
            assertSame(out.array, expected, `${rows} x ${columns} in rows of ${stride}`);
            assertSame(canary.array, [7], 'canary');
          }
        }
      }
    }));
}

test.run();
