import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { PACK_COMPONENTS } from '../../bindings/kernels/gaussian.js';
import { logDensities, makeMixture, type PlainMixture } from '../decomposition/plain-mixture.js';
import { COLUMN_COUNTS, forEachBuild, LENGTHS } from './builds.js';
import { assertNear, assertSame, normals, rounded } from './samples.js';

const COMPONENT_COUNTS = [...LENGTHS.filter((length) => length >= 1), 127, 128, 129, 255, 256, 257];
const POINT_COUNTS = [0, 1, 3, 4, 5, 8, 9];

function start({ arena }: Core, mixture: PlainMixture) {
  const { rows, latents } = mixture;
  const count = mixture.points.length / latents;
  const [mu, logvar, values] = [mixture.mu, mixture.logvar, mixture.points].map((x) => arena.upload('f64', x));
  const sums = arena.zeros('f64', (latents + 1) * count);
  return { components: { rows, latents, mu, logvar }, points: { values, stride: count, count }, sums, count };
}

function densities(core: Core, mixture: PlainMixture): Float64Array {
  const { gaussian, arena } = core;
  const { components, points, sums } = start(core, mixture);
  const maxima = arena.alloc('f64', sums.length);
  maxima.array.fill(-Infinity);
  const pack = gaussian.allocatePack('f64', components.latents);
  for (let first = 0; first < components.rows; first += PACK_COMPONENTS.f64) {
    gaussian.pack(pack, components, first, Math.min(first + PACK_COMPONENTS.f64, components.rows));
    gaussian.addDensities(sums, maxima, points.count, pack, components.latents, points);
  }
  gaussian.finishDensities(sums, maxima, 1, 0);
  return sums.array;
}

function densitiesF32(core: Core, mixture: PlainMixture, minded: number): Float64Array {
  const { gaussian, arena } = core;
  const { components, points, sums, count } = start(core, mixture);
  const { rows, latents } = components;
  const maxima = arena.alloc('f64', count);
  maxima.array.fill(-Infinity);
  const least = Float64Array.from({ length: latents }, (_, d) => {
    return mixture.logvar.subarray(d * rows, (d + 1) * rows).reduce((a, b) => Math.min(a, b));
  });
  const leastLogvars = arena.upload('f64', least);
  const splits = arena.upload('u8', new Uint8Array(latents).fill(minded));
  const pack = gaussian.allocatePack('f32', latents);
  for (let first = 0; first < rows; first += PACK_COMPONENTS.f32) {
    gaussian.packF32(pack, components, leastLogvars, first, Math.min(first + PACK_COMPONENTS.f32, rows));
    gaussian.addDensitiesF32(sums, maxima, count, pack, splits, points);
  }
  for (let d = 0; d < latents; d++) gaussian.finishDensities(sums.slice(d * count, count), null, 0, -least[d] / 2);
  const height = least.reduce((sum, logvar) => sum - logvar / 2, 0);
  gaussian.finishDensities(sums.slice(latents * count, count), maxima, Math.LN2, height);
  return sums.array;
}

/** Of sums over components without constants. */
function expectedOf(mixture: PlainMixture): Float64Array {
  const { rows, latents, points } = mixture;
  const count = points.length / latents;
  return logDensities(mixture).map((value, i) => {
    return value + Math.log(rows) + (i < latents * count ? 1 : latents) * 0.5 * Math.log(2 * Math.PI);
  });
}

for (const kernel of ['f64', 'f32', 'f32, split'] as const) {
  test(`${kernel}: sums of densities, of every number of components, points and dimensions`, () =>
    forEachBuild((core) => {
      for (const rows of COMPONENT_COUNTS) {
        for (const latents of COLUMN_COUNTS) {
          const count = POINT_COUNTS[(rows + latents) % POINT_COUNTS.length];
          const mixture = makeMixture(kernel === 'f32' ? 'float32 numbers' : 'mild', rows, latents, count, rows);
          const got = kernel === 'f64' ? densities(core, mixture) : densitiesF32(core, mixture, +(kernel !== 'f32'));
          const expected = expectedOf(mixture);
          const bound = expected.map((x, i) => {
            if (kernel === 'f64') return 1e-13 * Math.max(1, Math.abs(x));
            // In proportion to the depth below the narrowest component, and for adding: see src/decomposition/density-error.ts.
            const dimensions = i < latents * count ? 1 : latents;
            const depth = Math.log(rows) + dimensions * 1.5 - x;
            return ((10 + dimensions) * depth + 70) * 2 ** -24;
          });
          assertNear(got, expected, bound, `${rows} components, ${latents} dimensions, ${count} points`);
          core.arena.reset();
        }
      }
    }));
}

test('f32: splitting is what keeps the digits of narrow components at large means', () =>
  forEachBuild((core) => {
    const mixture = makeMixture('tiny sigma, large mean', 100, 2, 12);
    const expected = expectedOf(mixture);
    const errorOf = (values: Float64Array) => Math.max(...values.map((x, i) => Math.abs(x - expected[i])));
    assert.ok(errorOf(densitiesF32(core, mixture, 1)) < 3e-6);
    assert.ok(errorOf(densitiesF32(core, mixture, 0)) > 1e-3);
  }));

test('f64: densities that underflow are finite logarithms, and those that nothing reaches are minus infinity', () =>
  forEachBuild((core) => {
    const mixture = {
      rows: 3,
      latents: 1,
      mu: Float64Array.of(0, 1, 2),
      logvar: Float64Array.of(0, -200, -200),
      points: Float64Array.of(1e150, 1e200),
    };
    assertNear(densities(core, mixture).subarray(0, 1), [-5e299], 1e286, 'at 1e150');
    assertSame(densities(core, mixture).subarray(1, 2), [-Infinity], 'at 1e200');
  }));

test('finds the largest difference of numbers from float32, infinite beyond its range', () =>
  forEachBuild((core) => {
    for (const length of LENGTHS) {
      const numbers = normals(length, length + 1);
      const expected = rounded(numbers, 'f32').reduce((most, x, i) => Math.max(most, Math.abs(x - numbers[i])), 0);
      assert.is(core.gaussian.largestRemainder(core.arena.upload('f64', numbers)), expected);
      assert.is(core.gaussian.largestRemainder(core.arena.upload('f64', rounded(numbers, 'f32'))), 0);
    }
    assert.is(core.gaussian.largestRemainder(core.arena.upload('f64', [1, -1e60])), Infinity);
  }));

test.run();
