import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkCapacity,
  factorVaeScore,
  Matrix,
  type Metric,
  mig,
  type Progress,
  ready,
  score,
} from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { readGolden } from '../golden/load-golden.js';

test('returns a plain object that survives JSON, without NaN', async () => {
  const { latents, factors } = await readGolden('e_degenerate');
  const report = await score(latents, factors, { interval: 4, null: 4 });
  assert.equal(JSON.parse(JSON.stringify(report)), report);
  assert.equal(structuredClone(report), report);
  assert.is(report.schema, 'vaemetrics/report@1');
  assert.equal(report.input, {
    latents: { rows: 3000, columns: 6, dtype: 'float32' },
    factors: {
      rows: 3000,
      columns: 4,
      dtype: 'int32',
      sizes: report.input.factors.sizes,
      types: ['discrete', 'discrete', 'discrete', 'discrete'],
    },
  });
  assert.is(report.input.factors.sizes[2], 1);
});

test('takes names in any spelling, and metrics themselves', async () => {
  const { latents, factors } = await readGolden('d_partial');
  const spelt = await score(latents, factors, {
    metrics: ['FactorVAE', 'Beta_VAE', mig],
    options: { FactorVAE: { batch: 8 }, beta_vae: { batch: 4 } },
  });
  const plain = await score(latents, factors, {
    metrics: ['factor-vae-score', 'beta-vae-score', 'mig'],
    options: { 'factor-vae-score': { batch: 8 }, 'beta-vae-score': { batch: 4 } },
  });
  assert.equal(spelt, plain);
  assert.equal(await mig(latents, factors), plain.metrics.mig);
});

test('gives the same report for the same input and seed, however often and beside whatever', async () => {
  const { latents, factors } = await readGolden('d_partial');
  const [first, second, other] = await Promise.all([
    score(latents, factors, { seed: 3, interval: 3 }),
    score(latents, factors, { seed: 3, interval: 3 }),
    score(latents, factors, { seed: 4, interval: 3 }),
  ]);
  assert.is(JSON.stringify(first), JSON.stringify(second));
  assert.not.equal(first.metrics['factor-vae-score'].parts, other.metrics['factor-vae-score'].parts);
  // What is computed together is what is computed alone.
  const alone = await score(latents, factors, { seed: 3, interval: 3, metrics: ['factor-vae-weighted-score'] });
  assert.equal(alone.metrics['factor-vae-weighted-score'], first.metrics['factor-vae-weighted-score']);
  const direct = await factorVaeScore(latents, factors, { seed: 3, interval: 3 });
  assert.equal(direct, first.metrics['factor-vae-score']);
});

test('takes the same numbers in every form', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i % 5, (i % 4) + 0.5]);
  const factors = rows.map(([a]) => a);
  const flat = Float64Array.from(rows.flat());
  const forms = [
    rows,
    rows.map((row) => Float64Array.from(row)),
    { data: flat, rows: 40, columns: 2 },
    new Matrix(flat, 40, 2),
  ];
  const values = await Promise.all(forms.map(async (form) => (await mig(form, factors)).value));
  assert.is(new Set(values).size, 1);
  const narrow = [
    Int8Array.from(factors),
    Uint8ClampedArray.from(factors),
    Float32Array.from(factors),
    BigInt64Array.from(factors, BigInt),
    factors.map((value) => [value]),
  ];
  for (const form of narrow) assert.is((await mig(rows, form)).value, values[0]);
});

test('takes whole numbers for discrete and others for continuous, and does as it is told', async () => {
  const words = new RandomStream(1, 100, 0);
  const factors = Array.from({ length: 500 }, () => [words.below(4), words.below(4) / 4, words.word() / 2 ** 32]);
  const types = (await score(factors, factors, { metrics: ['mig'] })).input.factors;
  assert.equal(types.types, ['discrete', 'continuous', 'continuous']);
  assert.equal(types.sizes, [4, null, null]);
  const told = await score(factors, factors, { metrics: ['mig'], factorTypes: ['continuous', 'discrete', null] });
  assert.equal(told.input.factors.types, ['continuous', 'discrete', 'continuous']);
  assert.equal(told.input.factors.sizes, [null, 4, null]);
  // Four values on a line fall into four of twenty bins: the entropy is the same either way.
  const { entropy } = told.metrics.mig.parts;
  assert.ok(Math.abs(entropy[0] - (await mig(factors, factors)).parts.entropy[0]) < 1e-12);
});

test('codes values that are far apart as it codes neighbours', async () => {
  const near = Array.from({ length: 90 }, (_, i) => [i % 3, i % 5]);
  const far = near.map(([a, b]) => [a * 4e15 - 3e15, b]);
  assert.equal((await mig(near, far)).parts, (await mig(near, near)).parts);
});

test('warns of a pair that looks swapped, and only then', async () => {
  const words = new RandomStream(2, 100, 0);
  const factors = Array.from({ length: 300 }, () => [words.below(6), words.below(4)]);
  const latents = factors.map(([a, b]) => [a + words.word() / 2 ** 32, b - words.word() / 2 ** 32]);
  const swapped = await score(factors, latents, { metrics: ['mig'] });
  assert.equal(swapped.notes, [
    'latents are whole numbers of few values and factors are not: the two look swapped (latents come first)',
  ]);
  assert.equal((await score(latents, factors, { metrics: ['mig'] })).notes, []);
  const same = await score(factors, factors, { metrics: ['mig'] });
  assert.equal(same.notes, ['latents and factors are the same numbers']);
});

