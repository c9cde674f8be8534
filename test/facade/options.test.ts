import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  betaVaeScore,
  factorVaeScore,
  isCodedError,
  type Metric,
  metrics,
  mig,
  option,
  type ScoreOptions,
  sap,
  score,
  toMatrix,
} from '../../src/index.js';

const rows = Array.from({ length: 60 }, (_, i) => [i % 5, i % 4]);

/** What a call that must fail says, with its kind and code. */
async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    const { name, message } = error as Error;
    return isCodedError(error) ? `${name} ${error.code}: ${message}` : `unexpected ${name}: ${message}`;
  }
  return 'accepted';
}

const REFUSALS: ReadonlyArray<[string, () => unknown, string]> = [
  [
    'unequal rows',
    () => mig(rows, rows.slice(2)),
    'RangeError ERR_DATA: factors: expected 60 rows to match latents, got 58',
  ],
  [
    'options of a metric that are no object, which would do nothing',
    () => score(rows, rows, { metrics: ['mig'], options: { mig: 10 } } as unknown as ScoreOptions),
    'TypeError ERR_OPTION: options of mig: expected an object of options, got number',
  ],
  [
    'options that are no object',
    () => score(rows, rows, 'mig' as unknown as ScoreOptions),
    'TypeError ERR_OPTION: score: expected an object of options, got string',
  ],
  [
    'options of one metric that are no object',
    () => mig(rows, rows, null as unknown as object),
    'TypeError ERR_OPTION: mig: expected an object of options, got null',
  ],
  [
    'a level that is text',
    () => mig(rows, rows, { interval: 2, level: '0.9' as unknown as number }),
    'TypeError ERR_OPTION: level: expected a number from 0.5 to 0.999, got string',
  ],
  [
    'a number of threads that is text',
    () => mig(rows, rows, { threads: '2' as unknown as number }),
    'TypeError ERR_OPTION: threads: expected a whole number from 1 to 64, got string',
  ],
  [
    'what is no metric',
    () => score(rows, rows, { metrics: [5] } as unknown as ScoreOptions),
    'TypeError ERR_OPTION: metrics: expected names or metrics, got 5',
  ],
  [
    'what is no signal',
    () => mig(rows, rows, { signal: 5 as unknown as AbortSignal }),
    'TypeError ERR_OPTION: signal: expected an AbortSignal, got 5',
  ],
  [
    'progress told to what is no function',
    () => mig(rows, rows, { onProgress: [] as unknown as () => void }),
    'TypeError ERR_OPTION: onProgress: expected a function, got an array',
  ],
  [
    'factor types that are no array',
    () => mig(rows, rows, { factorTypes: { length: 2 } as unknown as null[] }),
    'TypeError ERR_OPTION: factorTypes: expected an array, got object',
  ],
  ['one row', () => mig([[1]], [[1]]), 'RangeError ERR_DATA: latents: expected at least 2 rows, got 1'],
  ['no rows', () => mig([], []), 'RangeError ERR_DATA: latents: expected at least 2 rows, got 0'],
  ['no columns', () => mig([[], []], [[1], [1]]), 'RangeError ERR_DATA: latents: expected at least 1 column, got 0'],
  [
    'NaN in the latents',
    () => mig([...rows.slice(0, 59), [1, Number.NaN]], rows),
    'DataError ERR_DATA: latents, row 59, column 1: expected a finite number, got NaN',
  ],
  [
    'an infinity in the factors',
    () => mig(rows, [[0, Number.NEGATIVE_INFINITY], ...rows.slice(1)]),
    'DataError ERR_DATA: factors, row 0, column 1: expected a finite number, got -Infinity',
  ],
  [
    'a discrete factor with as many values as rows',
    () =>
      mig(
        rows,
        rows.map((_, i) => [0, i]),
      ),
    'DataError ERR_DATA: factors, column 1: expected a discrete factor to repeat its values, got 60 different ones in 60 rows; treat it as continuous (factorTypes), or bin it beforehand',
  ],
  [
    'magnitudes whose squares overflow',
    () =>
      mig(
        rows.map(([a]) => [a, 1e200]),
        rows,
      ),
    'DataError ERR_DATA: latents, column 1: expected magnitudes up to 1e+150, got 1e+200',
  ],
  [
    'ragged rows',
    () => mig([[1, 2], [3]], rows),
    'RangeError ERR_DATA: latents: expected 2 columns in row 1 to match row 0, got 1',
  ],
  [
    'text among the numbers',
    () => mig([[1, 'x' as unknown as number]], rows),
    'TypeError ERR_DATA: latents: expected a number in row 0, column 1, got string x',
  ],
  [
    'something that is no table',
    () => mig('latents.npy' as unknown as number[], rows),
    'TypeError ERR_DATA: latents: expected a Matrix, an array of rows, a typed array, or { data, rows, columns }, got string latents.npy',
  ],
  [
    'a shape that the data do not have',
    () => mig({ data: new Float32Array(10), rows: 60, columns: 2 }, rows),
    'RangeError ERR_DATA: latents: expected 60 x 2 = 120 elements in data, got 10',
  ],
  [
    'an integer that float64 cannot hold',
    () => toMatrix(new BigInt64Array([1n, 2n ** 60n]), 'factors'),
    'RangeError ERR_DATA: factors: row 1, column 0: expected an integer within 2^53, got 1152921504606846976',
  ],
  [
    'a fractional seed',
    () => mig(rows, rows, { seed: 1.5 }),
    'RangeError ERR_OPTION: seed: expected a whole number of at least 0, got 1.5',
  ],
  [
    'a seed that is text',
    () => mig(rows, rows, { seed: '1' as unknown as number }),
    'TypeError ERR_OPTION: seed: expected a whole number of at least 0, got string',
  ],
  [
    'too few bins',
    () => mig(rows, rows, { bins: 1 }),
    'RangeError ERR_OPTION: mig: bins: expected a whole number from 2 to 65535, got 1',
  ],
  [
    'a negative threshold',
    () => factorVaeScore(rows, rows, { threshold: -1 }),
    'RangeError ERR_OPTION: factor-vae-score: threshold: expected a number of at least 0, got -1',
  ],
  [
    'an option of the wrong kind',
    () => betaVaeScore(rows, rows, { standardise: 1 as unknown as boolean }),
    'TypeError ERR_OPTION: beta-vae-score: standardise: expected true or false, got number',
  ],
  [
    'an option nobody knows',
    () => mig(rows, rows, { binz: 3 } as object),
    'TypeError ERR_OPTION: binz: not an option of mig; did you mean bins?',
  ],
  [
    'a metric nobody knows',
    () => score(rows, rows, { metrics: ['migg'] as string[] }),
    "RangeError ERR_OPTION: metrics: unknown name 'migg'; did you mean 'mig'?",
  ],
  [
    'no metrics',
    () => score(rows, rows, { metrics: [] }),
    'TypeError ERR_OPTION: metrics: expected an array of at least one name or metric',
  ],
  [
    'options of a metric that is not computed',
    () => score(rows, rows, { metrics: ['mig'], options: { 'beta-vae': { batch: 2 } } }),
    'RangeError ERR_OPTION: options: beta-vae-score is not among metrics',
  ],
  [
    'options of a metric nobody knows',
    () => score(rows, rows, { options: { migg: { bins: 2 } } }),
    "RangeError ERR_OPTION: options: unknown name 'migg'; did you mean 'mig'?",
  ],
  [
    'options of a metric that is slow, and was not asked for',
    () => score(rows, rows, { options: { DCI: { stages: 2 } } }),
    'RangeError ERR_OPTION: options: dci is not computed unless metrics names it, or all',
  ],
  [
    'an unknown option of score',
    () => score(rows, rows, { metric: ['mig'] } as object),
    'TypeError ERR_OPTION: metric: not an option of score; did you mean metrics?',
  ],
  [
    'too few factor types',
    () => mig(rows, rows, { factorTypes: ['discrete'] }),
    'RangeError ERR_OPTION: factorTypes: expected 2 entries, one for each factor, got 1',
  ],
  [
    'a factor type nobody knows',
    () => mig(rows, rows, { factorTypes: ['discrete', 'ordinal' as 'discrete'] }),
    "TypeError ERR_OPTION: factorTypes: expected 'discrete', 'continuous' or null, got 'ordinal'",
  ],
  [
    'a level out of range',
    () => mig(rows, rows, { interval: 9, level: 95 }),
    'RangeError ERR_OPTION: level: expected a number from 0.5 to 0.999, got 95',
  ],
  [
    'a single resample',
    () => mig(rows, rows, { interval: 1 }),
    'RangeError ERR_OPTION: interval: expected 0 or at least 2 resamples, got 1',
  ],
  [
    'a single permutation',
    () => mig(rows, rows, { null: 1 }),
    'RangeError ERR_OPTION: null: expected 0 or at least 2 permutations, got 1',
  ],
  [
    'a sampler without sizes',
    () => factorVaeScore(rows, rows, { sampler: { encode: () => rows } as never }),
    'TypeError ERR_OPTION: sampler: expected sizes to be an array with the number of values of each factor',
  ],
  [
    'a preset nobody knows',
    () => mig(rows, rows, { preset: 'dlib' as 'paper' }),
    "RangeError ERR_OPTION: preset: expected one of paper, disentanglement-lib, ubisoft, got 'dlib'",
  ],
  [
    'training rows without test rows',
    () => sap(rows, rows, { trainRows: { from: 0, to: 30 } }),
    'TypeError ERR_OPTION: trainRows: has no effect without testRows',
  ],
  [
    'training rows that are no selection',
    () => sap(rows, rows, { trainRows: '0:30' as never, testRows: [1] }),
    "TypeError ERR_OPTION: trainRows: expected { from, to } or an array of row numbers, got '0:30'",
  ],
  [
    'training rows beyond the last',
    () => sap(rows, rows, { trainRows: { from: 0, to: 61 }, testRows: [1] }),
    'RangeError ERR_OPTION: trainRows: expected at least one row from 0 up to 60, got 0 to 61',
  ],
  [
    'a test row beyond the last',
    () => sap(rows, rows, { trainRows: [1, 2], testRows: [60] }),
    'RangeError ERR_OPTION: testRows: expected row numbers from 0 to 59, got 60',
  ],
  [
    'a gap among the training rows',
    () => sap(rows, rows, { trainRows: [1, undefined as never, 2], testRows: [3] }),
    'RangeError ERR_OPTION: trainRows: expected row numbers from 0 to 59, got undefined',
  ],
  [
    'no test rows',
    () => sap(rows, rows, { trainRows: [1, 2], testRows: [] }),
    'RangeError ERR_OPTION: testRows: expected at least one row, got none',
  ],
  [
    'a test row that is learnt from',
    () => sap(rows, rows, { trainRows: { from: 0, to: 30 }, testRows: [40, 29] }),
    'RangeError ERR_OPTION: testRows: expected every row once, got row 29 of trainRows',
  ],
  [
    'a training row twice',
    () => sap(rows, rows, { trainRows: [3, 4, 3], testRows: [5] }),
    'RangeError ERR_OPTION: trainRows: expected every row once, got row 3 twice',
  ],
  [
    'an interval beside exact rows',
    () => sap(rows, rows, { trainRows: [3, 4], testRows: [5], interval: 9 }),
    'RangeError ERR_OPTION: trainRows: expected no interval beside it, got one; intervals score random halves of the rows',
  ],
  [
    'an interval of a sampler',
    () => factorVaeScore(rows, rows, { interval: 10, sampler: { sizes: [2], encode: () => rows } }),
    'RangeError ERR_OPTION: sampler: expected no interval and no null beside it, got one; both resample the rows of the table, which a sampler replaces',
  ],
];

