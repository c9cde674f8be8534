import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PosteriorInput, score, wsepin } from '../../src/index.js';
import { RandomStream, STREAMS } from '../../src/random.js';
import { normals } from '../assembly/samples.js';
import { readGoldenArray } from '../golden/load-golden.js';

type Rows = number[][];
type Posterior = Required<Record<'mu' | 'logvar' | 'z', Rows>>;

function near(got: number | null, expected: number, within: number, what = ''): void {
  assert.ok(got !== null && Math.abs(got - expected) <= within, `${what} ${got} is not ${expected}`);
}

function nearAll(got: readonly number[], expected: readonly number[], within: number, what: string): void {
  assert.is(got.length, expected.length, what);
  expected.forEach((value, i) => {
    near(got[i], value, within, `${what} ${i}:`);
  });
}

/** Factors, which nothing hangs on. */
const factorsOf = ({ mu }: { mu: ArrayLike<unknown> }) => Array.from(mu, (_, row) => row % 2);

/** Posteriors of these means and deviations, a row each, with samples. */
function posteriorOf(
  rows: number,
  latents: ReadonlyArray<(row: number) => [mean: number, deviation: number]>,
  seed = 1,
) {
  const noise = normals(rows * latents.length, seed);
  const table = (of: (mean: number, deviation: number, noise: number) => number): Rows =>
    Array.from({ length: rows }, (_, row) =>
      latents.map((latent, d) => of(...latent(row), noise[row * latents.length + d])),
    );
  return {
    mu: table((mean) => mean),
    logvar: table((_, deviation) => 2 * Math.log(deviation)),
    z: table((mean, deviation, x) => mean + deviation * x),
  };
}

const few = normals(4000, 77);
const informative = (row: number): [number, number] => [few[row], 0.3];
const idle = (): [number, number] => [0, 1];
/** As good as the prior, but not the same in all rows. */
const nearlyIdle = (row: number): [number, number] => [1e-7 * (row % 5), 1];

/** What is defined, as it is written down: every component at every sample, latent by latent. */
function plainSeparability({ mu, logvar, z }: Posterior, sampled: readonly number[]) {
  const latents = mu[0].map((_, d) => d);
  const logOf = (i: number, j: number, d: number) =>
    -0.5 * (Math.log(2 * Math.PI) + logvar[j][d] + (z[i][d] - mu[j][d]) ** 2 / Math.exp(logvar[j][d]));
  const mixture = (dims: readonly number[]) => {
    const logs = sampled.map((i) => {
      const terms = mu.map((_, j) => dims.reduce((sum, d) => sum + logOf(i, j, d), 0));
      const largest = terms.reduce((a, b) => Math.max(a, b));
      return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0) / mu.length);
    });
    return -logs.reduce((sum, log) => sum + log, 0) / sampled.length;
  };
  const own = (dims: readonly number[]) =>
    -sampled.reduce((sum, i) => sum + dims.reduce((all, d) => all + logOf(i, i, d), 0), 0) / sampled.length;
  const information = (dims: readonly number[]) => Math.max(0, mixture(dims) - own(dims));
  const without = (d: number) => latents.filter((e) => e !== d);
  const informativeness = latents.map((d) => information([d]));
  const sepin = latents.map((d) => information(latents) - information(without(d)));
  const shared = latents.map((d) => Math.max(0, mixture([d]) + mixture(without(d)) - mixture(latents)));
  const weight = informativeness.reduce((sum, one) => sum + one, 0);
  return {
    value: sepin.reduce((sum, one, d) => sum + one * informativeness[d], 0) / weight,
    informativeness,
    sepin,
    shared,
    mutualInformation: information(latents),
    without: latents.map((d) => information(without(d))),
  };
}

function compare({ value, parts }: Awaited<ReturnType<typeof wsepin>>, plain: ReturnType<typeof plainSeparability>) {
  near(value, plain.value, 1e-9, 'value');
  nearAll(parts.informativeness, plain.informativeness, 1e-9, 'informativeness');
  nearAll(parts.sepin, plain.sepin, 2e-9, 'SEPIN');
  nearAll(parts.sharedInformation, plain.shared, 3e-9, 'SEP');
  near(parts.mutualInformation, plain.mutualInformation, 1e-9, 'I(x; z)');
  nearAll(parts.mutualInformationWithout, plain.without, 1e-9, 'I(x; z without one)');
}

