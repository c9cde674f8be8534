/** The files of a run, each damaged alone: its settings, its log, its weights. */
import { cutBackLog } from '../../src/train/run/log.js';
import { createMemoryRunFolder, train } from '../../src/train.js';
import { readModel } from '../../src/trained/read-model.js';
import { smallData } from '../train/small-data.js';
import type { Target } from './targets.js';

const OPTIONS = {
  data: smallData,
  backend: 'wasm',
  model: 'vae',
  architecture: 'mlp',
  latents: 2,
  batchSize: 8,
  steps: 4,
  testRows: 40,
} as const;

let whole: Promise<ReadonlyMap<string, Uint8Array>> | null = null;

async function trainOnce(): Promise<ReadonlyMap<string, Uint8Array>> {
  const out = createMemoryRunFolder();
  await train({ ...OPTIONS, out });
  return out.files();
}

/** Makes the model of the run, and takes its log back to the last step. */
function readRun(name: string): Target['read'] {
  return async (bytes) => {
    whole ??= trainOnce();
    const files = [...(await whole)].map(([own, content]) => [own, own === name ? bytes : content] as const);
    const folder = createMemoryRunFolder(files);
    await readModel(folder, { checkpoint: 'best' });
    await cutBackLog(folder, OPTIONS.steps);
  };
}

export const runTargets: readonly Target[] = ['config.json', 'log.jsonl', 'checkpoints/best.safetensors'].map(
  (name) => ({
    name: `run: ${name}`,
    files: async () => {
      whole ??= trainOnce();
      return [{ name, bytes: (await whole).get(name) as Uint8Array }];
    },
    read: readRun(name),
  }),
);
