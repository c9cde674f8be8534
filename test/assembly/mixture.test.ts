import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { MixtureComponents, MixtureRuns, MixtureValues } from '../../bindings/kernels/mixture.js';
import { plainLogDensity } from '../decomposition/plain-marginal.js';
import { assertNear, assertSame, normals, ROUNDING, uniforms } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

const HALF_LN_2PI = 0.5 * Math.log(2 * Math.PI);
/** (-1)^k binomial(31, k) */
const BASIS = Float64Array.from({ length: 32 }, (_, k) => {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (-value * (32 - i)) / i;
  return value;
});

function upload(core: Core, means: ArrayLike<number>, logvars: Float64Array): MixtureComponents {
  const count = means.length;
  const components = {
    means: core.arena.upload('f64', means),
    halves: core.arena.upload(
      'f64',
      logvars.map((v) => -0.5 * v),
    ),
    weights: core.arena.alloc('f64', count),
    precisions: core.arena.alloc('f64', count),
  };
  core.mixture.componentTerms(components, 0, count);
  return components;
}

test('weights are 1 over deviations and precisions half of 1 over variances', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      const logvars = normals(count, count).map((v) => 8 * v);
      const { weights, precisions } = upload(core, logvars, logvars);
      const expected = logvars.map((v) => Math.exp(-0.5 * v));
      const ofVariances = logvars.map((v) => 0.5 * Math.exp(-v));
      assertNear(
        weights.array,
        expected,
        expected.map((w) => 4 * ROUNDING * w),
        `${count} weights`,
      );
      const bounds = ofVariances.map((g) => 4 * ROUNDING * g);
      assertNear(precisions.array, ofVariances, bounds, `${count} precisions`);
    }
  }));

test('components are put in classes of deviations within a factor of 2, each in the order of means', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS.filter((n) => n > 0)) {
      const means = normals(count, 2 * count);
      const logvars = normals(count, 2 * count + 1).map((v) => 2 * v);
      const least = logvars.reduce((a, b) => Math.min(a, b));
      const classOf = (v: number) => Math.floor((v - least) / (2 * Math.LN2));
      const classes = 1 + logvars.reduce((a, b) => Math.max(a, classOf(b)), 0);
      const counts = core.arena.zeros('i32', classes);
      const ofComponents = core.arena.upload('f64', logvars);
      core.mixture.countClasses(counts, ofComponents, least);
      const order = Array.from(means.keys()).sort((a, b) => means[a] - means[b]);
      const expected = order
        .map((row) => ({ mean: means[row], logvar: logvars[row], at: classOf(logvars[row]) }))
        .sort((a, b) => a.at - b.at);
      assertSame(
        counts.array,
        Array.from({ length: classes }, (_, c) => expected.filter(({ at }) => at === c).length),
        `${count} counts`,
      );
      const starts = Array.from({ length: classes }, (_, c) => expected.filter(({ at }) => at < c).length);
      const cursors = core.arena.upload('i32', starts);
      const placed = upload(core, new Float64Array(count), new Float64Array(count));
      const sorted = core.arena.upload(
        'f64',
        order.map((row) => means[row]),
      );
      const rows = core.arena.upload('i32', order);
      const placedRows = core.arena.alloc('i32', count);
      const middle = count >> 1;
      core.mixture.placeComponents(placed, placedRows, sorted, rows, ofComponents, cursors, least, 0, middle);
      core.mixture.placeComponents(placed, placedRows, sorted, rows, ofComponents, cursors, least, middle, count);
      assertSame(
        placed.means.array,
        expected.map(({ mean }) => mean),
        `${count} means`,
      );
      assertSame(
        placed.halves.array,
        expected.map(({ logvar }) => -0.5 * logvar),
        `${count} halves`,
      );
      assertSame(
        Array.from(placedRows.array, (row) => means[row]),
        expected.map(({ mean }) => mean),
        `${count} rows`,
      );
    }
  }));

