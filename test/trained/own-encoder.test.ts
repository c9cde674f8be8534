/**
 * Encoders of the caller's own in place of a run: raw pixels, a linear map, the factors themselves.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { pickRows } from '../../src/data/split.js';
import type { Codes, Encoder, EncoderRows } from '../../src/encoder.js';
import { score } from '../../src/node.js';
import { STREAMS } from '../../src/random.js';
import { createDraws } from '../../src/train/draws.js';
import { encode, interpolate, manifold, openDataset, posteriorToNpz, reconstruct, traverse } from '../../src/train.js';
import { smallData } from '../train/small-data.js';
import { bytesOf, refusalOf } from './small-model.js';

const PIXELS = 64;
const data = smallData;
const { size } = smallData;

/** Every pixel is a latent; a network of the user's own may be an object with a state. */
class RawPixels implements Encoder {
  readonly latents = PIXELS;
  readonly white = 255;

  encode({ values }: EncoderRows): Codes {
    return { mu: Float32Array.from(values, (byte) => byte / this.white) };
  }

  async decode(z: Float32Array): Promise<Float32Array> {
    return z.map((value) => (value * this.white) / 255);
  }
}

const pixels = new RawPixels();

/** The mean of the upper half, and that of the lower; it knows nothing of images. */
const halves: Encoder = {
  latents: 2,
  async encode({ values, count }) {
    const mu = new Float32Array(2 * count);
    values.forEach((byte, i) => {
      mu[Math.floor((2 * i) / PIXELS)] += byte / 255 / (PIXELS / 2);
    });
    return { mu, logvar: mu.map((mean) => -2 - mean) };
  },
};

/** Two latents that say where the rectangle is. */
const truth: Encoder = { latents: 2, encode: ({ factors }) => ({ mu: Float32Array.from(factors as Float64Array) }) };

async function imagesOf(rows: ArrayLike<number>): Promise<Uint8Array> {
  const images = new Uint8Array(rows.length * PIXELS);
  await data.readImages(rows, images);
  return images;
}

test('raw pixels are encoded as points, row by row', async () => {
  const { mu, logvar, z, rows, factors, factorNames, ...rest } = await encode(pixels, { data, rows: 100 });
  assert.equal([mu.rows, mu.columns, logvar, z.data === mu.data], [100, PIXELS, null, true]);
  assert.equal(
    mu.data,
    Float32Array.from(await imagesOf(rows), (byte) => byte / 255),
  );
  const expected = new Float64Array(200);
  await data.readFactors(rows, expected);
  assert.equal([factors?.data, factorNames, rest.data], [expected, ['x', 'y'], 'rectangles']);
  assert.not.ok('step' in rest || 'backend' in rest);
});

test('an encoder is handed the numbers of rows and their factors, some rows at a time', async () => {
  const handed: EncoderRows[] = [];
  const encoder: Encoder = {
    ...truth,
    encode(rows) {
      handed.push(rows);
      return truth.encode(rows);
    },
  };
  const done: number[] = [];
  const { rows, mu, factors } = await encode(encoder, {
    data,
    rows: 150,
    onProgress: (progress) => done.push(progress.done),
  });
  assert.equal(
    handed.map(({ count }) => count),
    [64, 64, 22],
  );
  assert.equal(done, [0, 64, 128]);
  assert.equal(
    handed.flatMap(({ numbers }) => [...(numbers as Int32Array)]),
    [...rows],
  );
  assert.equal(handed[1].values, await imagesOf(rows.slice(64, 128)));
  const known = factors as NonNullable<typeof factors>;
  assert.equal([...mu.data], [...known.data]);
  const { metrics } = await score(mu, known, { metrics: ['mig'] });
  assert.ok((metrics.mig?.value as number) > 0.95, String(metrics.mig?.value));
});

test('without factors there are none to be handed', async () => {
  const bare = { ...data, name: 'bare', identity: { generator: 'bare' }, factors: [], readFactors() {} };
  const encoder: Encoder = {
    latents: 1,
    encode: (rows) => ({ mu: new Float32Array(rows.count).fill('factors' in rows ? 1 : 0) }),
  };
  const { mu, factors } = await encode(encoder, { data: bare, rows: 2 });
  assert.equal([[...mu.data], factors], [[0, 0], null]);
});

test('posteriors are sampled by the seed', async () => {
  const noise = await withCore((core) =>
    createDraws(core).normals(2 * size, { seed: 5, stream: STREAMS.archiveSamples, index: 0 }),
  );
  const { mu, logvar, z } = await encode(halves, { data, seed: 5 });
  assert.is(logvar?.rows, size);
  for (let i = 0; i < 2 * size; i++) {
    const expected = mu.data[i] + Math.exp(logvar!.data[i] / 2) * noise[i];
    assert.ok(Math.abs(z.data[i] - expected) < 1e-6, `${z.data[i]}, expected ${expected}`);
  }
  const again = posteriorToNpz(await encode(halves, { data, seed: 5 }));
  assert.equal(await bytesOf(again), await bytesOf(posteriorToNpz(await encode(halves, { data, seed: 5 }))));
});

