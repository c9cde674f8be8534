import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { assertNear, assertSame, codes, exactSum, normals, ROUNDING, rounded, uniforms } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, uploadTable, withWatchedCore } from './watched-core.js';

const strideFor = (count: number) => count + (count & 1) + 2;
const columnsOf = (block: Block<'f64'>, stride: number, columns: number, count: number) =>
  Array.from({ length: columns }, (_, j) => block.array.slice(j * stride, j * stride + count));

for (const type of ['f32', 'f64', 'i32'] as const) {
  test(`fills columns of ${type} with chosen rows, shifted and scaled`, () =>
    withWatchedCore((core) => {
      for (const columns of COLUMN_COUNTS) {
        for (const count of LENGTHS) {
          const numbers = rounded(
            normals(40 * columns, columns).map((x) => 100 * x),
            type,
          );
          const chosen = codes(count, 40, count);
          const minima = normals(columns, 3);
          const perScale = normals(columns, 4);
          const stride = strideFor(count);
          const [first, last] = [Math.floor(columns / 3), columns];
          const out = core.arena.alloc('f64', (last - first) * stride);
          const table = {
            x: uploadTable(core, type, numbers),
            columns,
            minima: core.arena.upload('f64', minima),
            perScale: core.arena.upload('f64', perScale),
          };
          core.correlation.fillColumns(out, stride, table, first, last, core.arena.upload('i32', chosen));
          columnsOf(out, stride, last - first, count).forEach((column, j) => {
            const own = Float64Array.from(
              chosen,
              (row) => (numbers[row * columns + first + j] - minima[first + j]) * perScale[first + j],
            );
            assertSame(column, own, `${columns} columns, ${count} rows: ${j}`);
          });
        }
      }
    }));
}

test('combines columns, with a constant', () =>
  withWatchedCore((core) => {
    for (const columns of COLUMN_COUNTS) {
      for (const count of LENGTHS) {
        const stride = strideFor(count);
        const block = normals(columns * stride, count);
        const weights = normals(3 * (columns + 1), 5);
        const out = core.arena.alloc('f64', 3 * stride);
        const [from, by] = [core.arena.upload('f64', block), core.arena.upload('f64', weights)];
        core.correlation.combineColumns(out, from, by, stride, columns, count);
        columnsOf(out, stride, 3, count).forEach((column, c) => {
          const own = weights.subarray(c * (columns + 1), (c + 1) * (columns + 1));
          for (let i = 0; i < count; i++) {
            const terms = Array.from({ length: columns }, (_, j) => own[j] * block[j * stride + i]);
            const size = exactSum([...terms, own[columns]].map(Math.abs));
            assertNear([column[i]], [exactSum([...terms, own[columns]])], 2 * columns * ROUNDING * size, 'sum');
          }
        });
      }
    }
  }));

/** Moments of columns, of rows that come in blocks. */
function momentsOf(core: Core, columns: Float64Array[], left: number, start: number, cuts: readonly number[]) {
  const count = columns.length;
  const right = count - start;
  const zeros = (length: number) => core.arena.zeros('f64', length);
  const sums = { means: zeros(count), squares: zeros(count), products: zeros(left * right), left, start, right };
  const rows = columns[0].length;
  [0, ...cuts].forEach((from, i) => {
    const own = columns.map((column) => column.subarray(from, cuts[i] ?? rows));
    const stride = strideFor(own[0].length);
    const block = core.arena.alloc('f64', count * stride);
    own.forEach((part, j) => {
      block.array.set(part, j * stride);
    });
    core.correlation.addMoments(sums, block, stride, own[0].length, from);
  });
  const { means, squares, products } = sums;
  return { means: means.array.slice(), squares: squares.array.slice(), products: products.array.slice() };
}

