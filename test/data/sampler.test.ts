import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/dataset.js';
import { openProcedural } from '../../src/data/procedural.js';
import { type EncodeImages, factorSampler } from '../../src/data/sampler.js';
import { drawTable, Matrix, score } from '../../src/index.js';
import { refusalOf, rendered } from './read.js';

const open = (name: string) => openProcedural(name, { seed: 2 }) as Dataset;

/** Latents that are the middle of what is bright, and nothing. */
const encodeMiddle: EncodeImages = (images, rows) => {
  const pixels = images.length / rows;
  const latents = new Float64Array(rows * 3);
  for (let row = 0; row < rows; row++) {
    const sums = [0, 0, 0];
    for (let pixel = 0; pixel < pixels; pixel++) {
      const byte = images[row * pixels + pixel];
      if (byte === 0) continue;
      sums[0] += byte;
      sums[1] += byte * (pixel % 64);
      sums[2] += byte * Math.floor(pixel / 64);
    }
    latents.set([sums[1] / sums[0], sums[2] / sums[0], 1], row * 3);
  }
  return new Matrix(latents, rows, 3);
};

test('gives factors their values, and those along a line the middles of equal parts of their range', async () => {
  assert.equal(factorSampler(open('sprites'), encodeMiddle).sizes, [3, 6, 40, 32, 32]);
  const dataset = open('shapes-4');
  assert.equal(factorSampler(dataset, encodeMiddle).sizes, [32, 32, 32, 3]);
  let seen = new Uint8Array(0);
  const sampler = factorSampler(
    dataset,
    (images, rows) => {
      seen = images.slice();
      return new Matrix(new Float64Array(rows), rows, 1);
    },
    { levels: 4 },
  );
  assert.equal(sampler.sizes, [4, 4, 4, 3]);
  await sampler.encode(
    Int32Array.of(0, 1, 2, 3, 3, 2, 1, 2).map((level, i) => (i === 3 ? 0 : level)),
    2,
  );
  const expected = await rendered(dataset, [
    [0.125, 0.375, 0.625, 0],
    [0.875, 0.625, 0.375, 2],
  ]);
  assert.equal(seen, expected);
});

test('an encoder that finds the place gets a FactorVAE score of 1, by fresh images', async () => {
  const sampler = factorSampler(open('shapes-2'), encodeMiddle);
  const { latents, factors } = await drawTable(sampler, 300, 1);
  const options = { train: 40, evaluation: 20, batch: 8 };
  const report = await score(latents, factors, {
    metrics: ['factor-vae-score'],
    options: { 'factor-vae-score': options },
    sampler,
    seed: 1,
  });
  const result = report.metrics['factor-vae-score'];
  assert.is(result.value, 1);
  assert.ok(result.notes.some((note) => note.includes('fresh ones of the sampler')));
});

test('noise is the same for the same factors, whatever was sampled before', async () => {
  const first: Uint8Array[] = [];
  const sampler = factorSampler(open('sprites-noise'), (images, rows) => {
    first.push(images.slice());
    return new Matrix(new Float64Array(rows), rows, 1);
  });
  const wanted = Int32Array.of(0, 1, 2, 3, 4, 2, 5, 39, 31, 31);
  await sampler.encode(wanted, 2);
  await sampler.encode(wanted.subarray(0, 5), 1);
  await sampler.encode(wanted, 2);
  assert.equal(first[2], first[0]);
});

test('refuses a data set that cannot draw, and levels that are no choice', async () => {
  const { renderFactors: _, ...still } = open('sprites');
  assert.is(await refusalOf(() => factorSampler(still, encodeMiddle)), 'sprites: cannot draw images of given factors');
  assert.match(
    await refusalOf(() => factorSampler(open('sprites'), encodeMiddle, { levels: 1 })),
    /levels: expected a whole number of at least 2, got 1/,
  );
});

test.run();
