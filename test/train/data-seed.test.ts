/** The seed of the data decides images and rows, that of the model what it is trained by. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitRows } from '../../src/data/split.js';
import { readFactors, readPosterior } from '../../src/node.js';
import {
  createMemoryRunFolder,
  encode,
  type MemoryRunFolder,
  openDataset,
  posteriorToNpz,
  reconstruct,
  resumeOptions,
  type TrainOptions,
  train,
} from '../../src/train.js';
import { smallData } from './small-data.js';

const SMALL = { data: smallData, latents: 3, batchSize: 8, steps: 2, testRows: 30, scoreEvery: 0 } as const;
const ON_WASM = { backend: 'wasm' } as const;

interface Finished {
  readonly folder: MemoryRunFolder;
  readonly losses: readonly number[];
}

async function trainShortly(options: Partial<TrainOptions>): Promise<Finished> {
  const folder = createMemoryRunFolder();
  const losses: number[] = [];
  await train({
    ...SMALL,
    ...ON_WASM,
    ...options,
    out: folder,
    onProgress: (progress) => {
      if (progress.kind === 'step') losses.push(progress.loss);
    },
  });
  return { folder, losses };
}

async function archiveOf({ folder }: Finished) {
  const bytes = (await folder.read('posterior.npz')) as Uint8Array;
  const [{ mu, z }, factors] = [await readPosterior(bytes), await readFactors(bytes)];
  return { mu: mu.data, z: z?.data, factors: factors.data };
}

const configOf = async ({ folder }: Finished) =>
  JSON.parse(new TextDecoder().decode((await folder.read('config.json')) as Uint8Array));

test('models of other seeds hold out the same rows, and a data seed others', async () => {
  const [first, second] = [await trainShortly({ seed: 1 }), await trainShortly({ seed: 2 })];
  const [a, b] = [await archiveOf(first), await archiveOf(second)];
  assert.equal(a.factors, b.factors);
  assert.not.equal(a.mu, b.mu);
  assert.not.equal(first.losses, second.losses);
  const other = await trainShortly({ seed: 1, dataSeed: 1 });
  const c = await archiveOf(other);
  assert.not.equal(c.factors, a.factors);
  assert.not.equal(other.losses, first.losses, 'it is trained on other rows');
  const { test: held } = await splitRows(smallData.size, SMALL.testRows, 1);
  const factors = new Float64Array(held.length * 2);
  await smallData.readFactors(held, factors);
  assert.equal(c.factors, factors);
  assert.equal([(await configOf(first)).dataSeed, (await configOf(other)).dataSeed], [0, 1]);
});

test('where nothing is held out, the data seed of images that are given decides nothing', async () => {
  const [one, two] = [await trainShortly({ testRows: 0 }), await trainShortly({ testRows: 0, dataSeed: 9 })];
  assert.equal(one.losses, two.losses);
});

test('encode takes the same rows of models of other seeds, and samples of their own', async () => {
  const models = [await trainShortly({ seed: 1 }), await trainShortly({ seed: 2 })];
  for (const options of [{}, { split: 'train', rows: 20 }, { split: 'all', rows: 20 }] as const) {
    const of = ({ folder }: Finished) => encode(folder, { ...ON_WASM, data: smallData, ...options });
    const [a, b] = [await of(models[0]), await of(models[1])];
    assert.equal(a.rows, b.rows);
    assert.not.equal(a.z.data, b.z.data);
  }
  const { folder } = models[0];
  const seeded = await encode(folder, { ...ON_WASM, data: smallData, split: 'all', rows: 20, seed: 5 });
  const unseeded = await encode(folder, { ...ON_WASM, data: smallData, split: 'all', rows: 20 });
  assert.not.equal(seeded.rows, unseeded.rows, 'a seed of its own decides both');
});

test('what encode and reconstruct show of a run of two seeds is what it held out', async () => {
  const run = await trainShortly({ seed: 3, dataSeed: 8 });
  const encoded = await encode(run.folder, { ...ON_WASM, data: smallData });
  const parts: Uint8Array[] = [];
  for await (const part of posteriorToNpz(encoded)) parts.push(part);
  assert.equal(Buffer.concat(parts), Buffer.from((await run.folder.read('posterior.npz')) as Uint8Array));
  const { test: held } = await splitRows(smallData.size, SMALL.testRows, 8);
  assert.equal(encoded.rows, held);
  const { images } = await reconstruct(run.folder, { ...ON_WASM, data: smallData, rows: 1 });
  const expected = new Uint8Array(64);
  await smallData.readImages(held.subarray(0, 1), expected);
  assert.equal(images.slice(0, 64), expected);
});

test('images that are drawn are those of the data seed, on resumption and afterwards', async () => {
  const path = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
  try {
    const run = join(path, 'run');
    const drawn = { ...SMALL, ...ON_WASM, data: 'shapes-1', seed: 4, dataSeed: 6 } as const;
    await train({ ...drawn, out: run });
    const options = await resumeOptions(run, { steps: 3 });
    assert.equal([options.seed, options.dataSeed], [4, 6]);
    assert.is((await train(options)).steps, 3);
    const { rows, factors } = await encode(run, ON_WASM);
    const dataset = await openDataset('shapes-1', { seed: 6 });
    const expected = new Float64Array(rows.length);
    await dataset.readFactors(rows, expected);
    assert.equal(factors?.data, expected);
    for (const [given, message] of [
      [{ dataSeed: 5 }, /^dataSeed: expected 6 as in .*, got 5$/],
      [{ seed: 5 }, /^seed: expected 4 as in .*, got 5$/],
    ] as const) {
      const error = await train(await resumeOptions(run, { ...given, steps: 4 })).catch((thrown: Error) => thrown);
      assert.match((error as Error).message, message);
    }
  } finally {
    rmSync(path, { recursive: true });
  }
});

test.run();
