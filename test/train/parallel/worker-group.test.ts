/** Workers that fail, and those that nobody closes. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startWorker } from '../../../bindings/worker-host.js';
import type { Request } from '../../../src/train/parallel/messages.js';
import { WorkerGroup } from '../../../src/train/parallel/worker-group.js';

const request: Request = { kind: 'advance', start: null, rows: {}, whole: {}, spent: [] };

/** The one answer of a worker. */
const ask = <T = unknown>(group: WorkerGroup, worker: number) => group.ask<T>(worker, request)[0];

/** A worker that runs `code` for every message, where `reply` answers. */
const workerOf = (code: string) => () =>
  startWorker(
    new URL(
      `data:text/javascript,${encodeURIComponent(
        `import { parentPort } from 'node:worker_threads';
        const reply = (value) => parentPort.postMessage(value);
        let count = 0;
        parentPort.on('message', (message) => { count++; ${code} });`,
      )}`,
    ),
  );

const endingOf = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => new Error('no error'),
    (error) => error,
  );

test('answers come in the order of the requests of each worker', async () => {
  const group = new WorkerGroup(2, workerOf('reply({ value: count });'));
  const answers = await Promise.all([0, 1, 0, 0, 1].map((worker) => ask<number>(group, worker)));
  assert.equal(answers, [1, 1, 2, 3, 2]);
  group.end(new Error('over'));
});

test('a request may have several answers', async () => {
  const group = new WorkerGroup(1, workerOf('reply({ value: 1 }); reply({ value: 2 });'));
  assert.equal(await Promise.all(group.ask<number>(0, request, 2)), [1, 2]);
  group.end(new Error('over'));
});

test('the error of one worker is the failure of all, and of what is asked later', async () => {
  const group = new WorkerGroup(
    2,
    workerOf(`reply({ error: { name: 'RangeError', message: 'no memory', code: 'ERR_X' } });`),
  );
  const [first, second] = [endingOf(ask(group, 0)), endingOf(ask(group, 1))];
  const error = await first;
  assert.instance(error, RangeError);
  assert.is(error.message, 'no memory');
  assert.is(error.code, 'ERR_X');
  assert.is(await second, error);
  assert.is(await endingOf(ask(group, 1)), error);
});

test('an error that comes after an answer is one, too', async () => {
  const late = `reply({ value: 1 }); reply({ error: { name: 'Error', message: 'late' } });`;
  const group = new WorkerGroup(1, workerOf(late));
  assert.is(await ask(group, 0), 1);
  assert.is((await endingOf(ask(group, 0))).message, 'late');
});

for (const [title, code, message] of [
  ['an exception that nobody catches', `throw new TypeError('of a worker')`, /^of a worker$/],
  ['the end of a worker', 'process.exit(3)', /^worker: expected an answer, got exit code 3$/],
] as const) {
  test(`${title} is an error, and no wait without end`, async () => {
    const group = new WorkerGroup(2, workerOf(code));
    const waiting = endingOf(ask(group, 1));
    const error = await endingOf(ask(group, 0));
    assert.match(error.message, message);
    assert.match((await waiting).message, message);
  });
}

test('what is asked when the group is ended fails with the reason', async () => {
  const group = new WorkerGroup(2, workerOf(''));
  const waiting = endingOf(ask(group, 0));
  const reason = new Error('stop');
  group.end(reason);
  assert.is(await waiting, reason);
});

test('workers that nobody closes keep no program alive, and print nothing', () => {
  const child = `
    import { train } from './src/train.ts';
    import { workerReplicas } from './src/train/parallel/worker-replicas.ts';
    import { openTrainingWorker } from './src/train/parallel/open-training-worker.ts';
    import { buildVaeWork } from './src/train/vae/description.ts';
    import { findArchitecture } from './src/train/architectures/index.ts';
    import { composeOperations } from './src/train/operations.ts';
    import { openBackend } from './src/train/backends/open-backend.ts';
    const networks = findArchitecture('mlp').build({ height: 8, width: 8, channels: 1 }, 2);
    const description = { kind: 'vae', networks, likelihood: 'bernoulli', latents: 2 };
    const { tf } = await openBackend('wasm');
    const computer = { tf, operations: composeOperations(tf) };
    const setup = { threads: 2, backend: 'wasm', description, open: openTrainingWorker };
    await workerReplicas(setup, computer, buildVaeWork(description), 16);
    console.log('left open');`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', child],
    { cwd: fileURLToPath(new URL('../../..', import.meta.url)), encoding: 'utf8', timeout: 120_000 },
  );
  assert.is(stderr, '');
  assert.is(stdout, 'left open\n');
  assert.is(status, 0);
});

test.run();
