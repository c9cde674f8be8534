import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { LassoSums } from '../../bindings/kernels/lasso.js';
import { assertNear, assertSame, normals } from './samples.js';
import { COLUMN_COUNTS, withWatchedCore } from './watched-core.js';

const ROWS = 40;

/** X'X, X'y and y'y as they stand, [columns][columns]. */
function sumPlainly(x: Float64Array, y: Float64Array, columns: number) {
  const dot = (a: (row: number) => number, b: (row: number) => number) => y.reduce((sum, _, i) => sum + a(i) * b(i), 0);
  const column = (j: number) => (row: number) => x[row * columns + j];
  const target = (row: number) => y[row];
  const each = Array.from({ length: columns }, (_, j) => j);
  return {
    gram: each.map((i) => each.map((j) => dot(column(i), column(j)))),
    products: each.map((j) => dot(column(j), target)),
    squares: dot(target, target),
  };
}

/** Many plain sweeps. */
function descendPlainly({ gram, products }: ReturnType<typeof sumPlainly>, lambda: number): number[] {
  const w = products.map(() => 0);
  for (let sweep = 0; sweep < 20_000; sweep++) {
    for (const [j, row] of gram.entries()) {
      const free = products[j] - row.reduce((sum, g, i) => sum + (i === j ? 0 : g * w[i]), 0);
      w[j] = row[j] === 0 ? 0 : (Math.sign(free) * Math.max(0, Math.abs(free) - lambda)) / row[j];
    }
  }
  return w;
}

function upload(core: Core, plain: ReturnType<typeof sumPlainly>, columns: number): LassoSums {
  const stride = Math.ceil(columns / 4) * 4;
  const gram = core.arena.zeros('f64', stride * stride);
  const products = core.arena.zeros('f64', stride);
  plain.gram.forEach((row, i) => {
    gram.array.set(row, i * stride);
  });
  products.array.set(plain.products);
  return { columns, stride, gram, products, squares: plain.squares };
}

test('descends to what plain sweeps come to, at every number of columns', () =>
  withWatchedCore((core) => {
    for (const columns of COLUMN_COUNTS) {
      const x = normals(ROWS * columns, columns).map((value, i) => value + 0.5 * Math.sin(Math.floor(i / columns)));
      const y = normals(ROWS, 99).map((value, row) => value + 2 * x[row * columns]);
      const plain = sumPlainly(x, y, columns);
      const largest = Math.max(...plain.products.map(Math.abs));
      for (const part of [1.01, 0.5, 0.1, 1e-3]) {
        const expected = descendPlainly(plain, part * largest);
        const sums = upload(core, plain, columns);
        const w = core.arena.zeros('f64', sums.stride);
        const gap = core.lasso.descendLasso(w, sums, part * largest, 1e-15 * plain.squares, 1000);
        assert.ok(gap <= 1e-13 * plain.squares, `gap ${gap}`);
        assertNear(w.array.subarray(0, columns), expected, 1e-9, `${columns} columns, ${part}`);
        assertSame(w.array.subarray(columns), new Float64Array(sums.stride - columns), 'beyond columns');
        assert.is([...w.array].filter((v) => v !== 0).length, expected.filter((v) => Math.abs(v) > 1e-12).length);
        core.arena.reset();
      }
    }
  }));

test('the gap bounds how far the objective is from its minimum', () =>
  withWatchedCore((core) => {
    const columns = 6;
    const x = normals(ROWS * columns, 4).map((value, i) => value + Math.sin(Math.floor(i / columns)));
    const plain = sumPlainly(x, normals(ROWS, 5), columns);
    const lambda = 0.1 * Math.max(...plain.products.map(Math.abs));
    const objective = (w: ArrayLike<number>) => {
      const weights = Array.from({ length: columns }, (_, j) => w[j]);
      const product = (a: number[]) => a.reduce((sum, value, j) => sum + value * weights[j], 0);
      return (
        (plain.squares + product(plain.gram.map(product)) - 2 * product(plain.products)) / 2 +
        lambda * weights.reduce((sum, value) => sum + Math.abs(value), 0)
      );
    };
    const least = objective(descendPlainly(plain, lambda));
    const sums = upload(core, plain, columns);
    for (const start of [0, 0.1, -1]) {
      const w = core.arena.zeros('f64', sums.stride);
      w.array.fill(start, 0, columns);
      const excess = objective(w.array) - least;
      const gap = core.lasso.descendLasso(w, sums, lambda, Number.POSITIVE_INFINITY, 0);
      assert.ok(gap >= excess - 1e-12 && excess > 0, `from ${start}: gap ${gap}, excess ${excess}`);
      assertSame(w.array.subarray(0, columns), new Float64Array(columns).fill(start), 'not moved');
    }
  }));

