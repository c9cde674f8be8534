/**
 * Steps of training beside PyTorch on the same machine, in turns: the same network, from the same
 * weights, on the same images and noise, whose losses have to agree for ten steps before anything
 * is told. `npm run bench:peers -- --metrics training`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withCore } from '../../bindings/core.js';
import { type Dataset, openDataset } from '../../src/data/index.js';
import { STREAMS } from '../../src/random.js';
import { createDraws } from '../../src/train/draws.js';
import { createMemoryRunFolder, exportModel, type TrainOptions, train } from '../../src/train.js';
import { describeMachine, formatRatio, medianOf } from '../report.js';
import { threadsOf } from './python.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const library = pathToFileURL(here('../../dist/train/node.js')).href;

const DATA = 'shapes-3';
const ROWS = 64;
const LATENTS = 10;
const BETA = 4;
const LEARNING_RATE = 5e-4;
const SEED = 0;
/** Steps whose losses are compared, and which warm up. */
const TOLD = 10;
const AGREEMENT = 1e-4;

/** Steps that are timed in one turn. */
const TIMED: Readonly<Record<string, number>> = { burgess: 16, locatello: 16, mlp: 10 };

interface Outcome {
  readonly device: string;
  readonly losses: readonly number[];
  /** Of every timed step, by the clock, and of the processor in all threads. */
  readonly seconds: readonly number[];
  readonly processor: readonly number[];
}

interface Contender {
  readonly name: string;
  run(): Outcome;
}

function optionsOf(architecture: string): Omit<TrainOptions, 'data'> {
  return {
    model: 'beta-vae',
    modelOptions: { beta: BETA },
    architecture,
    latents: LATENTS,
    batchSize: ROWS,
    learningRate: LEARNING_RATE,
    seed: SEED,
  };
}

/** Writes what PyTorch is given: weights before the first step, and images and noise of ten. */
async function writeInputs(folder: string, architecture: string): Promise<Dataset['image']> {
  const dataset = await openDataset(DATA);
  const batches: Uint8Array[] = [];
  const recorded: Dataset = {
    ...dataset,
    async readImages(rows, out) {
      await dataset.readImages(rows, out);
      batches.push(out.slice());
    },
  };
  const out = createMemoryRunFolder();
  await train({ ...optionsOf(architecture), data: recorded, backend: 'wasm', steps: TOLD, testRows: 0, out });
  for (const { name, chunks } of await exportModel(out, { format: 'safetensors', untrained: true })) {
    writeFileSync(join(folder, name), Buffer.concat([...chunks]));
  }
  writeFileSync(join(folder, 'images.bin'), Buffer.concat(batches));
  const noise = await withCore((core) => {
    const { normals } = createDraws(core);
    return Array.from({ length: TOLD }, (_, index) =>
      normals(ROWS * LATENTS, { seed: SEED, stream: STREAMS.trainingNoise, index }),
    );
  });
  writeFileSync(join(folder, 'noise.bin'), Buffer.concat(noise.map(({ buffer }) => Buffer.from(buffer))));
  return dataset.image;
}

function ours(name: string, architecture: string, more: Partial<TrainOptions>, build: string, cwd: string): Contender {
  const options = { ...optionsOf(architecture), data: DATA, ...more };
  const setup = JSON.stringify({ told: TOLD, timed: TIMED[architecture], options });
  return {
    name,
    run: () => run(process.execPath, [here('training-step.mjs'), library, setup], { VAEMETRICS_WASM: build }, cwd),
  };
}

function torch(python: string, folder: string, architecture: string, threads: number, image: Dataset['image']) {
  const { height, width, channels } = image;
  const setup = JSON.stringify({
    threads,
    rows: ROWS,
    image: [height, width, channels],
    latents: LATENTS,
    beta: BETA,
    learningRate: LEARNING_RATE,
    told: TOLD,
    timed: TIMED[architecture],
  });
  return {
    name: `PyTorch, ${inWords(threads)}`,
    run: () => run(python, [here('training-step.py'), folder, setup], threadsOf(threads), folder),
  };
}

const inWords = (threads: number) => (threads === 1 ? 'one thread' : `${threads} threads`);

function run(command: string, argv: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Outcome {
  const { status, stdout, stderr } = spawnSync(command, argv, {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '1', ...env },
    maxBuffer: 64 * 1024 ** 2,
  });
  if (status === 0) return JSON.parse(stdout);
  throw new Error(`${command}: exit code ${status}\n${stderr}`);
}

