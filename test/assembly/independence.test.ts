import { test } from 'uvu';
import type { Core } from '../../bindings/core.js';
import { assertNear, exactSum, normals } from './samples.js';
import { withWatchedCore } from './watched-core.js';

/** Sums of tanh(w z) z' and of tanh(w z)^2, by the library of JavaScript. */
function plain(z: Float64Array, w: Float64Array, k: number, rows: number) {
  const slopes = Array.from({ length: k }, (_, i) =>
    Float64Array.from({ length: rows }, (_, row) => {
      return Math.tanh(exactSum(Array.from({ length: k }, (_, j) => w[i * k + j] * z[j * rows + row])));
    }),
  );
  return {
    sums: Float64Array.from({ length: k * k }, (_, at) => {
      const j = at % k;
      return exactSum(slopes[Math.floor(at / k)].map((slope, row) => slope * z[j * rows + row]));
    }),
    squares: Float64Array.from(slopes, (line) => exactSum(line.map((slope) => slope * slope))),
  };
}

function contrastOf(core: Core, z: Float64Array, w: Float64Array, k: number, rows: number, cut: number) {
  const stride = Math.ceil(rows / 2) * 2;
  const block = core.arena.zeros('f64', k * stride);
  for (let i = 0; i < k; i++) block.array.set(z.subarray(i * rows, (i + 1) * rows), i * stride);
  const sums = core.arena.zeros('f64', k * k);
  const squares = core.arena.zeros('f64', k);
  const weights = core.arena.upload('f64', w);
  core.independence.addContrast(sums, squares, block, weights, k, stride, 0, cut);
  core.independence.addContrast(sums, squares, block, weights, k, stride, cut, stride);
  return { sums: sums.array, squares: squares.array };
}

test('sums of slopes are those of tanh, whatever the sizes and however rows are cut', () =>
  withWatchedCore((core) => {
    for (const rows of [1, 2, 3, 63, 64, 65, 66, 67, 131, 1000]) {
      for (const k of [1, 2, 3, 5, 10]) {
        const [z, w] = [normals(k * rows, rows), normals(k * k, k)];
        const { sums, squares } = contrastOf(core, z, w, k, rows, rows > 70 ? 64 : 0);
        const expected = plain(z, w, k, rows);
        assertNear(sums, expected.sums, 1e-14 * (rows + 10), `${rows} x ${k}`);
        assertNear(squares, expected.squares, 1e-14 * (rows + 10), `${rows} x ${k}: squares`);
      }
    }
  }));

test('slopes of huge numbers are -1 and 1, those of tiny ones themselves', () =>
  withWatchedCore((core) => {
    for (const [value, slope] of [
      [1e300, 1],
      [-1e300, -1],
      [400, 1],
      [1e-9, 1e-9],
    ]) {
      const { squares, sums } = contrastOf(core, Float64Array.of(value), Float64Array.of(1), 1, 1, 0);
      assertNear(squares, [slope * slope], 1e-15, `${value}`);
      assertNear(sums, [slope * value], 1e-15 * Math.abs(value), `${value}`);
    }
  }));

test.run();
