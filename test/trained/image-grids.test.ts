/** Pictures of a small run, and their numbers. */
import { decode as decodePng } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  animateGrid,
  createMemoryRunFolder,
  drawGrid,
  encode,
  interpolate,
  loadRun,
  type Model,
  manifold,
  reconstruct,
  traverse,
} from '../../src/train.js';
import { smallData } from '../train/small-data.js';
import { LATENTS, refusalOf, TEST_ROWS, trainSmallModel } from './small-model.js';

const PIXELS = 64;

const run = createMemoryRunFolder();
let model: Model;

test.before(async () => {
  await trainSmallModel(run);
  model = await loadRun(run, { backend: 'wasm' });
});
test.after(async () => model.close());

/** What the model makes of latents, as bytes. */
async function decodeBytes(z: Float32Array): Promise<Uint8Array> {
  return Uint8Array.from(await model.decode(z), (value) => Math.round(value * 255));
}

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
  assert.equal(images.slice(cell, cell + PIXELS), await decodeBytes(z));
  const chosen = await traverse(model, { data: smallData, latents: [2, 0], from: 'prior', steps: 3 });
  assert.equal(
    chosen.latents.map(({ latent }) => latent),
    [2, 0],
  );
  assert.equal(chosen.images.slice(PIXELS, 2 * PIXELS), await decodeBytes(new Float32Array(LATENTS)));
  assert.match(
    await refusalOf(() => traverse(model, { data: smallData, latents: [4] })),
    /latents: .*from 0 to 3, got 4/,
  );
  assert.match(await refusalOf(() => traverse(model, { data: smallData, row: 120 })), /row: .*from 0 to 119/);
});

test('originals stand above their reconstructions, with the loss at the means', async () => {
  const { images, lines, columns, loss, lossRows } = await reconstruct(model, { data: smallData, rows: 18 });
  assert.equal([lines, columns, lossRows], [4, 16, TEST_ROWS]);
  const { rows, mu } = await encode(model, { data: smallData });
  const originals = new Uint8Array(TEST_ROWS * PIXELS);
  await smallData.readImages(rows, originals);
  const decoded = await decodeBytes(mu.data.slice(0, 18 * LATENTS));
  const at = (line: number, column: number) =>
    images.slice((line * 16 + column) * PIXELS, (line * 16 + column + 1) * PIXELS);
  assert.equal(at(0, 5), originals.slice(5 * PIXELS, 6 * PIXELS));
  assert.equal(at(1, 5), decoded.slice(5 * PIXELS, 6 * PIXELS));
  assert.equal(at(2, 1), originals.slice(17 * PIXELS, 18 * PIXELS));
  assert.equal(at(3, 1), decoded.slice(17 * PIXELS));
  // The cross-entropy of images that were rounded to bytes is near that of the decoder's own.
  const all = await decodeBytes(mu.data);
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
  const whole = await decodeBytes(middle);
  for (let i = 0; i < PIXELS; i++) assert.ok(Math.abs(whole[i] - decoded[PIXELS + i]) <= 1);
  assert.match(await refusalOf(() => interpolate(model, { data: smallData, from: 0, to: 120 })), /to: .*from 0 to 119/);
});

test('a manifold grows to the right and upwards', async () => {
  const { images, latents, values, lines } = await manifold(model, { latents: [3, 1], steps: 4, range: 1.5 });
  assert.equal([lines, values, latents], [4, [-1.5, -0.5, 0.5, 1.5], [3, 1]]);
  const z = new Float32Array(LATENTS);
  [z[3], z[1]] = [values[2], values[3]];
  assert.equal(images.slice(2 * PIXELS, 3 * PIXELS), await decodeBytes(z));
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