/** @throws Error where a loss is off by more than float32 explains */
function checkLosses(name: string, losses: readonly number[], expected: readonly number[]): void {
  for (const [i, loss] of expected.entries()) {
    if (Math.abs(losses[i] - loss) <= AGREEMENT * Math.abs(loss)) continue;
    throw new Error(`${name}, step ${i + 1}: expected a loss of ${loss}, as PyTorch's, got ${losses[i]}`);
  }
}

/**
 * The contests of `--metrics`: all networks or one of them in one thread, or the first in two
 * threads as well, for a machine that does nothing else.
 */
export const TRAINING_CONTESTS: Readonly<
  Record<string, { architectures: readonly string[]; threads: readonly number[] }>
> = {
  training: { architectures: Object.keys(TIMED), threads: [1] },
  ...Object.fromEntries(
    Object.keys(TIMED).map((name) => [`training-${name}`, { architectures: [name], threads: [1] }]),
  ),
  'training-threads': { architectures: ['burgess'], threads: [1, 2] },
};

/** Prints a table for every architecture. */
export async function compareTraining(
  { architectures, threads }: (typeof TRAINING_CONTESTS)[string],
  python: string,
  repeats: number,
): Promise<void> {
  const project = process.env.VAEMETRICS_TFJS_NODE;
  console.log(
    `Training: beta-VAE on ${DATA}, batches of ${ROWS}, ${repeats} turns of all, one after the other: the median step of`,
  );
  console.log(
    'the median turn [of the least–of the most], and how fast against PyTorch in the same turn. Ours draws its images and',
  );
  console.log(
    'writes its log, PyTorch has its images ready. On a busy machine the clock says little of threads, CPU time more.',
  );
  console.log(`${describeMachine()}; load ${loadavg()[0].toFixed(1)}`);
  if (!project) console.log('without tfjs-node (VAEMETRICS_TFJS_NODE=FOLDER, made by test/train/tfjs-node/install.sh)');
  for (const architecture of architectures) {
    const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-training-'));
    try {
      const image = await writeInputs(folder, architecture);
      const wasm = (name: string, build: string, threads: number) =>
        ours(name, architecture, { backend: 'wasm', threads }, build, folder);
      const peers = threads.map((count) => torch(python, folder, architecture, count, image));
      const builds = ['simd', 'relaxed'].flatMap((build) =>
        threads.map((count) => wasm(`wasm, ${build}, ${inWords(count)}`, build, count)),
      );
      const addon = project ? [ours('tfjs-node', architecture, { backend: 'tfjs-node' }, 'simd', project)] : [];
      await compare(architecture, repeats, [...peers, ...builds, ...addon]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function compare(architecture: string, repeats: number, contenders: readonly Contender[]): Promise<void> {
  const turns: Outcome[][] = [];
  for (let turn = 0; turn < repeats; turn++) {
    turns.push(contenders.map((contender) => contender.run()));
    const [peer] = turns[turn];
    for (const [i, { name }] of contenders.entries())
      checkLosses(`${architecture}, ${name}`, turns[turn][i].losses, peer.losses);
  }
  const title = `${architecture} | CPU ms a step | images/s | by PyTorch's one thread, of CPU time | by the clock | `;
  console.log(`\n| ${title}|\n|---|---:|---:|---:|---:|---|`);
  for (const [i, { name }] of contenders.entries()) {
    const of = (kind: 'seconds' | 'processor', contender: number) =>
      turns.map((turn) => medianOf(turn[contender][kind]));
    const spread = (values: readonly number[]) => {
      const [middle, least, most] = [medianOf(values), Math.min(...values), Math.max(...values)];
      return `${middle.toFixed(0)} [${least.toFixed(0)}–${most.toFixed(0)}]`;
    };
    const ratio = (kind: 'seconds' | 'processor', peer: number) => {
      const [theirs, own] = [of(kind, peer), of(kind, i)];
      return i === peer ? '' : formatRatio(theirs.map((seconds, turn) => seconds / own[turn]));
    };
    const cells = [
      name,
      spread(of('processor', i).map((seconds) => 1000 * seconds)),
      spread(of('seconds', i).map((seconds) => ROWS / seconds)),
      ratio('processor', 0),
      ratio('seconds', 0),
      turns[0][i].device,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