test('components are put part by part in the order that they have', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      core.arena.reset();
      const all = upload(core, normals(count, count), normals(count, count + 1));
      const out = upload(core, new Float64Array(count), new Float64Array(count));
      const parts = Array.from({ length: count }, (_, i) => (i * 7) % 3);
      const starts = [0, 1, 2].map((part) => parts.filter((one) => one < part).length);
      const cursors = core.arena.upload('i32', starts);
      const middle = count >> 1;
      const ofComponents = core.arena.upload('i32', parts);
      core.mixture.splitComponents(out, all, ofComponents, cursors, 0, middle);
      core.mixture.splitComponents(out, all, ofComponents, cursors, middle, count);
      const order = [...parts.keys()].sort((a, b) => parts[a] - parts[b]);
      for (const name of ['means', 'halves', 'weights', 'precisions'] as const) {
        const expected = order.map((i) => all[name].array[i]);
        assertSame(out[name].array, expected, `${count} ${name}`);
      }
    }
  }));

test('the plain sum is that of all components, near and far', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS.filter((n) => n > 0)) {
      const means = normals(count, 3 * count);
      const logvars = normals(count, 3 * count + 1).map((v) => 3 * v);
      const points = [0, means[0], 3, -1e3, 1e9];
      const out = core.arena.zeros('f64', points.length);
      const components = upload(core, means, logvars);
      const x = core.arena.upload('f64', points);
      const offset = -Math.log(count) - HALF_LN_2PI;
      core.mixture.plainLogDensities(out, x, components, offset, 0, 2);
      core.mixture.plainLogDensities(out, x, components, offset, 2, points.length);
      const expected = points.map((point) => plainLogDensity({ means, logvars }, point));
      const bounds = expected.map((value) => 2e-14 + 16 * ROUNDING * Math.abs(value));
      assertNear(out.array, expected, bounds, `${count} components`);
    }
  }));

/** One class of components of deviations 1 to 2 as sums on runs of points h apart. */
function sumRuns(
  core: Core,
  components: MixtureComponents,
  sorted: Float64Array,
  h: number,
  reach: number,
  nodes = true,
) {
  const { arena, mixture } = core;
  const count = sorted.length;
  const runs: MixtureRuns = {
    points: arena.upload('f64', sorted),
    lows: arena.alloc('f64', count),
    highs: arena.alloc('f64', count),
    bases: arena.alloc('f64', count),
    nodes: arena.alloc('i32', count),
    firsts: arena.alloc('i32', count + 1),
    slots: arena.alloc('i32', count + 1),
  };
  const runCount = mixture.cutRuns(runs, h, nodes);
  const slots = runs.slots.array[runCount];
  const values: MixtureValues = {
    values: arena.zeros('f64', slots + 1),
    partial: arena.zeros('f64', slots + 1),
    starts: arena.zeros('i32', slots),
    ends: arena.zeros('i32', slots),
  };
  const middle = components.means.length >> 1;
  const pairs =
    mixture.addComponents(values, components, runs, runCount, h, reach, 0, middle) +
    mixture.addComponents(values, components, runs, runCount, h, reach, middle, components.means.length);
  const sums = arena.zeros('f64', count);
  const errors = arena.zeros('f64', count);
  const evaluated = values.values.array.filter((value) => value !== 0).length;
  const basis = arena.upload('f64', BASIS);
  // Counts of components in errors[i]: the rest of an error is tested by what it bounds.
  let run = 0;
  for (const [from, to] of [
    [0, count >> 2],
    [count >> 2, count >> 1],
    [count >> 1, count],
  ]) {
    run = mixture.addRuns(sums, errors, values, runs, basis, h, 1, 0, run, from, to);
    if (to < count) assert.ok(runs.firsts.array[run] <= to && runs.firsts.array[run + 1] > to);
  }
  assert.is(run, runCount);
  return { runs, runCount, slots, values, sums: sums.array, counts: errors.array, pairs, evaluated };
}

const increasing = (numbers: Float64Array) => Float64Array.from(numbers).sort();

test('runs hold every point once, with a node on 16 sides of it, and fewer slots than four a point', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      for (const [spread, nodes] of [
        [1, true],
        [30, true],
        [3000, true],
        [30, false],
      ] as const) {
        const points = increasing(normals(count, count + 7).map((x) => spread * x));
        const none = upload(core, [], new Float64Array(0));
        const { runs, runCount, slots } = sumRuns(core, none, points, 0.1875, 8, nodes);
        const firsts = runs.firsts.array;
        assert.is(runCount === 0 ? 0 : firsts[runCount], count);
        assert.ok(slots <= 4 * count, `${slots} slots for ${count} points`);
        for (let r = 0; r < runCount; r++) {
          const [low, high] = [points[firsts[r]], points[firsts[r + 1] - 1]];
          assert.is(runs.lows.array[r], low);
          assert.is(runs.highs.array[r], high);
          const length = runs.nodes.array[r];
          if (length === 0) continue;
          assert.ok(nodes);
          const base = runs.bases.array[r];
          assert.is((base / 0.1875) % 1, 0);
          assert.ok(base + 15 * 0.1875 <= low && base + (length - 16) * 0.1875 > high, `run ${r} of ${count}`);
        }
      }
    }
  }));

