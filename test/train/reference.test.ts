/**
 * Ten steps of every objective, through networks and Adam, against PyTorch in float64:
 * golden/torch-objectives.py.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Core, withCore } from '../../bindings/core.js';
import { useBuild } from '../../bindings/training-build.js';
import { supports } from '../../bindings/wasm-support.js';
import { STREAMS } from '../../src/random.js';
import type { Networks } from '../../src/train/architectures/architecture.js';
import { type OpenedBackend, openBackend } from '../../src/train/backends/open-backend.js';
import { createDraws, type Draws } from '../../src/train/draws.js';
import { bernoulli } from '../../src/train/likelihoods/bernoulli.js';
import { readNumbers } from '../../src/train/numbers.js';
import type { ActiveObjective } from '../../src/train/objectives/objective.js';
import { composeOperations } from '../../src/train/operations.js';
import { ADAM_DEFAULTS } from '../../src/train/optimiser.js';
import { localReplicas } from '../../src/train/replicas.js';
import type { Batch, Computer } from '../../src/train/system.js';
import { createTrainer } from '../../src/train/trainer.js';
import { createVaeSystem } from '../../src/train/vae/vae-system.js';
import { testNeeding } from '../requirements.js';
import { activate } from './objectives/batches.js';

const BATCH = 8;
const LATENTS = 4;
const SIZE = 8;
const STEPS = 10;
const SEED = 3;

/** By objective, what was reported in each step: the loss (of the whole), and terms. */
const EXPECTED: Record<string, Record<string, number[]>> = JSON.parse(
  readFileSync(new URL('golden/expected.json', import.meta.url), 'utf8'),
);

const discriminator = { 'discriminator-layers': 2, 'discriminator-units': 16 };
const OBJECTIVES: Record<string, readonly [name: string, options?: object]> = {
  vae: ['vae'],
  'beta-vae': ['beta-vae'],
  'beta-vae warmup': ['beta-vae', { warmup: 5 }],
  'beta-vae kl-target': ['beta-vae', { 'kl-target': 2.5 }],
  'capacity-vae': ['capacity-vae', { gamma: 100, capacity: 2, 'capacity-steps': 8 }],
  'beta-tcvae mws': ['beta-tcvae'],
  'beta-tcvae mss': ['beta-tcvae', { estimator: 'mss' }],
  'factor-vae': ['factor-vae', discriminator],
  'dip-vae-i': ['dip-vae-i'],
  'dip-vae-ii': ['dip-vae-ii'],
  ae: ['ae'],
  dae: ['dae'],
};

const halving = { kernel: 4, stride: 2 } as const;
const NETWORKS: Networks = {
  encoder: [
    { kind: 'convolution', ...halving, inputs: 1, outputs: 4, activation: 'relu' },
    { kind: 'convolution', ...halving, inputs: 4, outputs: 4, activation: 'relu' },
    { kind: 'reshape', shape: [16] },
    { kind: 'dense', inputs: 16, outputs: 8, activation: 'relu' },
    { kind: 'dense', inputs: 8, outputs: 2 * LATENTS, activation: 'linear' },
  ],
  decoder: [
    { kind: 'dense', inputs: LATENTS, outputs: 8, activation: 'relu' },
    { kind: 'dense', inputs: 8, outputs: 16, activation: 'relu' },
    { kind: 'reshape', shape: [2, 2, 4] },
    { kind: 'transposed-convolution', ...halving, inputs: 4, outputs: 4, height: 4, width: 4, activation: 'relu' },
    { kind: 'transposed-convolution', ...halving, inputs: 4, outputs: 1, height: 8, width: 8, activation: 'linear' },
  ],
};

/** A number from 0 to 1 that is a function of k. */
function mix(k: number): number {
  const once = Math.imul(k, 0x9e3779b1);
  const twice = Math.imul(once ^ (once >>> 15), 0x85ebca6b);
  return ((twice ^ (twice >>> 13)) >>> 0) / 2 ** 32;
}

/** `scale` times numbers from -1/2 to 1/2. */
const numbers = (count: number, start: number, scale: number) =>
  Float64Array.from({ length: count }, (_, i) => scale * (mix(start + i) - 0.5));

/** Near normal. */
function noise(index: number): Float32Array {
  const parts = [0, 1, 2, 3].map((part) => numbers(BATCH * LATENTS, 1_000_000 + 10_000 * index + 1000 * part, 1));
  return Float32Array.from(parts[0], (_, i) => Math.sqrt(3) * parts.reduce((sum, part) => sum + part[i], 0));
}

/** Squares of 3 x 3 pixels. */
function images(first: number): Float32Array {
  return Float32Array.from({ length: BATCH * SIZE * SIZE }, (_, at) => {
    const image = first + Math.floor(at / (SIZE * SIZE));
    const [row, column] = [Math.floor(at / SIZE) % SIZE, at % SIZE];
    const [x, y] = [image % 5, Math.floor(image / 5) % 5];
    return row >= y && row < y + 3 && column >= x && column < x + 3 ? 1 : 0;
  });
}

/** Weights and biases in turn; `inputs` numbers go into an output. */
function parameterOf(shape: readonly number[], inputs: number, place: number, start: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const isBias = place % 2 === 1;
  const scale = isBias ? 0.1 : 1.9 * Math.sqrt(12 / inputs);
  const values = numbers(count, start + 20_000 * Math.floor(place / 2) + (isBias ? 10_000 : 0), scale);
  return Float32Array.from(values);
}

