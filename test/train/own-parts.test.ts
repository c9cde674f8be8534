/** Objectives, architectures and likelihoods of the caller's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bernoulli } from '../../src/train/likelihoods/bernoulli.js';
import { readConfig } from '../../src/train/run/config.js';
import {
  type Architecture,
  createMemoryRunFolder,
  differentiate,
  encode,
  exportModel,
  type Likelihood,
  loadRun,
  type Objective,
  option,
  resumeOptions,
  type StepProgress,
  type TrainOptions,
  type TrainProgress,
  train,
  weighKl,
} from '../../src/train.js';
import { runSmall } from './parallel/small-run.js';
import { smallData } from './small-data.js';

process.env.VAEMETRICS_WASM = 'simd';

/** Draws the first latents towards the factors, by squared distances beside noise. */
const guided: Objective = {
  name: 'guided',
  options: {
    weight: option.number({
      default: 2,
      minimum: 0,
      maximum: 100,
      description: 'weight of the distance from the factors',
    }),
  },
  activate: ({ weight }) => ({
    code: 'sample',
    needs: ['labels', 'images'],
    penalise(batch, { tf, labels, images, random }) {
      const noise = random.normals([batch.mu.shape[0], 2]);
      const penalty = differentiate(tf, batch, ['mu'], ({ mu }) => {
        const error = tf.sub(tf.sub(tf.slice(mu, [0, 0], [mu.shape[0], 2]), labels!), noise);
        const distance = tf.mean(tf.square(error));
        return { total: tf.mul(distance, weight as number), terms: { distance, white: tf.mean(images!) } };
      });
      noise.dispose();
      return penalty;
    },
  }),
};

/** One hidden layer of 16. */
const narrow: Architecture = {
  name: 'narrow',
  initialisation: 'fan-in',
  learningRate: 1e-3,
  batchSize: 20,
  build({ height, width, channels }, latents) {
    const pixels = height * width * channels;
    return {
      encoder: [
        { kind: 'reshape', shape: [pixels] },
        { kind: 'dense', inputs: pixels, outputs: 16, activation: 'tanh' },
        { kind: 'dense', inputs: 16, outputs: 2 * latents, activation: 'linear' },
      ],
      decoder: [
        { kind: 'dense', inputs: latents, outputs: pixels, activation: 'linear' },
        { kind: 'reshape', shape: [height, width, channels] },
      ],
    };
  },
};

/** Bernoulli by another name. */
const coin: Likelihood = { name: 'coin', lossOf: bernoulli.lossOf, imageOf: bernoulli.imageOf };

const OWN = { model: guided, architecture: narrow, likelihood: coin };
const SMALL = { data: smallData, latents: 3, backend: 'wasm', testRows: 60, steps: 4, logEvery: 1 } as const;

const errorOf = async (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => assert.unreachable('it was taken'),
    (error) => error,
  );

async function stepsOf(options: Partial<TrainOptions>): Promise<StepProgress[]> {
  const steps: StepProgress[] = [];
  const onProgress = (progress: TrainProgress) => {
    if (progress.kind === 'step') steps.push(progress);
  };
  await train({ ...SMALL, ...options, onProgress });
  return steps;
}

test('objects are taken beside names, and the run names them', async () => {
  const out = createMemoryRunFolder();
  const steps = await stepsOf({ ...OWN, modelOptions: { weight: 3 }, out });
  const { objective, architecture, likelihood, learningRate, batchSize } = await readConfig(out);
  assert.equal(objective, { name: 'guided', options: { weight: 3 } });
  assert.equal([architecture, likelihood, learningRate, batchSize], ['narrow', 'coin', 1e-3, 20]);
  assert.equal(Object.keys(steps[0].terms), ['distance', 'white']);
  // What the objective does not report is reported all the same.
  assert.ok((steps[0].kl as number) > 0);
  // Nine of 64 pixels are white.
  assert.ok(Math.abs(steps[0].terms.white - 9 / 64) < 1e-6);
});

test('labels are the factors of the batch', async () => {
  const seen: number[][] = [];
  const looking: Objective = {
    name: 'looking',
    activate: () => ({
      code: 'sample',
      needs: ['labels', 'images'],
      penalise(batch, { tf, labels, images }) {
        seen.push([...labels!.dataSync()], [...images!.dataSync()]);
        return weighKl(tf, batch);
      },
    }),
  };
  await train({ ...SMALL, steps: 1, model: looking });
  const [factors, pixels] = seen;
  assert.is(factors.length, 2 * 64);
  for (let row = 0; row < 64; row++) {
    const [x, y] = factors.slice(2 * row, 2 * row + 2);
    const first = pixels.slice(64 * row, 64 * row + 64).indexOf(1);
    assert.equal([first % 8, Math.floor(first / 8)], [x, y]);
  }
});

