import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DecomposeOptions,
  type Decomposition,
  decompose,
  estimators,
  type MatrixLike,
  migPosterior,
  type PosteriorInput,
  type Progress,
} from '../../src/index.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';

const golden = async () => ({
  mu: await readGoldenArray('g_posterior', 'latents'),
  logvar: await readGoldenArray('g_posterior', 'logvar'),
  z: await readGoldenArray('g_posterior', 'z'),
});

const close = (got: number | null, expected: number, tolerance: number, what: string) =>
  assert.ok(got !== null && Math.abs(got - expected) <= tolerance, `${what}: ${got} for ${expected}`);

/** N posteriors of three latents: one that matters, one collapsed, one noisy. */
function made(rows: number): PosteriorInput & { mu: number[][]; logvar: number[][] } {
  const mu = Array.from({ length: rows }, (_, i) => [Math.sin(i * 1.7) * 1.5, Math.cos(i) * 1e-3, Math.sin(i * 0.3)]);
  const logvar = mu.map(([a], i) => [-3 + 0.3 * a, 0.01 * Math.sin(i), -0.5]);
  return { mu, logvar };
}

test('gives the authors’ decomposition of golden g, with shortcuts and without', async () => {
  const posterior = await golden();
  const expected = expectedOf('g_posterior', 'rtq_elbo_decomposition_f64');
  for (const options of [{}, { shortcuts: false }, { threads: 2 }] satisfies DecomposeOptions[]) {
    const report = await decompose(posterior, options);
    close(report.totalCorrelation, expected.dependence, 1e-9, 'total correlation');
    close(report.mutualInformation, expected.information, 1e-9, 'mutual information');
    close(report.dimensionwiseKl, expected.dimwise_kl, 1e-9, 'dimension-wise KL');
    close(report.kl, expected.analytical_cond_kl, 1e-9, 'KL');
    close(-report.logDensities.aggregated, expected.joint_entropy[0], 1e-9, 'joint entropy');
    assert.is(report.samples, 1000);
    assert.is(report.input.z, 'given');
    assert.is(report.accuracy?.arithmetic, 'float64');
  }
});

test('takes terms of the samples where it is told to, as the definitions of the field have them', async () => {
  const report = await decompose(await golden(), { sampled: true });
  close(report.mutualInformation, 4.23834725, 1e-8, 'mutual information');
  close(report.dimensionwiseKl, 1.232063853, 1e-8, 'dimension-wise KL');
  close(report.kl, 6.585698757, 1e-8, 'KL');
  close(report.totalCorrelation, 1.115287654, 1e-8, 'total correlation');
  assert.ok((report.standardError?.kl ?? 0) > 0);
});

test('terms sum to the KL, marginal KL is the last two, latents’ terms sum to those of all', async () => {
  for (const options of [{}, { sampled: true }, { samples: 40, seed: 3 }] satisfies DecomposeOptions[]) {
    const report = await decompose(made(150), options);
    const { kl, mutualInformation, totalCorrelation, dimensionwiseKl, marginalKl } = report;
    close(mutualInformation + totalCorrelation + dimensionwiseKl, kl, 1e-12, 'sum');
    close(totalCorrelation + dimensionwiseKl, marginalKl, 1e-12, 'marginal KL');
    const sum = (numbers: readonly number[] | null) => (numbers ?? []).reduce((a, b) => a + b, 0);
    close(sum(report.dimensionwiseKlPerDimension), dimensionwiseKl, 1e-12, 'dimension-wise KL');
    if (!options.sampled) close(sum(report.klPerDimension), kl, 1e-12, 'KL of latents');
    assert.equal(report.activeUnits, [0, 2]);
    assert.is(report.components, 150);
    assert.is(report.samples, options.samples ?? 150);
  }
});

test('standard errors are what the spread over seeds is', async () => {
  const posterior = made(400);
  const runs: Decomposition[] = [];
  for (let seed = 0; seed < 40; seed++) runs.push(await decompose(posterior, { seed, sampled: true, samples: 100 }));
  for (const term of ['mutualInformation', 'totalCorrelation', 'dimensionwiseKl', 'kl'] as const) {
    const values = runs.map((run) => run[term]);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    const told = runs.reduce((sum, run) => sum + (run.standardError?.[term] ?? 0), 0) / runs.length;
    // Forty runs know a spread to about 11 %; rows are drawn without replacement, which takes some
    // of it away.
    assert.ok(spread > 0.55 * told && spread < 1.4 * told, `${term}: ${spread} for ${told}`);
  }
});

test('is the same for any number of threads, and for rows that are sampled in part', async () => {
  const posterior = made(1300);
  for (const options of [{ samples: 1100 }, { estimator: 'mss' }, { shortcuts: false }] satisfies DecomposeOptions[]) {
    const one = JSON.stringify(await decompose(posterior, options));
    for (const threads of [2, 3]) assert.is(JSON.stringify(await decompose(posterior, { ...options, threads })), one);
  }
});

