import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalWeights } from '../../src/learners/canonical-correlation.js';
import { singularValues } from '../../src/learners/singular-values.js';
import { shortestWeights, whiten } from '../../src/learners/whitening.js';
import { assertNear, normals } from '../assembly/samples.js';

type Rows = number[][];

const product = (a: Rows, b: Rows): Rows =>
  a.map((row) => b[0].map((_, j) => row.reduce((s, x, i) => s + x * b[i][j], 0)));
const transposed = (a: Rows): Rows => a[0].map((_, j) => a.map((row) => row[j]));
const toRows = (a: ArrayLike<number>, rows: number, columns: number): Rows =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => a[i * columns + j]));
const table = (rows: number, columns: number, seed: number) => toRows(normals(rows * columns, seed), rows, columns);

test('singular values and vectors make up the matrix, and are at right angles', () => {
  for (const [rows, columns] of [
    [1, 1],
    [3, 3],
    [5, 2],
    [2, 5],
    [20, 20],
    [4, 0],
  ]) {
    const a = normals(rows * columns, rows + columns);
    const count = Math.min(rows, columns);
    const { values, left, right } = singularValues(a, rows, columns);
    assert.is(values.length, count);
    if (count === 0) continue;
    const [u, v] = [toRows(left, count, rows), toRows(right, count, columns)];
    const back = product(
      transposed(u),
      v.map((row, i) => row.map((x) => x * values[i])),
    );
    assertNear(back.flat(), a, 1e-13, 'product');
    for (const vectors of [u, v]) {
      const identity = product(vectors, transposed(vectors)).flat();
      assertNear(
        identity,
        identity.map((_, at) => (at % (count + 1) === 0 ? 1 : 0)),
        1e-13,
        'angles',
      );
    }
    for (let i = 1; i < count; i++) assert.ok(values[i] <= values[i - 1]);
  }
});

test('small singular values are as accurate as large ones', () => {
  // A rotation of columns of very different lengths.
  const [c, s] = [Math.cos(1), Math.sin(1)];
  const { values } = singularValues(Float64Array.from([c, -s * 1e-12, s, c * 1e-12]), 2, 2);
  assertNear(values, [1, 1e-12], [1e-15, 1e-27], 'values');
});

/** Correlations of columns that have variance 1 and mean 0 by construction: [columns][columns]. */
function correlate(x: Rows): Float64Array {
  return Float64Array.from(product(transposed(x), x).flat(), (value) => value / x.length);
}

/** Mean 0 and variance 1. */
function standardise(x: Rows): Rows {
  return transposed(
    transposed(x).map((column) => {
      const mean = column.reduce((a, b) => a + b, 0) / column.length;
      const square = column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length;
      return column.map((value) => (square === 0 ? 0 : (value - mean) / Math.sqrt(square)));
    }),
  );
}

/**
 * Least squares of least length: gradient descent from 0, which never leaves what the rows span.
 */
function descend(between: Float64Array, across: number[], n: number): number[] {
  let w = new Array<number>(n).fill(0);
  for (let step = 0; step < 200_000; step++) {
    const next = w.map((value, j) => {
      let gradient = -across[j];
      for (let i = 0; i < n; i++) gradient += between[j * n + i] * w[i];
      return value - gradient / n;
    });
    w = next;
  }
  return w;
}

test('solutions are those of descent from 0: the shortest if columns depend on each other', () => {
  const own = table(60, 3, 1);
  const cases: Rows[] = [
    own,
    own.map(([a, b, c]) => [a, b, a, c]),
    own.map(([a, b, c]) => [a, 0, b, a + b, c, a - 2 * c]),
    own.map(([a]) => [a, 3 * a, -a]),
  ];
  for (const raw of cases) {
    const x = standardise(raw);
    const target = standardise(own.map(([a, b, c], i) => [a - 2 * b + 0.1 * c + Math.sin(i)]));
    const n = x[0].length;
    const across = product(transposed(x), target).map(([value]) => value / x.length);
    const whitening = whiten(correlate(x), n);
    const found = shortestWeights(whitening, Float64Array.from(across));
    assertNear(found, descend(correlate(x), across, n), 1e-9, `${n} columns, rank ${whitening.rank}`);
  }
});

test('says how many columns are independent', () => {
  const own = table(50, 3, 4);
  const rankOf = (x: Rows) => whiten(correlate(standardise(x)), x[0].length).rank;
  assert.is(rankOf(own), 3);
  assert.is(rankOf(own.map(([a, b]) => [a, b, 2 * a - b, 0])), 2);
  assert.is(rankOf(own.map(() => [0, 0])), 0);
  // Nearly, and not quite, the same.
  assert.is(rankOf(own.map(([a, b]) => [a, a + 1e-3 * b])), 2);
  assert.is(rankOf(own.map(([a, b]) => [a, a + 1e-7 * b])), 1);
});

test('canonical variates are uncorrelated but for their pairs, which are the most correlated there are', () => {
  const shared = table(200, 2, 7);
  const [extra, other] = [table(200, 3, 8), table(200, 3, 9)];
  const left = standardise(shared.map(([a, b], i) => [a + extra[i][0], b - a, extra[i][1], b - a]));
  const right = standardise(shared.map(([a, b], i) => [other[i][0], a + 0.5 * other[i][1], b + a + other[i][2]]));
  const across = Float64Array.from(product(transposed(left), right).flat(), (value) => value / 200);
  const found = canonicalWeights(correlate(left), correlate(right), across, 4, 3);
  assert.is(found.count, 3);
  const variates = [
    product(left, transposed(toRows(found.left, 3, 4))),
    product(right, transposed(toRows(found.right, 3, 3))),
  ];
  const both = correlate(variates[0].map((row, i) => [...row, ...variates[1][i]]));
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      if (i === j) assertNear([both[i * 6 + j]], [1], 1e-12, 'variance');
      else if (i % 3 !== j % 3) assertNear([both[i * 6 + j]], [0], 1e-12, `${i}, ${j}`);
    }
  }
  // No other direction is more correlated: power iteration from many starts ends at the first.
  const first = both[3];
  const next = normals(400, 3);
  for (let trial = 0; trial < 50; trial++) {
    const a = next.subarray(trial * 8, trial * 8 + 4);
    const b = next.subarray(trial * 8 + 4, trial * 8 + 7);
    const [x, y] = [
      left.map((row) => row.reduce((s, v, j) => s + v * a[j], 0)),
      right.map((row) => row.reduce((s, v, j) => s + v * b[j], 0)),
    ];
    const [[xx, xy], [, yy]] = product([x, y], transposed([x, y]));
    assert.ok(Math.abs(xy) / Math.sqrt(xx * yy) <= first + 1e-12);
  }
  assert.ok(both[3] >= both[10] && both[10] >= both[17] && both[17] >= 0);
});

test.run();