test('sums on runs, with nodes and without, are those of every component within reach', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS.filter((n) => n > 0)) {
      for (const [spread, nodes] of [
        [1, true],
        [40, true],
        [4000, true],
        [1, false],
        [40, false],
      ] as const) {
        const means = increasing(normals(count, 5 * count).map((x) => spread * x));
        const next = uniforms(count);
        const logvars = means.map(() => 2 * Math.LN2 * next());
        const points = increasing(normals(333, count).map((x) => 1.1 * spread * x));
        const { sums } = sumRuns(core, upload(core, means, logvars), points, 0.19921875, 9, nodes);
        const expected = points.map((x) =>
          means.reduce(
            (sum, m, j) => sum + Math.exp(-0.5 * logvars[j] - 0.5 * (x - m) ** 2 * Math.exp(-logvars[j])),
            0,
          ),
        );
        // Per component: what is proven for interpolation and recurrence, and what is left out, 3
        // e^(-81 / 2).
        assertNear(sums, expected, count * (8e-16 + 1.95 * 84 * ROUNDING + 1e-17), `${count} over ${spread}, ${nodes}`);
      }
    }
  }));

test('points at nodes and next to them are right', () =>
  withWatchedCore((core) => {
    const h = 0.1875;
    const points = Float64Array.from({ length: 300 }, (_, i) => {
      const node = h * (Math.floor(i / 10) - 12);
      return node + [0, 1e-18, -1e-17, 1e-16, -3e-16, 1e-15, -1e-14, 1e-13, -1e-9, 0.5][i % 10] * h;
    }).sort();
    const { sums } = sumRuns(core, upload(core, [0.3], new Float64Array(1)), points, h, 9);
    const expected = points.map((x) => Math.exp(-0.5 * (x - 0.3) ** 2));
    assertNear(sums, expected, 8e-16 + 1.95 * 84 * ROUNDING, 'around nodes');
  }));

test('what interpolation is off by, where nodes are so far apart that it is more than rounding, is bounded as proven', () =>
  withWatchedCore((core) => {
    let product = 1;
    let factorial = 1;
    for (let i = 1; i <= 16; i++) product *= (i - 0.5) ** 2;
    for (let i = 1; i <= 32; i++) factorial *= i;
    for (const h of [0.375, 0.5, 0.625]) {
      const points = Float64Array.from({ length: 4001 }, (_, i) => -10 + i / 200);
      const { sums } = sumRuns(core, upload(core, [0.07], new Float64Array(1)), points, h, 30);
      const worst = points.reduce(
        (most, x, i) => Math.max(most, Math.abs(sums[i] - Math.exp(-0.5 * (x - 0.07) ** 2))),
        0,
      );
      const bound = (1.0865 * h ** 32 * product) / Math.sqrt(factorial);
      assert.ok(worst <= bound && worst > 1e-10, `h ${h}: off by ${worst}, bound ${bound}`);
    }
  }));

test('terms at nodes are counted one by one, and components by the points that they reach', () =>
  withWatchedCore((core) => {
    const points = Float64Array.from({ length: 2000 }, (_, i) => -40 + i / 25);
    for (const [mean, nodes] of [
      [0.3, true],
      [-39, true],
      [45.2, true],
      [70, true],
      [0.3, false],
    ] as const) {
      const { pairs, evaluated, counts, sums } = sumRuns(
        core,
        upload(core, [mean], new Float64Array(1)),
        points,
        0.125,
        9,
        nodes,
      );
      assert.is(pairs, evaluated, `mean ${mean}`);
      assert.is(pairs > 0, mean < 60);
      if (!nodes) continue;
      points.forEach((x, i) => {
        const distance = Math.abs(x - mean);
        // The nodes of a point are 15 or 16 steps away; its component counts where one of them is
        // within reach.
        if (distance < 9 + 15 * 0.125 && distance > 0) assert.is(counts[i], 1, `${mean} at ${x}`);
        if (distance > 9 + 16 * 0.125) assert.is(counts[i], 0, `${mean} at ${x}`);
        if (distance > 9 + 18 * 0.125) assert.is(sums[i], 0);
      });
    }
  }));