test('raw pixels reconstruct every image, without a loss', async () => {
  const { images, lines, columns, ...rest } = await reconstruct(pixels, { data, rows: 5 });
  assert.equal([lines, columns], [2, 5]);
  const [originals, reconstructed] = [images.slice(0, 5 * PIXELS), images.slice(5 * PIXELS)];
  assert.ok(originals.some((byte) => byte === 255));
  assert.equal(reconstructed, originals);
  assert.not.ok('loss' in rest);
});

test('raw pixels are traversed in the order of their variance, and cut off at black and white', async () => {
  const { images, latents, orderedBy, rows, values } = await traverse(pixels, { data, row: 3, steps: 3, range: 2 });
  assert.equal([orderedBy, rows, values], ['variance', size, [-2, 0, 2]]);
  const variances = latents.map(({ variance }) => variance as number);
  assert.equal(
    variances,
    [...variances].sort((a, b) => b - a),
  );
  const [{ latent }] = latents;
  const at = (column: number) => images.slice(column * PIXELS, (column + 1) * PIXELS);
  const shown = (await reconstruct(pixels, { data, rows: 4 })).images.slice(3 * PIXELS, 4 * PIXELS);
  for (const [column, byte] of [0, 0, 255].entries()) {
    const expected = shown.slice();
    expected[latent] = byte;
    assert.equal(at(column), expected);
  }
});

test('an interpolation of raw pixels begins and ends with the images themselves', async () => {
  const { decoded, images } = await interpolate(pixels, { data, from: 0, to: 7, steps: 3 });
  assert.equal(decoded.slice(0, PIXELS), images.slice(0, PIXELS));
  assert.equal(decoded.slice(2 * PIXELS), images.slice(4 * PIXELS));
  const middle = decoded.slice(PIXELS, 2 * PIXELS);
  for (let i = 0; i < PIXELS; i++) {
    assert.is(middle[i], Math.round((decoded[i] + decoded[2 * PIXELS + i]) / 2));
  }
});

test('a plane of raw pixels varies two of them', async () => {
  const { images, latents } = await manifold(pixels, { data, latents: [9, 4], steps: 2, range: 1 });
  assert.equal(latents, [9, 4]);
  const upperRight = new Uint8Array(PIXELS);
  [upperRight[9], upperRight[4]] = [255, 255];
  assert.equal(images.slice(PIXELS, 2 * PIXELS), upperRight);
});

test('data that are named are drawn by the seed 0', async () => {
  const { mu, factorNames } = await encode(truth, { data: 'shapes-2', rows: 3 });
  const dataset = await openDataset('shapes-2', { seed: 0 });
  const expected = new Float64Array(6);
  await dataset.readFactors(await pickRows(dataset.size, 3, 0), expected);
  assert.equal([mu.data, factorNames], [Float32Array.from(expected), ['x', 'y']]);
});

test('an encoder without decode draws no pictures, and is not asked to encode for one', async () => {
  const mute: Encoder = { latents: 2, encode: () => Promise.reject(new Error('it encoded')) };
  const expected = /^TypeError ERR_OPTION: encoder: expected one that decodes, got one without decode/;
  for (const draw of [
    () => traverse(mute, { data }),
    () => reconstruct(mute, { data }),
    () => interpolate(mute, { data, from: 0, to: 1 }),
    () => manifold(mute, { data }),
  ]) {
    assert.match(await refusalOf(draw), expected);
  }
});

test('what has no meaning without a run is refused', async () => {
  assert.match(
    await refusalOf(() => encode(pixels, {} as { data: string })),
    /^TypeError ERR_OPTION: data: expected images for an encoder of your own, got none/,
  );
  assert.match(
    await refusalOf(() => encode(pixels, { data, split: 'test' })),
    /ERR_OPTION: split: .*expected all, got test/,
  );
  const loading = { data, checkpoint: 'best' };
  assert.match(await refusalOf(() => encode(pixels, loading)), /ERR_OPTION: checkpoint: the model is loaded already/);
});

test('codes and images of other sizes are refused', async () => {
  const refusal = (encoder: Partial<Encoder>) =>
    refusalOf(() => reconstruct({ ...halves, decode: (z) => z, ...encoder }, { data, rows: 70 }));
  assert.match(
    await refusal({ latents: 0 }),
    /ERR_OPTION: encoder: expected a whole number of latents of at least 1, got 0/,
  );
  assert.match(
    await refusal({ encode: () => ({ mu: new Float32Array(3) }) }),
    /ERR_DATA: encoder: expected mu of 64 x 2 values, got 3/,
  );
  assert.match(
    await refusal({ encode: ({ count }) => ({ mu: new Float32Array(2 * count), logvar: new Float32Array(2) }) }),
    /ERR_DATA: encoder: expected logvar of 64 x 2 values, got 2/,
  );
  const sometimes = (has: (count: number) => boolean) => ({
    encode: ({ count }: EncoderRows) => {
      const mu = new Float32Array(2 * count);
      return has(count) ? { mu, logvar: mu } : { mu };
    },
  });
  assert.match(await refusal(sometimes((count) => count === 64)), /expected logvar of 6 x 2 values, got none/);
  assert.match(await refusal(sometimes((count) => count < 64)), /expected logvar of none, as of .*, got 12/);
  assert.match(await refusal({}), /ERR_DATA: encoder: expected 70 decoded rows of 64 values, got 140 values/);
});

test.run();
