import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import {
  growLeaveOneOutTree,
  type LeaveOneOutDensities,
  type LeaveOneOutOptions,
  leaveOneOutLogDensities,
} from '../../src/decomposition/leave-one-out.js';
import { assertNear, assertSame } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { type JointMixture, makeJoint, plainJoint, SHAPES, type ShapeName } from './plain-joint.js';

async function load(core: Core, { latents, mu, logvar, points }: JointMixture) {
  const of = { mu: core.arena.upload('f64', mu), logvar: core.arena.upload('f64', logvar), latents };
  const tree = await growLeaveOneOutTree(core, of);
  const at = core.arena.upload('f64', points);
  return (owners: Int32Array, options: LeaveOneOutOptions = {}) =>
    leaveOneOutLogDensities(core, tree, at, core.arena.upload('i32', owners), options);
}

/** The mixture without dimension d. */
function omit(mixture: JointMixture, d: number): JointMixture {
  const { rows, latents, mu, logvar, points, owners } = mixture;
  const less = (values: Float64Array, count: number) =>
    Float64Array.from([...values.subarray(0, d * count), ...values.subarray((d + 1) * count)]);
  const count = owners.length;
  return {
    ...mixture,
    latents: latents - 1,
    mu: less(mu, rows),
    logvar: less(logvar, rows),
    points: less(points, count),
  };
}

/** Without each dimension that is looked at, and of all together (d null). */
function plain(mixture: JointMixture) {
  const { latents } = mixture;
  const chosen = [...new Set([0, 1, 2, 3, latents >> 1, latents - 2, latents - 1])].filter(
    (d) => d >= 0 && d < latents,
  );
  const some = latents === 1 ? [] : chosen;
  return [{ d: null, ...plainJoint(mixture) }, ...some.map((d) => ({ d, ...plainJoint(omit(mixture, d)) }))];
}

const of = ({ joint, without }: LeaveOneOutDensities, d: number | null) => (d === null ? joint : without[d]);

const SIZES: ReadonlyArray<readonly [rows: number, latents: number, count: number]> = [
  [1, 3, 2],
  [2, 1, 2],
  [3, 5, 1],
  [64, 2, 9],
  [65, 4, 70],
  [500, 6, 30],
  [700, 10, 9],
  [200, 50, 4],
];

for (const shape of Object.keys(SHAPES) as ShapeName[]) {
  test(`${shape}: every density is that of the mixture without the dimension, within the tolerance`, () =>
    withWatchedCore(async (core) => {
      for (const [rows, latents, count] of SIZES) {
        const mixture = makeJoint(shape, rows, latents, count, rows);
        const truth = plain(mixture);
        const run = await load(core, mixture);
        for (const tolerance of [0, 1e-9, 1e-4, 0.1]) {
          for (const owners of [mixture.owners, mixture.owners.map((owner) => rows - 1 - owner)]) {
            const found = await run(owners, { tolerance });
            assert.is(found.without.length, latents);
            for (const { d, values, rounding } of truth) {
              values.forEach((value, i) => {
                const got = of(found, d)[i];
                const most = tolerance + 2 * rounding[i];
                const what = `${rows} x ${latents}, tolerance ${tolerance}, without ${d}, point ${i}`;
                const error = Math.abs(Math.expm1(got - value));
                assert.ok(error <= most, `${what}: expected ${value} to within ${most}, got ${got}`);
              });
            }
          }
        }
        core.arena.reset();
      }
    }));
}

test('loses nothing where one dimension is far beyond the others', () =>
  withWatchedCore(async (core) => {
    // Terms of 1e16 and more in one dimension, of which differences would leave no digit.
    const mixture = makeJoint('broad', 500, 4, 30, 3);
    const { rows, owners } = mixture;
    const count = owners.length;
    for (const far of [0, 2, 3]) {
      const mu = mixture.mu.map((mean, at) => (Math.floor(at / rows) === far ? 1e4 * (at % rows) : mean));
      const logvar = mixture.logvar.map((value, at) => (Math.floor(at / rows) === far ? -20 : value));
      const points = mixture.points.map((z, at) => (Math.floor(at / count) === far ? 1e4 * owners[at % count] : z));
      const changed = { ...mixture, mu, logvar, points };
      const run = await load(core, changed);
      for (const tolerance of [0, 1e-9]) {
        const found = await run(owners, { tolerance });
        for (const { d, values } of plain(changed)) assertNear(of(found, d), values, 2e-9, `without ${d} of ${far}`);
      }
      core.arena.reset();
    }
  }));

