/**
 * `train` on WebGPU in Node, by the package `webgpu` (Dawn) of VAEMETRICS_PEERS, on the software
 * adapter that Chromium brings: slow, but it is the path that a GPU takes.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { objectives } from '../../../src/train/objectives/index.js';
import { repository } from '../../package/installed.js';
import { testNeeding } from '../../requirements.js';
import { assertSameLosses, builtLibrary, trainElsewhere } from './run-elsewhere.js';
import type { Run } from './train-runs.js';

const folder = process.env.VAEMETRICS_PEERS ?? repository;
const drivers = [process.env.VK_ICD_FILENAMES, '/usr/lib/chromium/vk_swiftshader_icd.json'];
const driver = drivers.find((path) => path !== undefined && existsSync(path)) ?? '';
const dawn = suite('training on webgpu in Node');
const test = testNeeding(
  existsSync(join(folder, 'node_modules', 'webgpu')) && driver !== '',
  'no webgpu package or no driver; VAEMETRICS_PEERS=FOLDER, VK_ICD_FILENAMES=FILE',
  dawn,
);

const SOFTWARE = { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: dirname(driver) };
const SHORT = { steps: 2, batchSize: 4, latents: 3, testRows: 0, scoreEvery: 0, learningRate: 5e-3 } as const;
/** Of the published size it would take most of the time. */
const DISCRIMINATOR = { modelOptions: { 'discriminator-layers': 2, 'discriminator-units': 16 } };
const CASES: ReadonlyArray<Run['options']> = [
  ...objectives.map(({ name }) => ({ ...SHORT, model: name, ...(name === 'factor-vae' && DISCRIMINATOR) })),
  { ...SHORT, architecture: 'locatello' },
  { ...SHORT, architecture: 'mlp' },
  { ...SHORT, likelihood: 'gaussian' },
  // The published network on 64 x 64 images.
  { ...SHORT, data: 'shapes-3', batchSize: 2 },
];

test('two steps of every objective, architecture, likelihood and size of image have the losses of wasm', () => {
  const runsOn = (backend: 'webgpu' | 'wasm') => CASES.map((options): Run => ({ options: { ...options, backend } }));
  const outcomes = trainElsewhere(folder, builtLibrary, [...runsOn('webgpu'), ...runsOn('wasm')], SOFTWARE);
  for (const [i, { model, architecture, likelihood, data }] of CASES.entries()) {
    const [webgpu, wasm] = [outcomes[i], outcomes[CASES.length + i]];
    assert.equal([webgpu.backend, wasm.backend], ['webgpu', 'wasm']);
    assert.match(webgpu.device, /swiftshader/i);
    assertSameLosses(webgpu.losses, wasm.losses, `${model ?? architecture ?? likelihood ?? data}`);
  }
});

test('auto trains on wasm where the adapter is software, and says so', () => {
  const [{ backend, refused }] = trainElsewhere(folder, builtLibrary, [{ options: { ...SHORT, steps: 1 } }], SOFTWARE);
  assert.is(backend, 'wasm');
  assert.match(refused.find(({ name }) => name === 'webgpu')?.reason ?? '', /^only a software renderer is there/);
});

dawn.run();