test('gives the log-densities of every sample where it is asked for them', async () => {
  const { perSample, logDensities, samples } = await decompose(made(100), { perSample: true, samples: 30, seed: 2 });
  assert.ok(perSample);
  assert.is(samples, 30);
  assert.is(perSample.rows.length, 30);
  assert.is(perSample.marginals.rows, 30);
  assert.is(perSample.marginals.columns, 3);
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / 30;
  close(mean(perSample.aggregated), logDensities.aggregated, 1e-12, 'log q(z)');
  close(mean(perSample.marginals.data), logDensities.product, 1e-12, 'log of the product');
  assert.is((await decompose(made(100))).perSample, undefined);
});

test('tells the mutual information gap where there are factors, as the metric does', async () => {
  const posterior = await golden();
  const factors = await readGoldenArray('g_posterior', 'factors');
  const { migPosterior: gap } = await decompose({ ...posterior, factors });
  close(gap?.value ?? null, expectedOf('g_posterior', 'rtq_posterior_mig_f64').mig, 1e-9, 'gap');
  const alone = await migPosterior(posterior, factors);
  assert.equal(gap?.parts, alone.parts);
  assert.is((await decompose(posterior)).migPosterior, undefined);
});

test('an estimator sees what the minibatches of training see', async () => {
  const posterior = await golden();
  const mws = await decompose(posterior, { estimator: 'mws', batchSize: 1000, datasetSize: 50_000 });
  const expected = expectedOf('g_posterior', 'rtq_elbo_mws_n50000_f64');
  close(mws.mutualInformation, expected.mi, 1e-9, 'mutual information');
  close(mws.totalCorrelation, expected.tc, 1e-9, 'total correlation');
  close(mws.dimensionwiseKl, expected.dw_kl, 1e-9, 'dimension-wise KL');
  assert.is(mws.standardError, null);
  assert.is(mws.accuracy, null);
  for (const { name } of estimators) {
    const report = await decompose(posterior, { estimator: name, batchSize: 50 });
    assert.is(report.estimator, name);
    assert.is(report.batch, 50);
    close(report.mutualInformation + report.totalCorrelation + report.dimensionwiseKl, report.kl, 1e-9, name);
    assert.ok((report.standardError?.totalCorrelation ?? 0) > 0);
  }
});

test('posteriors that break careless sums come out finite, with their reasons', async () => {
  const rows = 60;
  const spread = (scale: number) =>
    Array.from({ length: rows }, (_, i) => [scale * Math.sin(i), scale * Math.cos(3 * i)]);
  const same = (value: number) => Array.from({ length: rows }, () => [value, value]);
  const cases: Record<string, PosteriorInput> = {
    spiky: { mu: spread(50), logvar: same(2 * Math.log(1e-4)) },
    collapsed: { mu: same(0), logvar: same(0) },
    duplicated: { mu: same(1.5), logvar: same(-4) },
    doubled: { mu: spread(1).map(([a]) => [a, a]), logvar: same(-2) },
    'far out': { mu: spread(1), logvar: same(-2), z: same(100) },
    'two rows': { mu: [[1], [2]], logvar: [[0], [0]] },
  };
  for (const [name, posterior] of Object.entries(cases)) {
    const report = await decompose(posterior);
    const { kl, mutualInformation, totalCorrelation, dimensionwiseKl, marginalKl } = report;
    for (const value of [kl, mutualInformation, totalCorrelation, dimensionwiseKl, marginalKl]) {
      assert.ok(Number.isFinite(value), `${name}: ${value}`);
    }
    assert.ok(!JSON.stringify(report).includes('NaN'), name);
    const { totalCorrelationOfSamples: samples, totalCorrelationOfMeans: means } = report.gaussian;
    const isSingular = samples === null || means === null;
    assert.is(
      isSingular,
      report.notes.some((note) => note.includes('singular')),
      name,
    );
  }
  const spiky = await decompose(cases.spiky);
  // Components that do not overlap tell rows apart wholly: the index has ln N nats.
  close(spiky.mutualInformation, Math.log(rows), 5 * (spiky.standardError?.mutualInformation ?? 0), 'spiky');
  const collapsed = await decompose(cases.collapsed, { sampled: true });
  close(collapsed.mutualInformation, 0, 1e-12, 'collapsed');
  close(collapsed.totalCorrelation, 0, 1e-9, 'collapsed');
  assert.equal(collapsed.activeUnits, []);
});

