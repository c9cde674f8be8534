import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ESTIMATOR_NAMES, type EstimatorName } from '../../src/decomposition/estimators.js';
import {
  estimateByMinibatches,
  type MinibatchEstimate,
  type MinibatchOptions,
  type MinibatchTerms,
} from '../../src/decomposition/minibatch.js';
import { assertNear, assertSame } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { expectedOf } from '../golden/load-golden.js';
import { type PlainBatch, plainLogs } from './plain-estimators.js';
import { drawPosterior, readPosterior, rowsOf, uploadPosterior } from './posteriors.js';

const noPause = () => {};

function estimate(posterior: PlainBatch, options: MinibatchOptions): Promise<MinibatchEstimate> {
  return withWatchedCore(async (core) => {
    const found = await estimateByMinibatches(core, uploadPosterior(core, posterior), options, noPause);
    assert.is(core.arena.depth, 0);
    return found;
  });
}

const listTerms = (terms: MinibatchTerms<number>) => [
  terms.mutualInformation,
  terms.totalCorrelation,
  terms.dimensionwiseKl,
  terms.kl,
];
const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

const PUBLISHED = [
  ['mws', 'rtq_elbo_mws'],
  ['legacy-mss', 'rtq_elbo_mss'],
  ['legacy-yann-mws', 'yann_mws'],
  ['legacy-yann-mss', 'yann_mss'],
] as const;

for (const [estimator, key] of PUBLISHED) {
  for (const datasetSize of [1000, 50_000]) {
    test(`${estimator} gives what published code gives for a batch of 1,000 out of ${datasetSize}`, async () => {
      const golden = expectedOf('g_posterior', `${key}_n${datasetSize}_f64`);
      const found = await estimate(await readPosterior(), { estimator, batch: 1000, datasetSize, seed: 0 });
      const { mutualInformation, totalCorrelation, dimensionwiseKl } = found.means;
      const terms = [mutualInformation, totalCorrelation, dimensionwiseKl];
      assertNear(terms, [golden.mi, golden.tc, golden.dw_kl], 1e-9, key);
      if (!key.startsWith('yann')) return;
      const logs = [found.logPosterior, found.logJoint, found.logMarginals, found.logPrior].map(meanOf);
      assertNear(logs, [golden.log_qzCx, golden.log_qz, golden.log_prod_qzi, golden.log_pz], 1e-9, `${key}, logs`);
    });
  }
}

test('every estimator agrees with extended precision', async () => {
  const file = readFileSync(new URL('../golden/estimators.json', import.meta.url), 'utf8');
  const expected: Record<string, MinibatchTerms<number>> = JSON.parse(file);
  const posterior = await readPosterior();
  assert.is(Object.keys(expected).length, 2 * ESTIMATOR_NAMES.length);
  for (const [key, terms] of Object.entries(expected)) {
    const [estimator, size] = key.split(' ') as [EstimatorName, string];
    const found = await estimate(posterior, { estimator, batch: 1000, datasetSize: Number(size), seed: 0 });
    assertNear(listTerms(found.means), listTerms(terms), 1e-11, key);
  }
});

test('mss is exact where the batch is the whole data set', async () => {
  const { means, notes, standardErrors } = await estimate(await readPosterior(), {
    estimator: 'mss',
    batch: 1000,
    seed: 3,
  });
  const exact = expectedOf('g_posterior', 'rtq_elbo_decomposition_f64');
  assertNear([means.totalCorrelation], [exact.dependence], 1e-9, 'total correlation');
  // The sum of what the code returns is the analytic KL; sampled terms move the first and last of
  // the three.
  assertNear([means.mutualInformation, means.dimensionwiseKl], [4.23834725, 1.232063853], 1e-9, 'sampled terms');
  assert.equal([notes, standardErrors], [[], null]);
});

const rows103 = drawPosterior(103, 3, 1);

