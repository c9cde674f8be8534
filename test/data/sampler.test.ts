import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/dataset.js';
import { openProcedural } from '../../src/data/procedural.js';
import { factorSampler } from '../../src/data/sampler.js';
import type { Encoder, EncoderRows } from '../../src/encoder.js';
import { drawTable, score } from '../../src/index.js';
import { refusalOf, rendered } from './read.js';

const open = (name: string) => openProcedural(name, { seed: 2 }) as Dataset;

/** Latents that are the middle of what is bright, and nothing. */
const middle: Encoder = { latents: 3, encode: encodeMiddle };

function encodeMiddle({ values: images, count }: EncoderRows) {
  const pixels = images.length / count;
  const mu = new Float32Array(count * 3);
  for (let row = 0; row < count; row++) {
    const sums = [0, 0, 0];
    for (let pixel = 0; pixel < pixels; pixel++) {
      const byte = images[row * pixels + pixel];
      if (byte === 0) continue;
      sums[0] += byte;
      sums[1] += byte * (pixel % 64);
      sums[2] += byte * Math.floor(pixel / 64);
    }
    mu.set([sums[1] / sums[0], sums[2] / sums[0], 1], row * 3);
  }
  return { mu };
}

/** One latent, always 0; it shows the rows that it is handed. */
const watched = (onRows: (rows: EncoderRows) => void): Encoder => ({
  latents: 1,
  encode(rows) {
    onRows(rows);
    return { mu: new Float32Array(rows.count) };
  },
});

test('gives factors their values, and those along a line the middles of equal parts of their range', async () => {
  assert.equal(factorSampler(open('sprites'), middle).sizes, [3, 6, 40, 32, 32]);
  const dataset = open('shapes-4');
  assert.equal(factorSampler(dataset, middle).sizes, [32, 32, 32, 3]);
  const seen: EncoderRows[] = [];
  const sampler = factorSampler(
    dataset,
    watched((rows) => seen.push(rows)),
    { levels: 4 },
  );
  assert.equal(sampler.sizes, [4, 4, 4, 3]);
  await sampler.encode(
    Int32Array.of(0, 1, 2, 3, 3, 2, 1, 2).map((level, i) => (i === 3 ? 0 : level)),
    2,
  );
  const factors = [
    [0.125, 0.375, 0.625, 0],
    [0.875, 0.625, 0.375, 2],
  ];
  const values = await rendered(dataset, factors);
  assert.equal(seen, [{ count: 2, values, factors: Float64Array.from(factors.flat()) }]);
});

test('an encoder that finds the place gets a FactorVAE score of 1, by fresh images', async () => {
  const sampler = factorSampler(open('shapes-2'), middle);
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
  const first: EncoderRows['values'][] = [];
  const sampler = factorSampler(
    open('sprites-noise'),
    watched(({ values }) => first.push(values)),
  );
  const wanted = Int32Array.of(0, 1, 2, 3, 4, 2, 5, 39, 31, 31);
  await sampler.encode(wanted, 2);
  await sampler.encode(wanted.subarray(0, 5), 1);
  await sampler.encode(wanted, 2);
  assert.equal(first[2], first[0]);
});

test('refuses a data set that cannot draw, and levels that are no choice', async () => {
  const { renderFactors: _, ...still } = open('sprites');
  assert.is(
    await refusalOf(() => factorSampler(still, middle)),
    'dataset: sprites cannot draw images of given factors',
  );
  assert.match(
    await refusalOf(() => factorSampler(open('sprites'), middle, { levels: 1 })),
    /levels: expected a whole number of at least 2, got 1/,
  );
});

test.run();