test('far points get the sum over all that matters of every class', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS.filter((n) => n > 1)) {
      const half = count >> 1;
      const sharp = increasing(normals(half, count));
      const broad = increasing(normals(count - half, count + 1).map((x) => 5 * x));
      const means = Float64Array.from([...sharp, ...broad]);
      const next = uniforms(count);
      const logvars = means.map((_, j) => (j < half ? -6 : 2) + 2 * Math.LN2 * next());
      const points = Float64Array.from([0, 4, sharp[0], -30, 1e3, -1e6, 7e8]);
      const out = core.arena.zeros('f64', points.length);
      const components = upload(core, means, logvars);
      const list = core.arena.upload('i32', [6, 0, 1, 2, 3, 4, 5]);
      const bounds = core.arena.upload('i32', [0, half, count]);
      const limit = (n: number, logvar: number, margin: number) => [
        Math.log(n) - 0.5 * logvar + margin,
        2 * Math.exp(logvar + 2 * Math.LN2),
      ];
      const x = core.arena.upload('f64', points);
      const expected = points.map((point) => plainLogDensity({ means, logvars }, point));
      const offset = -Math.log(count) - HALF_LN_2PI;
      const all = points.length;
      const sum = (margin: number, from: number, to: number) => {
        const limits = core.arena.upload('f64', [...limit(half, -6, margin), ...limit(count - half, 2, margin)]);
        return core.mixture.farLogDensities(out, x, list, components, bounds, limits, offset, from, to);
      };
      const pairs = sum(Math.log(1e12), 0, 3) + sum(Math.log(1e12), 3, all);
      const rounded = expected.map((value) => 2e-14 + 16 * ROUNDING * Math.abs(value));
      assertNear(
        out.array,
        expected,
        rounded.map((bound) => bound + 2e-12),
        `${count} components`,
      );
      assert.ok(pairs <= all * (count + 4), `${pairs} pairs of ${count} components`);
      // With a margin beyond all differences nothing is left out.
      sum(1e40, 0, all);
      assertNear(out.array, expected, rounded, `${count} components, all`);
    }
  }));

test('sums are taken where their error is allowed, and listed where it is not', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      const sums = normals(count, count).map((x, i) => (i % 7 === 3 ? -Math.abs(x) : Math.abs(x) + 1e-3));
      const errors = sums.map((sum, i) => (i % 3 === 0 ? 1e-6 : 1e-12) * Math.abs(sum));
      const out = core.arena.zeros('f64', count);
      const far = core.arena.zeros('i32', count);
      const largest = core.arena.zeros('f64', 1);
      const allowed = { leftOut: 1e-13, rounding: 1e-12, tolerance: 1e-7 };
      const blocks = [core.arena.upload('f64', sums), core.arena.upload('f64', errors)] as const;
      const middle = count >> 1;
      const listed = core.mixture.takeLogDensities(out, far, largest, ...blocks, allowed, 0.5, 0, 0, middle);
      const all = core.mixture.takeLogDensities(out, far, largest, ...blocks, allowed, 0.5, listed, middle, count);
      const isFar = (sum: number, i: number) => sum < 0 || i % 3 === 0;
      const expected = Array.from(sums.keys()).filter((i) => isFar(sums[i], i));
      assertSame(far.array.slice(0, all), expected, `${count} far`);
      const logs = sums.map((sum, i) => (isFar(sum, i) ? 0 : Math.log(sum) + 0.5));
      assertNear(out.array, logs, 1e-15 * 8, `${count} sums`);
      const bounds = sums.map((sum, i) =>
        isFar(sum, i) ? 0 : (errors[i] + 1e-13) / (sum - errors[i] - 1e-13) + 1e-12,
      );
      assertNear(largest.array, [bounds.reduce((a, b) => Math.max(a, b), 0)], 1e-24, `${count} bounds`);
    }
  }));

test.run();
