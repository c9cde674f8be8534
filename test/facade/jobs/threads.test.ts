/** Threads: the digits of one, cancelled at once, gone with the program. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../bindings/load.js';
import { Pool, withPool } from '../../../bindings/pool.js';
import { makeSyntheticTable } from '../../../src/cli/synthetic-table.js';
import { workInPool } from '../../../src/facade/jobs/crew.js';
import { evaluateTasks } from '../../../src/facade/run-metrics.js';
import { dci, type Metric, metrics, type Progress, type ScoreOptions, score } from '../../../src/index.js';
import { flattenMatrix, Matrix } from '../../../src/matrix.js';
import { defaultsOf } from '../../../src/options/check-options.js';
import type { Table } from '../../../src/stats/table.js';

const { latents, factors } = makeSyntheticTable({ rows: 600 });
const logvar = { ...flattenMatrix(latents), data: new Float32Array(latents.data.length).fill(-1) };
const FAST: ScoreOptions = {
  metrics: ['all'],
  options: { dci: { stages: 3 }, 'dci-es': { width: 4 } },
  posterior: { mu: latents, logvar },
};
const json = async (options: ScoreOptions<string>) =>
  JSON.stringify(await score(latents, factors, { ...FAST, ...options }));

test('gives the report of one thread, to the byte', async () => {
  const alone = await json({ seed: 3 });
  assert.is(Object.keys(JSON.parse(alone).metrics).length, metrics.length);
  for (const threads of [2, 3]) assert.is(await json({ seed: 3, threads }), alone, `${threads} threads`);
});

test('gives the intervals and nulls of one thread', async () => {
  const options = { metrics: ['mig', 'sap', 'factor-vae'], options: {}, interval: 7, null: 5 };
  assert.is(await json({ ...options, threads: 2 }), await json(options));
});

test('keeps to exact rows and factor types', async () => {
  const options: ScoreOptions = {
    factorTypes: [null, 'continuous', null, null, null],
    trainRows: { from: 100, to: 400 },
    testRows: Array.from({ length: 50 }, (_, i) => 599 - i),
  };
  assert.is(await json({ ...options, threads: 2 }), await json(options));
});

/** A metric that no other thread can have. */
const own = {
  ...metrics[0],
  name: 'own',
  aliases: [],
  options: {},
  compute: async () => ({ value: 0.5, parts: {}, notes: [] }),
} as unknown as Metric;

test("computes metrics of the caller's own in the caller's thread", async () => {
  const options = { metrics: ['mig', own, 'dci'], options: { dci: { stages: 2 } } };
  const report = await json({ ...options, threads: 2 });
  assert.is(report, await json(options));
  assert.is(JSON.parse(report).metrics.own.value, 0.5);
  const sampled = { ...options, metrics: [own], options: {}, interval: 3 };
  assert.is(await json({ ...sampled, threads: 2 }), await json(sampled));
});

test('calls a sampler in the thread that has it', async () => {
  const sampler = {
    sizes: [3, 4],
    encode: (v: Int32Array, rows: number) => ({ data: Float64Array.from(v), rows, columns: 2 }),
  };
  const table = Array.from({ length: 60 }, (_, i) => [i % 3, i % 4]);
  const of = async (threads: number) =>
    (await score(table, table, { metrics: ['factor-vae'], sampler, threads })).metrics;
  assert.equal(await of(2), await of(1));
});

test('says how far it has come, a few times a second at most', async () => {
  const seen: Progress[] = [];
  const started = performance.now();
  await json({ threads: 2, null: 3, onProgress: (progress) => seen.push(progress) });
  const table = Array.from({ length: 60 }, (_, i) => [i % 3, i % 4]);
  await score(table, table, {
    metrics: ['mig'],
    null: 2000,
    threads: 2,
    onProgress: (progress) => seen.push(progress),
  });
  // Ten times for each of the threads that tell of it, workers and this one.
  assert.ok(seen.length <= (performance.now() - started) / 50, `${seen.length} times`);
  assert.ok(seen.every(({ metric, done, total }) => metric !== '' && done <= total));
  assert.equal(new Set(seen.map(({ phase }) => phase)).has('null'), true);
});