for (const [what, run, message] of REFUSALS) {
  test(`refuses ${what}`, async () => {
    assert.is(await refusal(run), message);
  });
}

test('takes names with and without -score', async () => {
  const report = await score(rows, rows, { metrics: ['mig-score', 'factor-vae', 'mig'] });
  assert.equal(Object.keys(report.metrics), ['mig', 'factor-vae-score']);
});

test('gives bins to every metric that has them, and own options to one', async () => {
  const report = await score(rows, rows, { bins: 7, options: { mig: { bins: 9 }, 'factor-vae': { batch: 8 } } });
  assert.equal(report.metrics.mig.options, {
    bins: 9,
    edges: 'float64',
    millerMadow: false,
    zeroBin: false,
    normalise: 'factor',
    countConstants: false,
  });
  assert.is(report.metrics['factor-vae-score'].options.bins, 7);
  assert.is(report.metrics['factor-vae-score'].options.batch, 8);
  assert.is(report.metrics['beta-vae-score'].options.batch, 64);
});

/** A metric that says which options reached it. */
const echo: Metric = {
  name: 'echo',
  aliases: [],
  title: 'Echo',
  summary: 'says its options',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: {
    bins: option.integer({ default: 20, minimum: 2, description: 'bins' }),
    scale: option.number({ default: 1, description: 'scale' }),
    way: option.choice(['straight', 'round'], { default: 'straight', description: 'which way' }),
  },
  presets: { paper: {}, ubisoft: { bins: 10, way: 'round' } },
  source: 'this test',
  isPlugIn: false,
  compute: async () => ({ value: 1, parts: {}, notes: [] }),
};

