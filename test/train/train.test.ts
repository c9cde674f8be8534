/**
 * A run whole: what it leaves, and that one which was stopped and resumed is the one that never
 * was.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseBuild } from '../../bindings/training-build.js';
import type { Dataset } from '../../src/data/index.js';
import type { PlainMatrix } from '../../src/matrix.js';
import { decompose, readFactors, readPosterior, score } from '../../src/node.js';
import { openBackend } from '../../src/train/backends/open-backend.js';
import { decodeCheckpoint } from '../../src/train/run/checkpoint.js';
import { checkpointSteps } from '../../src/train/run/checkpoints.js';
import {
  createMemoryRunFolder,
  DivergenceError,
  type LiveScores,
  type MemoryRunFolder,
  resumeOptions,
  type StepProgress,
  type TrainOptions,
  type TrainProgress,
  train,
} from '../../src/train.js';
import { given, spoiltAt } from './backends/library.js';
import { smallData } from './small-data.js';
import { tiny } from './tiny.js';

const SMALL = {
  data: smallData,
  architecture: tiny,
  latents: 4,
  batchSize: 24,
  steps: 30,
  testRows: 120,
  scoreEvery: 0,
  logEvery: 1,
  checkpointEvery: 10,
} satisfies TrainOptions;

/** Losses by step, as they were told. */
function listen(losses: number[], more?: (progress: StepProgress) => unknown) {
  return (progress: TrainProgress) => {
    if (progress.kind !== 'step') return;
    losses[progress.step] = progress.loss;
    more?.(progress);
  };
}

async function tensorsOf(folder: MemoryRunFolder, step: number) {
  const name = `checkpoints/step-${String(step).padStart(9, '0')}.safetensors`;
  const bytes = await folder.read(name);
  assert.ok(bytes, name);
  return (await decodeCheckpoint(bytes as Uint8Array, name)).tensors;
}

/** Options that stop a run after a step. */
function stoppingAt(stopAt: number): Pick<TrainOptions, 'signal' | 'onProgress'> {
  const stop = new AbortController();
  return { signal: stop.signal, onProgress: listen([], ({ step }) => step === stopAt && stop.abort()) };
}

async function linesOf(folder: MemoryRunFolder) {
  const lines = new TextDecoder().decode((await folder.read('log.jsonl'))!).trim();
  return lines.split('\n').map((line) => JSON.parse(line));
}

/** Runs to a step, is stopped there, and goes on to the end. */
async function stopAndResume(
  options: TrainOptions,
  stopAt: number,
  losses: number[],
  folder = createMemoryRunFolder(),
): Promise<MemoryRunFolder> {
  const stop = new AbortController();
  const reason = new Error('enough');
  try {
    await train({
      ...options,
      out: folder,
      signal: stop.signal,
      onProgress: listen(losses, ({ step }) => {
        if (step === stopAt) stop.abort(reason);
      }),
    });
    assert.unreachable('the run was not stopped');
  } catch (error) {
    assert.is(error, reason);
  }
  await train({ ...options, out: folder, resume: true, onProgress: listen(losses) });
  return folder;
}

for (const backend of ['wasm', 'cpu'] as const) {
  test(`a run that is stopped and resumed has the bits of one that was not, on ${backend}`, async () => {
    const options = { ...SMALL, backend, steps: 9, checkpointEvery: 3, testRows: 24 };
    const whole: number[] = [];
    const folder = createMemoryRunFolder();
    await train({ ...options, out: folder, onProgress: listen(whole) });
    const parts: number[] = [];
    const resumed = await stopAndResume(options, 5, parts);
    assert.is(whole.length, 10);
    assert.equal(parts, whole);
    const [expected, got] = [await tensorsOf(folder, 9), await tensorsOf(resumed, 9)];
    assert.equal([...got.keys()], [...expected.keys()]);
    for (const [name, { values }] of expected) assert.equal(got.get(name)?.values, values, name);
    const steps = (log: Uint8Array | null) =>
      new TextDecoder()
        .decode(log as Uint8Array)
        .trim()
        .split('\n')
        .map((line) => {
          const { step, loss, klPerLatent } = JSON.parse(line);
          return { step, loss, klPerLatent };
        });
    assert.equal(steps(await resumed.read('log.jsonl')), steps(await folder.read('log.jsonl')));
  });
}

