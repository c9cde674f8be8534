import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNear, assertSame, exactSum, normals, ROUNDING, rounded } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

const columnOf = (numbers: Float64Array, columns: number, column: number) =>
  numbers.filter((_, i) => i % columns === column);

for (const type of ['f32', 'f64'] as const) {
  test(`finds no non-finite number among finite ${type}, the largest and smallest there are as well`, () =>
    withWatchedCore((core) => {
      const most = type === 'f32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
      const least = type === 'f32' ? 2 ** -149 : Number.MIN_VALUE;
      for (const length of [...LENGTHS, 4095, 4096, 4097, 10000]) {
        const numbers = normals(length, length).map((x, i) => [x, most, -most, least, -least, 0, -0][i % 7]);
        assert.is(core.moments.firstNonFinite(uploadTable(core, type, numbers)), -1, `length ${length}`);
      }
    }));

  test(`finds the first NaN or infinity of ${type} at every position`, () =>
    withWatchedCore((core) => {
      for (const length of LENGTHS) {
        const x = uploadTable(core, type, normals(length, length));
        for (let at = 0; at < length; at++) {
          const kept = x.array[at];
          for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
            x.array[at] = bad;
            if (core.moments.firstNonFinite(x) !== at)
              assert.is(core.moments.firstNonFinite(x), at, `${bad} at ${at} of ${length}`);
          }
          x.array[at] = kept;
        }
      }
    }));

  test(`finds the first of two non-finite ${type}, in blocks of 4096 and behind them`, () =>
    withWatchedCore((core) => {
      const length = 10007;
      const x = uploadTable(core, type, normals(length, 1));
      for (let first = 0; first < length; first += 97) {
        for (const second of [first + 1, first + 5, length - 1]) {
          const kept = [x.array[first], x.array[second]];
          x.array[first] = Number.POSITIVE_INFINITY;
          x.array[second] = Number.NEGATIVE_INFINITY;
          assert.is(core.moments.firstNonFinite(x), first);
          [x.array[first], x.array[second]] = kept;
        }
      }
      for (const at of [4095, 4096, 8191, 8192, length - 1]) {
        x.array[at] = Number.NaN;
        assert.is(core.moments.firstNonFinite(x), at);
        x.array[at] = 0;
      }
    }));

  test(`tells whether a column of ${type} holds whole numbers only`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS) {
        for (const columns of COLUMN_COUNTS) {
          // Whole numbers beyond what 32 and 64 bits hold, and negative ones; the neighbouring
          // columns are fractions.
          const whole = [0, -0, 5, -3, 2 ** 31, 2 ** 53, 1e30, -1e30];
          for (const column of new Set([0, columns - 1])) {
            const numbers = normals(rows * columns, 3).map((x, i) =>
              i % columns === column ? whole[Math.floor(i / columns) % 8] : x,
            );
            const x = uploadTable(core, type, numbers);
            assert.is(core.moments.isIntegral(x, rows, columns, column), true);
            if (rows === 0) continue;
            if (columns > 1) assert.is(core.moments.isIntegral(x, rows, columns, column === 0 ? 1 : 0), false);
            for (const row of new Set([0, rows >> 1, rows - 1])) {
              x.array[row * columns + column] = -2.5;
              assert.is(core.moments.isIntegral(x, rows, columns, column), false, `row ${row} of ${rows}`);
              x.array[row * columns + column] = 4;
            }
          }
        }
      }
    }));
}

test('a column of i32 holds whole numbers only', () =>
  withWatchedCore((core) => assert.is(core.moments.isIntegral(core.arena.upload('i32', [1, 2]), 2, 1, 0), true)));

