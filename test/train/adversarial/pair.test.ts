/**
 * Two networks that learn against each other, in turns, through the trainer and the loop of the
 * library.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../../bindings/core.js';
import { runnable } from '../../../build/runnable.mjs';
import { openBackend } from '../../../src/train/backends/open-backend.js';
import { createDraws } from '../../../src/train/draws.js';
import { composeOperations } from '../../../src/train/operations.js';
import { localReplicas } from '../../../src/train/replicas.js';
import { latestCheckpoint } from '../../../src/train/run/checkpoints.js';
import { readLog } from '../../../src/train/run/log.js';
import { createMemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { openRunFolder } from '../../../src/train/run/node-run-folder.js';
import type { RunFolder } from '../../../src/train/run/run-folder.js';
import type { Tensor } from '../../../src/train/tensors.js';
import { createTrainer } from '../../../src/train/trainer.js';
import { checkRunFolder, killAtRandom } from '../kill.js';
import { assertWithin } from '../objectives/assert-within.js';
import { makeFolder } from '../run/samples.js';
import { createPair, NOISE } from './pair.js';
import { BATCH, type PairRun, trainPair } from './train-pair.js';

process.env.VAEMETRICS_WASM = 'simd';

const temporary = makeFolder();
test.after(temporary.remove);

/** What a run has come to: its lines without times, and every tensor of its last checkpoint. */
async function outcomeOf(folder: RunFolder) {
  const { lines } = readLog((await folder.read('log.jsonl')) as Uint8Array);
  const { checkpoint } = await latestCheckpoint(folder);
  const numbers = lines.map(({ step, terms }) => ({ step, terms }));
  return { numbers, step: checkpoint?.step, tensors: [...(checkpoint?.tensors ?? [])] };
}

async function outcomeOfRun(run: PairRun) {
  const folder = createMemoryRunFolder();
  await trainPair(folder, run);
  return outcomeOf(folder);
}

test('both learn in turns, each by its own optimiser, and the running averages move', async () => {
  const { numbers, tensors, step } = await outcomeOfRun({ steps: 30, threads: 1 });
  assert.is(step, 30);
  const losses = numbers.map(({ terms }) => (terms as Record<string, number>).discriminator);
  // Two cross-entropies of ln 2 if nothing can be told apart; then the discriminator learns, and
  // then the generator.
  assert.ok(Math.abs(losses[0] - 2 * Math.LN2) < 0.3, `${losses}`);
  assert.ok(Math.min(...losses.slice(0, 12)) < 0.8, `${losses}`);
  assert.ok(Math.max(...losses.slice(12)) > 1, `${losses}`);
  const names = tensors.map(([name]) => name);
  for (const network of ['body.0', 'head.0', 'discriminator.1', 'discriminator.2']) {
    for (const kind of ['model', 'optimiser/first', 'optimiser/second']) {
      assert.ok(names.includes(`${kind}/${network}.weights`), `${kind}/${network}.weights`);
    }
  }
  const mean = tensors.find(([name]) => name === 'running/mean')?.[1];
  assert.ok(mean?.values.some((value) => Math.abs(value) > 1e-3));
});

for (const backend of ['wasm', 'cpu'] as const) {
  test(`in two threads and three it comes to the bits of one on ${backend}`, async () => {
    const options = { steps: backend === 'cpu' ? 4 : 10, backend } as const;
    const one = await outcomeOfRun({ ...options, threads: 1 });
    assert.is(new Set(one.numbers.map(({ terms }) => JSON.stringify(terms))).size, options.steps, 'it learns');
    for (const threads of [2, 3]) assert.equal(await outcomeOfRun({ ...options, threads }), one, `${threads} threads`);
  });
}

test('statistics are those of the whole batch: shards of any size come to the same, but for rounding', async () => {
  const whole = await outcomeOfRun({ steps: 1, threads: 1, shardRows: BATCH });
  const cut = await outcomeOfRun({ steps: 1, threads: 1, shardRows: 5 });
  for (const [i, [name, { values }]] of whole.tensors.entries()) {
    // A shift before the normalised layer is taken out by it: its gradient is nothing but rounding.
    if (/^running|^optimiser.first/.test(name) && !name.endsWith('body.0.bias')) {
      assertWithin(cut.tensors[i][1].values, values, 1e-3, name);
    }
  }
});