const LONG = { ...SMALL, batchSize: 8, latents: 2, checkpointEvery: 50, testRows: 20 } as const;

test('and so it is after many steps, where powers of beta are no longer what they were', async () => {
  const long = { ...LONG, backend: 'wasm', steps: 240 } as const;
  const whole: number[] = [];
  await train({ ...long, out: createMemoryRunFolder(), onProgress: listen(whole) });
  const parts: number[] = [];
  await stopAndResume(long, 211, parts);
  assert.equal(parts, whole);
});

test('and on cpu, which is too slow to come there and goes on from the 200 steps of wasm', async () => {
  const begun = createMemoryRunFolder();
  await train({ ...LONG, backend: 'wasm', steps: 200, out: begun });
  const rest = { ...LONG, backend: 'cpu', steps: 210, resume: true } as const;
  const whole: number[] = [];
  const folder = createMemoryRunFolder(begun.files());
  await train({ ...rest, out: folder, onProgress: listen(whole) });
  const parts: number[] = [];
  const resumed = await stopAndResume(rest, 206, parts, createMemoryRunFolder(begun.files()));
  assert.equal(
    Object.keys(whole),
    Array.from({ length: 10 }, (_, i) => String(201 + i)),
  );
  assert.equal(parts, whole);
  const [expected, got] = [await tensorsOf(folder, 210), await tensorsOf(resumed, 210)];
  assert.equal([...got.keys()], [...expected.keys()]);
  for (const [name, { values }] of expected) assert.equal(got.get(name)?.values, values, name);
});

/** Of the published size it would take most of the time. */
const SMALL_DISCRIMINATOR = { 'discriminator-layers': 2, 'discriminator-units': 16 };

for (const model of ['beta-tcvae', 'factor-vae', 'dae'] as const) {
  test(`the state of ${model} is resumed too`, async () => {
    const modelOptions = model === 'factor-vae' ? SMALL_DISCRIMINATOR : {};
    const short = { ...SMALL, model, modelOptions, backend: 'wasm', steps: 8, checkpointEvery: 3 } as const;
    const whole: number[] = [];
    await train({ ...short, out: createMemoryRunFolder(), onProgress: listen(whole) });
    const parts: number[] = [];
    await stopAndResume(short, 5, parts);
    assert.equal(parts, whole);
  });
}

test('a run learns, and its posterior is scored', async () => {
  const path = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
  const losses: number[] = [];
  try {
    const run = join(path, 'run');
    const { scores, best } = await train({
      ...SMALL,
      backend: 'wasm',
      steps: 120,
      scoreEvery: 40,
      out: run,
      learningRate: 2e-3,
      modelOptions: { beta: 1 },
      onProgress: listen(losses),
    });
    assert.ok(losses[120] < 0.7 * losses[1], `${losses[1]} to ${losses[120]}`);
    assert.is(scores?.step, 120);
    assert.ok(best !== null && [40, 80, 120].includes(best.step));
    assert.equal(
      readdirSync(run).filter((name) => !name.startsWith('events')),
      ['checkpoints', 'config.json', 'log.jsonl', 'posterior.npz'],
    );
    assert.equal(readdirSync(join(run, 'checkpoints')).length, 3);
    const posterior = await readPosterior(join(run, 'posterior.npz'));
    assert.is(posterior.mu.rows, 120);
    // All held-out rows were scored while training.
    await assertLive(scores, posterior, await readFactors(join(run, 'posterior.npz')), 120);
    assert.is(readFileSync(join(run, 'log.jsonl'), 'utf8').trim().split('\n').length, 120);
  } finally {
    rmSync(path, { recursive: true });
  }
});

/**
 * Held against what scores and decomposes afterwards: these rows are all that were scored, and so
 * many of them were sampled.
 */
