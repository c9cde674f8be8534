import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { symmetricEigenvalues } from '../../src/learners/symmetric-eigenvalues.js';
import { symmetricEigenvectors } from '../../src/learners/symmetric-eigenvectors.js';
import { assertNear, normals } from '../assembly/samples.js';

/** A symmetric matrix of normal numbers. */
function symmetric(n: number, seed: number): Float64Array {
  const a = normals(n * n, seed);
  return a.map((_, at) => a[Math.min(at, (at % n) * n + Math.floor(at / n))]);
}

/** Checks a v = value v, and that the vectors are orthogonal and of length 1. */
function check(a: Float64Array, n: number, label: string): Float64Array {
  const size = Math.max(...a.map(Math.abs), Number.MIN_VALUE);
  const { values, vectors } = symmetricEigenvectors(a, n);
  const line = (i: number) => vectors.subarray(i * n, (i + 1) * n);
  for (let v = 0; v < n; v++) {
    if (v > 0) assert.ok(values[v] <= values[v - 1], `${label}: in decreasing order`);
    const image = Float64Array.from({ length: n }, (_, i) => {
      return line(v).reduce((sum, x, j) => sum + (a[i * n + j] / size) * x, 0);
    });
    assertNear(
      image,
      line(v).map((x) => (values[v] / size) * x),
      1e-14 * n,
      `${label}: image of vector ${v}`,
    );
    for (let u = 0; u <= v; u++) {
      const product = line(v).reduce((sum, x, i) => sum + x * line(u)[i], 0);
      assertNear([product], [u === v ? 1 : 0], 1e-14 * n, `${label}: vectors ${u} and ${v}`);
    }
  }
  return values;
}

test('vectors are turned by nothing but their value, at any size and scale', () => {
  for (const n of [1, 2, 3, 4, 7, 20, 65]) {
    for (const scale of [1, 1e-300, 1e300]) {
      const a = symmetric(n, n).map((x) => scale * x);
      const values = check(a, n, `${n}, ${scale}`);
      if (scale !== 1 || n > 64) continue;
      const others = symmetricEigenvalues(a.slice(), n).sort().reverse();
      assertNear(values, others, 1e-13 * n, `${n}`);
    }
  }
});

test('matrices with equal eigenvalues, and those that are diagonal or 0, have orthogonal vectors too', () => {
  const n = 6;
  const diagonal = (values: readonly number[]) =>
    Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? values[at % n] : 0));
  assert.equal([...check(new Float64Array(n * n), n, '0')], [0, 0, 0, 0, 0, 0]);
  assert.equal([...check(diagonal([1, 1, 1, 1, 1, 1]), n, '1')], [1, 1, 1, 1, 1, 1]);
  assert.equal([...check(diagonal([3, -1, 2, 2, 0, 5]), n, 'diagonal')], [5, 3, 2, 2, 0, -1]);
  const ones = check(new Float64Array(n * n).fill(1), n, 'ones');
  assertNear(ones, [6, 0, 0, 0, 0, 0], 1e-14, 'ones');
});

test('there is nothing to find in nothing', () => {
  assert.equal(symmetricEigenvectors(new Float64Array(0), 0), {
    values: new Float64Array(0),
    vectors: new Float64Array(0),
  });
});

test.run();
