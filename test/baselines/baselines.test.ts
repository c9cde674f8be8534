import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baselines } from '../../src/baselines/index.js';
import type { Dataset } from '../../src/data/index.js';
import { score } from '../../src/node.js';
import {
  encode,
  type NamedEncoder,
  type OpenEncoderOptions,
  openEncoder,
  reconstruct,
  traverse,
} from '../../src/train.js';
import { assertNear } from '../assembly/samples.js';
import { smallData as data } from '../train/small-data.js';
import { refusalOf } from '../trained/small-model.js';

const PIXELS = 64;

const open = (name: string, options: OpenEncoderOptions = {}) => openEncoder(name, { data, ...options });

async function imagesOf(rows: ArrayLike<number>, dataset: Dataset = data): Promise<Uint8Array> {
  const images = new Uint8Array(rows.length * PIXELS);
  await dataset.readImages(rows, images);
  return images;
}

/** The same images without their factors, and others. */
const bare: Dataset = { ...data, name: 'bare', factors: [], readFactors() {} };
const black: Dataset = { ...bare, name: 'black', readImages: (_, out) => void out.fill(0) };

/** Columns of a table (rows, latents). */
const column = ({ data, columns }: { data: Float32Array; columns: number }, at: number) =>
  Array.from(data.filter((_, i) => i % columns === at));
const meanOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const productOf = (a: readonly number[], b: readonly number[]) => meanOf(a.map((x, i) => x * b[i]));

test('every baseline is on the page, with its summary', () => {
  const page = readFileSync(new URL('../../docs/baselines.md', import.meta.url), 'utf8');
  for (const { name } of baselines) assert.ok(page.includes(`\n| \`${name}\` |`), name);
});

for (const { name } of baselines) {
  test(`${name} encodes a row as it does alone, and the same every time`, async () => {
    const [one, again] = [await open(name, seedOf(name)), await open(name, seedOf(name))];
    const { mu, rows, logvar } = await encode(one, { data, rows: 100 });
    assert.equal([mu.rows, mu.columns, logvar], [100, one.latents, null]);
    assert.ok(mu.data.every(Number.isFinite));
    assert.equal((await encode(again, { data, rows: 100 })).mu, mu);
    const numbers = rows.slice(70, 71);
    const factors = new Float64Array(2);
    data.readFactors(numbers, factors);
    const alone = await one.encode({ count: 1, numbers, factors, values: await imagesOf(numbers) });
    assert.equal(alone.mu, mu.data.slice(70 * one.latents, 71 * one.latents));
    await one.close();
  });
}

const seedOf = (name: string) => (name === 'random' || name === 'pca' || name === 'ica' ? { seed: 3 } : {});

test('the truth has the scores of one', async () => {
  const truth = await open('ground-truth');
  const { mu, factors } = await encode(truth, { data });
  assert.equal([...mu.data], [...(factors?.data ?? [])]);
  const { metrics } = await score(mu, factors!, { metrics: ['mig', 'modularity'] });
  assert.ok((metrics.mig?.value as number) > 0.99);
  assert.match(
    await refusalOf(() => openEncoder('ground-truth', { data: bare })),
    /^RangeError ERR_DATA: ground-truth: expected data with factors, got bare without any/,
  );
});

test('raw pixels are the pixels, and reconstruct them', async () => {
  const pixels = await open('raw-pixels');
  const { mu, rows } = await encode(pixels, { data, rows: 50 });
  assert.equal(
    mu.data,
    Float32Array.from(await imagesOf(rows), (byte) => byte / 255),
  );
  const { images } = await reconstruct(pixels, { data, rows: 4 });
  assert.equal(images.slice(0, 4 * PIXELS), images.slice(4 * PIXELS));
});

test('noise is normal, its own for each row and seed, and knows nothing', async () => {
  const { mu, factors } = await encode(await open('random', { latents: 5 }), { data });
  const columns = [0, 1, 2, 3, 4].map((at) => column(mu, at));
  for (const [i, line] of columns.entries()) {
    // Within five standard errors of 576 rows.
    assert.ok(Math.abs(meanOf(line)) < 5 / 24 && Math.abs(productOf(line, line) - 1) < (5 * Math.SQRT2) / 24, `${i}`);
    for (const other of columns.slice(0, i)) assert.ok(Math.abs(productOf(line, other)) < 5 / 24, `${i}`);
  }
  assert.is(new Set(mu.data).size > 2800, true);
  const { metrics } = await score(mu, factors!, { metrics: ['mig'] });
  assert.ok((metrics.mig?.value as number) < 0.05);
  assert.not.equal((await encode(await open('random', { latents: 5, seed: 1 }), { data })).mu, mu);
  // More latents begin with those of fewer.
  const more = (await encode(await open('random', { latents: 7 }), { data })).mu;
  assert.equal(column(more, 4), columns[4]);
});

