/** Small runs for the tests of what a run leaves on disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkpoint } from '../../../src/train/run/checkpoint.js';
import type { RunConfig } from '../../../src/train/run/config.js';
import type { LogEntry } from '../../../src/train/run/log.js';

export const CONFIG: RunConfig = {
  schema: 'vaemetrics/run@1',
  version: '0.1.0',
  data: { name: 'shapes-3', path: null, identity: { generator: 'shapes-3', rows: 4096, seed: null } },
  objective: { name: 'beta-vae', options: { beta: 4, warmup: 0 } },
  architecture: 'burgess',
  latents: 10,
  likelihood: 'bernoulli',
  seed: 0,
  dataSeed: 0,
  batchSize: 64,
  shardRows: 16,
  learningRate: 0.0005,
  adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  backend: { name: 'wasm', tfjs: '4.22.0', build: 'simd' },
  score: { metrics: ['mig', 'factor-vae-score'], rows: 1000 },
  steps: 1000,
  logEvery: 10,
  scoreEvery: 100,
  checkpointEvery: 100,
  threads: 1,
};

/** A checkpoint whose every number is a function of its step. */
export function makeCheckpoint(step: number, values = 6): Checkpoint {
  return {
    step,
    tensors: new Map([
      [
        'model/kernel',
        { shape: [values / 2, 2], values: Float32Array.from({ length: values }, (_, i) => step + i / 8) },
      ],
      ['optimiser/kernel/m', { shape: [values], values: new Float32Array(values).fill(-step) }],
      ['objective/scale', { shape: [], values: Float32Array.of(step / 2) }],
    ]),
    state: { best: { score: step / 1000, step }, cursor: step * 64, metric: null },
    config: CONFIG,
    logged: -1,
  };
}

export function makeEntry(step: number): LogEntry {
  return {
    step,
    seconds: step / 8,
    loss: 100 / step,
    reconstruction: 90 / step,
    kl: 10 / step,
    klPerLatent: [8 / step, 2 / step],
    terms: { totalCorrelation: 1 / step },
    ...(step % 20 === 0 && { scores: { mig: 0.25, sap: null } }),
  };
}

/** A folder of the file system for one test file. */
export function makeFolder(): { at: (name: string) => string; path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'vaemetrics-run-'));
  return { path, at: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}
