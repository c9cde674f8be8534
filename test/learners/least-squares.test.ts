import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { multipleDetermination } from '../../src/learners/least-squares.js';
import { assertNear, normals } from '../assembly/samples.js';

const determine = (between: number[][], withTarget: number[]) =>
  multipleDetermination(Float64Array.from(between.flat()), Float64Array.from(withTarget));

test('of one column is the square of the correlation, of two what the textbook says', () => {
  assertNear([determine([[1]], [-0.6])], [0.36], 1e-15, 'one');
  const [a, b, r] = [0.5, 0.3, 0.4];
  const expected = (a * a + b * b - 2 * a * b * r) / (1 - r * r);
  assertNear(
    [
      determine(
        [
          [1, r],
          [r, 1],
        ],
        [a, b],
      ),
    ],
    [expected],
    1e-15,
    'two',
  );
});

test('of columns that make up the target is 1, repeated or not, and of none 0', () => {
  const rows = 500;
  const noise = normals(2 * rows, 1);
  const columns = [
    Array.from({ length: rows }, (_, i) => noise[2 * i]),
    Array.from({ length: rows }, (_, i) => noise[2 * i]),
    Array.from({ length: rows }, (_, i) => noise[2 * i] + 1e-3 * noise[2 * i + 1]),
  ];
  const target = Array.from({ length: rows }, (_, i) => noise[2 * i + 1]);
  const correlation = (a: number[], b: number[]) => {
    const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / rows;
    const [ma, mb] = [mean(a), mean(b)];
    const product = (x: number[], mx: number, y: number[], my: number) =>
      x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
    return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
  };
  const between = columns.map((a) => columns.map((b) => correlation(a, b)));
  const found = determine(
    between,
    columns.map((a) => correlation(a, target)),
  );
  assertNear([found], [1], 1e-8, 'made up');
  assert.ok(found <= 1);
  assert.is(determine([], []), 0);
});

test.run();