for (const estimator of ESTIMATOR_NAMES) {
  test(`${estimator}: each sample has the densities of its batch, in every batch of shuffled rows`, async () => {
    const found = await estimate(rows103, { estimator, batch: 10, datasetSize: 1234, seed: 5 });
    assert.equal(
      [found.batches, found.rowsUsed, found.notes.map((note) => note.text)],
      [10, 100, ['3 rows are left out: fewer than a batch of 10']],
    );
    assert.is(new Set(found.sampleRows).size, 100);
    assert.ok(found.sampleRows.some((row, i) => row !== i) && found.sampleRows.every((row) => row >= 0 && row < 103));
    for (let start = 0; start < 100; start += 10) {
      const batch = rowsOf(rows103, found.sampleRows.subarray(start, start + 10));
      plainLogs(batch, estimator, 1234).forEach((expected, i) => {
        const at = start + i;
        const logs = [found.logPosterior[at], found.logJoint[at], found.logMarginals[at], found.logPrior[at]];
        assertNear(logs, expected, 1e-12, `sample ${at}`);
      });
    }
  });
}

test('means, batch means and standard errors are those of the samples', async () => {
  const found = await estimate(rows103, { estimator: 'mss', batch: 10, seed: 5 });
  assert.is(found.datasetSize, 103);
  const of = (a: Float64Array, b: Float64Array) =>
    Array.from({ length: 10 }, (_, k) => meanOf(a.slice(10 * k, 10 * k + 10)) - meanOf(b.slice(10 * k, 10 * k + 10)));
  const { logPosterior, logJoint, logMarginals, logPrior } = found;
  const expected = {
    mutualInformation: of(logPosterior, logJoint),
    totalCorrelation: of(logJoint, logMarginals),
    dimensionwiseKl: of(logMarginals, logPrior),
    kl: of(logPosterior, logPrior),
  };
  for (const name of ['mutualInformation', 'totalCorrelation', 'dimensionwiseKl', 'kl'] as const) {
    assertNear(found.perBatch[name], expected[name], 1e-13, name);
    const mean = expected[name].reduce((sum, value) => sum + value, 0) / 10;
    const variance = expected[name].reduce((sum, value) => sum + (value - mean) ** 2, 0) / 9;
    assertNear([found.means[name]], [mean], 1e-13, `mean of ${name}`);
    assertNear([found.standardErrors?.[name] ?? Number.NaN], [Math.sqrt(variance / 10)], 1e-13, `error of ${name}`);
  }
  const { mutualInformation, totalCorrelation, dimensionwiseKl, kl } = found.means;
  assertNear([mutualInformation + totalCorrelation + dimensionwiseKl], [kl], 1e-13, 'sum');
});

test('batches follow from the seed', async () => {
  const rowsBy = async (seed: number) => (await estimate(rows103, { estimator: 'mws', batch: 20, seed })).sampleRows;
  const first = await rowsBy(1);
  assertSame(await rowsBy(1), first, 'rows');
  assert.not.equal(await rowsBy(2), first);
});

test('mss and mws do not depend on the order of rows within a batch; mss-chen and legacy-mss do', async () => {
  const rows = Array.from({ length: 103 }, (_, i) => (i * 17 + 5) % 103);
  for (const estimator of ESTIMATOR_NAMES) {
    const options = { estimator, batch: 103, datasetSize: 5000, seed: 0 };
    const inOrder = listTerms((await estimate(rows103, options)).means);
    const mixed = listTerms((await estimate(rowsOf(rows103, rows), options)).means);
    const most = Math.max(...inOrder.map((term, i) => Math.abs(term - mixed[i])));
    if (['mss', 'mws', 'legacy-yann-mws'].includes(estimator)) assert.ok(most < 1e-12, `${estimator}: ${most}`);
    else assert.ok(most > 1e-7, `${estimator}: ${most}`);
  }
});

test('mss-chen for batches of 2 is mss: there is no rest', async () => {
  const chen = await estimate(rows103, { estimator: 'mss-chen', batch: 2, seed: 7 });
  const even = await estimate(rows103, { estimator: 'mss', batch: 2, seed: 7 });
  assertNear(chen.logJoint, even.logJoint, 1e-13, 'log q(z)');
  assertNear(chen.logMarginals, even.logMarginals, 1e-13, 'sum of log q(z_d)');
});