test('refuses what 4 GiB cannot hold before anything is allocated', () => {
  const shape = { rows: 200_000_000, columns: 10, dtype: 'float32' as const };
  assert.throws(
    () => checkCapacity(shape, { ...shape, columns: 2, dtype: 'int32' }),
    (error: Error) =>
      error instanceof RangeError &&
      /^latents 200000000 x 10 and factors 200000000 x 2: expected to fit the 4 GiB that WebAssembly can address, got 33\.6 GiB; score a random part of the rows$/.test(
        error.message,
      ),
  );
  checkCapacity({ rows: 737_280, columns: 10, dtype: 'float32' }, { rows: 737_280, columns: 5, dtype: 'int32' });
});

test('stops when it is told to, with the reason that was given', async () => {
  const { latents, factors } = await readGolden('b_permuted_noise');
  const reason = new Error('enough');
  const controller = new AbortController();
  const run = score(latents, factors, { null: 100_000, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 60);
  const began = performance.now();
  try {
    await run;
    assert.unreachable();
  } catch (error) {
    assert.is(error, reason);
  }
  assert.ok(performance.now() - began < 5000);
  try {
    await mig(latents, factors, { signal: AbortSignal.abort() });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).name, 'AbortError');
  }
  // The instance that was stopped is fit for the next.
  assert.ok((await mig(latents, factors)).value);
});

test('says how far it has come', async () => {
  const { latents, factors } = await readGolden('a_perfect');
  const seen: Progress[] = [];
  await score(latents, factors, { null: 12, onProgress: (progress) => seen.push(progress) });
  assert.ok(seen.some(({ phase }) => phase === 'null'));
  for (const { done, total } of seen) assert.ok(done >= 0 && done <= total);
});

test('times what it does only where asked to', async () => {
  const { latents, factors } = await readGolden('t_tiny');
  assert.not.ok('timings' in (await score(latents, factors)));
  const { timings } = await score(latents, factors, { timings: true, metrics: ['mig'] });
  assert.equal(Object.keys(timings ?? {}), ['load', 'mig', 'resampling', 'total']);
});

test('computes a metric of the caller beside its own', async () => {
  const share: Metric = {
    name: 'active-share',
    aliases: [],
    title: 'Active share',
    summary: 'share of latents that vary',
    needs: ['latents'],
    range: [0, 1],
    better: 'higher',
    options: { scale: { kind: 'number', default: 1, description: 'a factor' } },
    source: 'this test',
    isPlugIn: false,
    async compute(table, options) {
      return {
        value: ((options.scale as number) * table.varyingLatents.length) / table.latentCount,
        parts: {},
        notes: [],
      };
    },
  };
  const { latents, factors } = await readGolden('e_degenerate');
  const report = await score(latents, factors, {
    metrics: ['mig', share],
    options: { 'active-share': { scale: 0.6 } },
  });
  assert.equal(Object.keys(report.metrics), ['mig', 'active-share']);
  assert.is(report.metrics['active-share'].value, 0.5);
  assert.equal(report.metrics['active-share'].options, { scale: 0.6 });
});

test('puts the score of a perfect code far from its null, and one of noise inside', async () => {
  const words = new RandomStream(4, 100, 0);
  const factors = Array.from({ length: 1500 }, () => [words.below(5), words.below(6)]);
  const perfect = await mig(factors, factors, { null: 99 });
  assert.is(perfect.null?.permutations, 99);
  assert.is(perfect.null?.pValue, 0.01);
  assert.ok((perfect.null?.maximum as number) < 0.05);
  const noise = await mig(
    factors.map(() => [words.word(), words.word()]),
    factors,
    { null: 99 },
  );
  assert.ok((noise.null?.pValue as number) > 0.02, `${noise.null?.pValue}`);
});

test('halves the width of an interval when rows grow fourfold', async () => {
  const width = async (rows: number) => {
    const words = new RandomStream(11, 100, rows);
    const factors = Array.from({ length: rows }, () => [words.below(5), words.below(6)]);
    const latents = factors.map(([a, b]) => [a + (3 * words.word()) / 2 ** 32, b + (3 * words.word()) / 2 ** 32]);
    const { interval, value } = await mig(latents, factors, { interval: 200 });
    assert.ok(
      interval && interval.low < (value as number) && (value as number) < interval.high + Math.abs(interval.bias),
    );
    return interval.high - interval.low;
  };
  const ratio = (await width(10_000)) / (await width(40_000));
  assert.ok(ratio > 1.6 && ratio < 2.5, `${ratio}`);
});

test('says that there is no interval where halves have no score', async () => {
  // Of four rows a half has two: the factor is constant, or has as many values as rows.
  const { interval, notes } = await mig([[1], [2], [3]], [[0], [0], [1]], { interval: 5 });
  assert.is(interval, undefined);
  assert.ok(notes.includes('no interval: fewer than two halves of the rows have a score'));
});

test('compiles ahead', async () => assert.is(await ready(), undefined));

test.run();