test('moments are those of all rows, however they are cut into blocks, at a huge offset too', () =>
  withWatchedCore((core) => {
    for (const count of [1, 2, 3, 5, 34, 70]) {
      for (const rows of [1, 2, 3, 10, 131]) {
        for (const offset of [0, 1e6]) {
          const columns = Array.from({ length: count }, (_, j) => normals(rows, j + rows).map((x) => x + offset));
          const centred = columns.map((column) => {
            const mean = column[0] + exactSum(column.map((x) => x - column[0])) / rows;
            return { mean, deviations: column.map((x) => x - mean) };
          });
          const cuts = [1, 2, 10, 64].filter((cut) => cut < rows);
          for (const [left, start] of [
            [count, 0],
            [Math.ceil(count / 2), Math.ceil(count / 2)],
            [Math.floor(count / 3), 0],
            [0, 0],
          ]) {
            for (const own of [[], cuts]) {
              const { means, squares, products } = momentsOf(core, columns, left, start, own);
              const bound = 50 * rows * ROUNDING * (1 + offset);
              centred.forEach(({ mean, deviations }, j) => {
                assertNear([means[j]], [mean], bound, 'mean');
                assertNear([squares[j]], [exactSum(deviations.map((x) => x * x))], 8 * rows * bound, 'squares');
              });
              for (let i = 0; i < left; i++) {
                for (let j = Math.max(start, start === 0 ? i : 0); j < count; j++) {
                  const expected = exactSum(centred[i].deviations.map((x, row) => x * centred[j].deviations[row]));
                  assertNear([products[i * (count - start) + j - start]], [expected], 8 * rows * bound, `${i}, ${j}`);
                }
              }
            }
          }
        }
      }
    }
  }));

test('columns of equal numbers have moments of exactly 0, in any blocks', () =>
  withWatchedCore((core) => {
    const columns = [new Float64Array(100).fill(0.1), normals(100, 1), new Float64Array(100).fill(-1e9 / 3)];
    const { means, squares, products } = momentsOf(core, columns, 3, 0, [7, 50, 51]);
    assert.equal([means[0], means[2], squares[0], squares[2]], [0.1, -1e9 / 3, 0, 0]);
    for (const at of [0, 1, 2, 5, 8]) assert.is(products[at], 0);
  }));

/** Twice the mean rank by counting. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    return 2 * below + values.filter((other) => other === value).length + 1;
  });
}

test('ranks are those of all rows, and of each part', () =>
  withWatchedCore((core) => {
    const next = uniforms(9);
    for (const rows of LENGTHS.filter((length) => length < 100)) {
      for (const values of [1, 2, 5, 1000]) {
        const numbers = Array.from({ length: rows }, () => Math.floor(values * next()));
        const trainRows = Math.floor((rows * 2) / 3);
        const keys = core.arena.upload('f64', numbers);
        const order = core.arena.upload('i32', [...numbers.keys()]);
        core.rows.sortRows(keys, order);
        const ranks = core.arena.alloc('i32', 2 * rows);
        core.correlation.rankSorted(ranks, keys, order, trainRows);
        const found = (which: number) => [...ranks.array].filter((_, at) => at % 2 === which);
        assert.equal(found(0), doubledRanks(numbers));
        const parts = [numbers.slice(0, trainRows), numbers.slice(trainRows)];
        assert.equal(found(1), parts.flatMap(doubledRanks));
        ranks.array.fill(0);
        const own = core.arena.upload('f64', numbers);
        const extremes = { minimum: Math.min(...numbers, 1e9), maximum: Math.max(...numbers, -1e9) };
        assert.ok(core.correlation.rankValues(ranks, own, extremes, trainRows));
        assert.equal(found(0), doubledRanks(numbers));
        assert.equal(found(1), parts.flatMap(doubledRanks));
      }
    }
  }));

test('values that are near each other beside their range are put in order, or left to sorting', () =>
  withWatchedCore((core) => {
    const rank = (numbers: number[]) => {
      const ranks = core.arena.alloc('i32', 2 * numbers.length);
      const extremes = { minimum: Math.min(...numbers), maximum: Math.max(...numbers) };
      const values = core.arena.upload('f64', numbers);
      const isDone = core.correlation.rankValues(ranks, values, extremes, numbers.length);
      return isDone ? [...ranks.array].filter((_, at) => at % 2 === 0) : null;
    };
    const next = uniforms(4);
    // Some dozen in one place, in twos and threes.
    const crowd = Array.from({ length: 20 }, () => 1e-9 * Math.floor(9 * next()));
    assert.equal(rank([...crowd, 1, -1]), doubledRanks([...crowd, 1, -1]));
    assert.equal(rank([0, -0, 1]), doubledRanks([0, 0, 1]));
    assert.equal(rank(new Array(5000).fill(0.1)), new Array(5000).fill(5001));
    assert.is(rank([...Array.from({ length: 1000 }, next), 1e300]), null);
  }));

test.run();
