import { test } from 'uvu';
import { COLUMN_COUNTS, forEachBuild, LENGTHS } from './builds.js';
import { assertSame, codes, normals, rounded } from './samples.js';

for (const type of ['f32', 'f64', 'i32'] as const) {
  test(`gathers whole rows of ${type} in the order asked for, repeated ones as well`, () =>
    forEachBuild((core) => {
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
  forEachBuild((core) => {
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

test.run();