const mixed = posteriorOf(150, [
  informative,
  (row) => [few[row] + 0.5 * few[row + 1000], 0.2],
  (row) => [3 * (row % 4), 0.05],
  nearlyIdle,
  (row) => [few[row + 2000], row % 3 === 0 ? 0.01 : 2],
]);

test('is what one writes down', async () => {
  const rows = mixed.mu.map((_, row) => row);
  compare(await wsepin(mixed, factorsOf(mixed)), plainSeparability(mixed, rows));
});

test('takes samples of some rows where they are fewer, from the seed, and mixtures of all', async () => {
  for (const seed of [3, 4]) {
    const found = await wsepin(mixed, factorsOf(mixed), { samples: 40, seed });
    assert.equal(found.notes, ['entropies are at 40 samples of the mixture, which is of all rows']);
    // The first 40 of a shuffle from the front.
    const words = new RandomStream(seed, STREAMS.posteriorRows, 0);
    const rows = mixed.mu.map((_, row) => row);
    for (let i = 0; i < 40; i++) {
      const j = i + words.below(rows.length - i);
      [rows[i], rows[j]] = [rows[j], rows[i]];
    }
    compare(found, plainSeparability(mixed, rows.slice(0, 40)));
  }
});

test('agrees with an implementation in numpy on golden g', async () => {
  const expected = JSON.parse(readFileSync(new URL('../golden/separability.json', import.meta.url), 'utf8'));
  const [mu, logvar, z, factors] = await Promise.all(
    ['latents', 'logvar', 'z', 'factors'].map((member) => readGoldenArray('g_posterior', member)),
  );
  const byKnowledge = await wsepin({ mu, logvar, z }, factors);
  const bySepin = await wsepin({ mu, logvar, z }, factors, { order: 'sepin' });
  const { parts } = byKnowledge;
  near(byKnowledge.value, expected.wsepin, 1e-9, 'value');
  assert.is(bySepin.value, byKnowledge.value);
  nearAll(parts.informativeness, expected.informativeness, 1e-9, 'informativeness');
  nearAll(parts.sepin, expected.sepin, 1e-9, 'SEPIN');
  nearAll(parts.sharedInformation, expected.separability, 1e-9, 'SEP');
  nearAll(parts.indin, expected.indin, 1e-9, 'INDIN');
  nearAll(parts.sepinAt, expected.sepinAtKByInformativeness, 1e-9, 'SEPIN@k');
  nearAll(bySepin.parts.sepinAt, expected.sepinAtKBySepin, 1e-9, 'SEPIN@k by SEPIN');
  assert.equal(byKnowledge.notes, []);
});

test('one latent that knows the rows scores what it knows, however many idle ones stand beside it', async () => {
  const rows = 1000;
  for (const count of [6, 12, 16]) {
    for (const beside of [idle, nearlyIdle]) {
      const latents = [informative, ...Array.from({ length: count - 1 }, () => beside)];
      const posterior = posteriorOf(rows, latents);
      const { value, parts } = await wsepin(posterior, factorsOf(posterior));
      const first = (table: Rows) => table.map(([one]) => [one]);
      const alone = { mu: first(posterior.mu), logvar: first(posterior.logvar), z: first(posterior.z) };
      near(value, (await wsepin(alone, factorsOf(alone))).value as number, 1e-6, `${count} latents`);
      near(value, 1.22, 0.08, `${count} latents: about ln sqrt(1 + 1 / .09)`);
      assert.equal(parts.ranking[0], 0);
    }
  }
});

