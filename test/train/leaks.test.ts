/** What steps leave behind: nothing. bench/leaks.ts is the same over ten thousand. */
import * as tfjs from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ARCHITECTURES, findArchitecture } from '../../src/train/architectures/index.js';
import { listParameters } from '../../src/train/architectures/layers.js';
import { openBackend } from '../../src/train/backends/open-backend.js';
import { LIKELIHOODS } from '../../src/train/likelihoods/index.js';
import { objectives } from '../../src/train/objectives/index.js';
import type { AdvanceRequest, Request } from '../../src/train/parallel/messages.js';
import { countValues } from '../../src/train/parallel/packing.js';
import { makeShardHandler } from '../../src/train/parallel/shard-handler.js';
import { buildVaeWork, type VaeDescription } from '../../src/train/vae/description.js';
import { type TrainOptions, train } from '../../src/train.js';
import { smallData } from './small-data.js';
import { tiny } from './tiny.js';

const STEPS = 120;
/** Of the other networks, which are slow on images as small as on large ones. */
const FEW_STEPS = 60;

const OPTIONS: Readonly<Record<string, ReadonlyArray<Record<string, unknown>>>> = {
  'beta-vae': [{}, { 'kl-target': 3 }],
  'beta-tcvae': [{}, { estimator: 'mss' }],
  'factor-vae': [{ 'discriminator-layers': 3, 'discriminator-units': 16 }],
  dae: [{}, { corruption: 'gaussian' }],
};

async function assertFlat(options: Partial<TrainOptions>): Promise<void> {
  const title = JSON.stringify(options);
  const steps = options.steps ?? STEPS;
  // Every kind of step has been made once by then: scored, logged, kept.
  const settled = 50;
  // Kept open, so that what a run leaves can be looked at.
  const backend = await openBackend('wasm');
  try {
    const { memory } = (tfjs.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }).wasm.asm;
    const before = backend.tf.memory();
    const tensors: number[] = [];
    const bytes: number[] = [];
    let sizeAtRest = 0;
    await train({
      data: smallData,
      backend: 'wasm',
      latents: 3,
      // Two shards, the second of them smaller.
      batchSize: 24,
      steps,
      testRows: 40,
      scoreEvery: 50,
      checkpointEvery: 30,
      ...options,
      onProgress(progress) {
        if (progress.kind !== 'step') return;
        const now = backend.tf.memory();
        tensors.push(now.numTensors);
        bytes.push(now.numBytes);
        if (progress.step === settled) sizeAtRest = memory.buffer.byteLength;
        if (progress.step === steps) assert.is(memory.buffer.byteLength, sizeAtRest, `${title}: memory grew`);
      },
    });
    assert.is(tensors.length, steps, title);
    assert.equal([...new Set(tensors)], [tensors[0]], `${title}: tensors`);
    assert.equal([...new Set(bytes)], [bytes[0]], `${title}: bytes`);
    const after = backend.tf.memory();
    assert.equal([after.numTensors, after.numBytes], [before.numTensors, before.numBytes], `${title}: left behind`);
  } finally {
    await backend.close();
  }
}

for (const { name } of objectives) {
  test(`steps of ${name} leave no tensor behind`, async () => {
    for (const modelOptions of OPTIONS[name] ?? [{}])
      await assertFlat({ model: name, modelOptions, architecture: tiny });
  });
}

for (const { name: architecture } of ARCHITECTURES) {
  for (const { name: likelihood } of LIKELIHOODS) {
    test(`steps of ${architecture} with the ${likelihood} likelihood leave no tensor behind`, async () => {
      const steps = architecture === 'burgess' ? STEPS : FEW_STEPS;
      // Rows are few where the network is large: a tensor that is left does not depend on them.
      const batchSize = architecture === 'mlp' ? 2 : 24;
      await assertFlat({ architecture, likelihood, model: 'vae', steps, batchSize });
    });
  }
}

test('the thread that trains keeps no tensor of what it asks others', () =>
  assertFlat({ threads: 2, model: 'beta-tcvae', architecture: tiny }));

/** What a worker is told, in this thread, where its tensors can be counted. */
async function openHandler(description: VaeDescription) {
  const handle = makeShardHandler({ vae: buildVaeWork });
  const ask = async (request: Request, answers = 1) => {
    const replies: unknown[] = [];
    await handle(request, (reply) => replies.push(reply));
    for (const reply of replies) {
      const { error } = reply as { error?: { message: string } };
      assert.is(error, undefined, `${request.kind}: ${error?.message}`);
    }
    assert.is(replies.length, answers);
  };
  await ask({ kind: 'open', backend: 'wasm', build: null, description });
  return ask;
}

for (const code of ['sample', 'mean'] as const) {
  test(`a worker keeps its parameters and nothing else, where the decoder is given a ${code}`, async () => {
    const [image, latents] = [smallData.image, 3];
    const networks = findArchitecture('burgess').build(image, latents);
    const numbers = (length: number) => Float32Array.from({ length }, (_, i) => (i % 7) / 70);
    const shapesOf = (network: 'encoder' | 'decoder') =>
      listParameters(network, networks[network]).map(({ shape }) => shape);
    const counts = { encoder: countValues(shapesOf('encoder')), decoder: countValues(shapesOf('decoder')) };
    const ask = await openHandler({ kind: 'vae', networks, likelihood: 'bernoulli', latents });
    const before = tfjs.memory();
    // The second shard is smaller.
    const rows = [16, 8];
    const send = (shape: number[]) => ({ shape: [16, ...shape], values: numbers(24 * countValues([shape])) });
    const images = () => send([image.height, image.width, image.channels]);
    const advance = (start: AdvanceRequest['start'], sent: AdvanceRequest['rows']) =>
      ask({ kind: 'advance', start, rows: sent, whole: {}, spent: [] }, rows.length);
    for (let round = 1; round <= 5; round++) {
      const parameters = { encoder: numbers(counts.encoder), decoder: numbers(counts.decoder) };
      await advance({ program: 'encode', rows, batchRows: 24, parameters }, { images: images() });
      // Rounds in which the worker lacks some of the parameters, and is given what the encoder is
      // to see.
      const isOdd = round % 2 === 1;
      const missing: Record<string, Float32Array<ArrayBuffer>> = isOdd ? { encoder: numbers(counts.encoder) } : {};
      await advance(
        { program: 'learn', rows, batchRows: 24, parameters: missing },
        {
          images: images(),
          ...(isOdd && { seen: images(), second: images() }),
          ...(code === 'sample' && { noise: send([latents]) }),
        },
      );
      await advance(null, isOdd ? {} : { mu: send([latents]), logvar: send([latents]), z: send([latents]) });
      const now = tfjs.memory();
      const tensors = shapesOf('encoder').length + shapesOf('decoder').length;
      assert.is(now.numTensors - before.numTensors, tensors, `tensors after ${round} rounds`);
      assert.is(now.numBytes - before.numBytes, 4 * (counts.encoder + counts.decoder), `bytes after ${round} rounds`);
    }
  });
}

test.run();
