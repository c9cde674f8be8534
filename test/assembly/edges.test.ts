import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSame, normals, rounded, uniforms } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

const IDENTITY = { scale: 1, shift: 0 };

/** How many edges are at most y, less 1, and at least 0. */
function binOf(y: number, edges: ArrayLike<number>): number {
  let count = 0;
  while (count < edges.length && edges[count] <= y) count++;
  return Math.max(0, count - 1);
}

for (const type of ['f32', 'f64'] as const) {
  test(`bins one column of ${type} by its edges, rows of a range only`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS) {
        for (const columns of COLUMN_COUNTS) {
          const numbers = rounded(normals(rows * columns, rows + columns), type);
          const x = uploadTable(core, type, numbers);
          const edges = Array.from({ length: 13 }, (_, i) => i / 3 - 2.5);
          const table = core.arena.upload('f64', edges);
          const scaling = { scale: 1.7, shift: -0.3 };
          for (const column of new Set([0, columns >> 1, columns - 1])) {
            const expected = Array.from({ length: rows }, (_, row) => {
              // Rounded twice, as scaling in place rounds.
              const product = numbers[row * columns + column] * scaling.scale;
              return binOf(product + scaling.shift, edges);
            });
            const out = core.arena.alloc('u16', rows);
            core.histogram.binColumnByEdges(out, x, columns, column, table, scaling, 0, rows);
            assertSame(out.array, expected, `column ${column} of ${rows} x ${columns}`);
            const part = core.arena.alloc('u16', rows);
            const before = part.array.slice();
            core.histogram.binColumnByEdges(part, x, columns, column, table, scaling, rows >> 2, rows >> 1);
            const isInside = (row: number) => row >= rows >> 2 && row < rows >> 1;
            assertSame(
              part.array,
              before.map((kept, row) => (isInside(row) ? expected[row] : kept)),
              `rows ${rows >> 2} .. ${rows >> 1} of ${rows} x ${columns}`,
            );
          }
        }
      }
    }));

  test(`puts ${type} on an edge, next to it, before the first and behind the last where the edges say`, () =>
    withWatchedCore((core) => {
      const next = uniforms(5);
      const tables: number[][] = [
        [0],
        [0, 0.5],
        // Not of one width, so that guesses fail; equal ones, as edges are that were rounded; a
        // huge offset.
        [0, 1e-6, 2e-6, 0.9, 1, 1000],
        [3, 3, 3, 3.5, 3.5, 4, 4],
        [7, 7, 7],
        Array.from({ length: 20 }, (_, i) => Math.fround(1e8 + i * 3)),
        Array.from({ length: 400 }, () => Math.fround(next())).sort((a, b) => a - b),
        Array.from({ length: 65535 }, (_, i) => i / 65535),
      ];
      for (const edges of tables) {
        const chosen = edges.filter((_, i) => i < 50 || i % 1999 === 0 || i === edges.length - 1);
        const probes = rounded(
          chosen.flatMap((edge) => [edge, edge * (1 - 2 ** -22), edge * (1 + 2 ** -22), edge - 0.01, edge + 0.01]),
          type,
        );
        const out = core.arena.alloc('u16', probes.length);
        const table = core.arena.upload('f64', edges);
        core.histogram.binColumnByEdges(out, uploadTable(core, type, probes), 1, 0, table, IDENTITY, 0, probes.length);
        const expected = probes.map((x) => binOf(x, edges));
        assertSame(out.array, expected, `${edges.length} edges from ${edges[0]}`);
      }
    }));
}

test('rounds the product before the sum: a fused sum would put these values below the first edge', () =>
  withWatchedCore((core) => {
    const next = uniforms(17);
    let rounding = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const minimum = 1e6 * next();
      const scale = 1 / (1e-3 + next());
      const shift = 0 - minimum * scale;
      const edges = core.arena.upload('f64', [-1, 0, 0.5]);
      const out = core.arena.alloc('u16', 1);
      core.histogram.binColumnByEdges(out, core.arena.upload('f64', [minimum]), 1, 0, edges, { scale, shift }, 0, 1);
      // Exactly 0 only where both products were rounded alike.
      assert.is(out.array[0], 1);
      if (!Number.isInteger(minimum * scale)) rounding++;
    }
    assert.ok(rounding > 1900);
  }));

test.run();
