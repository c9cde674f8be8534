import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { symmetricEigenvalues } from '../../src/learners/symmetric-eigenvalues.js';
import { tridiagonalEigenvalues, tridiagonalise } from '../../src/learners/tridiagonal.js';
import { assertNear, normals } from '../assembly/samples.js';

/** Q diag(values) Q', Q a product of reflections. */
function withEigenvalues(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  let a = Float64Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) === at % n ? values[at % n] : 0));
  for (let reflection = 0; reflection < 3; reflection++) {
    const v = normals(n, seed + reflection);
    const square = v.reduce((sum, x) => sum + x * x, 0);
    const h = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return (i === j ? 1 : 0) - (2 * v[i] * v[j]) / square;
    });
    const times = (x: Float64Array, y: Float64Array) =>
      Float64Array.from({ length: n * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        let sum = 0;
        for (let k = 0; k < n; k++) sum += x[i * n + k] * y[k * n + j];
        return sum;
      });
    a = times(times(h, a), h);
  }
  return a.map((_, at) => (a[at] + a[(at % n) * n + Math.floor(at / n)]) / 2);
}

test('finds the eigenvalues that a matrix was made of', () => {
  for (const values of [[3], [1, 2], [-4, 0, 5], [1, 1, 1, 2], Array.from({ length: 20 }, (_, i) => i - 7)]) {
    const found = symmetricEigenvalues(withEigenvalues(values, 5), values.length).sort();
    assertNear(
      found,
      [...values].sort((a, b) => a - b),
      1e-12,
      `${values.length}`,
    );
  }
});

test('finds small eigenvalues of a matrix of uneven scale to full accuracy', () => {
  // [[1, r s], [r s, s^2]] with r = .5: product s^2 (1 - r^2), sum 1 + s^2.
  for (const s of [1e-3, 1e-6, 1e-9]) {
    const [small, large] = symmetricEigenvalues(Float64Array.of(1, 0.5 * s, 0.5 * s, s * s), 2).sort();
    assertNear([small / (0.75 * s * s), large], [1, 1], 1e-6, `${s}`);
    assertNear([small * large], [0.75 * s * s], 4e-16 * s * s, `${s}`);
  }
});

test('finds the eigenvalues of many columns, doubles, zeros and signs among them', () => {
  for (const scale of [1, 1e-160, 1e150]) {
    const values = Array.from({ length: 80 }, (_, i) => scale * (i < 40 ? 0 : i < 50 ? 3 : (i - 60) ** 3));
    const largest = Math.max(...values.map(Math.abs));
    const found = symmetricEigenvalues(withEigenvalues(values, 9), 80);
    assertNear(
      found.map((value) => value / largest),
      values.map((value) => value / largest).sort((a, b) => a - b),
      1e-13,
      `scale ${scale}`,
    );
  }
  assert.equal(Array.from(symmetricEigenvalues(new Float64Array(70 * 70), 70)), new Array(70).fill(0));
});

test('rotations and the tridiagonal way agree', () => {
  const values = normals(40, 3);
  const matrix = withEigenvalues([...values], 11);
  const { diagonal, beside } = tridiagonalise(matrix.slice(), 40);
  const direct = symmetricEigenvalues(matrix.slice(), 40).sort();
  assertNear(tridiagonalEigenvalues(diagonal, beside), direct, 1e-13, '40 columns');
});

test('ends on zeros, on one column and on none', () => {
  assert.equal(Array.from(symmetricEigenvalues(new Float64Array(9), 3)), [0, 0, 0]);
  assert.equal(Array.from(symmetricEigenvalues(Float64Array.of(7), 1)), [7]);
  assert.is(symmetricEigenvalues(new Float64Array(0), 0).length, 0);
});

test.run();
