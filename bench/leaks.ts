/**
 * What a long training leaves behind: tensors, the memory of tfjs' WebAssembly backend, and
 * resident memory, by the thousand steps. Small images, so that steps are many; with scores and
 * checkpoints. Ends with 1 where the number of tensors changes, or memory grows after the first
 * fifth.
 *
 *   node --expose-gc --import tsx bench/leaks.ts                       10,000 steps of beta-vae, 2,000 of four others
 *   node --expose-gc --import tsx bench/leaks.ts --steps 500 --models vae,dae
 */
import { parseArgs } from 'node:util';
import * as tfjs from '@tensorflow/tfjs-core';
import { openBackend } from '../src/train/backends/open-backend.js';
import { createMemoryRunFolder, train } from '../src/train.js';
import { smallData } from '../test/train/small-data.js';
import { printTable } from './report.js';

const { values } = parseArgs({ options: { models: { type: 'string' }, steps: { type: 'string' } } });
const MODELS = values.models?.split(',') ?? ['beta-vae', 'beta-tcvae', 'factor-vae', 'dip-vae-ii', 'dae'];
/** The published discriminator is 6 layers of 1,000 units: the same tensors, larger. */
const OPTIONS: Readonly<Record<string, object>> = {
  'factor-vae': { 'discriminator-layers': 6, 'discriminator-units': 64 },
};
const MEBIBYTE = 2 ** 20;
/**
 * What resident memory may grow by, after the first fifth: the log of a run in memory grows with
 * it, and collectors are in no hurry.
 */
const RESIDENT_GROWTH = 16 * MEBIBYTE;

interface Sample {
  readonly step: number;
  readonly tensors: number;
  readonly wasmBytes: number;
  readonly residentBytes: number;
}

const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) {
  console.error('expected --expose-gc: garbage that waits for its collector is no leak');
  process.exit(2);
}

// Kept open, so that its memory can be looked at.
const backend = await openBackend('wasm');
const { memory } = (tfjs.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }).wasm.asm;

function look(step: number): Sample {
  collect?.();
  return {
    step,
    tensors: backend.tf.memory().numTensors,
    wasmBytes: memory.buffer.byteLength,
    residentBytes: process.memoryUsage.rss(),
  };
}

let hasGrown = false;
for (const model of MODELS) {
  const steps = Number(values.steps ?? (model === 'beta-vae' ? 10_000 : 2000));
  const every = Math.ceil(steps / 10);
  const before = backend.tf.memory().numTensors;
  const samples: Sample[] = [];
  await train({
    data: smallData,
    model,
    modelOptions: (OPTIONS[model] ?? {}) as Record<string, unknown>,
    latents: 4,
    batchSize: 24,
    steps,
    backend: 'wasm',
    testRows: 120,
    scoreEvery: every,
    logEvery: 10,
    checkpointEvery: Math.ceil(every / 2),
    out: createMemoryRunFolder(),
    onProgress(progress) {
      if (progress.kind === 'step' && progress.step % every === 0) samples.push(look(progress.step));
    },
  });
  const left = backend.tf.memory().numTensors - before;
  console.log(`\n${model}: ${steps} steps, scored every ${every}; tensors left after it: ${left}`);
  printTable(
    ['steps', 'tensors', 'WebAssembly MiB', 'resident MiB'],
    samples.map((sample) => [
      String(sample.step),
      String(sample.tensors),
      (sample.wasmBytes / MEBIBYTE).toFixed(1),
      (sample.residentBytes / MEBIBYTE).toFixed(1),
    ]),
  );
  const [settled, last] = [samples[1], samples[samples.length - 1]];
  const isFlat =
    left === 0 &&
    samples.every(({ tensors }) => tensors === settled.tensors) &&
    last.wasmBytes === settled.wasmBytes &&
    last.residentBytes - settled.residentBytes <= RESIDENT_GROWTH;
  if (!isFlat) {
    hasGrown = true;
    console.log('it grows');
  }
}
await backend.close();
process.exitCode = hasGrown ? 1 : 0;
