/**
 * Where the time of a training step goes, kernel by kernel, on the wasm backend in this thread.
 *
 *   npx tsx bench/step-profile.ts [--steps 20] [--architecture burgess] [--data shapes-3] [--model beta-vae]
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../src/train/backends/open-backend.js';
import { type TrainOptions, train } from '../src/train.js';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '20' },
    architecture: { type: 'string', default: 'burgess' },
    data: { type: 'string', default: 'shapes-3' },
    model: { type: 'string', default: 'beta-vae' },
  },
});
const WARM_UP = 5;
const steps = Number(values.steps) + WARM_UP;

// Kept open, so that the backend that is measured is this one.
const backend = await openBackend('wasm');
const spent = new Map<string, { milliseconds: number; calls: number }>();
for (const kernel of tf.getKernelsForBackend('wasm')) {
  const { kernelName, kernelFunc } = kernel;
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...kernel,
    kernelFunc(given) {
      const start = performance.now();
      const result = kernelFunc(given);
      const entry = spent.get(kernelName) ?? { milliseconds: 0, calls: 0 };
      spent.set(kernelName, { milliseconds: entry.milliseconds + performance.now() - start, calls: entry.calls + 1 });
      return result;
    },
  });
}

let began = 0;
await train({
  data: values.data,
  architecture: values.architecture,
  model: values.model,
  backend: 'wasm',
  steps,
  testRows: 0,
  checkpointEvery: 1e6,
  onProgress(progress) {
    if (progress.kind !== 'step' || progress.step !== WARM_UP) return;
    spent.clear();
    began = performance.now();
  },
} satisfies TrainOptions);
const perStep = (performance.now() - began) / (steps - WARM_UP);
await backend.close();

const rows = [...spent].sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
const inKernels = rows.reduce((sum, [, { milliseconds }]) => sum + milliseconds, 0) / (steps - WARM_UP);
console.log(`${perStep.toFixed(1)} ms a step, ${inKernels.toFixed(1)} of them in kernels`);
for (const [name, { milliseconds, calls }] of rows.slice(0, 16)) {
  const each = milliseconds / (steps - WARM_UP);
  console.log(
    `${name.padEnd(32)} ${each.toFixed(2).padStart(7)} ms  ${((100 * each) / perStep).toFixed(1).padStart(5)} %  ${calls / (steps - WARM_UP)} calls`,
  );
}