test('takes the options of a preset where none are given, and says where it has none', async () => {
  const under = async (options: ScoreOptions) => {
    const report = await score(rows, rows, { metrics: [echo], ...options });
    return report.metrics.echo;
  };
  assert.equal((await under({})).options, { bins: 20, scale: 1, way: 'straight' });
  assert.equal((await under({ preset: 'ubisoft' })).options, { bins: 10, scale: 1, way: 'round' });
  assert.equal((await under({ preset: 'ubisoft', bins: 7 })).options, { bins: 7, scale: 1, way: 'round' });
  const own = await under({ preset: 'ubisoft', options: { echo: { way: 'straight' } } });
  assert.equal(own.options, { bins: 10, scale: 1, way: 'straight' });
  assert.equal((await under({ preset: 'paper' })).notes, []);
  assert.equal((await under({ preset: 'disentanglement-lib' })).notes, [
    'preset disentanglement-lib: its code has no such metric; the defaults were used',
  ]);
});

test('refuses what is not among the choices of an option', async () => {
  const say = (way: unknown) =>
    refusal(() => score(rows, rows, { metrics: [echo], options: { echo: { way: way as string } } }));
  assert.is(await say('up'), "RangeError ERR_OPTION: echo: way: expected straight or round, got 'up'");
  assert.is(await say(1), 'TypeError ERR_OPTION: echo: way: expected straight or round, got number');
});

