import { test } from 'uvu';
import { COLUMN_COUNTS, forEachBuild, LENGTHS, uploadTable } from './builds.js';
import { assertNear, assertSame, codes, exactSum, normals, ROUNDING, rounded } from './samples.js';

test('orders rows by code, each code in the order of rows, codes without rows among them', () =>
  forEachBuild((core) => {
    for (const rows of LENGTHS) {
      for (const values of [1, 2, 7, 300]) {
        const numbers = codes(rows, values, rows + values);
        const order = core.arena.alloc('i32', rows);
        const bounds = core.arena.alloc('i32', values + 1);
        core.orderByCode(order, bounds, core.arena.upload('i32', numbers), values);
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
    forEachBuild((core) => {
      for (const rows of LENGTHS.filter((length) => length >= 1)) {
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
            const column = columns >> 1;
            const origin = table[order.array[1] * columns + column];
            const chosen = Float64Array.from(
              order.array.slice(1, rows + 1),
              (row) => table[row * columns + column] - origin,
            );
            const mean = exactSum(chosen) / rows;
            const deviations = chosen.map((value) => Math.abs(value - mean));
            const largest = deviations.reduce((a, b) => Math.max(a, b));
            for (const q of [0, 0.3, 0.5, 0.99, 1]) {
              const found = core.deviationQuantile(x, order, columns, column, 1, rows + 1, q);
              const bound = 8 * (rows + 4) * ROUNDING * largest;
              assertNear([found], [quantileOf(deviations, q)], bound, `${rows} x ${columns}, ${shape}, ${q}`);
            }
          }
        }
      }
    }));
}

test.run();
