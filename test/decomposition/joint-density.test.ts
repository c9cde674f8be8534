import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { growComponentTree } from '../../src/decomposition/component-tree.js';
import { type JointDensities, type JointOptions, jointLogDensities } from '../../src/decomposition/joint-density.js';
import { assertNear, assertSame } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';
import { type JointMixture, makeJoint, plainJoint, SHAPES, type ShapeName } from './plain-joint.js';

type Options = Omit<JointOptions, 'owners'> & { readonly owners?: Int32Array };

async function load(core: Core, { latents, mu, logvar, points }: Omit<JointMixture, 'owners'>) {
  const of = { mu: core.arena.upload('f64', mu), logvar: core.arena.upload('f64', logvar), latents };
  const tree = await growComponentTree(core, of);
  const at = core.arena.upload('f64', points);
  return ({ owners, ...options }: Options = {}): Promise<JointDensities> =>
    jointLogDensities(core, tree, at, {
      ...options,
      owners: owners ? core.arena.upload('i32', owners) : null,
    });
}

/** Passes where every density is within its error bound of the truth, but for rounding. */
function assertBounded(found: JointDensities, truth: ReturnType<typeof plainJoint>, tolerance: number, what: string) {
  const { logDensities, errorBound } = found;
  assert.ok(errorBound >= 0 && errorBound <= tolerance, `${what}: bound ${errorBound} of ${tolerance}`);
  truth.values.forEach((value, i) => {
    const error = Math.abs(Math.expm1(logDensities[i] - value));
    const most = errorBound + 2 * truth.rounding[i];
    assert.ok(error <= most, `${what}: point ${i}: expected ${value} to within ${most}, got ${logDensities[i]}`);
  });
}

const SIZES: ReadonlyArray<readonly [rows: number, latents: number, count: number]> = [
  [1, 3, 2],
  [2, 1, 2],
  [3, 5, 1],
  [64, 2, 9],
  [65, 1, 130],
  [1003, 1, 50],
  [700, 4, 70],
  [1501, 10, 65],
  [333, 50, 20],
  [130, 500, 5],
];

for (const shape of Object.keys(SHAPES) as ShapeName[]) {
  test(`${shape}: errors are within their bounds, bounds within the tolerance`, () =>
    withWatchedCore(async (core) => {
      for (const [rows, latents, count] of SIZES) {
        const mixture = makeJoint(shape, rows, latents, count, rows);
        const truth = plainJoint(mixture);
        const run = await load(core, mixture);
        const { owners } = mixture;
        const what = `${rows} components, ${latents} dimensions`;
        const all = await run({ tolerance: 0 });
        assertNear(all.logDensities, truth.values, truth.rounding, what);
        assert.equal([all.pairs, all.summedPairs, all.errorBound], [rows * count, rows * count, 0], what);
        for (const tolerance of [1e-9, 1e-4, 0.1]) {
          for (const of of [owners, undefined, owners.map((owner) => rows - 1 - owner)]) {
            const found = await run({ tolerance, owners: of });
            assertBounded(found, truth, tolerance, `${what}, tolerance ${tolerance}`);
            assert.ok(found.summedPairs <= found.pairs && found.pairs <= rows * count);
          }
        }
        core.arena.reset();
      }
    }));
}

test('points far from every mean have the density that they have', () =>
  withWatchedCore(async (core) => {
    for (const [distance, latents] of [
      [101.5, 1],
      [32, 10],
      [4e4, 1],
      [1.5e4, 10],
      [1e8, 3],
    ]) {
      const mixture = makeJoint('broad', 900, latents, 0, 5);
      const signs = [1, -1, 1, 1, -1, 1, -1, -1, 1, 1];
      const points = Float64Array.from({ length: 2 * latents }, (_, at) => distance * signs[at % 10] + (at % 2));
      const { values } = plainJoint({ ...mixture, points });
      assert.ok(values.every((value) => value < -5000));
      const run = await load(core, { ...mixture, points });
      for (const options of [{ tolerance: 0 }, {}, { owners: Int32Array.of(0, 899) }]) {
        const { logDensities, errorBound } = await run(options);
        assertNear(
          logDensities,
          values,
          values.map((value) => 1e-12 * Math.abs(value)),
          `at ${distance}`,
        );
        assert.ok(errorBound <= 1e-9, `${errorBound}`);
      }
      core.arena.reset();
    }
  }));

test('a point whose distance leaves the range of float64 has the logarithm of 0', () =>
  withWatchedCore(async (core) => {
    const mixture = makeJoint('broad', 100, 2, 0, 6);
    const run = await load(core, { ...mixture, points: Float64Array.of(1e200, 0, 0, 0) });
    for (const tolerance of [0, 1e-9]) {
      const { logDensities, errorBound } = await run({ tolerance });
      assert.is(logDensities[0], -Infinity);
      assert.ok(Number.isFinite(logDensities[1]));
      assert.ok(errorBound <= tolerance, `${errorBound}`);
    }
  }));

test('what begins with the wrong component ends with the right density', () =>
  withWatchedCore(async (core) => {
    // One component at the point, the others, that of the beginning among them, where its
    // exponential underflows.
    const rows = 500;
    const mu = Float64Array.from({ length: rows }, (_, j) => (j === 77 ? 0 : 100 + j));
    const logvar = new Float64Array(rows);
    const run = await load(core, { rows, latents: 1, mu, logvar, points: Float64Array.of(0.5) });
    const { logDensities } = await run({ owners: Int32Array.of(499) });
    const expected = -0.5 * (Math.log(2 * Math.PI) + 0.25) - Math.log(rows);
    assertNear(logDensities, [expected], 1e-14 * 10, 'density');
  }));

