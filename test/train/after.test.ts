/** What comes after training: posteriors, pictures and their numbers, of a small run. */
import { decode as decodePng } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import { score } from '../../src/node.js';
import { STREAMS } from '../../src/random.js';
import { createDraws } from '../../src/train/draws.js';
import {
  animateGrid,
  createMemoryRunFolder,
  type Dataset,
  drawGrid,
  encode,
  exportModel,
  interpolate,
  loadRun,
  type Model,
  manifold,
  posteriorToNpz,
  reconstruct,
  type StepProgress,
  train,
  traverse,
} from '../../src/train/index.js';
import { POINTS } from '../../src/train/objectives/codes.js';
import { sampleLatents } from '../../src/train/posterior-archive.js';
import { readModel } from '../../src/train/read-model.js';
import { checkResume, writeConfig } from '../../src/train/run/config.js';
import { CONFIG } from './run/samples.js';
import { smallData } from './small-data.js';

const LATENTS = 4;
const TEST_ROWS = 120;
const PIXELS = 64;

const folder = createMemoryRunFolder();
let model: Model;

test.before(async () => {
  await train({
    data: smallData,
    backend: 'wasm',
    model: 'vae',
    latents: LATENTS,
    batchSize: 32,
    steps: 60,
    testRows: TEST_ROWS,
    out: folder,
  });
  model = await loadRun(folder, { backend: 'wasm' });
});
test.after(async () => model.close());