async function assertLive(
  live: LiveScores | null,
  { mu, logvar }: Record<'mu' | 'logvar', PlainMatrix>,
  factors: PlainMatrix,
  samples: number,
) {
  const { metrics } = await score(mu, factors, { metrics: ['mig', 'factor-vae-score'] });
  assert.equal(live?.scores, { mig: metrics.mig.value, 'factor-vae-score': metrics['factor-vae-score'].value });
  assert.equal(live?.reasons, {});
  // Samples of its own, as while training: those of the archive are others.
  const { totalCorrelation, mutualInformationPerDimension } = await decompose({ mu, logvar }, { samples });
  assert.ok(totalCorrelation > 0);
  assert.is(live?.totalCorrelation, totalCorrelation);
  const information = (mutualInformationPerDimension as number[]).reduce((sum, value) => sum + value, 0);
  const floor = Math.log(1 + Math.exp(information) / mu.rows);
  // Of its roundings and those of the exponent.
  assert.ok(Math.abs((live?.totalCorrelationFloor as number) - floor) < 1e-12, String(live?.totalCorrelationFloor));
}

test('of many held-out rows the first are scored, and total correlation is averaged over 1,000 of them', async () => {
  const [testRows, scoreRows] = [1100, 1050];
  const many = { ...SMALL, data: { ...smallData, size: 1500 }, testRows, scoreRows, scoreEvery: 1, steps: 1 };
  const path = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
  try {
    const { scores } = await train({ ...many, backend: 'wasm', out: join(path, 'run') });
    const archive = join(path, 'run', 'posterior.npz');
    const [{ mu, logvar }, factors] = [await readPosterior(archive), await readFactors(archive)];
    assert.is(mu.rows, testRows);
    const first = ({ data, columns }: PlainMatrix) => {
      return { data: data.slice(0, scoreRows * columns), rows: scoreRows, columns };
    };
    await assertLive(scores, { mu: first(mu), logvar: first(logvar) }, first(factors), 1000);
  } finally {
    rmSync(path, { recursive: true });
  }
});

const WITHOUT_FACTORS: Dataset = { ...smallData, name: 'plain', factors: [], readFactors() {} };

test('images without factors have total correlation and no best checkpoint, and that is said at the start', async () => {
  const folder = createMemoryRunFolder();
  const notes: string[] = [];
  const { scores, best, ...result } = await train({
    ...SMALL,
    data: WITHOUT_FACTORS,
    backend: 'wasm',
    steps: 4,
    scoreEvery: 2,
    out: folder,
    onProgress: (progress) => progress.kind === 'opened' && notes.push(...progress.notes),
  });
  assert.equal(notes, [
    'the images have no factors: mig and factor-vae-score are not computed, total correlation is; no checkpoint is kept as the best',
  ]);
  assert.equal([best, result.notes, scores?.step, scores?.scores], [null, notes, 4, {}]);
  assert.type(scores?.totalCorrelation, 'number');
  assert.is(await folder.read('checkpoints/best.safetensors'), null);
  const lines = new TextDecoder()
    .decode((await folder.read('log.jsonl'))!)
    .trim()
    .split('\n');
  assert.equal(
    lines.map((line) => Object.keys(JSON.parse(line).scores ?? {})),
    [[], ['totalCorrelation', 'totalCorrelationFloor'], [], ['totalCorrelation', 'totalCorrelationFloor']],
  );
  const posterior = Buffer.from((await folder.read('posterior.npz'))!);
  assert.ok(posterior.includes('logvar.npy') && !posterior.includes('factors.npy'));
});

test('an autoencoder of images without factors has nothing to be scored by', async () => {
  const { scores, best, notes } = await train({
    ...SMALL,
    data: WITHOUT_FACTORS,
    backend: 'wasm',
    model: 'ae',
    steps: 2,
  });
  assert.equal([scores, best], [null, null]);
  assert.match(notes[0], /^the images have no factors: mig and factor-vae-score are not computed; no checkpoint/);
});

test('rows that no metric takes do not end a run: its scores are null, with the reason', async () => {
  const folder = createMemoryRunFolder();
  const own: Dataset = {
    ...smallData,
    name: 'own',
    factors: ['row', 'other'].map((name) => ({ name, size: smallData.size })),
    readFactors: (rows, out) => out.set(Array.from(rows).flatMap((row) => [row, smallData.size - 1 - row])),
  };
  const options = { ...SMALL, data: own, backend: 'wasm', steps: 4, scoreEvery: 2, testRows: 20, out: folder } as const;
  const { scores, best } = await train(options);
  assert.equal([scores?.step, scores?.scores, best], [4, { mig: null, 'factor-vae-score': null }, null]);
  assert.match(scores!.reasons.mig, /^factors, column 0: expected a discrete factor to repeat its values/);
  assert.type(scores?.totalCorrelation, 'number');
  const lines = await linesOf(folder);
  assert.equal(lines[1].reasons, { 'scores.mig': scores!.reasons.mig, 'scores.factor-vae-score': scores!.reasons.mig });
  assert.ok(await folder.read('posterior.npz'));
});