test('notes samples that cannot be those of their posteriors, where they were given', async () => {
  const posterior = await golden();
  const noted = async (input: PosteriorInput, options: DecomposeOptions = {}) =>
    (await decompose(input, options)).notes.filter((note) => note.includes('z is'));
  assert.equal(await noted(posterior), []);
  assert.equal(await noted({ mu: posterior.mu, logvar: posterior.logvar }), []);
  const changed = (of: (at: number) => number) => ({
    ...posterior,
    z: { ...posterior.z, data: Float64Array.from(posterior.z.data, (_, at) => of(at)) },
  });
  const { data } = posterior.z;
  const far = changed((at) => (at % 10 === 4 ? 1e30 : data[at]));
  assert.ok((await decompose(far)).mutualInformation > 1e50);
  for (const options of [{}, { sampled: true }, { estimator: 'mws' }] satisfies DecomposeOptions[]) {
    const [text, ...more] = await noted(far, options);
    assert.match(text, /^latent 4: z is [\d.]+e\+30 standard deviations from the means of its posteriors/);
    assert.equal(more, []);
  }
  // The rows of others, of which some were sampled: latents that tell rows apart are found.
  const shuffled = await noted(
    changed((at) => data[(at + 1230) % data.length]),
    { samples: 400 },
  );
  assert.match(shuffled[0], /^latents 0, 1, 2, 3, 4: z is /);
  // Means are no samples.
  const still = await noted(changed((at) => posterior.mu.data[at]));
  assert.match(still[0], /^latents 0, 1, 2, 3, 4, 5, 6, 7, 8, 9: z is 0.00 standard deviations/);
});

test('refuses options and arrays that cannot be, naming them', async () => {
  const refuses = async (work: () => Promise<unknown>, message: RegExp, code: string) => {
    const error = await work().then(
      () => Object.assign(new Error(`nothing, expected ${message}`), { code: 'none' }),
      (reason) => reason as Error & { code?: string },
    );
    assert.match(error.message, message);
    assert.is(error.code, code);
  };
  const ask = (options: object) => () => decompose(made(20), options as DecomposeOptions);
  await refuses(
    ask({ estimater: 'exact' }),
    /estimater: not an option of decompose; did you mean estimator\?/,
    'ERR_OPTION',
  );
  await refuses(ask({ estimator: 'best' }), /estimator: expected one of exact, mws, .* got 'best'/, 'ERR_OPTION');
  await refuses(ask({ samples: 21 }), /samples: expected a whole number from 2 to 20, got 21/, 'ERR_OPTION');
  await refuses(ask({ samples: '5' }), /samples: expected a whole number of at least 2, got string/, 'ERR_OPTION');
  await refuses(ask({ sampled: 1 }), /sampled: expected true or false, got number/, 'ERR_OPTION');
  await refuses(ask({ batchSize: 5 }), /batchSize: has no effect without estimator: mws/, 'ERR_OPTION');
  await refuses(ask({ estimator: 'mws', samples: 5 }), /samples: has no effect without estimator: exact/, 'ERR_OPTION');
  await refuses(
    ask({ estimator: 'mws', batchSize: 30 }),
    /batchSize: expected a whole number from 2 to 20, got 30/,
    'ERR_OPTION',
  );
  await refuses(
    ask({ estimator: 'mws', datasetSize: 3 }),
    /datasetSize: expected a whole number of at least 20/,
    'ERR_OPTION',
  );
  await refuses(ask({ tolerance: 0.1 }), /tolerance: expected a number from 1e-11 to 0.000001, got 0.1/, 'ERR_OPTION');
  await refuses(ask({ threads: 0 }), /threads: expected a whole number from 1 to 64, got 0/, 'ERR_OPTION');
  const { mu } = made(20);
  const estimated = () => decompose({ ...made(20), factors: mu }, { estimator: 'mws' });
  await refuses(estimated, /factors: expected only with the exact decomposition/, 'ERR_OPTION');
  await refuses(() => decompose({ mu } as unknown as PosteriorInput), /expected \{ mu, logvar \}/, 'ERR_OPTION');
  await refuses(
    () => decompose({ mu, logvar: [[1]] as MatrixLike }),
    /logvar: expected 20 x 3 to match mu/,
    'ERR_DATA',
  );
});

test('is cancelled at once, here and in threads, and tells how far it is', async () => {
  const posterior = made(3000);
  for (const threads of [1, 2]) {
    const told: Progress[] = [];
    const controller = new AbortController();
    const onProgress = (progress: Progress) => {
      told.push(progress);
      controller.abort(new Error('enough'));
    };
    const error = await decompose(posterior, { threads, shortcuts: false, signal: controller.signal, onProgress }).then(
      () => null,
      (reason) => reason as Error,
    );
    assert.is(error?.message, 'enough');
    assert.is(told[0].metric, 'decomposition');
    const again = await decompose(made(50), { threads });
    assert.ok(Number.isFinite(again.kl));
  }
});

test.run();