test('random numbers are those of the seed and the step, fresh in each', async () => {
  const drawn: string[] = [];
  const drawing: Objective = {
    name: 'drawing',
    activate: () => ({
      code: 'sample',
      penalise(batch, { tf, random }) {
        const tensors = [random.normals([4]), random.normals([2, 2]), random.uniforms([4])];
        drawn.push(JSON.stringify(tensors.map((tensor) => [...tensor.dataSync()])));
        tf.dispose(tensors);
        return weighKl(tf, batch);
      },
    }),
  };
  await train({ ...SMALL, model: drawing });
  const again = drawn.splice(0);
  await train({ ...SMALL, model: drawing });
  assert.equal(drawn, again);
  const numbers = new Set(drawn.flatMap((text) => JSON.parse(text).flat()));
  assert.is(numbers.size, SMALL.steps * 12);
  drawn.splice(0);
  await train({ ...SMALL, seed: 1, model: drawing });
  assert.not.equal(drawn, again);
});

test('a term of an objective of your own that sums a million values is within 1e-6 of float64', async () => {
  const [many, value] = [1_000_000, Math.fround(0.9)];
  const summing: Objective = {
    name: 'summing',
    activate: () => ({
      code: 'sample',
      penalise(_batch, { tf }) {
        const sum = tf.tidy(() => tf.sum(tf.fill([many], value)));
        return { total: tf.scalar(0), terms: { sum }, gradients: {} };
      },
    }),
  };
  const [{ terms }] = await stepsOf({ model: summing, steps: 1 });
  assert.ok(Math.abs(terms.sum - many * value) <= 1e-6 * many * value, String(terms.sum));
});

test('an objective and an architecture of your own are the same bits in two threads as in one', async () => {
  const options = { data: smallData, model: guided, architecture: narrow, steps: 4 };
  const one = await runSmall({ ...options, threads: 1 });
  const two = await runSmall({ ...options, threads: 2 });
  assert.equal(two, one);
  // They are what they say.
  assert.ok(one.tensors.has('model/encoder.2.weights') && !one.tensors.has('model/encoder.3.weights'));
});

test('a likelihood of your own is what it computes, on one thread', async () => {
  const [own, listed] = [await stepsOf({ likelihood: coin }), await stepsOf({})];
  assert.equal(
    own.map(({ loss }) => loss),
    listed.map(({ loss }) => loss),
  );
  const { message, code } = await errorOf(train({ ...SMALL, likelihood: coin, threads: 2 }));
  assert.is(
    message,
    "threads: expected 1 with the likelihood 'coin' of your own, whose functions cannot be sent to workers, got 2",
  );
  assert.is(code, 'ERR_OPTION');
  const opened: TrainProgress[] = [];
  await train({ ...SMALL, likelihood: coin, threads: 'auto', onProgress: (progress) => opened.push(progress) });
  assert.is(opened[0].kind === 'opened' && opened[0].threads, 1);
});

test('a run is resumed and loaded with the same objects, to the same bits, and not without them', async () => {
  const path = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
  try {
    const run = join(path, 'run');
    await train({ ...SMALL, ...OWN, modelOptions: { weight: 3 }, steps: 2, out: run });
    const missing = await errorOf(resumeOptions(run, { data: smallData, architecture: narrow, likelihood: coin }));
    assert.match(
      missing.message,
      /^model: the run was trained with 'guided', which is none of the library's \(vae, .*\): give that object$/,
    );
    const steps = await stepsOf({ ...(await resumeOptions(run, { data: smallData, ...OWN, steps: 4 })) });
    const whole = await stepsOf({ ...OWN, modelOptions: { weight: 3 } });
    assert.equal(
      steps.map(({ loss }) => loss),
      whole.slice(2).map(({ loss }) => loss),
    );

    const other = { ...narrow, name: 'wide' };
    assert.match((await errorOf(loadRun(run, { ...OWN, architecture: other }))).message, /'narrow', got 'wide'$/);
    for (const name of ['model', 'architecture', 'likelihood'] as const) {
      const { message } = await errorOf(loadRun(run, { ...OWN, [name]: undefined }));
      assert.match(message, new RegExp(`^${name}: the run was trained with '.*give that object$`));
    }
    const { mu } = await encode(run, { ...OWN, data: smallData, rows: 5, split: 'test' });
    assert.is(mu.data.length, 15);
    const files = await exportModel(run, { ...OWN, format: 'safetensors' });
    assert.ok(files.length > 0);
  } finally {
    rmSync(path, { recursive: true });
  }
});

