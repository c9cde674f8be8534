import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import {
  type MarginalDensities,
  type MarginalDensityOptions,
  marginalLogDensities,
} from '../../src/decomposition/marginal-density.js';
import { assertSame, normals, ROUNDING, uniforms } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';
import { type Mixture, plainLogDensities } from './plain-marginal.js';

function densities({ means, logvars, points }: Mixture, options?: MarginalDensityOptions): Promise<MarginalDensities> {
  return withCore((core) => {
    const [mu, logvar, z] = [means, logvars, points].map((numbers) => core.arena.upload('f64', numbers));
    return marginalLogDensities(core, mu, logvar, z, options);
  });
}

/** Samples of a mixture, each of a component, `factor` times as far from its mean as drawn. */
function drawPoints(means: Float64Array, logvars: Float64Array, count: number, factor = 1): Float64Array {
  const next = uniforms(77);
  return normals(count, 78).map((e) => {
    const j = Math.floor(next() * means.length);
    return means[j] + factor * e * Math.exp(0.5 * logvars[j]);
  });
}

const lnSquare = (s: number) => 2 * Math.log(s);

/** Posteriors of a latent, the same in every run, with points drawn from them. */
const POSTERIORS: Readonly<Record<string, (n: number, m: number) => Mixture>> = {
  collapsed: (n, m) => fromDraws(n, m, (a, b) => [0.01 * a, 0.01 * b]),
  informative: (n, m) => fromDraws(n, m, (a, b) => [a, lnSquare(0.1) + 0.6 * b]),
  spiky: (n, m) => fromDraws(n, m, (a, b) => [a, lnSquare(0.001) + 0.6 * b]),
  duplicated: (n, m) => fromDraws(n, m, (a) => [10 * Math.round(a), lnSquare(1e-4)]),
  wild: (n, m) => fromDraws(n, m, (_a, _b, u, v) => [100 * u - 50, lnSquare(10 ** (5 * v - 4))]),
  'far out': (n, m) => fromDraws(n, m, (a, b) => [a, lnSquare(0.1) + 0.6 * b], 12),
  'sharp at 50': (n, m) => fromDraws(n, m, (a) => [50 + 1e-3 * a, lnSquare(1e-4)]),
  'offset by a million': (n, m) => fromDraws(n, m, (a, b) => [1e6 + a, lnSquare(0.01) + 0.6 * b]),
  'a million apart': (n, m) => fromDraws(n, m, (a, _b, u) => [1e6 * Math.round(3 * u) + a, lnSquare(0.3)]),
  'deviations eight orders apart': (n, m) => fromDraws(n, m, (a, _b, u) => [a, lnSquare(u < 0.5 ? 1e-6 : 100)]),
  'deviations too sharp for nodes': (n, m) => fromDraws(n, m, (a) => [1e6 + 1e-8 * a, lnSquare(1e-9)]),
};

function fromDraws(
  n: number,
  m: number,
  component: (a: number, b: number, u: number, v: number) => [number, number],
  factor = 1,
): Mixture {
  const [a, b, u, v] = [normals(n, 1), normals(n, 2), uniforms(3), uniforms(4)];
  const pairs = Array.from(a, (value, j) => component(value, b[j], u(), v()));
  const means = Float64Array.from(pairs, ([mean]) => mean);
  const logvars = Float64Array.from(pairs, ([, logvar]) => logvar);
  return { means, logvars, points: drawPoints(means, logvars, m, factor) };
}

/** Fails unless no density is off by more than is said, and that is allowed. */
function assertWithinBound(found: MarginalDensities, expected: Float64Array, tolerance: number, what: string): void {
  const { logDensities, errorBound } = found;
  assert.is(logDensities.length, expected.length, what);
  assert.ok(errorBound <= tolerance, `${what}: bound ${errorBound}`);
  expected.forEach((truth, i) => {
    // What is rounded off logarithms of this size, ours and the oracle's.
    const most = errorBound + 16 * ROUNDING * (1 + Math.abs(truth));
    const isNear = Math.abs(logDensities[i] - truth) <= most && Number.isFinite(logDensities[i]);
    assert.ok(isNear, `${what}: ${logDensities[i]} where the truth is ${truth}, bound ${errorBound}`);
  });
}

for (const [name, make] of Object.entries(POSTERIORS)) {
  test(`is right within its bound, and that within the tolerance, where components are ${name}`, async () => {
    const mixture = make(2000, 1500);
    const expected = plainLogDensities(mixture);
    for (const tolerance of [1e-5, 1e-9, 1e-11]) {
      const found = await densities(mixture, { tolerance });
      assertWithinBound(found, expected, tolerance, `${name}, ${tolerance}`);
    }
    const plain = await densities(mixture, { tolerance: 0 });
    assert.is(plain.pairs, 2000 * 1500);
    assertWithinBound(plain, expected, 2e-12, `${name}, plain`);
    const { pairs } = await densities(mixture);
    assert.ok(pairs < plain.pairs / 2, `${name}: ${pairs} pairs`);
  });
}