test('points far from every mean have the densities that they have', () =>
  withWatchedCore(async (core) => {
    for (const [distance, latents] of [
      [101.5, 2],
      [1.5e4, 10],
      [1e8, 3],
    ]) {
      const mixture = makeJoint('broad', 900, latents, 2, 5);
      const signs = [1, -1, 1, 1, -1, 1, -1, -1, 1, 1];
      const points = Float64Array.from({ length: 2 * latents }, (_, at) => distance * signs[at % 10] + (at % 2));
      const run = await load(core, { ...mixture, points });
      for (const tolerance of [0, 1e-9]) {
        const found = await run(Int32Array.of(0, 899), { tolerance });
        for (const { d, values } of plain({ ...mixture, points })) {
          assert.ok(values.every((value) => value < -5000));
          const most = values.map((value) => 1e-9 + 1e-12 * Math.abs(value));
          assertNear(of(found, d), values, most, `at ${distance} without ${d}`);
        }
      }
      core.arena.reset();
    }
  }));

test('a point whose distance leaves the range of float64 has a density without that dimension alone', () =>
  withWatchedCore(async (core) => {
    const mixture = makeJoint('broad', 100, 3, 1, 6);
    const run = await load(core, { ...mixture, points: Float64Array.of(0, 1e200, 0) });
    for (const tolerance of [0, 1e-9]) {
      const { joint, without } = await run(mixture.owners, { tolerance });
      assert.equal([joint[0], without[0][0], without[2][0]], [-Infinity, -Infinity, -Infinity]);
      assert.ok(Number.isFinite(without[1][0]));
    }
  }));

test('what begins with the wrong component ends with the right density', () =>
  withWatchedCore(async (core) => {
    // One component at the point, the others where its exponential underflows, in one dimension.
    const rows = 500;
    const mu = Float64Array.from({ length: 2 * rows }, (_, at) => (at === 77 ? 0 : at < rows ? 100 + at : 0));
    const logvar = new Float64Array(2 * rows);
    const owners = Int32Array.of(499);
    const run = await load(core, { rows, latents: 2, mu, logvar, points: Float64Array.of(0.5, 0), owners });
    const { joint, without } = await run(owners);
    const ofOne = -0.5 * Math.log(2 * Math.PI);
    assertNear(joint, [2 * ofOne - 0.125 - Math.log(rows)], 1e-13, 'joint');
    assertNear(without[0], [ofOne], 1e-13, 'without the one that tells');
    assertNear(without[1], [ofOne - 0.125 - Math.log(rows)], 1e-13, 'without the other');
  }));

test('digits do not hang on which points are asked for together', async () => {
  for (const shape of ['half-collapsed rows', 'wild', 'spiky'] as const) {
    const mixture = makeJoint(shape, 1501, 6, 203, 8);
    const { points, owners } = mixture;
    await withWatchedCore(async (core) => {
      const run = await load(core, mixture);
      const whole = await run(owners);
      for (const [from, to] of [
        [0, 1],
        [1, 66],
        [66, 203],
      ]) {
        const part = await run(owners, { from, to });
        assertSame(part.joint, whole.joint.subarray(from, to), `${shape} from ${from}`);
        part.without.forEach((line, d) => {
          assertSame(line, whole.without[d].subarray(from, to), `${shape} from ${from} without ${d}`);
        });
      }
      core.arena.reset();
      const turned = Float64Array.from(points, (_, at) => points[at - 2 * (at % 203) + 202]);
      const backwards = await load(core, { ...mixture, points: turned });
      const found = await backwards(owners.slice().reverse());
      assertSame(found.joint.reverse(), whole.joint, `${shape} backwards`);
      found.without.forEach((line, d) => {
        assertSame(line.reverse(), whole.without[d], `${shape} backwards without ${d}`);
      });
    });
  }
});

test('pauses between pieces of work, and stops where a pause throws', () =>
  withWatchedCore(async (core) => {
    const mixture = makeJoint('collapsed', 20_000, 3, 200, 10);
    const [mu, logvar, points] = [mixture.mu, mixture.logvar, mixture.points].map((x) => core.arena.upload('f64', x));
    const owners = core.arena.upload('i32', mixture.owners);
    let calls = 0;
    const pauseAt = (stop: number) => (_phase: string, done: number, total: number) => {
      assert.ok(done >= 0 && done <= total);
      if (++calls > stop) throw new Error('enough');
    };
    const failure = async (work: Promise<unknown>) => {
      const error = await work.then(
        () => new Error('went on'),
        (thrown) => thrown,
      );
      assert.is(error.message, 'enough');
    };
    await failure(growLeaveOneOutTree(core, { mu, logvar, latents: 3 }, pauseAt(3)));
    const tree = await growLeaveOneOutTree(core, { mu, logvar, latents: 3 });
    calls = 0;
    await leaveOneOutLogDensities(core, tree, points, owners, { pause: pauseAt(Infinity) });
    assert.ok(calls >= 8, `${calls}`);
    calls = 0;
    const { depth } = core.arena;
    await failure(leaveOneOutLogDensities(core, tree, points, owners, { pause: pauseAt(2) }));
    assert.is(core.arena.depth, depth);
  }));

test.run();
