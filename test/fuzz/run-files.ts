/** The files of a run, each damaged alone: its settings, its log, its weights. */
import { cutBackLog } from '../../src/train/run/log.js';
import { createMemoryRunFolder, type RunFolder, train } from '../../src/train.js';
import { readModel } from '../../src/trained/read-model.js';
import { smallData } from '../train/small-data.js';
import type { Target } from './targets.js';

const OPTIONS = {
  data: smallData,
  backend: 'wasm',
  model: 'vae',
  architecture: 'mlp',
  mlpWidth: 8,
  mlpDepth: 1,
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

/** The run with one of its files damaged. */
async function withFile(name: string, bytes: Uint8Array): Promise<RunFolder> {
  whole ??= trainOnce();
  return createMemoryRunFolder([...(await whole)].map(([own, content]) => [own, own === name ? bytes : content]));
}

const READERS: Readonly<Record<string, (folder: RunFolder) => Promise<unknown>>> = {
  'config.json': (folder) => readModel(folder, { checkpoint: 'best' }),
  'checkpoints/best.safetensors': (folder) => readModel(folder, { checkpoint: 'best' }),
  'log.jsonl': (folder) => cutBackLog(folder, OPTIONS.steps),
};

export const runTargets: readonly Target[] = Object.entries(READERS).map(([name, read]) => ({
  name: `run: ${name}`,
  files: async () => {
    whole ??= trainOnce();
    return [{ name, bytes: (await whole).get(name) as Uint8Array }];
  },
  read: async (bytes) => {
    await read(await withFile(name, bytes));
  },
}));