test('sends of a view what it shows, not all of the memory behind it', () => {
  const behind = new Float32Array(1000);
  const { data } = flattenMatrix(new Matrix(behind.subarray(10, 16), 3, 2));
  assert.equal([data.length, data.buffer.byteLength], [6, 24]);
  assert.is(flattenMatrix(new Matrix(behind, 500, 2)).data, behind, 'whole arrays are not copied');
});

test('stops in the middle of a kernel, and computes again afterwards', async () => {
  const large = makeSyntheticTable({ rows: 6000 });
  const controller = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 300);
  const started = performance.now();
  try {
    await dci(large.latents, large.factors, { stages: 10_000, threads: 2, signal: controller.signal });
    assert.unreachable('a million trees in a moment');
  } catch (error) {
    assert.is(error, reason);
  }
  // Ten thousand stages take minutes; the bound is far from what it takes to stop.
  assert.ok(performance.now() - started < 30_000);
  assert.is(await json({ threads: 2 }), await json({}));
  const aborted = AbortSignal.abort(reason);
  assert.is(await dci(latents, factors, { threads: 2, signal: aborted }).catch((error) => error), reason);
});

test('leaves no work behind in this thread where that in others fails: it would write into memory of the next call', async () => {
  let isOver = false;
  const lasting = {
    ...own,
    compute: async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      isOver = true;
      return { value: 0, parts: {}, notes: [] };
    },
  } as unknown as Metric;
  const reason = new Error('a worker has died');
  let ended: unknown;
  const pool = {
    ask: () => Promise.reject(reason),
    end: (why: unknown) => {
      ended = why;
    },
  } as unknown as Pool;
  const tasks = [metrics[0], lasting].map((metric) => ({ metric, options: defaultsOf(metric.options) }));
  const work = workInPool(pool, {}, (crew: Parameters<typeof evaluateTasks>[0]) =>
    evaluateTasks(crew, {} as Table, tasks, { seed: 0 }),
  );
  assert.is(await work.catch((error: unknown) => error), reason);
  assert.equal([isOver, ended], [true, reason]);
});

test('stops where it is aborted before the workers are there', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const work = withPool(1, controller.signal, (pool) => pool.ask({ kind: 'drop' }));
  controller.abort(reason);
  assert.is(await work.catch((error) => error), reason);
});

test('refuses what is no number of threads', async () => {
  for (const threads of [0, 1.5, 65, Number.NaN]) {
    const message = await json({ threads }).catch((error) => error.message);
    assert.is(message, `threads: expected a whole number from 1 to 64, got ${threads}`);
  }
});

test('an error in a worker reaches the caller with its kind, and the next call works', async () => {
  const error = await withPool(2, undefined, (pool) => pool.ask({ kind: 'drop-what' })).catch((caught) => caught);
  assert.is(error, undefined, 'an unknown job is no job');
  const early = await withPool(2, undefined, (pool) =>
    pool.ask({ kind: 'share', share: 'score', request: { task: {}, seed: 0 } }),
  ).catch((caught: Error) => caught);
  assert.instance(early, Error);
  assert.match((early as Error).message, /expected an input before work on it/);
  assert.is(await json({ threads: 2 }), await json({}));
});

test('what is asked of a pool that has ended fails with the reason', async () => {
  const pool = new Pool(1, await compile());
  const waiting = [pool.ask({ kind: 'drop' }), pool.ask({ kind: 'drop' })].map((asked) =>
    asked.catch((error) => error),
  );
  const reason = new Error('over');
  pool.end(reason);
  assert.equal(await Promise.all(waiting), [reason, reason]);
  assert.is(await pool.ask({ kind: 'drop' }).catch((error) => error), reason);
  assert.not(pool.isIdle);
});

test('a program ends while its workers wait for more', () => {
  const repository = fileURLToPath(new URL('../../..', import.meta.url));
  const code = `
    import { score } from './src/index.ts';
    const table = Array.from({ length: 60 }, (_, i) => [i % 3, i % 4]);
    const { metrics } = await score(table, table, { metrics: ['mig', 'sap'], threads: 2 });
    process.stdout.write(String(metrics.mig.value));`;
  const argv = ['--import', 'tsx', '--input-type=module', '-e', code];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: repository,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal([status, Number(stdout) > 0.9], [0, true], stderr);
});

test.run();