for (const [given, notes] of [
  [
    { testRows: 0 },
    [
      'no rows are held out: nothing is scored, and no checkpoint is kept as the best',
      'no posterior of held-out rows is left; encode writes one of other rows',
    ],
  ],
  [{ testRows: 1 }, ['one row is held out: nothing is scored, and no checkpoint is kept as the best']],
  [{ scoreRows: 0 }, ['no rows are to be scored: nothing is scored, and no checkpoint is kept as the best']],
] as const) {
  test(`a run without rows to score says so: ${JSON.stringify(given)}`, async () => {
    const folder = createMemoryRunFolder();
    const result = await train({ ...SMALL, ...given, backend: 'wasm', steps: 2, out: folder });
    assert.equal([result.scores, result.best, result.notes], [null, null, notes]);
    assert.is((await folder.read('posterior.npz')) === null, 'testRows' in given && given.testRows === 0);
  });
}

test('a run that ends where it was stopped is scored there, once', async () => {
  const options = { ...SMALL, backend: 'wasm', scoreEvery: 4 } as const;
  const [whole, folder] = [createMemoryRunFolder(), createMemoryRunFolder()];
  const expected = await train({ ...options, steps: 6, out: whole });
  await train({ ...options, steps: 12, out: folder, ...stoppingAt(6) }).catch(() => {});
  const ended = await train({ ...options, steps: 6, out: folder, resume: true });
  assert.is(ended.scores?.step, 6);
  assert.equal([ended.scores, ended.best], [expected.scores, expected.best]);
  const scored = async () => (await linesOf(folder)).filter(({ scores }) => scores).map(({ step }) => step);
  assert.equal(await scored(), [4, 6]);
  assert.equal((await linesOf(folder)).at(-1)!.scores, (await linesOf(whole)).at(-1)!.scores);
  const again = await train({ ...options, steps: 6, out: folder, resume: true });
  assert.equal([again.scores, again.best], [expected.scores, expected.best]);
  assert.equal(await scored(), [4, 6]);
});

test('images with factors need no note', async () => {
  assert.equal((await train({ ...SMALL, backend: 'wasm', steps: 1 })).notes, []);
});

test('a seed gives the same run, another seed another', async () => {
  const runs: number[][] = [];
  for (const seed of [3, 3, 4]) {
    const losses: number[] = [];
    await train({ ...SMALL, backend: 'wasm', steps: 3, seed, onProgress: listen(losses) });
    runs.push(losses);
  }
  assert.equal(runs[1], runs[0]);
  assert.not.equal(runs[2], runs[0]);
});

test('a loss that is no number ends the run with the step, the term and a hint, and the last checkpoint stays', async () => {
  const hot = { ...SMALL, backend: 'wasm', learningRate: 900, checkpointEvery: 1 } as const;
  assert.match(
    (await divergenceOf(hot)).message,
    /^step \d+: \w+ is (NaN|Infinity|-Infinity); .*lower learning rate than 900/,
  );
  const backend = await openBackend('wasm');
  try {
    const out = createMemoryRunFolder();
    const often = { ...SMALL, steps: 12, checkpointEvery: 3, learningRate: 1e-3, out };
    const { step, message } = await divergenceOf({ ...often, tf: spoiltAt(8, [24, 8, 8, 1]) });
    assert.is(message, 'step 8: reconstruction is NaN; a lower learning rate than 0.001 is the first thing to try');
    assert.is(step, 7);
    // The two that were there before.
    assert.equal(await checkpointSteps(out), [3, 6]);
    const losses: number[] = [];
    await train({ ...often, tf: given, resume: true, onProgress: listen(losses) });
    assert.equal(Object.keys(losses), ['7', '8', '9', '10', '11', '12']);
  } finally {
    await backend.close();
  }
});