test('principal components reconstruct the images as far as they go, and all of them where they are as many', async () => {
  const errors = [];
  for (const latents of [1, 5, 35]) {
    const pca = await open('pca', { latents });
    const { mu, rows } = await encode(pca, { data });
    const images = await imagesOf(rows);
    const decoded = await pca.decode!(mu.data);
    errors.push(meanOf(Array.from(decoded, (value, at) => (value - images[at] / 255) ** 2)));
    assert.ok(decoded.every((value) => value >= 0 && value <= 1));
    const lines = Array.from({ length: latents }, (_, at) => column(mu, at));
    const variances = lines.map((line) => productOf(line, line));
    for (let i = 1; i < latents; i++) {
      assert.ok(variances[i] <= variances[i - 1] * (1 + 1e-5), `${i}`);
      assert.ok(Math.abs(productOf(lines[i], lines[i - 1])) < 1e-5 * variances[0], `${i}`);
    }
    assert.equal(pca.notes, []);
  }
  assert.ok(errors[0] > errors[1] && errors[1] > errors[2] && errors[2] < 1e-9, `${errors}`);
});

test('independent components are not correlated, of variance 1, and reconstruct what principal ones do', async () => {
  const [pca, ica] = [await open('pca', { latents: 6 }), await open('ica', { latents: 6 })];
  const { mu } = await encode(ica, { data });
  const lines = Array.from({ length: 6 }, (_, at) => column(mu, at));
  for (const [i, line] of lines.entries()) {
    for (const [j, other] of lines.entries())
      assertNear([productOf(line, other)], [i === j ? 1 : 0], 1e-4, `${i}, ${j}`);
  }
  const others = await encode(pca, { data });
  assertNear(await ica.decode!(mu.data), await pca.decode!(others.mu.data), 1e-5, 'decoded');
});

test('what components have not, is 0 and is said', async () => {
  const few: Dataset = { ...bare, size: 3 };
  for (const name of ['pca', 'ica']) {
    const encoder = await openEncoder(name, { data: few, latents: 5 });
    assert.is(encoder.notes[0], 'the 3 images fitted to vary along 2 directions only: latents 2 to 4 are 0');
    const { mu } = await encode(encoder, { data: few });
    assert.equal(
      [2, 3, 4].flatMap((at) => column(mu, at)),
      Array(9).fill(0),
    );
    assert.ok(column(mu, 1).some((value) => Math.abs(value) > 0.1));
    const nothing = await openEncoder(name, { data: black, latents: 2 });
    assert.equal(nothing.notes, ['the 576 images fitted to vary along 0 directions only: latents 0 to 1 are 0']);
    const constant = await encode(nothing, { data: black, rows: 3 });
    assert.equal([...constant.mu.data], [0, 0, 0, 0, 0, 0]);
    assert.equal(await nothing.decode!(constant.mu.data), new Float32Array(3 * PIXELS));
    assert.is((await openEncoder(name, { data, latents: 35, fitRows: 1 })).latents, 35);
  }
});

test('says that a fit has not converged, and how far it came', async () => {
  const pca = await open('pca', { latents: 3, iterations: 1 });
  assert.match(
    pca.notes[0],
    /^principal components have not converged within iterations = 1: their residual is \d\.\d+$/,
  );
  const ica = await open('ica', { latents: 3, iterations: 1 });
  assert.match(
    ica.notes[0],
    /^FastICA has not converged within iterations = 1: the last step has changed a component by 0\.\d+$/,
  );
});

test('components are fitted to as many rows as asked for, drawn by the seed', async () => {
  const muOf = async (options: OpenEncoderOptions) => (await encode(await open('pca', options), { data, rows: 20 })).mu;
  const all = await muOf({ latents: 2 });
  assert.equal(await muOf({ latents: 2, fitRows: data.size }), all);
  const some = await muOf({ latents: 2, fitRows: 30 });
  assert.not.equal(some, all);
  assert.not.equal(await muOf({ latents: 2, fitRows: 30, seed: 1 }), some);
  assert.match(
    await refusalOf(() => open('pca', { fitRows: 577 })),
    /^RangeError ERR_OPTION: fitRows: expected at most 576, the rows of rectangles, got 577/,
  );
  assert.match(
    await refusalOf(() => open('ica', { latents: 201 })),
    /^RangeError ERR_OPTION: latents: expected at most 200 components, got 201/,
  );
});

test('what decodes is traversed', async () => {
  const { images, latents } = await traverse(await open('pca', { latents: 3 }), { data, steps: 3 });
  assert.equal([images.length, latents.length], [9 * PIXELS, 3]);
});

test('what they cannot encode is refused', async () => {
  for (const name of ['raw-pixels', 'pca', 'ica']) {
    const encoder: NamedEncoder = await open(name);
    assert.match(
      await refusalOf(async () => encoder.encode({ count: 1, values: new Float32Array(PIXELS) })),
      /ERR_DATA: rows: expected images as bytes, got vectors/,
    );
    assert.match(
      await refusalOf(async () => encoder.encode({ count: 2, values: new Uint8Array(PIXELS) })),
      /ERR_DATA: rows: expected images of 64 bytes, got 64 bytes in 2 rows/,
    );
  }
  const values = new Uint8Array(PIXELS);
  for (const name of ['ground-truth', 'random']) {
    const encoder = await open(name);
    assert.match(await refusalOf(async () => encoder.encode({ count: 1, values })), /^TypeError ERR_DATA: /);
  }
  const pca = await open('pca');
  assert.match(await refusalOf(async () => pca.decode!(new Float32Array(11))), /ERR_DATA: latents: expected a whole/);
});

test.run();
