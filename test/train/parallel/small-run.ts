/**
 * A training that is over soon, on images that are a function of their row, and all that came of
 * it.
 */
import type { Dataset } from '../../../src/data/dataset.js';
import { bytesOf } from '../../../src/io/float-tensors.js';
import { latestCheckpoint } from '../../../src/train/run/checkpoints.js';
import type { RunFolder } from '../../../src/train/run/run-folder.js';
import type { TrainOptions } from '../../../src/train/train-options.js';
import { createMemoryRunFolder, type StepProgress, train } from '../../../src/train.js';
import { tiny } from '../tiny.js';

const SIDE = 16;

/** Squares on black, 16 x 16. */
export const squares: Dataset = {
  name: 'squares',
  identity: {},
  size: 200,
  image: { height: SIDE, width: SIDE, channels: 1 },
  isBinary: true,
  factors: [],
  readImages(rows, out) {
    out.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const [x, y, side] = [rows[i] % 11, Math.floor(rows[i] / 11) % 11, 3 + (rows[i] % 3)];
      for (let dy = 0; dy < side; dy++) {
        const from = (i * SIDE + y + dy) * SIDE + x;
        out.fill(255, from, from + side);
      }
    }
  },
  readFactors() {},
};

/** All numbers of every step, and all tensors at the end as bytes. */
export interface Outcome {
  readonly steps: readonly string[];
  readonly tensors: ReadonlyMap<string, string>;
}

export type SmallOptions = Partial<Omit<TrainOptions, 'out'>> & { readonly out?: RunFolder };

/** Ten steps of 40 images: two shards of 16, and one of 8. */
export async function runSmall(options: SmallOptions): Promise<Outcome> {
  const steps: string[] = [];
  const folder = options.out ?? createMemoryRunFolder();
  await train({
    data: squares,
    architecture: tiny,
    steps: 10,
    batchSize: 40,
    latents: 4,
    backend: 'wasm',
    testRows: 0,
    ...options,
    out: folder,
    onProgress(progress) {
      if (progress.kind === 'step') steps.push(numbersOf(progress));
      options.onProgress?.(progress);
    },
  });
  const { checkpoint } = await latestCheckpoint(folder);
  const tensors = [...(checkpoint?.tensors ?? [])];
  return {
    steps,
    tensors: new Map(tensors.map(([name, { values }]) => [name, Buffer.from(bytesOf(values)).toString('base64')])),
  };
}

/** Without times. */
function numbersOf({ loss, reconstruction, kl, terms, klPerLatent }: StepProgress): string {
  return JSON.stringify({ loss, reconstruction, kl, terms, klPerLatent });
}