test('leaves out most pairs of what tells its rows apart, and sums what does not', () =>
  withWatchedCore(async (core) => {
    for (const [shape, least, most] of [
      ['spiky', 0.01, 0.1],
      ['collapsed', 1, 1],
    ] as const) {
      const mixture = makeJoint(shape, 3000, 4, 300, 7);
      const run = await load(core, mixture);
      const { pairs, summedPairs } = await run({ owners: mixture.owners });
      const share = pairs / 3000 / 300;
      assert.ok(share >= least && share <= most, `${shape}: visited ${share}`);
      if (shape === 'collapsed') assert.is(summedPairs, pairs);
      else assert.ok(summedPairs < pairs / 8, `${shape}: ${summedPairs} of ${pairs}`);
      core.arena.reset();
    }
  }));

test('digits do not hang on which points are asked for together', async () => {
  for (const shape of ['half-collapsed rows', 'wild', 'spiky'] as const) {
    const mixture = makeJoint(shape, 1501, 6, 203, 8);
    const { latents, points, owners } = mixture;
    await withWatchedCore(async (core) => {
      const run = await load(core, mixture);
      const whole = await run({ owners });
      for (const cuts of [
        [0, 1, 2, 64, 65, 150, 203],
        [0, 100, 203],
      ]) {
        let pairs = 0;
        let summed = 0;
        let bound = 0;
        for (let c = 0; c + 1 < cuts.length; c++) {
          const part = await run({ owners, from: cuts[c], to: cuts[c + 1] });
          assertSame(part.logDensities, whole.logDensities.subarray(cuts[c], cuts[c + 1]), `${shape} from ${cuts[c]}`);
          pairs += part.pairs;
          summed += part.summedPairs;
          bound = Math.max(bound, part.errorBound);
        }
        assert.equal([pairs, summed, bound], [whole.pairs, whole.summedPairs, whole.errorBound]);
      }
      core.arena.reset();
      // Backwards, the same points once more.
      const backwards = await load(core, {
        ...mixture,
        points: Float64Array.from(points, (_, at) => points[at - 2 * (at % 203) + 202]),
      });
      const turned = await backwards({ owners: owners.slice().reverse() });
      assertSame(turned.logDensities.reverse(), whole.logDensities, `${shape} backwards, ${latents} dimensions`);
    });
  }
});

test('no points have no densities', () =>
  withWatchedCore(async (core) => {
    const run = await load(core, makeJoint('broad', 70, 3, 5, 9));
    assert.equal(await run({ from: 2, to: 2 }), {
      logDensities: new Float64Array(),
      pairs: 0,
      summedPairs: 0,
      errorBound: 0,
    });
  }));

test('pauses between pieces of work, and stops where a pause throws', () =>
  withWatchedCore(async (core) => {
    const mixture = makeJoint('collapsed', 20_000, 2, 200, 10);
    const of = {
      mu: core.arena.upload('f64', mixture.mu),
      logvar: core.arena.upload('f64', mixture.logvar),
      latents: 2,
    };
    const points = core.arena.upload('f64', mixture.points);
    let seen: number[] = [];
    const pauseAt = (stop: number) => (_phase: string, done: number, total: number) => {
      assert.ok(done >= 0 && done <= total);
      if (seen.push(done) > stop) throw new Error('enough');
    };
    const failure = async (work: Promise<unknown>) => {
      const { depth } = core.arena;
      const error = await work.then(
        () => new Error('went on'),
        (thrown) => thrown,
      );
      assert.is(error.message, 'enough');
      assert.is(core.arena.depth, depth - 1);
    };
    await failure(growComponentTree(core, of, pauseAt(3)));
    const tree = await growComponentTree(core, of, pauseAt(Infinity));
    seen = [];
    await jointLogDensities(core, tree, points, { pause: pauseAt(Infinity) });
    assert.ok(seen.length >= 4, `${seen}`);
    assert.equal(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    seen = [];
    await failure(jointLogDensities(core, tree, points, { pause: pauseAt(2) }));
  }));

test('the joint entropy of the golden posterior is the one of the authors', async () => {
  const arrays = await Promise.all(['latents', 'logvar', 'z'].map((name) => readGoldenArray('g_posterior', name)));
  const { rows, columns } = arrays[0];
  const [mu, logvar, points] = arrays.map(({ data }) =>
    Float64Array.from({ length: rows * columns }, (_, at) =>
      Number(data[(at % rows) * columns + Math.floor(at / rows)]),
    ),
  );
  const expected = expectedOf('g_posterior', 'rtq_elbo_decomposition_f64').joint_entropy;
  await withWatchedCore(async (core) => {
    const run = await load(core, { rows, latents: columns, mu, logvar, points });
    for (const options of [{ tolerance: 0 }, {}, { owners: Int32Array.from({ length: rows }, (_, i) => i) }]) {
      const { logDensities } = await run(options);
      assertNear([-logDensities.reduce((sum, x) => sum + x, 0) / rows], [expected], 1e-9, 'entropy');
    }
  });
});

test.run();
