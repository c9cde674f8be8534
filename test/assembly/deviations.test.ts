import { test } from 'uvu';
import { assertNear, assertSame, codes, exactSum, normals, ROUNDING, rounded } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

test('orders rows by code, each code in the order of rows, codes without rows among them', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      for (const values of [1, 2, 7, 300]) {
        const numbers = codes(rows, values, rows + values);
        const order = core.arena.alloc('i32', rows);
        const bounds = core.arena.alloc('i32', values + 1);
        core.deviations.orderByCode(order, bounds, core.arena.upload('i32', numbers), values);
        const expected = Array.from(numbers.keys()).sort((a, b) => numbers[a] - numbers[b] || a - b);
        assertSame(order.array, expected, `order of ${rows} rows, ${values} values`);
        const below = Array.from({ length: values + 1 }, (_, value) => numbers.filter((code) => code < value).length);
        assertSame(bounds.array, below, `bounds of ${rows} rows, ${values} values`);
      }
    }
  }));

/** As numpy.percentile: linear between order statistics. */
function quantileOf(values: Float64Array, q: number): number {
  const sorted = values.slice().sort();
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

for (const type of ['f32', 'f64'] as const) {
  test(`quantiles of deviations of ${type} are those of sorting, ties, sorted rows and offsets among them`, () =>
    withWatchedCore((core) => {
      for (const rows of [...LENGTHS.filter((length) => length >= 1), 64, 65, 130]) {
        for (const columns of COLUMN_COUNTS) {
          for (const shape of ['normal', 'ties', 'sorted', 'equal', 'offset']) {
            const numbers = normals(rows * columns, rows * 31 + columns);
            const table = rounded(
              numbers.map((x, i) => {
                if (shape === 'ties') return Math.round(x);
                if (shape === 'sorted') return Math.floor(i / columns);
                if (shape === 'equal') return 0.1;
                return shape === 'offset' ? 1e6 + x : x;
              }),
              type,
            );
            const x = uploadTable(core, type, table);
            const order = core.arena.upload('i32', codes(rows + 2, rows, 5));
            const chosen = order.array.slice(1, rows + 1);
            const expected = Array.from({ length: columns }, (_, column) => {
              const origin = table[chosen[0] * columns + column];
              const shifted = Float64Array.from(chosen, (row) => table[row * columns + column] - origin);
              const mean = exactSum(shifted) / rows;
              return shifted.map((value) => Math.abs(value - mean));
            });
            const out = core.arena.alloc('f64', columns);
            for (const q of [0, 0.3, 0.5, 0.9, 0.99, 1]) {
              core.deviations.deviationQuantiles(out, x, order, columns, 1, rows + 1, q);
              expected.forEach((deviations, column) => {
                const largest = deviations.reduce((a, b) => Math.max(a, b));
                const bound = 8 * (rows + 4) * ROUNDING * largest;
                const what = `${rows} x ${columns}, column ${column}, ${shape}, ${q}`;
                assertNear([out.array[column]], [quantileOf(deviations, q)], bound, what);
              });
            }
          }
        }
      }
    }));
}

test('quantiles of more deviations than are held at a time, most of them near 0 or all of them large, are those of sorting', () =>
  withWatchedCore((core) => {
    const [rows, columns] = [150_000, 4];
    const numbers = normals(rows * columns, 3);
    // In the sample of every thousandth row there is nothing of what is large, or nothing else.
    const table = rounded(
      numbers.map((x, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const isSampled = row % Math.floor(rows / 128) === 0;
        if (column === 1) return isSampled ? 0 : 100 * x;
        return column === 2 ? (isSampled ? 100 * x : x) : x;
      }),
      'f32',
    );
    const x = uploadTable(core, 'f32', table);
    const order = core.arena.upload(
      'i32',
      Array.from({ length: rows }, (_, i) => i),
    );
    const out = core.arena.alloc('f64', columns);
    for (const q of [0.9, 0.99, 1]) {
      core.deviations.deviationQuantiles(out, x, order, columns, 0, rows, q);
      for (let column = 0; column < columns; column++) {
        const values = Float64Array.from({ length: rows }, (_, row) => table[row * columns + column] - table[column]);
        const mean = values.reduce((a, b) => a + b, 0) / rows;
        const expected = quantileOf(
          values.map((value) => Math.abs(value - mean)),
          q,
        );
        assertNear([out.array[column]], [expected], 1e-9 * expected, `column ${column}, ${q}`);
      }
    }
  }));

test.run();