test('a latent with one posterior for all rows takes no part, and is named', async () => {
  const posterior = posteriorOf(300, [informative, () => [0.7, 2], (row) => [few[row + 500], 0.5]]);
  const { value, parts, notes } = await wsepin(posterior, factorsOf(posterior));
  const without = (table: Rows) => table.map(([a, , b]) => [a, b]);
  const two = { mu: without(posterior.mu), logvar: without(posterior.logvar), z: without(posterior.z) };
  const rest = await wsepin(two, factorsOf(two));
  assert.is(value, rest.value);
  const { sepin, informativeness, sharedInformation, indin, mutualInformationWithout } = parts;
  assert.equal([sepin[1], informativeness[1], sharedInformation[1], indin[1]], [0, 0, 0, 0]);
  assert.is(mutualInformationWithout[1], parts.mutualInformation);
  assert.equal([sepin[0], sepin[2]], rest.parts.sepin);
  assert.equal(notes, ['latent 1 is constant, with one posterior for all rows: no mutual information']);
});

test('is null with the reason where no latent has information', async () => {
  const constant = posteriorOf(50, [idle, () => [3, 0.1]]);
  for (const posterior of [constant, { mu: constant.mu, logvar: constant.logvar }]) {
    const { value, parts, notes } = await wsepin(posterior, factorsOf(posterior));
    assert.is(value, null);
    assert.equal(parts.sepin, [0, 0]);
    assert.equal(parts.sepinAt, [0, 0]);
    assert.equal(notes, [
      'undefined: no latent has information on the rows',
      'latents 0 and 1 are constant, with one posterior for all rows: no mutual information',
    ]);
  }
  // Far from their means samples are likelier under the other posterior: less than no information.
  const misplaced = { mu: [[0], [1]], logvar: [[0], [0]], z: [[9], [-9]] };
  const found = await wsepin(misplaced, [0, 0]);
  assert.equal([found.value, found.parts.informativeness], [null, [0]]);
  assert.is(found.notes[0], 'undefined: no latent has information on the rows');
});

test('latents that repeat each other know nothing that the other does not', async () => {
  const once = posteriorOf(400, [(row) => [few[row], 1e-3]]);
  const twice = (table: Rows) => table.map(([a]) => [a, a]);
  const noise = normals(400, 9);
  const posterior = {
    mu: twice(once.mu),
    logvar: twice(once.logvar),
    z: once.z.map(([a], row) => [a, once.mu[row][0] + 1e-3 * noise[row]]),
  };
  const { value, parts } = await wsepin(posterior, factorsOf(posterior));
  assert.ok((value as number) < 0.15 && (value as number) > 0, `${value}`);
  assert.ok(parts.informativeness.every((known) => known > 4.5));
});

test('of posteriors that factorise, INDIN is SEPIN', async () => {
  const { parts } = await wsepin(mixed, factorsOf(mixed));
  nearAll(parts.indin.slice(0, 3), parts.sepin.slice(0, 3), 1e-9, 'INDIN');
});

test('of independent latents, each has what it knows for itself, while there are rows to tell apart', async () => {
  // A grid of means in three latents.
  const grid = posteriorOf(8 * 8 * 8, [
    (row) => [row % 8, 0.7],
    (row) => [Math.floor(row / 8) % 8, 0.7],
    (row) => [Math.floor(row / 64), 0.7],
  ]);
  const { value, parts } = await wsepin(grid, factorsOf(grid));
  nearAll(parts.sepin, parts.informativeness, 1e-9, 'SEPIN');
  const { informativeness: known } = parts;
  const squares = known.reduce((sum, one) => sum + one * one, 0);
  near(value, squares / known.reduce((sum, one) => sum + one, 0), 1e-9);
});

test('does not depend on sign, scale and offset, nor on the order of rows; columns move their parts', async () => {
  const { value, parts } = await wsepin(mixed, factorsOf(mixed));
  const turned = (table: Rows, of: (x: number) => number) =>
    [...table].reverse().map((row) => [...row].reverse().map(of));
  const other = {
    mu: turned(mixed.mu, (x) => 7 - 3 * x),
    logvar: turned(mixed.logvar, (x) => x + 2 * Math.log(3)),
    z: turned(mixed.z, (x) => 7 - 3 * x),
  };
  const found = await wsepin(other, factorsOf(other));
  near(found.value, value as number, 1e-8);
  nearAll(found.parts.sepin, [...parts.sepin].reverse(), 1e-8, 'SEPIN');
  assert.equal(
    found.parts.ranking,
    parts.ranking.map((d) => 4 - d),
  );
});

