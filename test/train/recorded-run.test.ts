/**
 * A run that was written down once: golden/factor-vae-run.json has its configuration, the names and
 * shapes of its checkpoint, and what came of going on with it for three steps. Runs that are begun
 * with one version are taken up by the next, to the same bits. The numbers of the checkpoint are a
 * formula.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesOf, type FloatTensors } from '../../src/io/float-tensors.js';
import { encodeCheckpoint } from '../../src/train/run/checkpoint.js';
import { checkpointName, latestCheckpoint } from '../../src/train/run/checkpoints.js';
import type { RunConfig } from '../../src/train/run/config.js';
import { createMemoryRunFolder, loadRun, type MemoryRunFolder, train } from '../../src/train.js';
import { version } from '../../src/version.js';
import { smallData } from './small-data.js';

process.env.VAEMETRICS_WASM = 'simd';

type Shapes = ReadonlyArray<readonly [name: string, shape: readonly number[]]>;

const RECORDED: {
  readonly config: RunConfig;
  readonly weights: Shapes;
  readonly objective: Shapes;
  readonly checkpoint: string;
  readonly steps: ReadonlyArray<readonly [step: number, loss: number, totalCorrelation: number]>;
  readonly tensors: string;
  readonly posterior: string;
} = JSON.parse(readFileSync(new URL('golden/factor-vae-run.json', import.meta.url), 'utf8'));

/** A number from 0 to 1 that is a function of k. */
function mix(k: number): number {
  const once = Math.imul(k, 0x9e3779b1);
  const twice = Math.imul(once ^ (once >>> 15), 0x85ebca6b);
  return ((twice ^ (twice >>> 13)) >>> 0) / 2 ** 32;
}

function tensorsOfRecord(): FloatTensors {
  const kinds = ['model', 'optimiser/first', 'optimiser/second'];
  const named: Shapes = [
    ...RECORDED.weights.flatMap(([name, shape]) => kinds.map((kind) => [`${kind}/${name}`, shape] as const)),
    ...RECORDED.objective.map(([name, shape]) => [`objective/${name}`, shape] as const),
  ];
  let at = 0;
  return new Map(
    named.map(([name, shape]) => {
      const count = shape.reduce((product, side) => product * side, 1);
      const isSquare = /second$|^optimiser\/second/.test(name);
      const values = Float32Array.from({ length: count }, (_, i) =>
        isSquare ? 1e-4 * mix(at + i) : 0.2 * (mix(at + i) - 0.5),
      );
      at += count;
      return [name, { shape: [...shape], values }];
    }),
  );
}

const sha256 = (...pieces: ReadonlyArray<string | Uint8Array>) => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
};

function recordedRun(): MemoryRunFolder {
  const state = { seconds: 1, spent: { data: 0, score: 0, checkpoint: 0 }, best: null, scored: null };
  const more = { generator: 'philox-4x32-10', images: 40 };
  const tensors = tensorsOfRecord();
  const encoded = (config: RunConfig) =>
    Buffer.concat([...encodeCheckpoint({ step: 2, tensors, state: { ...state, ...more }, config, logged: -1 })]);
  assert.is(sha256(encoded(RECORDED.config)), RECORDED.checkpoint, 'the file of the checkpoint');
  const config = { ...RECORDED.config, version };
  return createMemoryRunFolder([
    ['config.json', new TextEncoder().encode(JSON.stringify(config))],
    [checkpointName(2), encoded(config)],
  ]);
}

for (const threads of [1, 2]) {
  test(`a run that was written down is gone on with to the same bits in ${threads === 1 ? 'one thread' : 'two threads'}`, async () => {
    const folder = recordedRun();
    const steps: number[][] = [];
    await train({
      data: smallData,
      model: 'factor-vae',
      modelOptions: { 'discriminator-layers': 1, 'discriminator-units': 4 },
      latents: 2,
      batchSize: 20,
      backend: 'wasm',
      testRows: 40,
      seed: 7,
      checkpointEvery: 2,
      logEvery: 1,
      scoreEvery: 0,
      steps: 5,
      threads,
      out: folder,
      resume: true,
      onProgress(progress) {
        if (progress.kind === 'step') steps.push([progress.step, progress.loss, progress.terms.totalCorrelation]);
      },
    });
    assert.equal(steps, RECORDED.steps);
    const { checkpoint } = await latestCheckpoint(folder);
    const kept = [...(checkpoint?.tensors ?? [])].flatMap(([name, { values }]) => [name, bytesOf(values)]);
    assert.is(sha256(...kept), RECORDED.tensors);
    assert.is(sha256((await folder.read('posterior.npz')) as Uint8Array), RECORDED.posterior);
  });
}

test('its model is loaded', async () => {
  const model = await loadRun(recordedRun(), { backend: 'wasm' });
  assert.equal([model.step, model.latents], [2, 2]);
  await model.close();
});

test.run();
