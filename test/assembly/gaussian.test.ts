import { test } from 'uvu';
import type { Core } from '../../bindings/core.js';
import { PACK_COMPONENTS } from '../../bindings/kernels/gaussian.js';
import { logDensities, makeMixture, type PlainMixture } from '../decomposition/plain-mixture.js';
import { assertNear, assertSame } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, withWatchedCore } from './watched-core.js';

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
  const pack = gaussian.allocatePack(components.latents);
  for (let first = 0; first < components.rows; first += PACK_COMPONENTS) {
    gaussian.pack(pack, components, first, Math.min(first + PACK_COMPONENTS, components.rows));
    gaussian.addDensities(sums, maxima, points.count, pack, components.latents, points);
  }
  gaussian.finishDensities(sums, maxima, 0);
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

test('sums of densities, of every number of components, points and dimensions', () =>
  withWatchedCore((core) => {
    for (const rows of COMPONENT_COUNTS) {
      for (const latents of COLUMN_COUNTS) {
        const count = POINT_COUNTS[(rows + latents) % POINT_COUNTS.length];
        const mixture = makeMixture('mild', rows, latents, count, rows);
        const expected = expectedOf(mixture);
        const bound = expected.map((x) => 1e-13 * Math.max(1, Math.abs(x)));
        const what = `${rows} components, ${latents} dimensions, ${count} points`;
        assertNear(densities(core, mixture), expected, bound, what);
        core.arena.reset();
      }
    }
  }));

test('densities that underflow are finite logarithms, and those that nothing reaches are minus infinity', () =>
  withWatchedCore((core) => {
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

test.run();
