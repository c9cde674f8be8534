import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { type PlainOptions, plainLogDensities } from '../../src/decomposition/plain-density.js';
import { assertNear, assertSame } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
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

async function readPosterior(): Promise<PlainMixture> {
  const arrays = await Promise.all(['latents', 'logvar', 'z'].map((name) => readGoldenArray('g_posterior', name)));
  const [mu, logvar, points] = arrays.map((array) =>
    Float64Array.from(Array.from({ length: array.columns }, (_, d) => Array.from(array.column(d))).flat()),
  );
  return { rows: arrays[0].rows, latents: arrays[0].columns, mu, logvar, points };
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('entropies of the golden posterior', async () => {
  const mixture = await readPosterior();
  const { joint, marginals, errorBound } = await withWatchedCore((core) => run(core, mixture));
  const expected = expectedOf('g_posterior', 'rtq_elbo_decomposition_f64');
  const entropies = Array.from({ length: mixture.latents }, (_, d) => {
    return -mean(marginals.subarray(d * 1000, (d + 1) * 1000));
  });
  assertNear(entropies, expected.marginal_entropies, 1e-9, 'marginal entropies');
  assertNear([-mean(joint)], expected.joint_entropy, 1e-9, 'joint entropy');
  assert.ok(errorBound < 1e-9, `${errorBound}`);
});

for (const shape of SHAPES) {
  test(`${shape}: the sum as it is written down, and a small bound of its error`, () =>
    withWatchedCore(async (core) => {
      for (const [rows, latents, count] of [
        [1, 1, 7],
        [5, 3, 9],
        [127, 2, 20],
        [600, 10, 41],
      ]) {
        const mixture = makeMixture(shape, rows, latents, count, rows);
        const expected = logDensities(mixture);
        const what = `${rows} components, ${latents} dimensions`;
        const { values, errorBound } = await run(core, mixture);
        assertNear(
          values,
          expected,
          expected.map((x) => 1e-12 * Math.max(1, Math.abs(x))),
          what,
        );
        assert.ok(errorBound <= 1e-10 * expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1), what);
      }
    }));
}

test('points far from every component have their log-densities', () =>
  withWatchedCore(async (core) => {
    // One component, repeated: ln q is the Gaussian's own. The second dimension stays at its mean,
    // so that the joint density is no lower than the first.
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
    const { joint, marginals } = await run(core, mixture);
    const height = -0.5 * Math.log(2 * Math.PI);
    const expected = distances.map((x) => height - 0.5 * x * x);
    const bound = (x: number) => 1e-14 * Math.max(1, -x);
    assertNear(marginals.subarray(0, count), expected, expected.map(bound), 'far');
    assertNear(marginals.subarray(count), new Float64Array(count).fill(height), bound(-1), 'near');
    const sums = expected.map((x) => x + height);
    assertNear(joint, sums, sums.map(bound), 'joint');
    assert.is(Math.round(marginals[7]), -5152);
  }));

test('a part of the points has the same digits as it has among all', () =>
  withWatchedCore(async (core) => {
    const [latents, count] = [3, 23];
    const mixture = makeMixture('far-out', 300, latents, count);
    const whole = await run(core, mixture);
    for (const [from, to] of [
      [0, 1],
      [5, 18],
      [22, 23],
      [7, 7],
    ]) {
      const { joint, marginals } = await run(core, mixture, { from, to });
      assertSame(joint, whole.joint.subarray(from, to), `joint, ${from} to ${to}`);
      for (let d = 0; d < latents; d++) {
        const part = marginals.subarray(d * (to - from), (d + 1) * (to - from));
        assertSame(part, whole.marginals.subarray(d * count + from, d * count + to), `dimension ${d}`);
      }
    }
  }));

test('reports progress and stops where the pause throws', () =>
  withWatchedCore(async (core) => {
    const mixture = makeMixture('mild', 2000, 5, 300);
    const done: number[] = [];
    await run(core, mixture, {
      pause: (phase, part, total) => {
        assert.is(phase, 'densities');
        assert.is(total, 2000 * 300);
        done.push(part);
      },
    });
    assert.ok(done.length > 1);
    assert.ok(done.every((part, i) => part >= (done[i - 1] ?? 0) && part <= 2000 * 300));
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