test('leaves slow metrics out unless they are asked for, by name or with all', async () => {
  const slow = metrics.filter(({ isSlow }) => isSlow).map(({ name }) => name);
  assert.equal(slow, ['dci', 'dci-es']);
  const posterior = { mu: rows, logvar: rows.map((row) => row.map(() => 0)) };
  const usual = Object.keys((await score(rows, rows, { posterior })).metrics);
  assert.equal(
    usual,
    metrics.map(({ name }) => name).filter((name) => !slow.includes(name)),
  );
  const quick = { metrics: ['all'], options: { dci: { stages: 1 }, 'dci-es': { width: 1 } } };
  const all = await score(rows, rows, { ...quick, posterior });
  assert.equal(
    Object.keys(all.metrics),
    metrics.map(({ name }) => name),
  );
  assert.equal(Object.keys((await score(rows, rows, { metrics: ['dci'] })).metrics), ['dci']);
});

test('leaves metrics of posteriors out where there is none, and says what they need where they are named', async () => {
  const withoutPosterior = metrics.filter(({ needs }) => !needs.includes('posterior')).map(({ name }) => name);
  assert.is(withoutPosterior.length, metrics.length - 2);
  const quick = { metrics: ['all'], options: { dci: { stages: 1 }, 'dci-es': { width: 1 } } };
  const all = await score(rows, rows, quick);
  assert.equal(Object.keys(all.metrics), withoutPosterior);
  assert.not.ok('posterior' in all.input);
  assert.is(
    await refusal(() => score(rows, rows, { metrics: ['mig', 'posterior-mig'] })),
    'RangeError ERR_OPTION: metrics: mig-posterior needs the posterior of each row, its mean and log-variance: expected posterior: { mu, logvar }, got none',
  );
});

test('names where a posterior came from, and refuses one of other rows or latents', async () => {
  const mu = rows;
  const logvar = rows.map((row) => row.map(() => 0));
  const asked = { metrics: ['mig'] };
  const of = async (posterior: ScoreOptions['posterior'], members?: { mu: string; logvar: string; z: string }) =>
    (await score(rows, rows, { ...asked, posterior, ...(members && { origin: { posterior: members } }) })).input
      .posterior;
  assert.equal(await of({ mu, logvar }), { mu: 'mu', logvar: 'logvar', z: null });
  assert.equal(await of({ mu, logvar, z: mu }), { mu: 'mu', logvar: 'logvar', z: 'z' });
  const members = { mu: 'mean', logvar: 'log_var', z: 'samples' };
  assert.equal(await of({ mu, logvar, z: mu }, members), members);
  const say = (posterior: unknown) =>
    refusal(() => score(rows, rows, { ...asked, posterior: posterior as ScoreOptions['posterior'] }));
  const [n, columns] = [rows.length, rows[0].length];
  const wider = rows.map((row) => [...row, 0]);
  assert.is(
    await say({ mu: wider, logvar: wider }),
    `RangeError ERR_DATA: posterior: expected mu of ${n} x ${columns} to match latents, got ${n} x ${columns + 1}`,
  );
  assert.is(
    await say({ mu, logvar: logvar.slice(1) }),
    `RangeError ERR_DATA: logvar: expected ${n} x ${columns} to match mu, got ${n - 1} x ${columns}`,
  );
  assert.is(await say(null), 'TypeError ERR_OPTION: posterior: expected { mu, logvar }, and z if there is one');
});

test.run();
