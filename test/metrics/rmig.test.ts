import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Matrix, mig, rmig } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { type Case, readGolden, readGoldenArray } from '../golden/load-golden.js';

/** What the authors' program returned. */
interface Theirs {
  readonly rmig: readonly number[];
  readonly 'information[latent][factor]': readonly number[][];
}

/** Made by test/golden/make-rmig.py. */
const reference: {
  readonly means: Readonly<Record<Case, Readonly<Record<string, Theirs & { bins: number; limit: number }>>>>;
  readonly posteriors: Readonly<Record<'of the posteriors' | 'of the means' | 'of the samples', Theirs>>;
} = JSON.parse(readFileSync(new URL('../golden/rmig.json', import.meta.url), 'utf8'));

/** Theirs has logarithms of probabilities, down to -10, in float32: 24 bits. */
const FLOAT32 = 1e-6;

/** All of a row's mass in the bin that its latent falls into. */
function inOneBin(x: number, bins: number, limit: number): number[] {
  const shares = new Array(bins).fill(0);
  shares[Math.min(bins - 1, Math.max(0, Math.floor(((x + limit) * bins) / (2 * limit))))] = 1;
  return shares;
}

/** A row's mass in each bin, by the density of its posterior at the centres. */
function byDensity(mean: number, deviation: number, bins: number, limit: number): number[] {
  const centre = (bin: number) => ((2 * bin + 1) * limit) / bins - limit;
  const densities = Array.from({ length: bins }, (_, bin) => Math.exp(-(((centre(bin) - mean) / deviation) ** 2) / 2));
  const sum = densities.reduce((a, b) => a + b, 0);
  return densities.map((density) => density / sum);
}

/**
 * Gaps over entropies from joint probabilities of bins and values, as the paper writes them.
 * @param sharesOf the mass of a row of a latent in each bin
 */
function oracle(
  latents: number[][],
  factors: number[][],
  bins: number,
  limit: number,
  sharesOf = (row: number, d: number) => inOneBin(latents[row][d], bins, limit),
) {
  return factors[0].map((_, k) => {
    const values = [...new Set(factors.map((row) => row[k]))];
    const q = (value: number) => factors.filter((row) => row[k] === value).length / factors.length;
    const entropy = -values.reduce((sum, value) => sum + q(value) * Math.log(q(value)), 0);
    const information = latents[0].map((_, d) => {
      const joint = Array.from({ length: bins }, () => values.map(() => 0));
      latents.forEach((_, i) => {
        const value = values.indexOf(factors[i][k]);
        sharesOf(i, d).forEach((share, bin) => {
          joint[bin][value] += share / latents.length;
        });
      });
      let sum = 0;
      for (const cells of joint) {
        const ofBin = cells.reduce((a, b) => a + b, 0);
        cells.forEach((p, v) => {
          if (p > 0) sum += p * Math.log(p / (ofBin * q(values[v])));
        });
      }
      return sum;
    });
    const [first, second] = [...information, 0].sort((a, b) => b - a);
    return { gap: (first - second) / entropy, nats: first - second, information };
  });
}

function draw(rows: number, scale: number) {
  const words = new RandomStream(21, 100, 0);
  const uniform = () => words.word() / 2 ** 32;
  const factors = Array.from({ length: rows }, () => [words.below(4), words.below(3)]);
  return { factors, latents: factors.map(([a, b]) => [a - 1.5 + uniform(), scale * (b - 1), 0.3 * a + uniform()]) };
}