for (const type of ['f32', 'f64', 'i32'] as const) {
  test(`finds the extremes of each column of ${type}`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS.filter((length) => length >= 1)) {
        for (const columns of COLUMN_COUNTS) {
          const numbers = rounded(
            normals(rows * columns, rows + columns).map((x) => x * 1e6),
            type,
          );
          const { minima, maxima } = core.moments.columnExtremes(uploadTable(core, type, numbers), rows, columns);
          const all = Array.from({ length: columns }, (_, column) => columnOf(numbers, columns, column));
          assertSame(
            minima,
            all.map((column) => column.reduce((a, b) => Math.min(a, b))),
            'minima',
          );
          assertSame(
            maxima,
            all.map((column) => column.reduce((a, b) => Math.max(a, b))),
            'maxima',
          );
        }
      }
    }));

  test(`finds an extreme of ${type} at every row`, () =>
    withWatchedCore((core) => {
      const [low, high] = {
        f32: [-3.4028234663852886e38, 3.4028234663852886e38],
        f64: [-Number.MAX_VALUE, Number.MAX_VALUE],
        i32: [-(2 ** 31), 2 ** 31 - 1],
      }[type];
      for (const columns of [1, 3, 5]) {
        const x = uploadTable(core, type, new Float64Array(9 * columns));
        for (let at = 0; at < x.length; at++) {
          for (const extreme of [low, high]) {
            x.array[at] = extreme;
            const { minima, maxima } = core.moments.columnExtremes(x, 9, columns);
            const expected = new Float64Array(columns);
            expected[at % columns] = extreme;
            assertSame(extreme < 0 ? minima : maxima, expected, `at ${at}`);
            assertSame(extreme < 0 ? maxima : minima, new Float64Array(columns), `at ${at}`);
            x.array[at] = 0;
          }
        }
      }
    }));
}

test('a column of zeros of both signs has extremes that equal 0, and one of -0 alone has -0', () =>
  withWatchedCore((core) => {
    for (const type of ['f32', 'f64'] as const) {
      for (const zeros of [
        [0, -0, 0],
        [-0, 0, -0],
        [-0, -0, 0],
      ]) {
        const { minima, maxima } = core.moments.columnExtremes(uploadTable(core, type, zeros), 3, 1);
        assert.ok(minima[0] === 0 && maxima[0] === 0);
      }
      const { minima, maxima } = core.moments.columnExtremes(uploadTable(core, type, [-0, -0]), 2, 1);
      assert.ok(Object.is(minima[0], -0) && Object.is(maxima[0], -0));
      const mixed = core.moments.columnExtremes(uploadTable(core, type, [-0, -1, 0, 1]), 2, 2);
      assertSame(mixed.minima, [0, -1], 'minima');
      assertSame(mixed.maxima, [0, 1], 'maxima');
    }
  }));

/** Mean and variance to a few roundings: compensated sums around a number near the mean. */
function momentsOf(column: Float64Array, near: number): { mean: number; variance: number } {
  const deviations = column.map((x) => x - near);
  const mean = exactSum(deviations) / column.length;
  const squares = exactSum(deviations.map((x) => (x - mean) ** 2));
  const rest = exactSum(deviations.map((x) => x - mean));
  return { mean: near + mean, variance: (squares - rest ** 2 / column.length) / (column.length - 1) };
}

/**
 * The kernel sums n squares one after the other: (n + 3) roundings at most. Each deviation is
 * rounded twice around the first row, which is at most sqrt(n) standard deviations from the mean: 4
 * sqrt(n + 1) more. The oracle has 8 of its own.
 */
const varianceBound = (n: number) => (n + 4 * Math.sqrt(n + 1) + 11) * ROUNDING;

