/**
 * A device that is slow to ask: steps are read some later, and nothing else differs. The device is
 * WebAssembly that takes its time to answer, and says that it is TensorFlow, on a GPU or not.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/index.js';
import { openBackend } from '../../src/train/backends/open-backend.js';
import { decodeCheckpoint } from '../../src/train/run/checkpoint.js';
import { checkpointSteps } from '../../src/train/run/checkpoints.js';
import type { TensorLibrary } from '../../src/train/tensors.js';
import {
  createMemoryRunFolder,
  DivergenceError,
  type MemoryRunFolder,
  type StepProgress,
  type TrainOptions,
  train,
} from '../../src/train.js';
import { given, spoiltAt, tf } from './backends/library.js';
import { smallData } from './small-data.js';
import { tiny } from './tiny.js';

const SMALL = {
  data: smallData,
  architecture: tiny,
  latents: 3,
  batchSize: 17,
  steps: 14,
  testRows: 30,
  scoreEvery: 6,
  logEvery: 3,
  checkpointEvery: 4,
} satisfies TrainOptions;

/** Library and backend are TensorFlow's, by what they say; what is on a GPU is remote. */
const tensorflow = (isUsingGpuDevice: boolean, library = given): TensorLibrary =>
  Object.assign({ ...library }, { getBackend: () => 'tensorflow', backend: () => ({ isUsingGpuDevice }) });

const [near, remote] = [tensorflow(false), tensorflow(true)];

interface Device {
  /** How many reads were under way at once. */
  mostReads: number;
  /** Tensors that nobody freed. */
  left: number;
}

/** Where a tf of one's own computes; reads take a while each, and not all the same. */
async function onDevice(work: () => Promise<void>): Promise<Device> {
  const backend = await openBackend('wasm');
  const before = tf.memory().numTensors;
  const { prototype } = tf.Tensor;
  const { data } = prototype;
  const device = { mostReads: 0, left: 0 };
  let [reads, count] = [0, 0];
  prototype.data = async function (this: tf.Tensor) {
    const values = data.call(this) as ReturnType<tf.Tensor['data']>;
    device.mostReads = Math.max(device.mostReads, ++reads);
    await new Promise((resolve) => setTimeout(resolve, (count++ * 7) % 5));
    reads--;
    return values;
  } as typeof data;
  try {
    await work();
  } finally {
    prototype.data = data;
    device.left = tf.memory().numTensors - before;
    await backend.close();
  }
  return device;
}

/** The lines of the log, but for times. */
async function linesOf(folder: MemoryRunFolder): Promise<object[]> {
  const text = new TextDecoder().decode((await folder.read('log.jsonl')) as Uint8Array);
  return text
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 }));
}

async function tensorsOf(folder: MemoryRunFolder, name: string) {
  return (await decodeCheckpoint((await folder.read(`checkpoints/${name}`)) as Uint8Array, name)).tensors;
}

for (const more of [
  {},
  { model: 'factor-vae', modelOptions: { 'discriminator-layers': 2, 'discriminator-units': 8 } },
  { logEvery: 1 },
  { scoreEvery: 0, logEvery: 100, checkpointEvery: 100 },
]) {
  test(`a remote device gives the lines, checkpoints and posterior of a local one, and keeps no tensor: ${JSON.stringify(more)}`, async () => {
    const [local, far] = [createMemoryRunFolder(), createMemoryRunFolder()];
    const [here, there]: [StepProgress[], StepProgress[]] = [[], []];
    const run = (library: TensorLibrary, out: MemoryRunFolder, steps: StepProgress[]) =>
      onDevice(async () => {
        const onProgress: TrainOptions['onProgress'] = (progress) => progress.kind === 'step' && steps.push(progress);
        await train({ ...SMALL, ...more, tf: library, out, onProgress });
      });
    const atHand = await run(near, local, here);
    const { mostReads, left } = await run(remote, far, there);
    assert.equal(await linesOf(far), await linesOf(local));
    const numbersOf = (steps: StepProgress[]) =>
      steps.map(({ step, loss, klPerLatent, scored, isLogged }) => ({ step, loss, klPerLatent, scored, isLogged }));
    assert.equal(numbersOf(there), numbersOf(here));
    assert.equal(await far.list('checkpoints'), await local.list('checkpoints'));
    for (const name of await local.list('checkpoints')) {
      assert.equal(await tensorsOf(far, name), await tensorsOf(local, name), name);
    }
    assert.equal(await far.read('posterior.npz'), await local.read('posterior.npz'));
    // A posterior's two.
    assert.is(atHand.mostReads, 2);
    assert.ok(mostReads > 10, `${mostReads} reads at once`);
    assert.is(left, 0);
  });
}

