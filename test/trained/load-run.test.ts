/** Models of runs: what is loaded, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { latestCheckpoint, saveCheckpoint } from '../../src/train/run/checkpoints.js';
import { checkResume } from '../../src/train/run/compare-config.js';
import { readConfig, writeConfig } from '../../src/train/run/config.js';
import { createMemoryRunFolder, encode, loadRun, type Model, manifold, traverse } from '../../src/train.js';
import { readModel } from '../../src/trained/read-model.js';
import { CONFIG } from '../train/run/samples.js';
import { smallData } from '../train/small-data.js';
import { refusalOf, trainSmallModel } from './small-model.js';

const run = createMemoryRunFolder();
let model: Model;

test.before(async () => {
  await trainSmallModel(run);
  model = await loadRun(run, { backend: 'wasm' });
});
test.after(async () => model.close());

test('options that would have no effect are refused', async () => {
  assert.match(
    await refusalOf(() => loadRun(run, { untrained: true, checkpoint: 'last' })),
    /ERR_OPTION: untrained: expected none beside checkpoint, got both/,
  );
  for (const [name, value] of Object.entries({ checkpoint: 'best', untrained: true, backend: 'cpu' })) {
    assert.match(
      await refusalOf(() => encode(model, { data: smallData, [name]: value })),
      new RegExp(`ERR_OPTION: ${name}: the model is loaded already`),
    );
  }
  const prior = { data: smallData, from: 'prior' } as const;
  assert.match(
    await refusalOf(() => traverse(model, { ...prior, row: 0 })),
    /ERR_OPTION: row: has no effect without from.*row/,
  );
  assert.match(
    await refusalOf(() => traverse(model, { data: smallData, from: 'mean' as 'prior' })),
    /ERR_OPTION: from: expected row or prior, got 'mean'/,
  );
  assert.match(
    await refusalOf(() => manifold(model, { data: smallData, latents: [0, 1] })),
    /ERR_OPTION: data: nothing is asked of them/,
  );
});

test('a misspelt option of loading is refused, never ignored', async () => {
  assert.match(
    await refusalOf(() => loadRun(run, { checkpint: 'best' } as never)),
    /ERR_OPTION: checkpint: not an option of loadRun; did you mean checkpoint\?/,
  );
});

test('a run without the shape of its images takes that of its data, and may be resumed', async () => {
  const old = createMemoryRunFolder();
  await writeConfig(old, CONFIG);
  const { image, networks, step } = await readModel(old, { untrained: true });
  assert.equal([image, step], [{ height: 64, width: 64, channels: 1 }, 0]);
  assert.is(networks.encoder.length, 8);
  const now = { ...CONFIG, data: { ...CONFIG.data, image: { ...image } } };
  checkResume(CONFIG, now, 'run');
  const wider = { ...CONFIG, data: { ...CONFIG.data, image: { ...image, width: 128 } } };
  assert.throws(() => checkResume(now, wider, 'run'), /^data: expected image\.width 64 as in .*, got 128/);
});

test('weights that do not fit are refused by name', async () => {
  const files = run.files();
  const wider = createMemoryRunFolder(files);
  const config = { ...(await readConfig(wider)), latents: 5 };
  await writeConfig(wider, config);
  const { checkpoint } = await latestCheckpoint(wider);
  await saveCheckpoint(wider, { ...checkpoint!, config });
  const refusal = await refusalOf(() => readModel(wider));
  assert.match(
    refusal,
    /^DataError ERR_DATA: .*expected a tensor 'model\/encoder\.\d\.weights' of \(256, 10\), got \(256, 8\)/,
  );
});

test('a model refuses what are no images of its size', async () => {
  const refusal = (count: number, values: Uint8Array | Float32Array) =>
    refusalOf(() => model.encode({ count, values }));
  assert.match(
    await refusal(2, new Float32Array(128)),
    /^TypeError ERR_DATA: rows: expected images as bytes, got vectors/,
  );
  const size = /^RangeError ERR_DATA: rows: expected images of 8 x 8 x 1 bytes, got 128 bytes in [13] rows/;
  assert.match(await refusal(1, new Uint8Array(128)), size);
  assert.match(await refusal(3, new Uint8Array(128)), size);
  assert.match(await refusal(0, new Uint8Array(0)), /got 0 bytes in 0 rows/);
  assert.match(await refusalOf(() => model.decode(new Float32Array(5))), /latents: .*rows of 4 values, got 5 values/);
  const two = { count: 2, values: new Uint8Array(128) };
  assert.match(
    await refusalOf(() => model.reconstructionLoss(two, new Float32Array(4))),
    /expected latents of 2 images, got those of 1/,
  );
});

test('many rows are computed in pieces, as each by itself', async () => {
  const rows = Int32Array.from({ length: 300 }, (_, row) => row);
  const values = new Uint8Array(300 * 64);
  await smallData.readImages(rows, values);
  const { mu, logvar } = await model.encode({ count: 300, values });
  const last = await model.encode({ count: 1, values: values.slice(299 * 64) });
  assert.equal([mu.slice(299 * 4), logvar?.slice(299 * 4)], [last.mu, last.logvar]);
  assert.equal((await model.decode(mu)).slice(299 * 64), await model.decode(last.mu));
});

test.run();