const constant = (rows: number, value: (row: number) => number) =>
  Array.from({ length: rows }, (_, row) => Float64Array.of(value(row), value(row)));

test('a collapsed posterior has no information by mss, and ln N by mws', async () => {
  const posterior = {
    mu: constant(40, () => 0),
    logvar: constant(40, () => 0),
    z: drawPosterior(40, 2, 9).z,
  };
  for (const estimator of ['mss', 'mss-chen'] as const) {
    const { means } = await estimate(posterior, { estimator, batch: 8, seed: 1 });
    assertNear(listTerms(means), [0, 0, 0, 0], 1e-13, estimator);
  }
  const { means } = await estimate(posterior, { estimator: 'mws', batch: 8, seed: 1 });
  const log = Math.log(40);
  assertNear(listTerms(means), [log, log, -2 * log, 0], 1e-13, 'mws');
});

test('where posteriors are narrow and far apart, mss gives ln N, mws ln N B, and legacy-mss falls short of it', async () => {
  const posterior = {
    mu: constant(40, (row) => 10 * row),
    logvar: constant(40, () => -10),
    z: constant(40, (row) => 10 * row + 0.001),
  };
  const informationBy = async (estimator: EstimatorName) =>
    (await estimate(posterior, { estimator, batch: 8, seed: 1 })).means.mutualInformation;
  assertNear([await informationBy('mss')], [Math.log(40)], 1e-12, 'mss');
  assertNear([await informationBy('mss-chen')], [Math.log(40)], 1e-12, 'mss-chen');
  assertNear([await informationBy('mws')], [Math.log(40 * 8)], 1e-12, 'mws');
  // Own posteriors weigh 1/M in six of eight rows, 1/N in row 0 and (N - M)/(N M) in row 1.
  const legacy = (6 * Math.log(7) + Math.log(40) + Math.log((40 * 7) / 33)) / 8;
  assertNear([await informationBy('legacy-mss')], [legacy], 1e-12, 'legacy-mss');
});

test('is finite for samples far from every mean', async () => {
  const posterior = { ...drawPosterior(20, 2, 3), z: constant(20, (row) => (row === 4 ? 1e8 : row)) };
  for (const estimator of ESTIMATOR_NAMES) {
    const { means, logJoint } = await estimate(posterior, { estimator, batch: 20, seed: 0 });
    assert.ok(listTerms(means).every(Number.isFinite), estimator);
    assert.ok(logJoint[4] < -1e15, `${estimator}: ${logJoint[4]}`);
  }
});

test('refuses what cannot be a batch before anything is computed', async () => {
  const refuses = async (options: Partial<MinibatchOptions>, message: RegExp) => {
    try {
      await estimate(rows103, { estimator: 'mss', batch: 10, seed: 0, ...options });
    } catch (error) {
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`${message}`);
  };
  await refuses({ batch: 1 }, /batch: expected a whole number from 2 to 103, the number of rows, got 1$/);
  await refuses({ batch: 104 }, /batch: expected .* got 104$/);
  await refuses({ datasetSize: 9 }, /datasetSize: expected a whole number of at least 10, the batch, got 9$/);
  await refuses({ estimator: 'exact' as EstimatorName }, /estimator: expected one of mws, .* got 'exact'$/);
});

test('reports progress, and stops and gives its memory back when it is cancelled', async () => {
  const posterior = drawPosterior(600, 3, 2);
  await withWatchedCore(async (core) => {
    const sampled = uploadPosterior(core, posterior);
    const seen: number[] = [];
    const options = { estimator: 'mss', batch: 300, seed: 0 } as const;
    await estimateByMinibatches(core, sampled, options, (phase, done, total) => {
      assert.equal([phase, total], ['minibatches', 600]);
      seen.push(done);
    });
    assert.ok(seen.length > 2 && seen[0] === 0 && seen.every((done, i) => i === 0 || done > seen[i - 1]), `${seen}`);
    const stop = () => {
      throw new Error('enough');
    };
    const cancelled = estimateByMinibatches(core, sampled, options, stop);
    assert.is(await cancelled.catch((error) => error.message), 'enough');
    assert.is(core.arena.depth, 0);
  });
});

test.run();
