/**
 * Trains the pair by the trainer and the loop of the library. As a program:
 * `train-pair.ts FOLDER STEPS THREADS`.
 */
import { withCore } from '../../../bindings/core.js';
import { startWorker } from '../../../bindings/worker-host.js';
import { splitRows } from '../../../src/data/split.js';
import { openBackend } from '../../../src/train/backends/open-backend.js';
import { openBatches } from '../../../src/train/batches.js';
import { createDraws } from '../../../src/train/draws.js';
import { runLoop } from '../../../src/train/loop.js';
import { composeOperations } from '../../../src/train/operations.js';
import { openReplicas } from '../../../src/train/parallel/open-replicas.js';
import { openRunFolder } from '../../../src/train/run/node-run-folder.js';
import { resumeRun, startRun } from '../../../src/train/run/open-run.js';
import { NoRunError, type RunFolder } from '../../../src/train/run/run-folder.js';
import { createTrainer } from '../../../src/train/trainer.js';
import { CONFIG } from '../run/samples.js';
import { smallData } from '../small-data.js';
import { createPair } from './pair.js';

export const BATCH = 24;
const SEED = 5;

export interface PairRun {
  readonly steps: number;
  readonly threads: number;
  readonly backend?: 'wasm' | 'cpu';
  /** Rows of a shard: 10 of 24 leave a last one of 4. */
  readonly shardRows?: number;
  readonly onStep?: (step: number) => void;
}

/** Goes on with the run in a folder, or begins one. */
export async function trainPair(folder: RunFolder, given: PairRun): Promise<void> {
  const { steps, threads, backend: name = 'wasm', shardRows = 10, onStep = () => {} } = given;
  const backend = await openBackend(name);
  try {
    await withCore(async (core) => {
      const { tf } = backend;
      const computer = { tf, operations: backend.operations ?? composeOperations(tf) };
      const { height, width } = smallData.image;
      const system = createPair(computer, { pixels: height * width, batchSize: BATCH, judgements: 2 });
      const open = () => startWorker(new URL('./worker-source.mjs', import.meta.url));
      const replicas = await openReplicas(threads, backend, computer, system, shardRows, open);
      const trainer = createTrainer(core, computer, system, replicas, createDraws(core), {
        seed: SEED,
        isRemote: false,
      });
      const plan = { steps, batchSize: BATCH, logEvery: 1, scoreEvery: 0, checkpointEvery: 7 };
      const config = { ...CONFIG, ...plan, shardRows, threads };
      const record = await resumeRun(folder, config).catch((error) => {
        if (error instanceof NoRunError) return startRun(folder, config);
        throw error;
      });
      if (record.resumed !== null) trainer.restore(record.resumed.tensors);
      const split = await splitRows(smallData.size, 40, 0);
      const batches = openBatches(tf, smallData, split, BATCH, SEED, system);
      try {
        await runLoop({
          tf,
          system,
          trainer,
          batches,
          record,
          plan,
          isRemote: false,
          score: null,
          signal: undefined,
          onStep: ({ step }) => onStep(step),
        });
      } finally {
        await record.close();
        await trainer.close();
      }
    });
  } finally {
    await backend.close();
  }
}

if (/train-pair\.[jt]s$/.test(process.argv[1] ?? '')) {
  const [path, steps, threads] = process.argv.slice(2);
  const folder = await openRunFolder(path, 'start').catch(() => openRunFolder(path, 'resume'));
  await trainPair(folder, {
    steps: Number(steps),
    threads: Number(threads),
    onStep: () => process.stdout.write('step\n'),
  });
  await folder.close();
}