/** What a run that diverges ends with. */
async function divergenceOf(options: TrainOptions): Promise<DivergenceError> {
  const error = await train(options).then(
    () => assert.unreachable('it did not diverge'),
    (error) => error,
  );
  assert.instance(error, DivergenceError);
  return error as DivergenceError;
}

test('settings that decide the numbers cannot change on resumption, others can', async () => {
  const folder = createMemoryRunFolder();
  await train({ ...SMALL, backend: 'wasm', steps: 4, out: folder });
  try {
    await train({ ...SMALL, backend: 'wasm', steps: 6, out: folder, resume: true, learningRate: 1e-3, latents: 5 });
    assert.unreachable('it was resumed');
  } catch (error) {
    assert.match((error as Error).message, /^latents: expected 4 as in .*, got 5; learningRate 0\.0005, got 0\.001/);
  }
  const { steps } = await train({ ...SMALL, backend: 'wasm', steps: 6, logEvery: 2, out: folder, resume: true });
  assert.is(steps, 6);
});

test('a run that is complete is resumed to nothing but its posterior', async () => {
  const folder = createMemoryRunFolder();
  await train({ ...SMALL, backend: 'wasm', steps: 4, out: folder });
  const before = await folder.read('posterior.npz');
  let count = 0;
  await train({
    ...SMALL,
    backend: 'wasm',
    steps: 4,
    out: folder,
    resume: true,
    onProgress: ({ kind }) => {
      if (kind === 'step') count++;
    },
  });
  assert.is(count, 0);
  assert.ok(Buffer.from((await folder.read('posterior.npz')) as Uint8Array).equals(before as Uint8Array));
});

test('a run made longer is that made at once, with the scores of its former end beside', async () => {
  const options = { ...SMALL, backend: 'wasm', logEvery: 4, scoreEvery: 4 } as const;
  const [atOnce, longer] = [createMemoryRunFolder(), createMemoryRunFolder()];
  await train({ ...options, steps: 8, out: atOnce });
  const { best: former } = await train({ ...options, steps: 3, out: longer });
  const { best } = await train({ ...options, steps: 8, out: longer, resume: true });
  const linesOf = async (folder: MemoryRunFolder) => {
    const lines = new TextDecoder()
      .decode((await folder.read('log.jsonl'))!)
      .trim()
      .split('\n');
    return lines.map((line) => {
      const { seconds: _, imagesPerSecond: __, ...numbers } = JSON.parse(line);
      return numbers;
    });
  };
  const [expected, got] = [await linesOf(atOnce), await linesOf(longer)];
  assert.equal(
    expected.map(({ step }) => step),
    [4, 8],
  );
  assert.equal(
    got.filter(({ step }) => step !== 3),
    expected,
  );
  assert.equal(
    got.map(({ step }) => step),
    [3, 4, 8],
  );
  assert.type(got[0].scores.mig, 'number');
  const [whole, grown] = [await tensorsOf(atOnce, 8), await tensorsOf(longer, 8)];
  for (const [name, { values }] of whole) assert.equal(grown.get(name)?.values, values, name);
  const posteriors = [await atOnce.read('posterior.npz'), await longer.read('posterior.npz')];
  assert.ok(Buffer.from(posteriors[0]!).equals(posteriors[1]!));
  // Its former end was scored, and counts.
  const scores = got.map(({ step, scores: { mig } }) => ({ step, score: mig }));
  assert.is(former?.step, 3);
  assert.equal(
    best,
    scores.reduce((most, one) => (one.score > most.score ? one : most)),
  );
});

for (const modelOptions of [{ 'kl-target': 3 }, { 'beta-norm': 0.1 }, { beta: 4 }, { warmup: 3, beta: 2 }]) {
  test(`a run with ${JSON.stringify(modelOptions)} is resumed by what its folder says`, async () => {
    const path = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
    try {
      const run = join(path, 'run');
      await train({ ...SMALL, backend: 'wasm', steps: 2, modelOptions, out: run });
      const { steps } = await train({
        ...(await resumeOptions(run, { data: smallData, architecture: tiny, steps: 4 })),
        tf: undefined,
      });
      assert.is(steps, 4);
    } finally {
      rmSync(path, { recursive: true });
    }
  });
}

