import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCodedError } from '../../../src/errors.js';
import { checkResume, compareConfig } from '../../../src/train/run/compare-config.js';
import { parseConfig, type RunConfig, readConfig, writeConfig } from '../../../src/train/run/config.js';
import { createMemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { errorOf } from '../../io/matrices.js';
import { CONFIG } from './samples.js';

const withBeta = (beta: number): RunConfig => ({
  ...CONFIG,
  objective: { name: 'beta-vae', options: { beta, warmup: 0 } },
});

test('gives back what was written', async () => {
  const folder = createMemoryRunFolder();
  await writeConfig(folder, CONFIG);
  assert.equal(await readConfig(folder), CONFIG);
});

test('a configuration does not differ from itself, in whatever order its names are', () => {
  const reversed = JSON.parse(JSON.stringify(CONFIG), (_, value) =>
    value?.constructor === Object ? Object.fromEntries(Object.entries(value).reverse()) : value,
  );
  assert.is.not(JSON.stringify(reversed), JSON.stringify(CONFIG));
  assert.equal(compareConfig(CONFIG, reversed), []);
});

test('lists what differs, and whether it decides', () => {
  const now: RunConfig = { ...withBeta(1), steps: 2000, score: { metrics: ['mig'], rows: 1000, seed: 1 } };
  assert.equal(compareConfig(CONFIG, now), [
    { setting: 'objective.options.beta', expected: 4, got: 1, isDeciding: true },
    { setting: 'score.metrics', expected: ['mig', 'factor-vae-score'], got: ['mig'], isDeciding: true },
    { setting: 'score.seed', expected: undefined, got: 1, isDeciding: true },
    { setting: 'steps', expected: 1000, got: 2000, isDeciding: false },
  ]);
});

test('goes on with other steps, intervals and threads', () => {
  checkResume(
    CONFIG,
    { ...CONFIG, steps: 5, logEvery: 1, scoreEvery: 7, checkpointEvery: 9, threads: 4 },
    'runs/first',
  );
});

test('refuses to go on with other settings, and names each with both values', () => {
  const now: RunConfig = {
    ...withBeta(1),
    version: '0.2.0',
    backend: { ...CONFIG.backend, build: 'relaxed' },
    steps: 5,
  };
  try {
    checkResume(CONFIG, now, 'runs/first');
  } catch (error) {
    assert.ok(isCodedError(error) && error.code === 'ERR_OPTION');
    assert.is(
      error.message,
      'version: expected "0.1.0" as in runs/first, got "0.2.0"; beta 4, got 1; backend build "simd", got "relaxed"; it computes on wasm (simd), of tfjs 4.22.0; to go on elsewhere, name the backend or give the tf',
    );
    return;
  }
  assert.unreachable();
});

test('says what differs, not what follows from it', () => {
  const messageOf = (now: RunConfig) => {
    try {
      checkResume(CONFIG, now, 'run');
    } catch (error) {
      return (error as Error).message;
    }
    return null;
  };
  const vae = { ...CONFIG, objective: { name: 'vae', options: {} } };
  assert.is(messageOf(vae), 'model: expected "beta-vae" as in run, got "vae"');
  assert.is(messageOf({ ...CONFIG, batchSize: 9, shardRows: 9 }), 'batchSize: expected 64 as in run, got 9');
  const other = { ...CONFIG, data: { ...CONFIG.data, identity: { rows: 3 } }, score: { rows: 3 } };
  assert.not.match(messageOf(other) ?? '', 'score');
});

test('an option of the data may be named or left out where the identity is the same, and may not contradict', () => {
  const withOptions = (options: RunConfig['data']['options']): RunConfig => ({
    ...CONFIG,
    data: { ...CONFIG.data, options },
  });
  checkResume(CONFIG, withOptions({ size: 64 }), 'run');
  checkResume(withOptions({ size: 64 }), CONFIG, 'run');
  checkResume(withOptions({ size: 64 }), withOptions({ size: 64, channels: 1, unpackTo: '/a.npy' }), 'run');
  checkResume(withOptions({ unpackTo: '/a.npy' }), withOptions({ unpackTo: '/b.npy' }), 'run');
  assert.throws(
    () => checkResume(withOptions({ size: 64 }), withOptions({ size: 32 }), 'run'),
    /^size: expected 64 as in run, got 32$/,
  );
});

const ON_CPU = { name: 'cpu', tfjs: '4.22.0', build: null };
const OF_CALLER = { ...CONFIG.backend, given: true } as const;

test('goes on on another backend where the caller chose it, and says so', () => {
  const elsewhere = { ...CONFIG, shardRows: 64, backend: ON_CPU };
  assert.equal(checkResume(CONFIG, elsewhere, 'run', true), [
    'the run began on wasm (simd), of tfjs 4.22.0 and goes on on cpu, of tfjs 4.22.0: its numbers are rounded otherwise from here on',
  ]);
  assert.throws(
    () => checkResume(CONFIG, elsewhere, 'run', false),
    /^backend: expected name "wasm" as in run, got "cpu"; .*; to go on elsewhere, name the backend or give the tf$/,
  );
  assert.throws(
    () => checkResume(CONFIG, { ...elsewhere, latents: 5 }, 'run', true),
    /^latents: expected 10 as in run, got 5$/,
  );
});

test('whose tfjs it was does not matter, but what version', () => {
  assert.equal(checkResume({ ...CONFIG, backend: OF_CALLER }, CONFIG, 'run'), []);
  assert.equal(checkResume(CONFIG, { ...CONFIG, backend: OF_CALLER }, 'run', true), []);
  const old = { ...CONFIG, backend: { ...OF_CALLER, tfjs: '4.20.0' } };
  // The name that the run has anyway is no choice of another version.
  for (const isChosen of [false, true]) {
    assert.throws(
      () => checkResume(old, CONFIG, 'run', isChosen),
      /it computes on wasm \(simd\), of a tfjs 4\.20\.0 of the caller's; /,
    );
  }
  assert.match(checkResume(CONFIG, old, 'run', true)[0], "goes on on wasm (simd), of a tfjs 4.20.0 of the caller's: ");
});

/** Every setting in turn, of another value: what decides is a list of its own here. */
for (const name of Object.keys(CONFIG) as Array<keyof RunConfig>) {
  const decides = !['steps', 'logEvery', 'scoreEvery', 'checkpointEvery', 'threads'].includes(name);
  test(`${name} ${decides ? 'must not' : 'may'} change on resumption`, () => {
    const now = { ...CONFIG, [name]: 'another' } as unknown as RunConfig;
    if (decides)
      assert.throws(
        () => checkResume(CONFIG, now, 'run'),
        new RegExp(`^${name}: expected .* as in run, got "another"$`),
      );
    else checkResume(CONFIG, now, 'run');
  });
}

for (const [what, text, message] of [
  ['no JSON', '{"schema":', 'c.json: expected JSON'],
  [
    'another document',
    '{"schema":"vaemetrics/run@2"}',
    `c.json: expected the configuration of a run, schema 'vaemetrics/run@1', got 'vaemetrics/run@2'`,
  ],
  ['a list', '[]', `c.json: expected the configuration of a run, schema 'vaemetrics/run@1', got none`],
  [
    'a missing setting',
    JSON.stringify({ ...CONFIG, seed: undefined }),
    'c.json: seed: expected a whole number of at least 0, got nothing',
  ],
  [
    'a setting of another type',
    JSON.stringify({ ...CONFIG, latents: '10' }),
    'c.json: latents: expected a whole number from 1 to 1024, got string',
  ],
  [
    'options of data that are none',
    JSON.stringify({ ...CONFIG, data: { ...CONFIG.data, options: 64 } }),
    'c.json: data.options: expected an object, got 64',
  ],
  [
    'a missing part',
    JSON.stringify({ ...CONFIG, objective: { name: 'vae' } }),
    'c.json: objective.options: expected an object, got nothing',
  ],
  [
    'a number that training would refuse',
    JSON.stringify({ ...CONFIG, latents: -3 }),
    'c.json: latents: expected a whole number from 1 to 1024, got -3',
  ],
  [
    'an image without pixels',
    JSON.stringify({ ...CONFIG, data: { ...CONFIG.data, image: { height: 0, width: 64, channels: 1 } } }),
    'c.json: data.image.height: expected a whole number of at least 1, got 0',
  ],
  [
    'an option that its data cannot have',
    JSON.stringify({ ...CONFIG, data: { ...CONFIG.data, options: { size: 9999 } } }),
    'c.json: data.options.size: expected a whole number from 1 to 4096, got 9999',
  ],
  [
    'an option that its objective does not have',
    JSON.stringify({ ...CONFIG, objective: { name: 'beta-vae', options: { betta: 4 } } }),
    'c.json: betta: not an option of beta-vae; did you mean beta?',
  ],
  [
    'an option that its objective would refuse',
    JSON.stringify({ ...CONFIG, objective: { name: 'beta-vae', options: { beta: -1 } } }),
    'c.json: objective.options.beta: expected a number from 0 to 1000000, got -1',
  ],
]) {
  test(`refuses ${what}`, () => {
    assert.throws(
      () => parseConfig(text, 'c.json'),
      (error: Error) => error.message === message,
    );
  });
}

test('an objective of your own has options of its own', () => {
  const own = { ...CONFIG, objective: { name: 'mine', options: { anything: [1, 2] } } };
  assert.equal(parseConfig(JSON.stringify(own), 'c.json'), own);
});

test('an earlier configuration, of one seed, has it for its data too', () => {
  const { dataSeed: _, ...earlier } = { ...CONFIG, seed: 7 };
  assert.is(parseConfig(JSON.stringify(earlier), 'c.json').dataSeed, 7);
  assert.is(parseConfig(JSON.stringify({ ...earlier, dataSeed: 0 }), 'c.json').dataSeed, 0);
  assert.throws(
    () => parseConfig(JSON.stringify({ ...earlier, dataSeed: '0' }), 'c.json'),
    (error: Error) => error.message === 'c.json: dataSeed: expected a whole number of at least 0, got string',
  );
});

test('refuses a folder without a run', async () => {
  const error = await errorOf(() => readConfig(createMemoryRunFolder([], 'runs/none')));
  assert.is(error.message, 'runs/none: there is no run: expected a folder with config.json');
});

test('refuses to write what JSON would change', async () => {
  const error = await errorOf(() => writeConfig(createMemoryRunFolder(), { ...CONFIG, learningRate: Number.NaN }));
  assert.is(error.message, 'config.learningRate: expected a finite number, got NaN');
});

test.run();