test('steps are made while those before are still being read, and the next batch is there', async () => {
  const order: string[] = [];
  const watched: Dataset = {
    ...smallData,
    readImages(rows, out) {
      order.push('load');
      smallData.readImages(rows, out);
    },
  };
  await onDevice(async () => {
    await train({
      ...SMALL,
      data: watched,
      tf: remote,
      steps: 12,
      logEvery: 4,
      scoreEvery: 0,
      scoreRows: 0,
      testRows: 0,
      checkpointEvery: 8,
      onProgress: (progress) => progress.kind === 'step' && order.push(`step ${progress.step}`),
    });
  });
  // Lines of the log are written once those after them are asked for; a checkpoint waits for all.
  const at = (what: string) => order.slice(0, order.indexOf(what)).filter((word) => word === 'load').length;
  assert.ok(at('step 1') > 2, `${at('step 1')} batches before step 1 was read`);
  assert.is(at('step 8'), 9);
  assert.is(at('step 12'), 12);
});

test('a stop writes down all steps that were made, and its checkpoint is the last of them', async () => {
  const folder = createMemoryRunFolder();
  const stop = new AbortController();
  const steps: number[] = [];
  const { left } = await onDevice(async () => {
    const stopped = train({
      ...SMALL,
      logEvery: 1,
      tf: remote,
      out: folder,
      signal: stop.signal,
      onProgress(progress) {
        if (progress.kind !== 'step') return;
        steps.push(progress.step);
        if (progress.step === 9) stop.abort(new Error('enough'));
      },
    });
    await stopped.then(
      () => assert.unreachable(),
      ({ message }) => assert.is(message, 'enough'),
    );
  });
  const last = steps.at(-1) as number;
  assert.equal(
    steps,
    Array.from({ length: last }, (_, i) => i + 1),
  );
  assert.ok((await folder.list('checkpoints')).includes(`step-${String(last).padStart(9, '0')}.safetensors`));
  assert.is((await linesOf(folder)).length, last);
  assert.is(left, 0);
});

/** What a run says that diverges, and what it leaves. */
async function divergenceOf(options: Partial<TrainOptions>) {
  const folder = createMemoryRunFolder();
  const steps: number[] = [];
  let error: DivergenceError | null = null;
  const { left } = await onDevice(async () => {
    error = await train({
      ...SMALL,
      scoreEvery: 0,
      ...options,
      out: folder,
      onProgress: (progress) => progress.kind === 'step' && steps.push(progress.step),
    }).then(
      () => assert.unreachable('it did not diverge'),
      (error) => error,
    );
  });
  assert.instance(error, DivergenceError);
  assert.is(left, 0);
  const { message, step } = error as unknown as DivergenceError;
  return { message, step, steps, checkpoints: await checkpointSteps(folder) };
}

// The last two before the eighth step.
for (const [checkpointEvery, checkpoints] of [
  [1, [6, 7]],
  [3, [3, 6]],
  [4, [4]],
  [100, []],
] as const) {
  test(`a loss that is no number is found at its step, and no checkpoint is after it, one in ${checkpointEvery}`, async () => {
    for (const isRemote of [false, true]) {
      const spoilt = tensorflow(isRemote, spoiltAt(8, [SMALL.batchSize, 8, 8, 1]));
      const found = await divergenceOf({ tf: spoilt, checkpointEvery });
      assert.match(found.message, /^step 8: reconstruction is NaN; /);
      assert.is(found.step, 7);
      assert.equal(found.steps, [1, 2, 3, 4, 5, 6, 7]);
      assert.equal(found.checkpoints, checkpoints);
    }
  });
}

test('weights that run away are found in the same step, with the same words', async () => {
  const hot = { learningRate: 900, checkpointEvery: 100 };
  assert.equal(await divergenceOf({ ...hot, tf: remote }), await divergenceOf({ ...hot, tf: near }));
});

/**
 * One read for each of the 14 steps, then one for the scores of the last and one for the posterior.
 * A step is told of when the one after it has been made, or at once where there is a checkpoint,
 * each fourth; the last is told of with its scores.
 */
for (const [failing, told, checkpoints] of [
  [1, 0, []],
  [5, 4, [4]],
  [6, 4, [4]],
  [14, 12, [8, 12]],
  [15, 13, [8, 12]],
  [16, 14, [12, 14]],
] as const) {
  const failIn = async (logEvery: number) => {
    let reads = 0;
    const broken: Dataset = {
      ...smallData,
      readImages(rows, out) {
        if (++reads === failing) throw new Error('the disk is gone');
        smallData.readImages(rows, out);
      },
    };
    const folder = createMemoryRunFolder();
    const steps: number[] = [];
    const { left } = await onDevice(async () => {
      const failed = train({
        ...SMALL,
        data: broken,
        tf: remote,
        out: folder,
        logEvery,
        scoreEvery: 0,
        onProgress: (progress) => progress.kind === 'step' && steps.push(progress.step),
      });
      await failed.then(
        () => assert.unreachable(),
        ({ message }) => assert.is(message, 'the disk is gone'),
      );
    });
    assert.equal(await checkpointSteps(folder), checkpoints);
    assert.is(left, 0);
    return steps;
  };

  test(`images that cannot be read end the run in whichever step they are wanted, and leave no tensor: read ${failing}`, async () => {
    assert.equal(
      await failIn(1),
      Array.from({ length: told }, (_, i) => i + 1),
    );
    // Where nobody has asked for the steps before.
    await failIn(100);
  });
}

test.run();
