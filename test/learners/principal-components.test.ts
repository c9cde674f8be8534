import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import type { WideBlock } from '../../bindings/kernels/subspace.js';
import { type PrincipalComponents, principalComponents } from '../../src/learners/principal-components.js';
import { symmetricEigenvalues } from '../../src/learners/symmetric-eigenvalues.js';
import { assertNear, normals, uniforms } from '../assembly/samples.js';

type Numbers = Uint8Array | Float32Array;

function find(x: Numbers, rows: number, count: number, iterations = 40, seed = 0): Promise<PrincipalComponents> {
  return withCore((core) => {
    const block = core.arena.upload(x instanceof Uint8Array ? 'u8' : 'f32', x) as WideBlock;
    const random = { seed, stream: 99, index: 0 };
    return principalComponents(core, block, rows, x.length / rows, { count, iterations, random });
  });
}

/** The covariance, divided by rows - 1, in float64. */
function covarianceOf(x: Numbers, rows: number): Float64Array {
  const columns = x.length / rows;
  const means = Float64Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += x[row * columns + column] / rows;
    return sum;
  });
  return Float64Array.from({ length: columns * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      sum += (x[row * columns + i] - means[i]) * (x[row * columns + j] - means[j]);
    }
    return sum / (rows - 1);
  });
}

/** Holds what was found to the covariance and to its eigenvalues by rotations. */
function check(found: PrincipalComponents, x: Numbers, rows: number, count: number, label: string): void {
  const columns = x.length / rows;
  const covariance = covarianceOf(x, rows);
  const exact = symmetricEigenvalues(covariance.slice(), columns).sort().reverse().subarray(0, count);
  const { components, variances, rank } = found;
  assert.is(rank, exact.filter((value) => value > 1e-6 * exact[0]).length, label);
  assert.ok(found.isConverged, `${label}: ${found.residual}`);
  assertNear(variances, exact.subarray(0, rank), 3e-6 * exact[0], `${label}: variances`);
  for (let v = 0; v < rank; v++) {
    const line = components.subarray(v * columns, (v + 1) * columns);
    const image = Float64Array.from({ length: columns }, (_, i) => {
      return line.reduce((sum, value, j) => sum + covariance[i * columns + j] * value, 0);
    });
    const expected = line.map((value) => variances[v] * value);
    assertNear(image, expected, 1e-4 * exact[0], `${label}: component ${v}`);
    for (let u = 0; u <= v; u++) {
      const product = line.reduce((sum, value, i) => sum + value * components[u * columns + i], 0);
      assertNear([product], [u === v ? 1 : 0], 1e-9, `${label}: components ${u} and ${v}`);
    }
    const largest = line.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    assert.ok(largest > 0, `${label}: the largest number of component ${v} is ${largest}`);
  }
}

/** Bytes that a few directions move. */
function images(rows: number, columns: number, directions: number, seed: number): Uint8Array {
  const [shapes, moves, next] = [
    normals(directions * columns, seed),
    normals(rows * directions, seed + 1),
    uniforms(3),
  ];
  return Uint8Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let value = 128 + 4 * next();
    for (let k = 0; k < directions; k++) {
      value += (20 / (k + 1)) * moves[row * directions + k] * shapes[k * columns + column];
    }
    return Math.min(255, Math.max(0, value));
  });
}

test('components of bytes are eigenvectors of their covariance', async () => {
  for (const [rows, columns, count] of [
    [300, 50, 5],
    [40, 60, 10],
    [100, 33, 32],
    [500, 7, 7],
    [9, 64, 8],
  ]) {
    const x = images(rows, columns, 6, rows);
    check(await find(x, rows, count), x, rows, count, `${rows} x ${columns}, ${count}`);
  }
});

test('components of floats are, at any offset and scale', async () => {
  for (const [offset, scale] of [
    [0, 1],
    [1e4, 1],
    [0, 2 ** -60],
    [0, 2 ** 60],
  ]) {
    const x = Float32Array.from(images(200, 20, 4, 8), (value) => offset + scale * value);
    check(await find(x, 200, 4), x, 200, 4, `${offset} + ${scale} x`);
  }
});

test('directions along which rows do not vary are left out', async () => {
  const x = images(64, 30, 2, 1);
  const repeated = Uint8Array.from({ length: 64 * 30 }, (_, at) => x[at % 90]);
  assert.is((await find(repeated, 64, 5)).rank, 2);
  check(await find(repeated, 64, 5), repeated, 64, 2, 'three rows');
  const constant = await find(new Uint8Array(64 * 30).fill(7), 64, 5);
  assert.equal([constant.rank, constant.isConverged, constant.components.length], [0, true, 0]);
  assert.equal(constant.means, new Float64Array(30).fill(7));
  assert.is((await find(Uint8Array.of(1, 2, 3), 1, 2)).rank, 0);
  const two = await find(Uint8Array.of(0, 0, 3, 4), 2, 2);
  assertNear([...two.components, ...two.variances], [0.6, 0.8, 12.5], 1e-6, 'two rows');
});

test('more components than columns are as many as columns', async () => {
  const x = images(50, 4, 4, 2);
  check(await find(x, 50, 10), x, 50, 4, 'ten of four');
});

test('another start finds the same components', async () => {
  const x = images(300, 80, 6, 4);
  const [one, other] = [await find(x, 300, 4, 40, 1), await find(x, 300, 4, 40, 2)];
  assertNear(other.components, one.components, 1e-4, 'components');
  assert.equal(await find(x, 300, 4, 40, 1), one);
});

test('says that it has not converged, and how far it is', async () => {
  // Noise has no components to speak of.
  const next = uniforms(5);
  const noise = Uint8Array.from({ length: 400 * 300 }, () => 256 * next());
  const [early, late] = [await find(noise, 400, 10, 2), await find(noise, 400, 10)];
  assert.equal([early.isConverged, early.products], [false, 2]);
  assert.ok(early.residual > 1e-3 && early.residual < 1, `${early.residual}`);
  assert.ok(late.isConverged && late.residual <= 1e-4 && late.products > 2, `${late.residual}`);
});

test('waits between parts, and stops where it is stopped', async () => {
  const x = images(100, 20, 2, 1);
  const stopped = withCore((core) =>
    principalComponents(core, core.arena.upload('u8', x), 100, 20, {
      count: 2,
      iterations: 9,
      random: { seed: 0, stream: 99, index: 0 },
      pause: () => Promise.reject(new Error('stopped')),
    }),
  );
  assert.is(await stopped.catch((error) => error.message), 'stopped');
});

test.run();
