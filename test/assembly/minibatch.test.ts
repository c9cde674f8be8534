import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { type DensityBlocks, minibatchStride, type PairLogWeights } from '../../bindings/kernels/minibatch.js';
import { logNormal, logSumExp } from '../decomposition/plain-estimators.js';
import { assertNear, assertSame, codes, exactSum, normals, ROUNDING } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

interface Problem {
  readonly rows: number;
  readonly latents: number;
  /** Columns of `rows` numbers, one after the other. */
  readonly mu: Float64Array;
  readonly logvar: Float64Array;
  readonly z: Float64Array;
  readonly chosen: Int32Array;
  readonly columns: Float64Array;
  readonly diagonals: readonly number[];
  readonly entries: ReadonlyArray<readonly [row: number, column: number, logWeight: number]>;
  readonly jointTimes: number;
  readonly logNormaliser: number;
}

/** A batch of `count` rows out of some more, with weights of every kind. */
function problemOf(count: number, latents: number): Problem {
  const rows = count + 7;
  const [mu, logvar, z] = [1, 2, 3].map((seed) => normals(rows * latents, seed + 10 * count + latents));
  return {
    rows,
    latents,
    mu,
    logvar: logvar.map((x) => 2 * x - 1),
    z: z.map((x) => 2 * x),
    chosen: codes(count, rows, count),
    columns: normals(count, 5),
    diagonals: count > 3 ? [-4, 1.5, -0.5] : [],
    entries:
      count > 4
        ? [
            [count - 2, 0, 3],
            [1, 2, -2.5],
          ]
        : [],
    jointTimes: count % 2 === 0 ? 1 : latents,
    logNormaliser: 2.25,
  };
}

function run(core: Core, problem: Problem, ranges: ReadonlyArray<readonly [number, number]>) {
  const { rows, latents, chosen, jointTimes, logNormaliser } = problem;
  const count = chosen.length;
  const stride = minibatchStride(count);
  const [mu, logvar, z] = [problem.mu, problem.logvar, problem.z].map((x) => core.arena.upload('f64', x));
  const batch = { latents, count, components: core.arena.alloc('f64', 4 * latents * stride) };
  core.minibatch.fillMinibatch(batch, { rows, mu, logvar, z }, core.arena.upload('i32', chosen));
  const columns = new Float64Array(stride).fill(Number.NEGATIVE_INFINITY);
  columns.set(problem.columns);
  const weights: PairLogWeights = {
    columns: core.arena.upload('f64', columns),
    diagonals: core.arena.upload('f64', problem.diagonals),
    entries: core.arena.upload('f64', problem.entries.flat()),
    jointTimes,
    logNormaliser,
  };
  const take = () => {
    const block = core.arena.alloc('f64', count);
    block.array.fill(99);
    return block;
  };
  const out: DensityBlocks = { logPosterior: take(), logJoint: take(), logMarginals: take(), logPrior: take() };
  for (const [first, last] of ranges) core.minibatch.minibatchDensities(out, batch, weights, first, last);
  return [out.logPosterior, out.logJoint, out.logMarginals, out.logPrior].map((block) => block.array.slice());
}

/** What the formula gives for sample i, and the largest magnitude that went into it. */
function solve(problem: Problem, i: number): { logs: number[]; size: number } {
  const { rows, latents, mu, logvar, z, chosen, columns, diagonals, entries, jointTimes, logNormaliser } = problem;
  const count = chosen.length;
  const weights = Array.from(columns);
  diagonals.forEach((weight, k) => {
    weights[(i + k) % count] = weight;
  });
  for (const [row, column, weight] of entries) if (row === i) weights[column] = weight;
  const log = (j: number, d: number) => {
    const component = d * rows + chosen[j];
    return logNormal(z[d * rows + chosen[i]], mu[component], logvar[component]);
  };
  const dimensions = Array.from({ length: latents }, (_, d) => d);
  const pairs = weights.map((_, j) => dimensions.map((d) => log(j, d)));
  const joint = pairs.map((logs, j) => jointTimes * weights[j] + exactSum(logs));
  const marginals = dimensions.map((d) => logSumExp(pairs.map((logs, j) => weights[j] + logs[d])) - logNormaliser);
  const prior = dimensions.map((d) => logNormal(z[d * rows + chosen[i]], 0, 0));
  return {
    logs: [exactSum(pairs[i]), logSumExp(joint) - logNormaliser, exactSum(marginals), exactSum(prior)],
    size: pairs.reduce((most, logs) => Math.max(most, exactSum(logs.map(Math.abs))), 1),
  };
}

test('gives the densities of the formula for batches of every length and weights of every kind, in any number of calls', () =>
  withWatchedCore((core) => {
    for (const count of LENGTHS) {
      for (const latents of count < 1000 ? [1, 2, 3, 10, 17] : [3]) {
        core.arena.reset();
        const problem = problemOf(count, latents);
        const middle = count >> 1;
        const found = run(core, problem, [
          [0, middle],
          [middle, count],
        ]);
        const solved = Array.from({ length: count }, (_, i) => solve(problem, i));
        // A few roundings of each term, those of the sums, and one of the exponential and the
        // logarithm.
        const bounds = solved.map(({ size }) => (4 * latents + count + 16) * ROUNDING * size);
        found.forEach((values, k) => {
          const expected = solved.map(({ logs }) => logs[k]);
          assertNear(values, expected, bounds, `output ${k} of ${count} rows, ${latents} latents`);
        });
      }
    }
  }));

test('writes the samples that it is asked for and no other', () =>
  withWatchedCore((core) => {
    const problem = problemOf(31, 3);
    const whole = run(core, problem, [[0, 31]]);
    const part = run(core, problem, [[5, 9]]);
    part.forEach((values, k) => {
      const expected = whole[k].map((value, i) => (i >= 5 && i < 9 ? value : 99));
      assertSame(values, expected, `output ${k}`);
    });
  }));

test('is finite and right for samples far from every mean, and for narrow posteriors far from 0', () =>
  withWatchedCore((core) => {
    const count = 9;
    const problem: Problem = {
      ...problemOf(count, 2),
      rows: count,
      mu: Float64Array.from({ length: 2 * count }, (_, i) => 50 + (i % count) * 1e-4),
      logvar: new Float64Array(2 * count).fill(2 * Math.log(1e-4)),
      z: Float64Array.from({ length: 2 * count }, (_, i) => (i % count === 0 ? 1e5 : 50 + (i % count) * 1e-4 + 5e-5)),
      chosen: Int32Array.from({ length: count }, (_, i) => i),
    };
    const found = run(core, problem, [[0, count]]);
    for (let i = 0; i < count; i++) {
      const { logs } = solve(problem, i);
      found.forEach((values, k) => {
        assert.ok(Number.isFinite(values[i]), `sample ${i}, output ${k}`);
        assertNear([values[i]], [logs[k]], 1e-13 * Math.abs(logs[k]) + 1e-12, `sample ${i}, output ${k}`);
      });
    }
    assert.ok(found[1][0] < -4e17, `${found[1][0]}`);
  }));

test.run();
