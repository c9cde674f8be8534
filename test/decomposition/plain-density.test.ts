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
        // Splitting means and points is enough for all but the hopeless.
        if (shape === 'tiny sigma, large mean') assert.is(pointsInFloat64, 0, what);
        if (shape === 'far from float32') assert.is(pointsInFloat64, count, what);
        if (shape !== 'far-out') assert.ok(errorBound <= FLOAT32_TOLERANCE, `${what}: bound ${errorBound}`);
      }
    }));
}
for (const precision of ['float64', 'float32'] as const) {
  test(`points far from every component have their log-densities in ${precision}`, () =>
    forEachBuild(async (core) => {
      // One component, repeated: ln q is the Gaussian's own. The second dimension stays at its mean, so that the joint density is
      // no lower than the first. From 13 on exponentials in float32 are cut off, which a sum cannot tell.
      const [rows, latents] = [300, 2];
      const distances = [0, 10, 12, 13, 14, 15, 16, 101.5, 1e4, 1e9];
      const count = distances.length;
      const mixture = {
        rows,
        latents,
        mu: new Float64Array(rows * latents).fill(1),
        logvar: new Float64Array(rows * latents),
        points: Float64Array.from({ length: latents * count }, (_, i) => 1 + (distances[i] ?? 0)),
      };
      const { joint, marginals } = await run(core, mixture, { precision });
      const height = -0.5 * Math.log(2 * Math.PI);
      const expected = distances.map((x) => height - 0.5 * x * x);
      const bound = precision === 'float64' ? (x: number) => 1e-14 * Math.max(1, -x) : () => FLOAT32_TOLERANCE;
      assertNear(marginals.subarray(0, count), expected, expected.map(bound), 'far');
      assertNear(marginals.subarray(count), new Float64Array(count).fill(height), bound(-1), 'near');
      const sums = expected.map((x) => x + height);
      assertNear(joint, sums, sums.map(bound), 'joint');
      assert.is(Math.round(marginals[7]), -5152);
    }));
}

test('a part of the points has the same digits as it has among all', () =>
  forEachBuild(async (core) => {
    const [latents, count] = [3, 23];
    const mixture = makeMixture('far-out', 300, latents, count);
    for (const precision of ['float64', 'float32'] as const) {
      const whole = await run(core, mixture, { precision });
      for (const [from, to] of [
        [0, 1],
        [5, 18],
        [22, 23],
        [7, 7],
      ]) {
        const { joint, marginals } = await run(core, mixture, { precision, from, to });
        assertSame(joint, whole.joint.subarray(from, to), `joint, ${precision}, ${from} to ${to}`);
        for (let d = 0; d < latents; d++) {
          const part = marginals.subarray(d * (to - from), (d + 1) * (to - from));
          assertSame(part, whole.marginals.subarray(d * count + from, d * count + to), `dimension ${d}`);
        }
      }
    }
  }));

test('float64 has the same bits in both builds', async () => {
  const mixture = makeMixture('all sigmas', 500, 4, 30);
  const results: Float64Array[] = [];
  await forEachBuild(async (core) => {
    const { values, errorBound } = await run(core, mixture);
    results.push(Float64Array.of(...values, errorBound));
  });
  assertSame(results[1], results[0], 'relaxed beside simd');
});

test('float32 takes what is too far out, and nothing else, to float64', () =>
  forEachBuild(async (core) => {
    const mixture = makeMixture('mild', 200, 2, 10);
    mixture.points[3] = 1000;
    mixture.points[17] = -60;
    const { pointsInFloat64 } = await run(core, mixture, { precision: 'float32' });
    assert.is(pointsInFloat64, 2);
  }));

test('the error of float32 does not grow with the number of components', () =>
  forEachBuild(async (core) => {
    const few = makeMixture('mild', 100, 2, 40);
    const times = 200;
    const repeat = (values: Float64Array) =>
      Float64Array.from({ length: values.length * times }, (_, i) => {
        const rows = 100 * times;
        return values[Math.floor(i / rows) * 100 + (i % 100)];
      });
    const many = { ...few, rows: 100 * times, mu: repeat(few.mu), logvar: repeat(few.logvar) };
    const expected = logDensities(few);
    const { values, errorBound } = await run(core, many, { precision: 'float32' });
    assert.ok(largestDifference(values, expected) < 2e-6);
    const { errorBound: before } = await run(core, few, { precision: 'float32' });
    assert.ok(errorBound < 1.01 * before, `${errorBound} after ${before}`);
  }));

test('reports progress and stops where the pause throws', () =>
  forEachBuild(async (core) => {
    const mixture = makeMixture('mild', 2000, 5, 300);
    for (const precision of ['float64', 'float32'] as const) {
      const done: number[] = [];
      await run(core, mixture, {
        precision,
        pause: (phase, part, total) => {
          assert.is(phase, 'densities');
          assert.is(total, 2000 * 300);
          done.push(part);
        },
      });
      assert.ok(precision === 'float32' || done.length > 1);
      assert.ok(done.every((part, i) => part >= (done[i - 1] ?? 0) && part <= 2000 * 300));
    }
    const stop = new Error('stop');
    const pause = () => {
      throw stop;
    };
    const depth = core.arena.depth;
    await run(core, mixture, { pause }).then(
      () => assert.unreachable(),
      (error) => assert.is(error, stop),
    );
    assert.is(core.arena.depth, depth);
  }));

test.run();