test('is finite and right for points far from every mean', async () => {
  const next = uniforms(5);
  const means = normals(5000, 6);
  const logvars = means.map(() => lnSquare(0.05 + 0.05 * next()));
  const near = drawPoints(means, logvars, 1000);
  const farthest = means.reduce((a, b) => Math.max(a, b));
  const points = Float64Array.from([...near, farthest + 10, -40, 4300, -1e6, 1e12]);
  const mixture = { means, logvars, points };
  const { logDensities } = await densities(mixture);
  const expected = plainLogDensities(mixture);
  expected.forEach((truth, i) => {
    const isRight = Math.abs(logDensities[i] - truth) <= 1e-9 + 1e-14 * Math.abs(truth);
    assert.ok(isRight, `${points[i]}: expected ${truth}, got ${logDensities[i]}`);
  });
  assert.ok(expected[1000] < -3000 && expected[1000] > -10000, `${expected[1000]}`);
  assert.ok(expected[1002] < -9e8, `${expected[1002]}`);
});

test('gives -5,154 where a single component is that far away', async () => {
  const sigma = 0.01;
  const log = (d: number) => -0.5 * (d / sigma) ** 2 - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI);
  const distance = sigma * Math.sqrt(2 * (5154 - Math.log(sigma) - 0.5 * Math.log(2 * Math.PI)));
  const means = new Float64Array(3000).fill(0.25);
  const logvars = new Float64Array(3000).fill(lnSquare(sigma));
  const points = Float64Array.from({ length: 300 }, (_, i) => 0.25 + (i % 2 === 0 ? distance : 1e-3 * sigma * i));
  const { logDensities } = await densities({ means, logvars, points });
  points.forEach((x, i) => {
    const truth = log(x - 0.25);
    assert.ok(Math.abs(logDensities[i] - truth) <= 1e-12 * Math.max(1, Math.abs(truth)), `${x}: ${logDensities[i]}`);
  });
  assert.ok(Math.abs(logDensities[0] + 5154) < 1e-6, `${logDensities[0]}`);
});

test('one component, one point, two of each, and no point at all', async () => {
  const one = { means: Float64Array.of(0.5), logvars: Float64Array.of(-1), points: Float64Array.of(2) };
  assertWithinBound(await densities(one), plainLogDensities(one), 1e-9, 'one');
  const two = { means: Float64Array.of(0, 3), logvars: Float64Array.of(-20, 4), points: Float64Array.of(3, 1e-5) };
  assertWithinBound(await densities(two), plainLogDensities(two), 1e-9, 'two');
  const many = POSTERIORS.informative(1, 20000);
  assertWithinBound(await densities(many), plainLogDensities(many), 1e-9, 'one component, many points');
  const few = POSTERIORS.informative(20000, 1);
  assertWithinBound(await densities(few), plainLogDensities(few), 1e-9, 'one point, many components');
  const none = await densities({ ...one, points: new Float64Array(0) });
  assert.equal(none, { logDensities: new Float64Array(0), pairs: 0, errorBound: 0 });
});

test('components that are all equal are one', async () => {
  const points = drawPoints(Float64Array.of(-2), Float64Array.of(3), 2000);
  const equal = { means: new Float64Array(2000).fill(-2), logvars: new Float64Array(2000).fill(3), points };
  const found = await densities(equal);
  assertWithinBound(found, plainLogDensities(equal), 1e-9, 'equal');
  const one = { means: Float64Array.of(-2), logvars: Float64Array.of(3), points };
  assertWithinBound(found, plainLogDensities(one), 1e-9, 'one of them');
  const same = { ...equal, points: new Float64Array(2000).fill(-1) };
  assertWithinBound(await densities(same), plainLogDensities(same), 1e-9, 'equal points');
});