test('leaves a second copy of a column, and a column without variance, at 0', () =>
  withWatchedCore((core) => {
    const columns = 4;
    const x = normals(ROWS * columns, 6);
    for (let row = 0; row < ROWS; row++) {
      x[row * columns + 2] = x[row * columns + 1];
      x[row * columns + 3] = 0;
    }
    const plain = sumPlainly(
      x,
      normals(ROWS, 7).map((value, row) => value + x[row * columns + 1]),
      columns,
    );
    const sums = upload(core, plain, columns);
    const w = core.arena.zeros('f64', sums.stride);
    core.lasso.descendLasso(w, sums, 1, 1e-13 * plain.squares, 1000);
    assert.ok(w.array[1] > 0.5);
    assertSame(w.array.subarray(2), [0, 0], 'weights');
  }));

test('solves for the weights of given signs, and stops where the first changes its sign', () =>
  withWatchedCore((core) => {
    const columns = 5;
    const plain = sumPlainly(normals(ROWS * columns, 8), normals(ROWS, 9), columns);
    const lambda = 0.05 * Math.max(...plain.products.map(Math.abs));
    const expected = descendPlainly(plain, lambda);
    const sums = upload(core, plain, columns);
    const w = core.arena.zeros('f64', sums.stride);
    w.array.set(expected.map((value) => 3 * Math.sign(value)));
    assert.ok(core.lasso.solveLassoWeights(w, sums, lambda));
    assertNear(w.array.subarray(0, columns), expected, 1e-10, 'solution');
    const wrong = expected.findIndex((value) => value !== 0);
    w.array.set(expected.map((value, j) => (j === wrong ? -1e-6 * value : value)));
    assert.ok(core.lasso.solveLassoWeights(w, sums, lambda));
    assert.is(w.array[wrong], 0);
    w.array.fill(0);
    assert.not.ok(core.lasso.solveLassoWeights(w, sums, lambda), 'nothing to solve');
  }));

test('does not solve for copies of a column', () =>
  withWatchedCore((core) => {
    const x = normals(2 * ROWS, 10).map((_, i, all) => all[i & ~1]);
    const sums = upload(core, sumPlainly(x, normals(ROWS, 11), 2), 2);
    const w = core.arena.upload('f64', [1, 2, 0, 0]);
    assert.not.ok(core.lasso.solveLassoWeights(w, sums, 0.1));
    assertSame(w.array, [1, 2, 0, 0], 'weights');
  }));

test('adds Gram matrices around another mean, mirrors them and squares weights by them', () =>
  withWatchedCore((core) => {
    for (const columns of COLUMN_COUNTS) {
      const x = normals(ROWS * columns, columns);
      const plain = sumPlainly(x, new Float64Array(ROWS), columns);
      const { gram, stride } = upload(core, plain, columns);
      // What is below the diagonal is not read.
      for (let i = 0; i < columns; i++) for (let j = 0; j < i; j++) gram.array[i * stride + j] = 1e9;
      const shift = core.arena.zeros('f64', stride);
      shift.array.set(normals(columns, 12));
      const d = [...shift.array];
      const sums = core.arena.zeros('f64', stride * stride);
      core.lasso.addGram(sums, gram, shift, ROWS, columns);
      core.lasso.mirrorGram(sums, columns, stride);
      const expected = plain.gram.map((row, i) => row.map((value, j) => value + ROWS * d[i] * d[j]));
      for (let i = 0; i < columns; i++) {
        const row = sums.array.slice(i * stride, i * stride + columns);
        assertNear(row, expected[i], 1e-12 * ROWS * columns, `row ${i} of ${columns}`);
      }
      const w = core.arena.zeros('f64', stride);
      w.array.set(normals(columns, 13).map((value, j) => (j === 1 ? 0 : value)));
      const weights = [...w.array];
      const square = expected.reduce(
        (sum, row, i) => sum + row.reduce((part, value, j) => part + value * weights[i] * weights[j], 0),
        0,
      );
      assertNear([core.lasso.gramSquare(sums, w, columns)], [square], 1e-12 * (1 + square) * columns, 'square');
      core.arena.reset();
    }
  }));

test.run();