/** What the script takes for the number of inputs of each layer. */
const INPUTS = { networks: [16, 64, 16, 8, LATENTS, 8, 64, 64], discriminator: [LATENTS, 16, 16] };

/** The draws of the script in place of the noise of z; the second batch has its own. */
function drawsOf(draws: Draws): Draws {
  return {
    ...draws,
    normals: (count, at, from = 0) =>
      at.stream === STREAMS.trainingNoise ? noise(at.index + (from === 0 ? 0 : 100)) : draws.normals(count, at, from),
  };
}

/** The loss and terms of each step. */
async function train(
  core: Core,
  computer: Computer,
  objective: ActiveObjective,
): Promise<Array<Record<string, number>>> {
  const { tf } = computer;
  const draws = drawsOf(createDraws(core));
  const autoencoder = { networks: NETWORKS, likelihood: bernoulli, latents: LATENTS };
  const system = createVaeSystem(computer, draws, {
    ...autoencoder,
    initialisation: 'glorot',
    adam: { ...ADAM_DEFAULTS, learningRate: 1e-3 },
    objective,
    description: { unsendable: 'a test' },
    datasetSize: 1000,
    batchSize: BATCH,
    pixels: 64,
    seed: SEED,
    hintFor: (name) => name,
  });
  const replicas = localReplicas(computer, system.work, BATCH);
  const trainer = createTrainer(core, computer, system, replicas, draws, { seed: SEED, isRemote: false });
  const begun = await trainer.save();
  for (const [group, start, inputs] of [
    ['model/', 0, INPUTS.networks],
    ['objective/', 500_000, INPUTS.discriminator],
  ] as const) {
    const parameters = [...begun].filter(([name]) => name.startsWith(group) && /\d\.(weights|bias)$/.test(name));
    for (const [i, [name, { shape }]] of parameters.entries()) {
      begun.set(name, { shape, values: parameterOf(shape, inputs[i >> 1], i, start) });
    }
  }
  trainer.restore(begun);

  const steps: Array<Record<string, number>> = [];
  for (let step = 0; step < STEPS; step++) {
    const upload = (values: Float32Array): Batch => ({
      images: tf.tensor(values, [BATCH, SIZE, SIZE, 1]),
      labels: null,
      groups: [],
    });
    const batches = [{ first: upload(images(BATCH * step)), second: upload(images(1000 + BATCH * step)) }];
    const numbers = await readNumbers(await trainer.step(step, batches));
    steps.push(numbers as Record<string, number>);
    tf.dispose(batches);
  }
  await trainer.close();
  return steps;
}

/**
 * Sums are rounded in float32, in an order that depends on the backend: 1.5e-6 was the most seen.
 */
const RELATIVE = 2e-5;

for (const name of ['cpu', 'simd', 'relaxed'] as const) {
  test(`ten steps of every objective are PyTorch's on ${name === 'cpu' ? name : `wasm, ${name} build`}`, async () => {
    if (name === 'cpu') return trainAll(await openBackend('cpu'));
    useBuild(name);
    if (name === 'relaxed' && !supports('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');
    const backend = await openBackend('wasm');
    assert.is(/relaxed/.test(backend.device), name === 'relaxed', backend.device);
    await trainAll(backend);
  });
}

const project = process.env.VAEMETRICS_TFJS_NODE ?? '';
const testTfjsNode = testNeeding(
  project !== '',
  'no tfjs-node; test/train/tfjs-node/install.sh FOLDER, then VAEMETRICS_TFJS_NODE=FOLDER',
);
testTfjsNode("ten steps of every objective are PyTorch's on tfjs-node", async () => {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  const before = process.cwd();
  // Packages of the user's are looked for in the project that a program runs in.
  process.chdir(project);
  try {
    const backend = await openBackend('tfjs-node');
    assert.is(backend.tf.getBackend(), 'tensorflow');
    await trainAll(backend);
  } finally {
    process.chdir(before);
  }
});

/**
 * Every objective, by formulas of tensors and by what the backend has in their place; closes the
 * backend.
 */
async function trainAll({ tf, operations, close }: OpenedBackend): Promise<void> {
  const ways = [composeOperations(tf), ...(operations === undefined ? [] : [operations])];
  for (const [title, expected] of Object.entries(EXPECTED)) {
    const [objective, options = {}] = OBJECTIVES[title];
    for (const way of ways) {
      const before = tf.memory().numTensors;
      const steps = await withCore((core) => train(core, { tf, operations: way }, activate(objective, { ...options })));
      assert.is(tf.memory().numTensors, before, `${title}: tensors left behind`);
      for (const [term, values] of Object.entries(expected)) assertClose(steps, term, values, title);
    }
  }
  await close();
}

function assertClose(
  steps: ReadonlyArray<Record<string, number>>,
  term: string,
  values: number[],
  title: string,
): void {
  // A term may be the difference of large ones: what it is small against is the largest that it
  // was.
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.is(steps.length, values.length);
  values.forEach((value, step) => {
    const bound = RELATIVE * (term === 'loss' ? Math.abs(value) : size);
    const difference = Math.abs(steps[step][term] - value);
    assert.ok(difference <= bound, `${title}, step ${step}, ${term}: ${steps[step][term]}, expected ${value}`);
  });
}

test('every objective has its ten steps', () => {
  assert.equal(Object.keys(EXPECTED).sort(), Object.keys(OBJECTIVES).sort());
});

test.run();
