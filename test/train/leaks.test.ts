/** What steps leave behind: nothing. bench/leaks.ts is the same over ten thousand. */
import * as tfjs from '@tensorflow/tfjs-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../src/train/backends/open-backend.js';
import { type TrainOptions, train } from '../../src/train/index.js';
import { LIKELIHOODS } from '../../src/train/likelihoods/index.js';
import { ARCHITECTURES } from '../../src/train/models/index.js';
import { objectives } from '../../src/train/objectives/index.js';
import { smallData } from './small-data.js';

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
    for (const modelOptions of OPTIONS[name] ?? [{}]) await assertFlat({ model: name, modelOptions });
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

test('threads leave no tensor behind', () => assertFlat({ threads: 2, model: 'beta-tcvae' }));

test.run();