async function refusalOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return `${(error as Error).name} ${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return 'nothing was refused';
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

test('encode gives the posterior that training left, bit for bit', async () => {
  const encoded = await encode(model, { data: smallData });
  assert.equal(await bytesOf(posteriorToNpz(encoded)), Buffer.from((await folder.read('posterior.npz'))!));
  assert.is(encoded.mu.rows, TEST_ROWS);
  assert.equal(encoded.factorNames, ['x', 'y']);
  const factors = new Float64Array(TEST_ROWS * 2);
  await smallData.readFactors(encoded.rows, factors);
  assert.equal(encoded.factors?.data, factors);
  const report = await score(encoded.mu, encoded.factors!, { metrics: ['mig'] });
  assert.type(report.metrics.mig?.value, 'number');
});

test('training and held-out rows are all rows, and none is both', async () => {
  const rowsOf = async (split: 'test' | 'train' | 'all') => (await encode(model, { data: smallData, split })).rows;
  const [held, trained, all] = [await rowsOf('test'), await rowsOf('train'), await rowsOf('all')];
  assert.equal(
    [...held, ...trained].sort((a, b) => a - b),
    [...all],
  );
  assert.is(all.length, smallData.size);
  assert.equal((await encode(model, { data: smallData, rows: 7 })).rows, held.slice(0, 7));
});

test('a trained encoder knows more of the factors than an untrained one', async () => {
  const informed = async (untrained: boolean) => {
    const { mu, factors, step } = await encode(folder, { data: smallData, untrained, backend: 'wasm', split: 'all' });
    const { metrics } = await score(mu, factors!, { metrics: ['explicitness'] });
    return [step, metrics.explicitness?.value as number];
  };
  await model.close();
  const [[before, untrained], [after, trained]] = [await informed(true), await informed(false)];
  model = await loadRun(folder, { backend: 'wasm' });
  assert.equal([before, after], [0, 60]);
  assert.ok(trained > untrained, `${trained} against ${untrained}`);
});

test('what was decided about the data is told when they have been opened', async () => {
  const told: unknown[] = [];
  const data: Dataset = { ...smallData, notes: ['the largest pixel is 16, which is taken as white'] };
  await encode(model, {
    data,
    onOpened: (opened) => told.push(opened),
    onProgress: ({ done }) => told.push(done),
  });
  assert.equal(told.slice(0, 2), [{ data: 'rectangles', notes: data.notes }, 0]);
  await reconstruct(model, { data: smallData, onOpened: (opened) => told.push(opened) });
  assert.equal(told.at(-1), { data: 'rectangles', notes: [] });
});

test('other data are encoded whole, and have no rows held out', async () => {
  const other: Dataset = {
    ...smallData,
    name: 'others',
    identity: { generator: 'others' },
    factors: [],
    readFactors() {},
  };
  const { rows, factors } = await encode(model, { data: other });
  assert.is(rows.length, smallData.size);
  assert.is(factors, null);
  assert.match(
    await refusalOf(() => encode(model, { data: other, split: 'test' })),
    /^RangeError ERR_OPTION: split: .*expected all, got test/,
  );
});

test('data that are not there any more, or are others by now, are no data of the run', async () => {
  assert.match(
    await refusalOf(() => encode(model)),
    /ERR_DATA: data: the run was trained on 'rectangles', which is not there/,
  );
  const { config } = model;
  const moved = { ...model, config: { ...config, data: { ...config.data, name: 'shapes-3' } } };
  assert.match(
    await refusalOf(() => encode(moved)),
    /ERR_DATA: data: 'shapes-3' is not what the run was trained on any more/,
  );
});

test('refuses images of another shape, too many rows, and a run without a best checkpoint', async () => {
  const wide: Dataset = { ...smallData, name: 'wide', image: { height: 8, width: 9, channels: 1 } };
  assert.match(
    await refusalOf(() => encode(model, { data: wide })),
    /ERR_DATA: data: expected images of 8 x 8 x 1 .*, got wide of 8 x 9 x 1/,
  );
  assert.match(
    await refusalOf(() => encode(model, { data: smallData, rows: 121 })),
    /ERR_OPTION: rows: .*from 1 to 120/,
  );
  const empty = createMemoryRunFolder();
  assert.match(await refusalOf(() => loadRun(empty, { backend: 'wasm' })), /ERR_NO_INPUT/);
  const noBest = createMemoryRunFolder([...folder.files()].filter(([name]) => !name.includes('best')));
  assert.match(await refusalOf(() => loadRun(noBest, { checkpoint: 'best' })), /ERR_NO_INPUT.*no best checkpoint/);
});

test('a seed that no generator takes is refused', async () => {
  for (const seed of [-1, 1.5, 2 ** 60, Number.NaN]) {
    assert.match(
      await refusalOf(() => encode(model, { seed })),
      /ERR_OPTION: seed: expected a whole number from 0 to /,
    );
  }
  assert.match(await refusalOf(() => encode(model, { seed: 'x' as never })), /seed: expected a number, got string/);
});

test('tables that have no place in memory are refused before rows are chosen', async () => {
  const vast: Dataset = { ...smallData, name: 'vast', identity: { generator: 'vast' }, size: 1e9 };
  assert.match(
    await refusalOf(() => encode(model, { data: vast, split: 'all' })),
    /ERR_OPTION: rows: expected at most 33554432 of 4 latents, .* got 1000000000, the rows of vast in split all/,
  );
  const plans: unknown[] = [];
  const { rows } = await encode(model, { data: { ...vast, size: 20_000 }, onPlan: (plan) => plans.push(plan) });
  assert.equal(plans, [{ data: 'vast', split: 'all', rows: 10_000, available: 20_000, bytes: 640_000 }]);
  assert.is(rows.length, 10_000);
});

test('samples of a large table are those of one draw', async () => {
  const count = 2 ** 20 + 7;
  const [z, noise] = await withCore(async (core) => [
    await sampleLatents(model.tensors.tf, core, new Float32Array(count), new Float32Array(count), 3),
    createDraws(core).normals(count, { seed: 3, stream: STREAMS.archiveSamples, index: 0 }),
  ]);
  assert.is(
    z.findIndex((value, i) => value !== noise[i]),
    -1,
  );
});

test('options that would have no effect are refused', async () => {
  assert.match(
    await refusalOf(() => loadRun(folder, { untrained: true, checkpoint: 'last' })),
    /ERR_OPTION: checkpoint: expected none beside untrained, got 'last'/,
  );
  for (const [name, value] of Object.entries({ checkpoint: 'best', untrained: true, backend: 'cpu' })) {
    assert.match(
      await refusalOf(() => encode(model, { data: smallData, [name]: value })),
      new RegExp(`ERR_OPTION: ${name}: the model is loaded already`),
    );
  }
  const prior = { data: smallData, from: 'prior' } as const;
  assert.match(await refusalOf(() => traverse(model, { ...prior, row: 0 })), /ERR_OPTION: row: expected none/);
  assert.match(
    await refusalOf(() => traverse(model, { data: smallData, from: 'mean' as 'prior' })),
    /ERR_OPTION: from: expected row or prior, got 'mean'/,
  );
  assert.match(
    await refusalOf(() => manifold(model, { data: smallData, latents: [0, 1] })),
    /ERR_OPTION: data: nothing is asked of them/,
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
  assert.throws(() => checkResume(now, wider, 'run'), /data\.image\.width 64, got 128/);
});

test('weights that do not fit are refused by name', async () => {
  const files = folder.files();
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json')));
  files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...config, latents: 5 })));
  const refusal = await refusalOf(() => readModel(createMemoryRunFolder(files)));
  assert.match(
    refusal,
    /^DataError ERR_DATA: .*expected a tensor 'model\/encoder\.\d\.weights' of \(256, 10\), got \(256, 8\)/,
  );
});

test('a traversal varies one latent in each line, the largest divergence first', async () => {
  const { images, latents, values, lines, columns } = await traverse(model, { data: smallData, row: 3, steps: 5 });
  assert.equal([lines, columns, images.length], [LATENTS, 5, LATENTS * 5 * PIXELS]);
  assert.equal(values, [-3, -1.5, 0, 1.5, 3]);
  const kls = latents.map(({ kl }) => kl as number);
  assert.equal(
    kls,
    [...kls].sort((a, b) => b - a),
  );
  assert.equal(latents.map(({ latent }) => latent).sort(), [0, 1, 2, 3]);
  const { mu, logvar, rows } = await encode(model, { data: smallData });
  for (const { latent, kl } of latents) {
    let sum = 0;
    for (let i = latent; i < mu.data.length; i += LATENTS) {
      sum += 0.5 * (mu.data[i] * mu.data[i] + Math.exp(logvar!.data[i]) - logvar!.data[i] - 1);
    }
    assert.ok(Math.abs(sum / rows.length - kl!) < 1e-9);
  }
  // One cell, decoded by itself.
  const z = mu.data.slice(3 * LATENTS, 4 * LATENTS);
  z[latents[1].latent] = 1.5;
  const cell = (1 * 5 + 3) * PIXELS;
  assert.equal(images.slice(cell, cell + PIXELS), await model.decode(z));
  const chosen = await traverse(model, { data: smallData, latents: [2, 0], from: 'prior', steps: 3 });
  assert.equal(
    chosen.latents.map(({ latent }) => latent),
    [2, 0],
  );
  assert.equal(chosen.images.slice(PIXELS, 2 * PIXELS), await model.decode(new Float32Array(LATENTS)));
  assert.match(
    await refusalOf(() => traverse(model, { data: smallData, latents: [4] })),
    /latents: .*from 0 to 3, got 4/,
  );
  assert.match(await refusalOf(() => traverse(model, { data: smallData, row: 120 })), /row: .*from 0 to 119/);
});

for (const objective of ['ae', 'dae'] as const) {
  test(`the codes of ${objective} are points: no KL, no total correlation, no logvar, and latents by their variance`, async () => {
    await model.close();
    const run = createMemoryRunFolder();
    const told: StepProgress[] = [];
    const options = { latents: LATENTS, batchSize: 32, steps: 12, testRows: TEST_ROWS, scoreEvery: 6, logEvery: 4 };
    const { scores } = await train({
      ...options,
      data: smallData,
      backend: 'wasm',
      model: objective,
      out: run,
      onProgress: (progress) => progress.kind === 'step' && told.push(progress),
    });
    const points = await loadRun(run, { backend: 'wasm' });
    try {
      assert.equal([scores?.totalCorrelation, scores?.reasons], [null, { 'total-correlation': POINTS }]);
      assert.type(scores?.scores.mig, 'number');
      for (const { kl, klPerLatent, terms } of told) assert.equal([kl, klPerLatent, terms], [null, null, {}]);
      const log = new TextDecoder()
        .decode((await run.read('log.jsonl'))!)
        .trim()
        .split('\n');
      for (const { step, kl, kl_per_latent, scores, reasons } of log.map((line) => JSON.parse(line))) {
        assert.equal([kl, kl_per_latent, reasons.kl], [null, undefined, POINTS]);
        if (step % 6 > 0) assert.is(scores, undefined);
        else assert.equal([scores['total-correlation'], reasons['scores.total-correlation']], [null, POINTS]);
      }
      const encoded = await encode(points, { data: smallData });
      const archive = await bytesOf(posteriorToNpz(encoded));
      assert.equal(archive, Buffer.from((await run.read('posterior.npz'))!));
      const { arrays } = await openArrays(memorySource(archive, 'posterior.npz'));
      assert.equal(
        arrays.map(({ name }) => name),
        ['mu', 'z', 'factors', 'factor_names', 'factor_types'],
      );
      assert.equal([encoded.logvar, encoded.z.data], [null, encoded.mu.data]);
      const { latents, orderedBy, rows } = await traverse(points, { data: smallData, steps: 2 });
      assert.is(orderedBy, 'variance');
      for (const { latent, kl, variance } of latents) {
        const values = Array.from({ length: rows }, (_, row) => encoded.mu.data[row * LATENTS + latent]);
        const mean = values.reduce((sum, value) => sum + value, 0) / rows;
        const expected = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows;
        assert.is(kl, null);
        assert.ok(Math.abs(variance - expected) < 1e-9 * (1 + expected), `${variance}, expected ${expected}`);
      }
      const variances = latents.map(({ variance }) => variance);
      assert.equal(
        variances,
        [...variances].sort((a, b) => b - a),
      );
      const { latents: plane } = await manifold(points, { data: smallData, steps: 2 });
      assert.equal(
        plane,
        latents.slice(0, 2).map(({ latent }) => latent),
      );
      const [, script] = await exportModel(run, { format: 'safetensors' });
      assert.match(Buffer.concat([...script.chunks]).toString(), /4 means, then 4 numbers that nothing has trained\./);
    } finally {
      await points.close();
      model = await loadRun(folder, { backend: 'wasm' });
    }
  });
}

test('originals stand above their reconstructions, with the loss at the means', async () => {
  const { images, lines, columns, loss, lossRows } = await reconstruct(model, { data: smallData, rows: 18 });
  assert.equal([lines, columns, lossRows], [4, 16, TEST_ROWS]);
  const { rows, mu } = await encode(model, { data: smallData });
  const originals = new Uint8Array(TEST_ROWS * PIXELS);
  await smallData.readImages(rows, originals);
  const decoded = await model.decode(mu.data.slice(0, 18 * LATENTS));
  const at = (line: number, column: number) =>
    images.slice((line * 16 + column) * PIXELS, (line * 16 + column + 1) * PIXELS);
  assert.equal(at(0, 5), originals.slice(5 * PIXELS, 6 * PIXELS));
  assert.equal(at(1, 5), decoded.slice(5 * PIXELS, 6 * PIXELS));
  assert.equal(at(2, 1), originals.slice(17 * PIXELS, 18 * PIXELS));
  assert.equal(at(3, 1), decoded.slice(17 * PIXELS));
  // The cross-entropy of images that were rounded to bytes is near that of the decoder's own.
  const all = await model.decode(mu.data);
  let sum = 0;
  for (let i = 0; i < all.length; i++) {
    const p = Math.min(Math.max(all[i] / 255, 1e-3), 1 - 1e-3);
    sum -= originals[i] === 255 ? Math.log(p) : Math.log(1 - p);
  }
  assert.ok(Math.abs(sum / TEST_ROWS - loss) < 0.05 * loss, `${sum / TEST_ROWS} against ${loss}`);
});

test('an interpolation goes straight from one mean to the other', async () => {
  const { images, decoded, columns } = await interpolate(model, { data: smallData, from: 4, to: 9, steps: 3 });
  assert.is(columns, 5);
  const { rows, mu } = await encode(model, { data: smallData });
  const ends = new Uint8Array(2 * PIXELS);
  await smallData.readImages([rows[4], rows[9]], ends);
  assert.equal(images.slice(0, PIXELS), ends.slice(0, PIXELS));
  assert.equal(images.slice(-PIXELS), ends.slice(PIXELS));
  const middle = Float32Array.from(
    { length: LATENTS },
    (_, d) => (mu.data[4 * LATENTS + d] + mu.data[9 * LATENTS + d]) / 2,
  );
  const whole = await model.decode(middle);
  for (let i = 0; i < PIXELS; i++) assert.ok(Math.abs(whole[i] - decoded[PIXELS + i]) <= 1);
  assert.match(await refusalOf(() => interpolate(model, { data: smallData, from: 0, to: 120 })), /to: .*from 0 to 119/);
});

test('a manifold grows to the right and upwards', async () => {
  const { images, latents, values, lines } = await manifold(model, { latents: [3, 1], steps: 4, range: 1.5 });
  assert.equal([lines, values, latents], [4, [-1.5, -0.5, 0.5, 1.5], [3, 1]]);
  const z = new Float32Array(LATENTS);
  [z[3], z[1]] = [values[2], values[3]];
  assert.equal(images.slice(2 * PIXELS, 3 * PIXELS), await model.decode(z));
  const { latents: ranked } = await traverse(model, { data: smallData });
  const chosen = await manifold(model, { data: smallData, steps: 2 });
  assert.equal(
    chosen.latents,
    ranked.slice(0, 2).map(({ latent }) => latent),
  );
  assert.match(await refusalOf(() => manifold(model, { latents: [1, 1] })), /two different ones/);
});

test('more images than a picture can show are refused before one is decoded', async () => {
  const deaf = {
    ...model,
    image: { height: 64, width: 64, channels: 1 },
    decode: () => Promise.reject(new Error('it was decoded')),
  };
  assert.match(
    await refusalOf(() => manifold(deaf, { latents: [0, 1], steps: 129 })),
    /ERR_OPTION: picture: 16641 images of 64 x 64 have 68161536 pixels: expected at most 67108864/,
  );
  const shape = { lines: 1, columns: 2, image: { height: 100_000, width: 2, channels: 1 } };
  const tall = { ...shape, images: new Uint8Array(400_000) };
  assert.match(await refusalOf(() => animateGrid(tall)), /ERR_OPTION: .*at most 65535 pixels in a GIF, got 6 x 100004/);
});

test('pictures are enlarged by whole factors, and animations play both ways', async () => {
  const grid = await traverse(model, { data: smallData, steps: 4 });
  const png = decodePng(await drawGrid(grid));
  assert.equal([png.width, png.height], [4 * 66 + 2, 4 * 66 + 2]);
  for (const [y, x] of [
    [0, 0],
    [3, 5],
    [7, 7],
  ]) {
    const pixel = grid.images[(1 * 4 + 2) * PIXELS + y * 8 + x];
    for (const [dy, dx] of [
      [0, 0],
      [7, 7],
    ]) {
      assert.is(png.data[(2 + 66 + y * 8 + dy) * png.width + 2 + 2 * 66 + x * 8 + dx], pixel);
    }
  }
  const gif = Buffer.from(await animateGrid(grid, { scale: 1 }));
  assert.is(gif.toString('latin1', 0, 6), 'GIF89a');
  assert.equal([gif.readUInt16LE(6), gif.readUInt16LE(8)], [4 * 10 + 2, 12]);
  // Frames 0 1 2 3 2 1, each with its graphic control extension.
  assert.is(gif.toString('latin1').split('\x21\xf9\x04').length - 1, 6);
  const colour = {
    ...grid,
    image: { ...grid.image, channels: 3 },
    images: new Uint8Array(grid.images.length * 3).map((_, i) => (i % 3 === 0 ? 255 : 0)),
  };
  assert.is(Buffer.from(await animateGrid(colour)).toString('latin1', 0, 6), 'GIF89a');
});

test.run();