for (const type of ['f32', 'f64'] as const) {
  test(`means and variances of columns of ${type} are exact to the rounding of the sums`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS.filter((length) => length >= 2)) {
        for (const columns of COLUMN_COUNTS) {
          const numbers = rounded(normals(rows * columns, rows * 31 + columns), type);
          const { means, variances } = core.moments.columnVariances(uploadTable(core, type, numbers), rows, columns);
          for (let column = 0; column < columns; column++) {
            const data = columnOf(numbers, columns, column);
            const { mean, variance } = momentsOf(data, 0);
            const what = `${rows} x ${columns}, column ${column}`;
            // A mean is a sum of n differences to the first row, each at most twice the largest
            // element.
            const most = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
            assertNear([means[column]], [mean], (2 * rows + 4) * most * ROUNDING, `mean of ${what}`);
            assertNear([variances[column]], [variance], varianceBound(rows) * variance, `variance of ${what}`);
          }
        }
      }
    }));

  test(`two rows of ${type} have half their squared difference as variance`, () =>
    withWatchedCore((core) => {
      for (const columns of COLUMN_COUNTS) {
        const numbers = rounded(normals(2 * columns, columns), type);
        const { variances } = core.moments.columnVariances(uploadTable(core, type, numbers), 2, columns);
        const expected = variances.map((_, d) => (numbers[d] - numbers[columns + d]) ** 2 / 2);
        assertNear(
          variances,
          expected,
          expected.map((x) => varianceBound(2) * x),
          `${columns} columns`,
        );
      }
    }));

  test(`a column of equal ${type} has variance exactly 0`, () =>
    withWatchedCore((core) => {
      for (const value of [0, 0.1, -1e8, 1e30, 1 / 3]) {
        const x = uploadTable(core, type, new Float64Array(3000).fill(value));
        const { means, variances } = core.moments.columnVariances(x, 1000, 3);
        assertSame(variances, [0, 0, 0], `${value}`);
        assertSame(means, rounded([value, value, value], type), `${value}`);
      }
    }));
}

test('an offset of 1e8 at a scale of 1e-3 costs no digit of a variance', () =>
  withWatchedCore((core) => {
    for (const rows of [3, 31, 1000, 20000]) {
      // Numbers this close to the offset minus it are exact: the oracle does not see the offset.
      const numbers = normals(rows * 5, rows).map((x) => 1e8 + 1e-3 * x);
      const { means, variances } = core.moments.columnVariances(core.arena.upload('f64', numbers), rows, 5);
      for (let column = 0; column < 5; column++) {
        const { mean, variance } = momentsOf(columnOf(numbers, 5, column), 1e8);
        assertNear([variances[column]], [variance], varianceBound(rows) * variance, `${rows} rows`);
        assert.ok(Math.abs(variances[column] - variance) <= 1e-12 * variance);
        assertNear([means[column]], [mean], 1e8 * 2 * ROUNDING, `${rows} rows`);
      }
    }
  }));

test('a variance over a million rows is right to 1e-13', () =>
  withWatchedCore((core) => {
    for (const type of ['f32', 'f64'] as const) {
      const numbers = rounded(normals(1e6, 7), type);
      const { variances } = core.moments.columnVariances(uploadTable(core, type, numbers), 1e6, 1);
      const { variance } = momentsOf(numbers, 0);
      assertNear(variances, [variance], 1e-13 * variance, type);
    }
  }));

for (const type of ['f32', 'f64'] as const) {
  test(`sums products of deviations, of ${type}`, () =>
    withWatchedCore((core) => {
      for (const columns of COLUMN_COUNTS) {
        for (const rows of LENGTHS) {
          const numbers = rounded(normals(rows * columns, rows + columns), type);
          const y = normals(rows, rows);
          const means = normals(columns, columns);
          const x = uploadTable(core, type, numbers);
          const products = core.moments.columnProducts(x, means, core.arena.upload('f64', y), 0.5, rows, columns);
          for (let column = 0; column < columns; column++) {
            const terms = Array.from(columnOf(numbers, columns, column), (v, i) => (v - means[column]) * (y[i] - 0.5));
            const bound = (rows + 4) * ROUNDING * exactSum(terms.map(Math.abs));
            assertNear([products[column]], [exactSum(terms)], bound, `column ${column} of ${rows} x ${columns}`);
          }
        }
      }
    }));
}

test.run();
