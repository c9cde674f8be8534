/**
 * `train` on TensorFlow's C library, by the @tensorflow/tfjs-node of VAEMETRICS_TFJS_NODE: the
 * model that wasm and cpu train. Its API is that of tfjs-node-gpu.
 */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installPackage, outputOf, repository } from '../../package/installed.js';
import { testNeeding } from '../../requirements.js';
import { assertSameLosses, builtLibrary, trainElsewhere } from './run-elsewhere.js';
import type { Run } from './train-runs.js';

const project = process.env.VAEMETRICS_TFJS_NODE ?? '';
const addon = resolve(project, 'node_modules', '@tensorflow', 'tfjs-node');
const peers = suite('training on tfjs-node');
const test = testNeeding(
  project !== '' && existsSync(addon),
  'no tfjs-node; test/train/tfjs-node/install.sh FOLDER, then VAEMETRICS_TFJS_NODE=FOLDER',
  peers,
);

const QUIET = { TF_CPP_MIN_LOG_LEVEL: '1' };
const TEN_STEPS = {
  steps: 10,
  batchSize: 24,
  latents: 4,
  testRows: 60,
  scoreEvery: 0,
  checkpointEvery: 3,
  learningRate: 2e-3,
} as const;
const MODELS: ReadonlyArray<readonly [model: string, modelOptions?: Record<string, number>]> = [
  ['vae'],
  ['beta-tcvae'],
  // Its published size is 6 layers of 1,000 units, which cpu takes seconds for.
  ['factor-vae', { 'discriminator-layers': 3, 'discriminator-units': 64 }],
  ['dip-vae-ii'],
];
const BACKENDS = ['cpu', 'wasm', 'tfjs-node'] as const;

/** A project's folder, in which the packages of these folders are installed. */
function makeProject(packages: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vaemetrics-project-')));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  mkdirSync(join(folder, 'node_modules', '@tensorflow'), { recursive: true });
  for (const [name, place] of Object.entries(packages)) symlinkSync(place, join(folder, 'node_modules', name), 'dir');
  return folder;
}

test('ten steps of four objectives have the losses of cpu and wasm, by all three architectures', () => {
  const folder = makeProject({ '@tensorflow/tfjs-node': addon });
  const kinds = [
    ...MODELS.map(([model, modelOptions]) => ({ model, ...(modelOptions && { modelOptions }) })),
    { model: 'vae', architecture: 'locatello', steps: 3 },
    { model: 'vae', architecture: 'mlp', likelihood: 'gaussian', steps: 3 },
  ];
  const runs = BACKENDS.flatMap((backend) =>
    kinds.map((kind): Run => ({ options: { ...TEN_STEPS, ...kind, backend } })),
  );
  const outcomes = trainElsewhere(folder, builtLibrary, runs, QUIET);
  const of = (backend: number, kind: number) => outcomes[backend * kinds.length + kind];
  for (const [i, kind] of kinds.entries()) {
    const [cpu, wasm, tensorflow] = BACKENDS.map((_, backend) => of(backend, i));
    assert.equal(
      [cpu, wasm, tensorflow].map(({ backend }) => backend),
      [...BACKENDS],
    );
    assert.match(tensorflow.device, /^TensorFlow's C library .*CPU$/);
    const title = JSON.stringify(kind);
    assertSameLosses(tensorflow.losses, cpu.losses, title);
    assertSameLosses(tensorflow.losses, wasm.losses, title);
  }
});

test('the published network on 64 x 64 images has the losses of wasm', () => {
  const folder = makeProject({ '@tensorflow/tfjs-node': addon });
  const options = { data: 'shapes-3', steps: 3, batchSize: 8, testRows: 0, learningRate: 2e-3 } as const;
  const runs = (['wasm', 'tfjs-node'] as const).map((backend): Run => ({ options: { ...options, backend } }));
  const [wasm, tensorflow] = trainElsewhere(folder, builtLibrary, runs, QUIET);
  assertSameLosses(tensorflow.losses, wasm.losses, 'shapes-3');
});

test('sums of three million values are within 1e-6 of float64', () => {
  const sums = pathToFileURL(join(repository, 'test', 'browser', 'page', 'large-sums.js')).href;
  const code = `
    import { openBackend } from ${JSON.stringify(builtLibrary)};
    import { sumErrors } from ${JSON.stringify(sums)};
    const { tf } = await openBackend('tfjs-node');
    process.stdout.write(JSON.stringify([tf.getBackend(), await sumErrors(tf)]));`;
  const folder = makeProject({ '@tensorflow/tfjs-node': addon });
  const [answer, errors] = JSON.parse(outputOf(process.execPath, ['--input-type=module', '-e', code], folder, QUIET));
  assert.is(answer, 'tensorflow');
  assert.ok(Object.keys(errors).length > 0);
  for (const [what, error] of Object.entries(errors)) assert.ok((error as number) < 1e-6, `${what}: ${error}`);
});

test('a run that was stopped there goes on from its checkpoint as if it had not been', () => {
  const folder = makeProject({ '@tensorflow/tfjs-node': addon });
  const runOf = (model: string, out: string, stopAt?: number): Run => {
    const modelOptions = model === 'factor-vae' ? { 'discriminator-layers': 2, 'discriminator-units': 16 } : {};
    const options = { ...TEN_STEPS, model, modelOptions, backend: 'tfjs-node', out: join(folder, out) } as const;
    return stopAt === undefined ? { options } : { options, stopAt };
  };
  const runs = ['beta-tcvae', 'factor-vae'].flatMap((model) => [runOf(model, model), runOf(model, `${model}-2`, 5)]);
  const outcomes = trainElsewhere(folder, builtLibrary, runs, QUIET);
  for (const [i, model] of ['beta-tcvae', 'factor-vae'].entries()) {
    const [whole, parts] = outcomes.slice(2 * i, 2 * i + 2);
    assert.equal([whole.beginnings, parts.beginnings], [[0], [0, 5]]);
    assertSameLosses(parts.losses, whole.losses, model);
  }
});

test('it is found in the project that a program runs in, and beside this package wherever that is', () => {
  const runs: Run[] = [{ options: { ...TEN_STEPS, steps: 1, backend: 'tfjs-node' } }];
  const { folder, package: installed } = installPackage();
  const library = pathToFileURL(join(installed, 'dist', 'train', 'node.js')).href;
  const nothing = makeProject({});
  assert.throws(
    () => trainElsewhere(nothing, library, runs, QUIET),
    /backend tfjs-node: the package @tensorflow\/tfjs-node is not installed; npm install @tensorflow\/tfjs-node/,
  );
  mkdirSync(join(folder, 'node_modules', '@tensorflow'), { recursive: true });
  symlinkSync(addon, join(folder, 'node_modules', '@tensorflow', 'tfjs-node'), 'dir');
  for (const place of [nothing, folder]) {
    const [{ backend }] = trainElsewhere(place, library, runs, QUIET);
    assert.is(backend, 'tfjs-node', place);
  }
});

test('auto takes it before wasm, and says why not what comes before', () => {
  const folder = makeProject({ '@tensorflow/tfjs-node': addon });
  const [{ backend, refused }] = trainElsewhere(folder, builtLibrary, [{ options: { ...TEN_STEPS, steps: 1 } }], {
    ...QUIET,
    VK_ICD_FILENAMES: '/dev/null',
  });
  assert.is(backend, 'tfjs-node');
  assert.equal(
    refused.map(({ name }) => name),
    ['tfjs-node-gpu', 'webgpu'],
  );
});

peers.run();
