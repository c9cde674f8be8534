import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RealBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { assertNear, assertSame, exactSum, normals, ROUNDING, rounded } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

function productsOf(core: Core, x: RealBlock, rows: number, columns: number, cuts: readonly number[]) {
  const stride = Math.ceil(columns / 4) * 4;
  const offsets = core.arena.alloc('f64', columns);
  core.covariance.columnOffsets(offsets, x, rows, columns);
  const sums = core.arena.zeros('f64', stride * stride);
  [0, ...cuts].forEach((from, i) => {
    core.covariance.addProducts(sums, x, offsets, columns, stride, from, cuts[i] ?? rows);
  });
  return { offsets: offsets.array.slice(), at: (i: number, j: number) => sums.array[i * stride + j] };
}

for (const type of ['f32', 'f64'] as const) {
  test(`products of deviations of ${type} are exact to the rounding of the sums, at an offset too`, () =>
    withWatchedCore((core) => {
      for (const rows of [...LENGTHS.filter((length) => length >= 1), 63, 64, 65]) {
        for (const columns of COLUMN_COUNTS) {
          for (const offset of [0, 1e6]) {
            const numbers = rounded(
              normals(rows * columns, rows * 31 + columns).map((x) => offset + x),
              type,
            );
            const { at, offsets } = productsOf(core, uploadTable(core, type, numbers), rows, columns, []);
            const centred = Array.from({ length: columns }, (_, column) => {
              const shifted = numbers.filter((_, i) => i % columns === column).map((x) => x - numbers[column]);
              const mean = exactSum(shifted) / rows;
              assertNear([offsets[column]], [mean], 20 * rows * ROUNDING, 'mean');
              return shifted.map((x) => x - mean);
            });
            for (let i = 0; i < columns; i++) {
              for (let j = i; j < columns; j++) {
                const expected = exactSum(centred[i].map((x, row) => x * centred[j][row]));
                const size = Math.sqrt(exactSum(centred[i].map((x) => x * x)) * exactSum(centred[j].map((x) => x * x)));
                const bound = (rows + 8 * Math.sqrt(rows) + 16) * ROUNDING * size;
                assertNear([at(i, j)], [expected], bound, `${rows} x ${columns}: ${i}, ${j}`);
              }
            }
          }
        }
      }
    }));
}

test('products of ranges of rows add up', () =>
  withWatchedCore((core) => {
    const x = core.arena.upload('f64', normals(200 * 5, 1));
    const whole = productsOf(core, x, 200, 5, []);
    const parts = productsOf(core, x, 200, 5, [64, 128]);
    for (let i = 0; i < 5; i++) for (let j = i; j < 5; j++) assert.is(parts.at(i, j), whole.at(i, j));
  }));

test('columns of equal numbers have products of exactly 0', () =>
  withWatchedCore((core) => {
    const { at } = productsOf(core, core.arena.upload('f32', new Float32Array(300).fill(0.1)), 100, 3, []);
    assertSame([at(0, 0), at(0, 1), at(2, 2)], [0, 0, 0], 'products');
  }));

test('takes the logarithm of a determinant, and tells a singular matrix', () =>
  withWatchedCore((core) => {
    for (const n of [1, 2, 3, 10, 17]) {
      // L L' with a known diagonal of L.
      const lower = normals(n * n, n).map((x, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        if (i === j) return 1 + i / n;
        return j < i ? x / n : 0;
      });
      const product = (a: Float64Array) =>
        Float64Array.from({ length: n * n }, (_, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          return exactSum(Array.from({ length: n }, (_, k) => a[i * n + k] * a[j * n + k]));
        });
      const expected = exactSum(Array.from({ length: n }, (_, i) => 2 * Math.log(1 + i / n)));
      assertNear([core.covariance.logDeterminant(product(lower), n, 1e-12) as number], [expected], 1e-13 * n, `${n}`);
      const flat = lower.map((x, at) => (at >= n * (n - 1) && n > 1 ? lower[at - n] : x));
      if (n > 1) assert.is(core.covariance.logDeterminant(product(flat), n, 1e-12), null);
    }
    assert.is(core.covariance.logDeterminant(Float64Array.of(0), 1, 0), null);
    assert.is(core.covariance.logDeterminant(Float64Array.of(-1), 1, 0), null);
  }));

test.run();