const WRONG: ReadonlyArray<readonly [given: object, message: RegExp]> = [
  [{ model: { ...guided, name: 'vae' } }, /^model: expected a name that is none of the library's, got 'vae'$/],
  [{ model: { name: 'x' } }, /^model: expected 'x' to have a function activate, got undefined$/],
  [{ model: { activate() {} } }, /^model: expected one of your own to have a name, got undefined$/],
  [{ model: 3 }, /^model: expected one of vae, .*, got number$/],
  [{ model: { name: 'x', activate: () => ({}) } }, /^model: x: expected a code of 'sample' or 'mean', got undef/],
  [{ model: { name: 'x', activate: () => ({ code: 'mean' }) } }, /^model: x: expected a function penalise, got un/],
  [{ model: guided, modelOptions: { wieght: 1 } }, /^wieght: not an option of guided; did you mean weight\?$/],
  [{ architecture: { ...narrow, initialisation: 'he' } }, /narrow: expected an initialisation of .*, got 'he'$/],
  [{ likelihood: { name: 'x', lossOf() {} } }, /^likelihood: expected 'x' to have a function imageOf, got undefined$/],
];

for (const [given, message] of WRONG) {
  test(`what is no part of a training is refused in words: ${message}`, async () => {
    const error = await errorOf(train({ ...SMALL, ...given } as TrainOptions));
    assert.match(error.message, message);
    assert.is(error.code, 'ERR_OPTION');
  });
}

type Built = ReturnType<Architecture['build']>;
const replaced = (layers: Built['encoder'], place: number, change: object) =>
  layers.map((layer, i) => (i === place ? { ...layer, ...change } : layer));
const LAYERS: ReadonlyArray<readonly [change: (built: Built) => object, message: RegExp]> = [
  [
    ({ decoder }) => ({ encoder: decoder, decoder }),
    /encoder: layer 0: expected rows that dense takes, got \[8,8,1\]$/,
  ],
  [({ encoder, decoder }) => ({ encoder: encoder.slice(0, 2), decoder }), /encoder: expected an output of 6, got 16$/],
  [
    ({ encoder, decoder }) => ({ encoder, decoder: decoder.slice(0, 1) }),
    /decoder: expected an output of 8 x 8 x 1, got 64$/,
  ],
  [
    ({ encoder, decoder }) => ({ encoder: replaced(encoder, 2, { inputs: 15 }), decoder }),
    /encoder: layer 2: expected 16 inputs, got 15$/,
  ],
  [
    ({ encoder, decoder }) => ({ encoder: replaced(encoder, 1, { activation: 'elu' }), decoder }),
    /layer 1: expected an activation of linear, relu, leaky-relu, tanh, got "elu"$/,
  ],
  [({ decoder }) => ({ encoder: [{ kind: 'pool' }], decoder }), /layer 0: expected a dense layer, .*, got "pool"$/],
  [({ decoder }) => ({ decoder }), /encoder: expected a list of layers, got undefined$/],
];

for (const [change, message] of LAYERS) {
  test(`layers that do not follow from each other are refused before anything is trained: ${message}`, async () => {
    const architecture = {
      ...narrow,
      build: (...given: Parameters<Architecture['build']>) => change(narrow.build(...given)),
    };
    const error = await errorOf(train({ ...SMALL, architecture } as TrainOptions));
    assert.match(error.message, message);
    assert.match(error.message, /^architecture: narrow: /);
    assert.is(error.code, 'ERR_OPTION');
  });
}

test('labels are refused of images without factors, and leave no run', async () => {
  const data = { ...smallData, factors: [] };
  const out = createMemoryRunFolder();
  const { message } = await errorOf(train({ ...SMALL, data, model: guided, out }));
  assert.is(message, 'data: expected images with factors, which the model learns from, got rectangles');
  assert.equal(await out.list(), []);
});

for (const term of ['loss', 'klPerLatent']) {
  test(`a term that would take the place of ${term} is refused`, async () => {
    const model: Objective = {
      name: 'clashing',
      activate: () => ({
        code: 'sample',
        penalise: (batch, { tf }) => ({ ...weighKl(tf, batch), terms: { [term]: tf.scalar(1) } }),
      }),
    };
    const { message } = await errorOf(train({ ...SMALL, model }));
    assert.is(message, `penalise: expected terms of other names than '${term}'`);
  });
}

test.run();