for (const [bins, limit] of [
  [100, 4],
  [16, 0.5],
  [7, 2.3],
]) {
  test(`is the mean normalised gap of ${bins} bins between -${limit} and ${limit}, by its definition`, async () => {
    const { latents, factors } = draw(600, 1);
    const expected = oracle(latents, factors, bins, limit);
    const { value, parts } = await rmig(latents, factors, { bins, limit });
    assert.ok(Math.abs((value as number) - (expected[0].gap + expected[1].gap) / 2) < 1e-12, `${value}`);
    expected.forEach(({ gap, nats }, k) => {
      assert.ok(Math.abs((parts.gap[k] as number) - gap) < 1e-12, `gap of factor ${k}`);
      assert.ok(Math.abs((parts.gapInNats[k] as number) - nats) < 1e-12, `gap of factor ${k} in nats`);
    });
    const beyond = latents[0].map((_, d) => latents.filter((row) => Math.abs(row[d]) > limit).length);
    assert.equal(parts.beyond, beyond);
  });
}

async function agree(latents: Matrix, factors: Matrix, theirs: Theirs, options: { bins?: number; limit?: number }) {
  const { value, parts } = await rmig(latents, factors, options);
  const near = (actual: number | null, expected: number, what: string) =>
    assert.ok(Math.abs((actual as number) - expected) < FLOAT32, `${what}: ${actual}, not ${expected}`);
  theirs['information[latent][factor]'].forEach((row, d) => {
    row.forEach((nats, k) => {
      near(parts.mutualInformation[d][k], nats, `I(z${d}; v${k})`);
    });
  });
  theirs.rmig.forEach((gap, k) => {
    near(parts.gap[k], gap, `factor ${k}`);
  });
  near(value, theirs.rmig.reduce((sum, gap) => sum + gap, 0) / theirs.rmig.length, 'value');
}

for (const [name, entries] of Object.entries(reference.means)) {
  test(`agrees with the authors' program on ${name}`, async () => {
    const { latents, factors } = await readGolden(name as Case);
    for (const { bins, limit, ...theirs } of Object.values(entries)) {
      await agree(latents, factors, theirs, { bins, limit });
    }
  });
}

/**
 * The golden posterior; of the last factor, which has more values than their program, pairs are
 * one.
 */
async function readHalved() {
  const { latents, factors } = await readGolden('g_posterior');
  const data = Float64Array.from(factors.data, (value, i) => (i % 3 === 2 ? Math.floor(value / 2) : value));
  return { latents, halved: { ...factors, data } as Matrix };
}

const rowsOf = ({ data, rows, columns }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));

test("spread over bins by the densities of posteriors, rows give the joint probabilities of the authors' program", async () => {
  const { latents, halved } = await readHalved();
  const [means, logvars] = [rowsOf(latents), rowsOf(await readGoldenArray('g_posterior', 'logvar'))];
  const sharesOf = (row: number, d: number) => byDensity(means[row][d], Math.exp(logvars[row][d] / 2), 100, 4);
  const theirs = reference.posteriors['of the posteriors'];
  oracle(means, rowsOf(halved), 100, 4, sharesOf).forEach(({ gap, information }, k) => {
    assert.ok(Math.abs(gap - theirs.rmig[k]) < FLOAT32, `factor ${k}: ${gap}, not ${theirs.rmig[k]}`);
    information.forEach((nats, d) => {
      const expected = theirs['information[latent][factor]'][d][k];
      assert.ok(Math.abs(nats - expected) < FLOAT32, `I(z${d}; v${k}): ${nats}, not ${expected}`);
    });
  });
});

test("agrees with the authors' program on the means and on the samples of posteriors, which say less than these", async () => {
  const { latents, halved } = await readHalved();
  await agree(latents, halved, reference.posteriors['of the means'], {});
  await agree(await readGoldenArray('g_posterior', 'z'), halved, reference.posteriors['of the samples'], {});
  const mean = ({ rmig: gaps }: Theirs) => gaps.reduce((sum, gap) => sum + gap / gaps.length, 0);
  const [whole, means, samples] = (['of the posteriors', 'of the means', 'of the samples'] as const).map((name) =>
    mean(reference.posteriors[name]),
  );
  // What docs/metrics/rmig.md says.
  assert.equal(
    [whole, samples, means].map((value) => value.toFixed(3)),
    ['0.606', '0.535', '0.200'],
  );
});