/** A run of two steps on a tf of the caller's, and its configuration. */
async function withGivenRun(name: 'cpu' | 'wasm', work: (run: string, backend: object) => Promise<void>) {
  const path = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
  // Computes on the backend that is open.
  const owner = await openBackend(name);
  try {
    const run = join(path, 'run');
    await train({ ...SMALL, testRows: 24, tf: given, steps: 2, out: run });
    owner.close();
    await work(run, JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')).backend);
  } finally {
    owner.close();
    rmSync(path, { recursive: true });
  }
}

/** Puts another backend into a run's configuration. */
function rewrite(run: string, backend: object): void {
  const file = join(run, 'config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), backend }));
}

for (const name of ['cpu', 'wasm'] as const) {
  test(`a run on a tf of the caller's on ${name} is known by what it is, and resumed without it to the same bits`, async () => {
    await withGivenRun(name, async (run, backend) => {
      const build = name === 'wasm' ? chooseBuild() : null;
      assert.equal(backend, { name, tfjs: '4.22.0', build, given: true });
      const parts: number[] = [];
      const { warnings } = await train({
        ...(await resumeOptions(run, { data: smallData, architecture: tiny, steps: 4 })),
        onProgress: listen(parts),
      });
      assert.equal(warnings, []);
      const whole: number[] = [];
      await train({ ...SMALL, testRows: 24, backend: name, steps: 4, onProgress: listen(whole) });
      assert.equal(parts.slice(3), whole.slice(3));
      assert.equal(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')).backend, { name, tfjs: '4.22.0', build });
    });
  });
}

test('a run goes on on another backend only where that is named, and with a warning', async () => {
  await withGivenRun('cpu', async (run) => {
    const options = { data: smallData, architecture: tiny, steps: 4 };
    const { warnings } = await train(await resumeOptions(run, { ...options, backend: 'wasm' }));
    assert.is(warnings.length, 1);
    assert.match(warnings[0], /^the run began on cpu, of a tfjs 4\.22\.0 of the caller's and goes on on wasm /);
    // What is not named is what works here, and no choice.
    rewrite(run, { name: 'tfjs-node-gpu', tfjs: '4.22.0', build: null });
    try {
      await train({ ...(await resumeOptions(run, options)), backend: 'auto' });
      assert.unreachable('it was resumed');
    } catch (error) {
      assert.match(
        (error as Error).message,
        /^backend: expected name "tfjs-node-gpu" as in .*, got "\w+"; .*; to go on elsewhere, name the backend/,
      );
    }
    rewrite(run, { name: 'quantum', tfjs: '9.0.0', build: null, given: true });
    try {
      await resumeOptions(run, options);
      assert.unreachable('it has options');
    } catch (error) {
      assert.is(
        (error as Error).message,
        `backend: ${run} computes on quantum, of a tfjs 9.0.0 of the caller's: expected that tf, or the name of a backend to go on elsewhere`,
      );
      assert.is((error as { code?: string }).code, 'ERR_OPTION');
    }
    const again = await train(await resumeOptions(run, { ...options, steps: 6, backend: 'cpu' }));
    assert.match(again.warnings[0], /quantum.* and goes on on cpu/);
  });
});

test('weights that are no numbers are never written down, nor is a posterior of them', async () => {
  for (const more of [{ checkpointEvery: 1 }, { checkpointEvery: 100, scoreEvery: 1 }, { steps: 1 }]) {
    const folder = createMemoryRunFolder();
    try {
      await train({ ...SMALL, backend: 'wasm', learningRate: 1e39, ...more, out: folder });
      assert.unreachable('it did not diverge');
    } catch (error) {
      assert.instance(error, DivergenceError, (error as Error).message);
      assert.match((error as Error).message, /^step 1: .* is (NaN|Infinity|-Infinity); .*lower learning rate/);
    }
    assert.equal(await folder.list('checkpoints'), []);
    assert.is(await folder.read('posterior.npz'), null);
  }
});

test('what was decided about the data is told when they have been opened, before the first step', async () => {
  for (const notes of [['the largest pixel is 16, which is taken as white'], undefined]) {
    const told: TrainProgress[] = [];
    const data = { ...smallData, notes };
    await train({ ...SMALL, data, backend: 'wasm', steps: 1, onProgress: (progress) => told.push(progress) });
    const [opening, next] = told;
    assert.is(opening.kind === 'opened' && next.kind, 'step');
    assert.equal(opening.kind === 'opened' && opening.notes, notes ?? []);
  }
});

test('a batch of more images than there are is refused, and leaves no run', async () => {
  const folder = createMemoryRunFolder();
  try {
    await train({ ...SMALL, backend: 'cpu', batchSize: 500, out: folder });
    assert.unreachable('it was taken');
  } catch (error) {
    assert.match((error as Error).message, /batchSize: expected at most the 456 images to train on, got 500/);
  }
  assert.equal(await folder.list(), []);
});

test('factors that an archive could not keep apart are refused before anything is trained', async () => {
  const data = { ...smallData, factors: smallData.factors.map((factor) => ({ ...factor, name: 'x' })) };
  try {
    await train({ ...SMALL, data, backend: 'cpu' });
    assert.unreachable('it was taken');
  } catch (error) {
    assert.is((error as { code?: string }).code, 'ERR_DATA');
    assert.is((error as Error).message, "rectangles: factor 1: expected a name of its own, got 'x', that of factor 0");
  }
});

const WRONG: ReadonlyArray<readonly [given: object, message: RegExp]> = [
  [{ model: 'beta-vea' }, /^model: expected one of .*got 'beta-vea'; did you mean 'beta-vae'/],
  [{ modelOptions: { gamma: 3 } }, /^gamma: not an option of beta-vae; /],
  [{ dataSeed: -1 }, /dataSeed: expected a whole number of at least 0, got -1/],
  [{ dataSeed: '1' }, /dataSeed: expected a whole number of at least 0, got string/],
  [{ latents: 0 }, /latents: expected a whole number from 1 to 1024, got 0/],
  [{ steps: 1.5 }, /steps: expected a whole number from 1 to 1000000000, got 1\.5/],
  [{ learningRate: -1 }, /learningRate: expected a number above 0, got -1/],
  [{ architecture: 'resnet' }, /architecture: expected one of burgess, locatello, mlp, got 'resnet'/],
  [{ likelihood: 'laplace' }, /likelihood: expected bernoulli or gaussian, got 'laplace'/],
  [{ testRows: 576 }, /testRows: expected a whole number from 0 to 575, got 576/],
  [{ batchSise: 3 }, /^batchSise: not an option of train; did you mean batchSize\?/],
  [{ beta: 3 }, /^beta: not an option of train, but of models such as beta-vae; give it in modelOptions: \{ beta \}$/],
  [{ data: undefined }, /^data: expected a name, a path, a Blob or a data set, got nothing$/],
  [{ data: {} }, /^data: expected a name, a path, a Blob or a data set, got object$/],
  [{ data: 5 }, /^data: expected a name, a path, a Blob or a data set, got 5$/],
  [{ out: 5 }, /^out: expected the path of a folder, or a folder in memory, got 5$/],
  [{ signal: 1 }, /^signal: expected an AbortSignal, got 1$/],
  [{ onProgress: 3 }, /^onProgress: expected a function, got 3$/],
  [{ tf: {} }, /^tf: expected a tfjs, got object$/],
  [{ modelOptions: 4 }, /^modelOptions: expected an object of options, got 4$/],
  [{ data: 'shapes-9' }, /data: expected one of .*got 'shapes-9'/],
  [{ dataOptions: { size: 8 } }, /dataOptions: expected none for rectangles, which is open already, got size; give/],
  [{ dataOptions: { seed: 3 } }, /^seed: not an option of dataOptions; /],
  [{ dataOptions: 64 }, /dataOptions: expected an object of options, got 64/],
  [{ data: 'shapes-3', dataOptions: { crop: 8 } }, /crop: expected none for shapes-3, which is drawn, got 8/],
];

for (const [given, message] of WRONG) {
  test(`${JSON.stringify(given)} is refused in words`, async () => {
    try {
      await train({ ...SMALL, backend: 'cpu', ...given });
      assert.unreachable('it was taken');
    } catch (error) {
      assert.match((error as Error).message, message);
      assert.is((error as { code?: string }).code, 'ERR_OPTION');
    }
  });
}

test.run();
