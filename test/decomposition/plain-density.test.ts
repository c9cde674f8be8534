import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { FLOAT32_TOLERANCE, type PlainOptions, plainLogDensities } from '../../src/decomposition/plain-density.js';
import { forEachBuild } from '../assembly/builds.js';
import { assertNear, assertSame } from '../assembly/samples.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';
import { logDensities, makeMixture, type PlainMixture, SHAPES } from './plain-mixture.js';

function upload({ arena }: Core, { rows, latents, mu, logvar, points }: PlainMixture) {
  const components = { rows, latents, mu: arena.upload('f64', mu), logvar: arena.upload('f64', logvar) };
  return { components, points: arena.upload('f64', points) };
}

async function run(core: Core, mixture: PlainMixture, options?: PlainOptions) {
  const { components, points } = upload(core, mixture);
  const result = await plainLogDensities(core, components, points, options);
  return { ...result, values: Float64Array.of(...result.marginals, ...result.joint) };
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
}

async function readPosterior(): Promise<PlainMixture> {
  const arrays = await Promise.all(['latents', 'logvar', 'z'].map((name) => readGoldenArray('g_posterior', name)));
  const [mu, logvar, points] = arrays.map((array) =>
    Float64Array.from(Array.from({ length: array.columns }, (_, d) => Array.from(array.column(d))).flat()),
  );
  return { rows: arrays[0].rows, latents: arrays[0].columns, mu, logvar, points };
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

for (const [precision, tolerance] of [
  ['float64', 1e-9],
  ['float32', 2e-4],
] as const) {
  test(`entropies of the golden posterior in ${precision}`, async () => {
    const mixture = await readPosterior();
    await forEachBuild(async (core) => {
      const { joint, marginals, pointsInFloat64, errorBound } = await run(core, mixture, { precision });
      const expected = expectedOf('g_posterior', 'rtq_elbo_decomposition_f64');
      const entropies = Array.from(
        { length: mixture.latents },
        (_, d) => -mean(marginals.subarray(d * 1000, (d + 1) * 1000)),
      );
      assertNear(entropies, expected.marginal_entropies, tolerance, 'marginal entropies');
      assertNear([-mean(joint)], expected.joint_entropy, tolerance, 'joint entropy');
      assert.is(pointsInFloat64, precision === 'float64' ? 1000 : 0);
      assert.ok(errorBound < tolerance, `${errorBound}`);
    });
  });
}

for (const shape of SHAPES) {
  test(`${shape}: float64 is the sum as it is written down, float32 within its bound of it`, () =>
    forEachBuild(async (core) => {
      for (const [rows, latents, count] of [
        [1, 1, 7],
        [5, 3, 9],
        [127, 2, 20],
        [600, 10, 41],
      ]) {
        const mixture = makeMixture(shape, rows, latents, count, rows);
        const expected = logDensities(mixture);
        const what = `${rows} components, ${latents} dimensions`;
        const exact = await run(core, mixture);
        assertNear(
          exact.values,
          expected,
          expected.map((x) => 1e-12 * Math.max(1, Math.abs(x))),
          what,
        );
        assert.ok(exact.errorBound <= 1e-10 * expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1), what);
        const { values, errorBound, pointsInFloat64 } = await run(core, mixture, { precision: 'float32' });
        const error = largestDifference(values, exact.values);
        const bound = errorBound + exact.errorBound;
        assert.ok(error <= bound, `${what}: error ${error}, bound ${bound}`);
        if (shape !== 'far-out') assert.ok(errorBound <= FLOAT32_TOLERANCE, `${what}: bound ${errorBound}`);
        if (process.env.SHOW)
          console.log(
            core.build,
            shape,
            what,
            'error',
            error,
            'bound',
            errorBound,
            'in f64',
            pointsInFloat64,
            'of',
            count,
          );
      }
    }));
}
test.run();