test('is right within its bound for mixtures at random', async () => {
  const next = uniforms(11);
  for (let round = 0; round < 60; round++) {
    const n = Math.ceil(10 ** (3.3 * next()));
    const m = Math.ceil(10 ** (3 * next()));
    const [spread, sigma, range, groups] = [10 ** (6 * next() - 3), 10 ** (6 * next() - 4), 12 * next(), 20 * next()];
    const places = normals(Math.ceil(groups), round).map((x) => spread * x);
    const means = normals(n, round + 100).map(
      (x) => places[Math.floor(next() * places.length)] + sigma * 5 * next() * x,
    );
    const logvars = means.map(() => lnSquare(sigma) + range * next());
    const points = drawPoints(means, logvars, m, next() < 0.3 ? 8 : 1);
    if (next() < 0.5) points[0] = 100 * spread;
    const tolerance = 10 ** (-4 - 6 * next());
    const mixture = { means, logvars, points };
    const found = await densities(mixture, { tolerance });
    assertWithinBound(found, plainLogDensities(mixture), tolerance, `round ${round}: ${n} x ${m}`);
  }
});

test('does not depend on the order of components or points', async () => {
  const mixture = POSTERIORS.wild(3000, 2000);
  const { logDensities } = await densities(mixture);
  const backwards = await densities({
    means: Float64Array.from(mixture.means).reverse(),
    logvars: Float64Array.from(mixture.logvars).reverse(),
    points: Float64Array.from(mixture.points).reverse(),
  });
  assertSame(backwards.logDensities.reverse(), logDensities, 'backwards');
});

test('leaves the arena as it was', () =>
  withWatchedCore(async (core) => {
    const mixture = POSTERIORS.wild(400, 300);
    const [mu, logvar, z] = [mixture.means, mixture.logvars, mixture.points].map((x) => core.arena.upload('f64', x));
    const depth = core.arena.depth;
    for (const tolerance of [1e-9, 0]) await marginalLogDensities(core, mu, logvar, z, { tolerance });
    assert.is(core.arena.depth, depth);
  }));

test("agrees with the authors' marginal entropies of the reference posterior", async () => {
  const [mu, logvar, z] = await Promise.all(
    ['latents', 'logvar', 'z'].map((member) => readGoldenArray('g_posterior', member)),
  );
  const { marginal_entropies: expected } = expectedOf('g_posterior', 'rtq_elbo_decomposition_f64');
  for (const tolerance of [0, 1e-9]) {
    for (let d = 0; d < mu.columns; d++) {
      const [means, logvars, points] = [mu, logvar, z].map(({ data, rows, columns }) =>
        Float64Array.from({ length: rows }, (_, row) => data[row * columns + d]),
      );
      const { logDensities, pairs } = await densities({ means, logvars, points }, { tolerance });
      const entropy = -logDensities.reduce((sum, value) => sum + value, 0) / points.length;
      assert.ok(Math.abs(entropy - expected[d]) <= 1e-9, `latent ${d}: expected ${expected[d]}, got ${entropy}`);
      assert.is(pairs < 1e6, tolerance > 0);
    }
  }
});

test('pauses every few thousand components and points, and ends when cancelled', async () => {
  const mixture = POSTERIORS.informative(100_000, 20_000);
  let calls = 0;
  let most = 0;
  await densities(mixture, {
    pause: (_phase, done, total) => {
      calls++;
      assert.ok(done >= 0 && done <= total);
      most = Math.max(most, total);
    },
  });
  assert.ok(calls >= 30 && most === 100_000, `${calls} calls`);
  for (const options of [{}, { tolerance: 0 }]) {
    let left = 9;
    const pause = () => {
      if (--left === 0) throw new Error('cancelled');
    };
    await withCore(async (core) => {
      const [mu, logvar, z] = [mixture.means, mixture.logvars, mixture.points].map((x) => core.arena.upload('f64', x));
      const depth = core.arena.depth;
      try {
        await marginalLogDensities(core, mu, logvar, z, { ...options, pause });
        assert.unreachable('was not cancelled');
      } catch (error) {
        assert.is((error as Error).message, 'cancelled');
      }
      assert.is(core.arena.depth, depth);
    });
  }
});

test('refuses no components, and tolerances that rounding would exceed', async () => {
  const none = new Float64Array(0);
  const one = Float64Array.of(1);
  const message = async (mixture: Mixture, tolerance: number) => {
    try {
      await densities(mixture, { tolerance });
    } catch (error) {
      assert.instance(error, RangeError);
      return (error as Error).message;
    }
    return '';
  };
  assert.is(
    await message({ means: none, logvars: none, points: one }, 1e-9),
    'mixture: expected at least 1 component, got 0',
  );
  assert.is(
    await message({ means: one, logvars: none, points: one }, 1e-9),
    'mixture: expected as many logarithms of variances as means, 1, got 0',
  );
  for (const tolerance of [1e-12, -1, 0.5, Number.NaN]) {
    assert.is(
      await message({ means: one, logvars: one, points: one }, tolerance),
      `tolerance: expected 1e-11 to 0.01, or 0, got ${tolerance}`,
    );
  }
});

test.run();