test('ranks ties by the lowest index', async () => {
  const once = posteriorOf(60, [informative]);
  const thrice = (table: Rows) => table.map(([a]) => [a, a, a]);
  const same = { mu: thrice(once.mu), logvar: thrice(once.logvar), z: thrice(once.z) };
  for (const order of ['informativeness', 'sepin'] as const) {
    assert.equal((await wsepin(same, factorsOf(same), { order })).parts.ranking, [0, 1, 2]);
  }
});

test('draws samples from the seed where none are given', async () => {
  const { mu, logvar } = mixed;
  const of = (seed: number) => wsepin({ mu, logvar }, factorsOf(mixed), { seed });
  const [first, again, other] = [await of(1), await of(1), await of(2)];
  assert.equal(first, again);
  assert.is.not(first.value, other.value);
  near(first.value, (await wsepin(mixed, factorsOf(mixed))).value as number, 0.3);
});

test('names latents whose samples cannot be theirs', async () => {
  const far = { ...mixed, z: mixed.z.map(([a, ...rest]) => [a + 10, ...rest]) };
  const { value, notes } = await wsepin(far, factorsOf(far));
  assert.ok(Number.isFinite(value));
  assert.match(notes.join(), /^latent 0: z is [\d.]+ standard deviations from the means of its posteriors/);
});

test('is finite for spikes, for very wide posteriors, and for two rows', async () => {
  for (const logvar of [-200, -60, 60, 200]) {
    const posterior = {
      mu: [
        [50, 1e50],
        [50.001, -1e50],
        [51, 3],
      ],
      logvar: [
        [logvar, logvar],
        [logvar, -logvar],
        [logvar * (1 - 1e-9), 0],
      ],
    };
    const { value, parts } = await wsepin(posterior, [0, 1, 1]);
    assert.ok((value as number) >= 0 && (value as number) <= Math.log(3) + 1e-9, `${logvar}: ${value}`);
    assert.ok(Object.values(parts).flat().every(Number.isFinite), `${logvar}`);
  }
  const two = {
    mu: [
      [0, 1],
      [5, 1],
    ],
    logvar: [
      [-2, 0],
      [-2, 0],
    ],
  };
  near((await wsepin(two, [0, 0])).value, Math.log(2), 0.01);
});

test('gives the digits of one thread, with more samples than one share, intervals and nulls', async () => {
  const posterior = posteriorOf(1200, [informative, nearlyIdle, (row) => [few[row] + few[row + 1], 0.4], idle]);
  for (const given of [posterior, { mu: posterior.mu, logvar: posterior.logvar }] as PosteriorInput[]) {
    const options = { seed: 2, samples: 1100, interval: 3, null: 2 };
    const alone = await wsepin(given, factorsOf(posterior), options);
    for (const threads of [2, 3]) {
      assert.equal(await wsepin(given, factorsOf(posterior), { ...options, threads }), alone);
    }
    assert.ok(alone.spread && alone.spread.low > 0, JSON.stringify(alone.spread));
  }
});

test('stops when it is told to', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 100);
  const { signal } = controller;
  const posterior = posteriorOf(
    4000,
    Array.from({ length: 30 }, () => nearlyIdle),
  );
  assert.is(await wsepin(posterior, factorsOf(posterior), { signal }).catch((error) => error), reason);
});

test('is left out of the default report of a large table, by its formula, and computed when it is asked for', async () => {
  const { cost, options } = wsepin;
  const shape = { latents: 10, factors: 5 };
  const secondsOf = (rows: number) =>
    cost?.({ ...shape, rows }, { samples: options.samples.default, order: 'informativeness' }).seconds ?? 0;
  assert.ok(secondsOf(10_000) < 10 && secondsOf(737_280) > 60, `${secondsOf(10_000)}, ${secondsOf(737_280)}`);
  const report = await score(mixed.mu, factorsOf(mixed), { posterior: mixed });
  assert.ok('wsepin' in report.metrics);
  assert.not.ok('wsepin' in (await score(mixed.mu, factorsOf(mixed))).metrics);
});

test.run();