test('is MIG where every latent ranges from one limit to the other', async () => {
  const words = new RandomStream(22, 100, 0);
  const factors = Array.from({ length: 500 }, () => [words.below(5), words.below(2)]);
  const latents = factors.map(([a, b], i) => (i < 2 ? [8 * i - 4, 4 - 8 * i] : [a - 2, words.below(3) - b]));
  const robust = await rmig(latents, factors, { bins: 20 });
  const plain = await mig(latents, factors, { bins: 20 });
  assert.is(robust.value, plain.value);
  assert.equal(robust.parts.mutualInformation, plain.parts.mutualInformation);
  assert.equal(robust.notes, []);
});

test('gives float32 latents the bins of the same numbers in float64', async () => {
  const { latents, factors } = await readGolden('g_posterior');
  for (const limit of [4, 0.7, 1 / 3]) {
    const narrow = await rmig(latents, factors, { limit });
    const wide = await rmig({ ...latents, data: Float64Array.from(latents.data) }, factors, { limit });
    assert.ok(latents.data instanceof Float32Array);
    assert.equal(narrow.parts, wide.parts);
  }
});

test('is 1 when each factor is one latent within the limits, and near 0 for latents that know nothing', async () => {
  const rows = Array.from({ length: 240 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3]);
  const codes = rows.map(([a, b, c]) => [a - 1.5, 2 - b, 3 * c - 3]);
  assert.ok(Math.abs(((await rmig(codes, rows)).value as number) - 1) < 1e-12);
  const words = new RandomStream(23, 100, 0);
  const factors = Array.from({ length: 20_000 }, () => [words.below(4), words.below(5)]);
  const noise = factors.map(() => [words.word() / 2 ** 31, words.word() / 2 ** 31]);
  assert.ok(((await rmig(noise, factors)).value as number) < 0.005);
});

test('takes nothing from a latent that hardly varies on the scale of the prior, which MIG does', async () => {
  const { latents, factors } = draw(600, 1e-3);
  const robust = await rmig(latents, factors);
  const plain = await mig(latents, factors);
  assert.ok((plain.parts.mutualInformation[1][1] as number) > 1);
  // 0.001 to either side of 0, the edge of a bin: what is below is told from what is not.
  assert.ok(robust.parts.mutualInformation[1][1] < 0.7);
  const shifted = await rmig(
    latents.map(([a, b, c]) => [a, b + 0.04, c]),
    factors,
  );
  assert.is(shifted.parts.mutualInformation[1][1], 0);
});

test('counts what lies beyond the limits in the outermost bins, and says so', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i % 2]);
  const codes = rows.map(([a], i) => [a === 0 ? -100 : i === 1 ? 4.5 : 3.99]);
  const { value, notes, parts } = await rmig(codes, rows);
  assert.ok(Math.abs((value as number) - 1) < 1e-12);
  assert.equal(parts.beyond, [21]);
  assert.equal(notes, [
    'one latent: the runner-up of each gap is 0',
    'latent 0: 21 rows beyond -4 .. 4, in the outermost bins',
  ]);
  const several = await rmig(
    codes.map(([z], i) => [z, i === 7 ? 5 : 0, 0.1 * (i % 2), -4.01 - (i % 2)]),
    rows,
  );
  assert.equal(several.parts.beyond, [21, 1, 0, 40]);
  assert.equal(several.notes, ['latents 0, 1, 3: 1 to 40 rows beyond -4 .. 4, in the outermost bins']);
});

test('is null with the reason when every factor is constant, and names constant latents', async () => {
  const { value, notes } = await rmig(
    [
      [1, 2],
      [1, 3],
    ],
    [[5], [5]],
  );
  assert.is(value, null);
  assert.equal(notes, [
    'undefined: every factor is constant',
    'latent 0 is constant: no mutual information',
    'factor 0 is constant: left out',
  ]);
});

test.run();
