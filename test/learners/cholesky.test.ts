import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { solvePositiveDefinite } from '../../src/learners/cholesky.js';
import { assertNear, assertSame, exactSum, normals } from '../assembly/samples.js';

/** m m^T + shift I, for a random m (n, n). */
function positiveDefinite(n: number, shift: number, seed: number): Float64Array {
  const m = normals(n * n, seed);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const products = Array.from({ length: n }, (_, k) => m[i * n + k] * m[j * n + k]);
    return exactSum(products) + (i === j ? shift : 0);
  });
}

const multiply = (a: Float64Array, x: ArrayLike<number>, n: number) =>
  Float64Array.from({ length: n }, (_, i) => exactSum(Array.from({ length: n }, (_, j) => a[i * n + j] * x[j])));

test('solves a x = b for random positive definite matrices of any size', () => {
  for (const n of [1, 2, 3, 4, 5, 8, 17, 50]) {
    const a = positiveDefinite(n, n, n);
    const x = normals(n, 100 + n);
    const b = multiply(a, x, n);
    assert.is(solvePositiveDefinite(a.slice(), b, n), true);
    // The largest eigenvalue is about 4 n + n, the smallest n: a condition of 5 or so, times n
    // roundings.
    assertNear(b, x, 20 * n * 2 ** -52, `n = ${n}`);
  }
});

test('the residual is within rounding of 0 even where the solution is not exact', () => {
  const n = 20;
  const a = positiveDefinite(n, 1e-7, 5);
  const b = normals(n, 6);
  const x = b.slice();
  assert.is(solvePositiveDefinite(a.slice(), x, n), true);
  const sizes = Array.from({ length: n }, (_, i) => exactSum(Array.from(x, (xj, j) => Math.abs(a[i * n + j] * xj))));
  // Backward stable: each row's residual is relative to the sizes that cancel in it.
  assertNear(
    multiply(a, x, n),
    b,
    sizes.map((size) => 4 * n * size * 2 ** -53),
    'residual',
  );
});

test('unknowns of very different scales cost nothing', () => {
  const n = 6;
  const scales = [1e-8, 1e-4, 1, 1e3, 1e6, 1e9];
  const a = positiveDefinite(n, n, 7);
  const x = normals(n, 8);
  const b = multiply(a, x, n);
  const scaled = a.map((value, at) => value * scales[Math.floor(at / n)] * scales[at % n]);
  const solution = b.map((value, i) => value * scales[i]);
  assert.is(solvePositiveDefinite(scaled, solution, n), true);
  assertNear(
    solution.map((value, i) => value * scales[i]),
    x,
    1e-13,
    'solution',
  );
});

test('reads the lower triangle only', () => {
  const a = positiveDefinite(5, 5, 9);
  const [full, lower] = [Float64Array.from([1, 2, 3, 4, 5]), Float64Array.from([1, 2, 3, 4, 5])];
  const half = a.map((value, at) => (at % 5 > Math.floor(at / 5) ? Number.NaN : value));
  assert.ok(solvePositiveDefinite(a.slice(), full, 5) && solvePositiveDefinite(half, lower, 5));
  assertSame(lower, full, 'solution');
});

test('refuses matrices that are not positive definite', () => {
  const refused: Record<string, [number, number[]]> = {
    zero: [1, [0]],
    negative: [1, [-1]],
    'not a number': [1, [Number.NaN]],
    indefinite: [2, [1, 2, 2, 1]],
    'negative in the middle': [3, [1, 0, 0, 0, -1, 0, 0, 0, 1]],
    singular: [2, [1, 1, 1, 1]],
    'singular but for rounding': [2, [1, 1, 1, 1 + 2 ** -52]],
    'of rank one': [3, [1, 2, 3, 2, 4, 6, 3, 6, 9]],
    'not a number beside the diagonal': [2, [1, Number.NaN, Number.NaN, 1]],
  };
  for (const [name, [n, a]] of Object.entries(refused)) {
    assert.is(solvePositiveDefinite(Float64Array.from(a), new Float64Array(n).fill(1), n), false, name);
  }
});

test('solves nothing for nothing', () => {
  assert.is(solvePositiveDefinite(new Float64Array(0), new Float64Array(0), 0), true);
});

test.run();