test('gradients through the normalised layer are those of a tape over the whole batch', async () => {
  const backend = await openBackend('cpu');
  await withCore(async (core) => {
    const { tf } = backend;
    const computer = { tf, operations: composeOperations(tf) };
    const { phases, ...system } = createPair(computer, { pixels: 9, batchSize: 12, judgements: 1 });
    const draws = createDraws(core);
    const onlyFool = { ...system, phases: phases.filter(({ program }) => program === 'fool') };
    const replicas = localReplicas(computer, system.work, 5);
    const trainer = createTrainer(core, computer, onlyFool, replicas, draws, { seed: 1, isRemote: false });
    const before = await trainer.save();
    const parameter = (name: string) => {
      const { shape, values } = before.get(`model/${name}`) as { shape: number[]; values: Float32Array };
      return tf.tensor(values, shape);
    };
    const noise = tf.tensor(draws.normals(12 * NOISE, { seed: 1, stream: 2002, index: 0 }), [12, NOISE]);
    const names = ['body.0.weights', 'body.0.bias', 'head.0.weights', 'head.0.bias'];
    const loss = (...[w0, b0, w1, b1]: Tensor[]) => {
      const x = tf.add(tf.matMul(noise, w0), b0);
      const mean = tf.mean(x, 0);
      const variance = tf.sub(tf.mean(tf.square(x), 0), tf.square(mean));
      const hidden = tf.relu(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))));
      const images = tf.tanh(tf.add(tf.matMul(hidden, w1), b1));
      const below = tf.add(tf.matMul(images, parameter('discriminator.1.weights')), parameter('discriminator.1.bias'));
      const leaky = tf.maximum(below, tf.mul(below, 0.2));
      const logits = tf.add(tf.matMul(leaky, parameter('discriminator.2.weights')), parameter('discriminator.2.bias'));
      return tf.mean(tf.log1p(tf.exp(tf.neg(logits))));
    };
    const { grads } = tf.valueAndGrads(loss)(names.map(parameter));
    await trainer.step(0, [{}]);
    const after = await trainer.save();
    for (const [i, name] of names.entries()) {
      // (1 - beta1) of the gradient.
      const expected = name === 'body.0.bias' ? [] : Array.from(grads[i].dataSync(), (slope) => slope / 2);
      const got = after.get(`optimiser/first/${name}`)?.values as Float32Array;
      if (name === 'body.0.bias') assert.ok(got.every((slope) => Math.abs(slope) < 1e-7));
      else assertWithin(got, expected, 1e-4, name);
      assert.not.equal(after.get(`model/${name}`)?.values, before.get(`model/${name}`)?.values, `${name} has moved`);
    }
    const untouched = 'model/discriminator.1.weights';
    assert.equal(after.get(untouched)?.values, before.get(untouched)?.values);
    await trainer.close();
  });
  await backend.close();
});

const PROGRAM = fileURLToPath(new URL('./train-pair.ts', import.meta.url));
const argumentsOf = (path: string, steps: number, threads: number) => [
  ...runnable(PROGRAM),
  path,
  String(steps),
  String(threads),
];

for (const threads of [1, 2]) {
  test(`killed in ${threads === 1 ? 'one thread' : 'two threads'}, it is resumed to the bits of a run that never was`, async () => {
    const path = temporary.at(`killed-${threads}`);
    let step = 0;
    for (let index = 0; index < 2; index++) {
      const { wasRunning, output } = await killAtRandom({
        command: process.execPath,
        args: argumentsOf(path, 1_000_000, threads),
        ready: /(step\n){9}/,
        between: [0, 60],
        seed: threads,
        index,
      });
      assert.ok(wasRunning, output);
      const state = await checkRunFolder(path);
      assert.ok((state?.step ?? 0) > step, `step ${state?.step} after ${step}`);
      step = state?.step as number;
    }
    const steps = step + 5;
    const last = spawnSync(process.execPath, argumentsOf(path, steps, threads), { encoding: 'utf8' });
    assert.equal([last.status, last.stderr], [0, '']);
    assert.ok(existsSync(path));
    const folder = await openRunFolder(path, 'read');
    assert.equal(await outcomeOf(folder), await outcomeOfRun({ steps, threads: 1 }));
    await folder.close();
  });
}

test.run();
