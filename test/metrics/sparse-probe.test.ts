import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sparseProbe } from '../../src/index.js';
import { normals, uniforms } from '../assembly/samples.js';
import { readGolden } from '../golden/load-golden.js';

type Rows = number[][];

const golden = JSON.parse(readFileSync(new URL('../golden/sparse-probe.json', import.meta.url), 'utf8')).cases;

function near(got: number | null, expected: number, within: number, what = ''): void {
  assert.ok(got !== null && Math.abs(got - expected) <= within, `${what} ${got} is not ${expected}`);
}

/** Rows to learn from and to be judged on, by a bit for each. */
function rowsOf(bits: string) {
  const rows = [...bits].map((_, row) => row);
  return { trainRows: rows.filter((row) => bits[row] === '1'), testRows: rows.filter((row) => bits[row] === '0') };
}

/** Every second row of a table. */
const halves = (count: number) => rowsOf('10'.repeat(Math.ceil(count / 2)).slice(0, count));

for (const name of ['p_perm', 'p_over'] as const) {
  for (const scale of ['raw', 'standardised'] as const) {
    test(`agrees with scikit-learn and the rankings of SAEBench on ${name}, ${scale}`, async () => {
      const { latents, factors } = await readGolden(name);
      const { train, metrics, peers } = golden[name];
      const { value, parts } = await sparseProbe(latents, factors, { scale, ...rowsOf(train) });
      assert.equal(parts.sizes.map(String), Object.keys(metrics[scale]));
      parts.sizes.forEach((size, s) => {
        near(parts.accuracy[s], metrics[scale][size], 1e-9, `k = ${size}`);
        near(parts.accuracy[s], peers[scale][size], 1e-9, `theirs, k = ${size}`);
      });
      assert.is(value, parts.accuracy[0]);
    });
  }
}

/** A table of four values, a latent for each that is large where the factor has it, and noise. */
function ownLatents(rows: number, noise = 0.1) {
  const x = normals(rows * 5, 3);
  const factors = Array.from({ length: rows }, (_, row) => (row * 7 + (row >> 3)) % 4);
  const latents: Rows = factors.map((value, row) =>
    [0, 1, 2, 3, 4].map((d) => (value === d ? 1 : 0) + noise * x[row * 5 + d]),
  );
  return { latents, factors };
}

test('is 1 if each value has a latent of its own, and chance if no latent knows any', async () => {
  const { latents, factors } = ownLatents(400);
  const { value, parts, notes } = await sparseProbe(latents, factors);
  assert.is(value, 1);
  assert.equal([parts.accuracy, parts.tasks, parts.sizes], [[1, 1, 1], [4], [1, 2, 5]]);
  assert.equal(notes, []);
  const noise = normals(4000 * 3, 5);
  const idle = Array.from({ length: 4000 }, (_, row) => [...noise.subarray(3 * row, 3 * row + 3)]);
  const chance = await sparseProbe(
    idle,
    Array.from({ length: 4000 }, (_, row) => row % 5),
  );
  near(chance.value, 0.5, 0.03);
});

test('a value that two latents tell together needs both', async () => {
  // Of a value in the corner of two latents, each tells a half.
  const next = uniforms(8);
  const latents = Array.from({ length: 2000 }, () => [next(), next(), next() / 10]);
  const factors = latents.map(([a, b]) => (a + b > 1.3 ? 1 : 0));
  const { parts } = await sparseProbe(latents, factors, { k: 2, c: 1e6 });
  assert.equal(parts.sizes, [1, 2]);
  assert.ok((parts.accuracy[0] as number) < 0.86, `${parts.accuracy}`);
  assert.ok((parts.accuracy[1] as number) > 0.96, `${parts.accuracy}`);
});

test('is what a search of every cut says, with one latent and both sides alike', async () => {
  // A single latent: the classifier is a threshold, judged here by counting.
  const { latents, factors } = ownLatents(300, 0.6);
  const { trainRows, testRows } = halves(300);
  const { parts } = await sparseProbe(
    latents.map(([a]) => [a]),
    factors.map((value) => (value === 0 ? 1 : 0)),
    { trainRows, testRows },
  );
  // Every accuracy that a cut can have, the value above it.
  const of = (cut: number) => {
    const share = (isOwn: boolean) => {
      const side = testRows.filter((row) => (factors[row] === 0) === isOwn);
      return side.filter((row) => latents[row][0] > cut === isOwn).length / side.length;
    };
    return (share(true) + share(false)) / 2;
  };
  const cuts = testRows.map((row) => latents[row][0]).sort((a, b) => a - b);
  const middle = cuts.filter((cut) => cut > 0.2 && cut < 0.8).map(of);
  const got = parts.accuracy[0] as number;
  assert.ok(
    middle.some((one) => Math.abs(one - got) < 1e-12),
    `${got} is of no cut`,
  );
  assert.ok(got > 0.7);
});

test('orders raw latents by their numbers, standardised ones by what they tell', async () => {
  const { latents, factors } = ownLatents(400);
  const noise = normals(400, 9);
  // A loud latent that tells next to nothing.
  const loud = latents.map((row, i) => [...row, 1000 * noise[i] + 100 * factors[i]]);
  const raw = await sparseProbe(loud, factors);
  const standardised = await sparseProbe(loud, factors, { scale: 'standardised' });
  assert.ok((raw.value as number) < 0.6, `${raw.value}`);
  assert.is(standardised.value, 1);
});

test('of equal latents the lowest is taken first, and the second tells nothing more', async () => {
  const { latents, factors } = ownLatents(300, 0.5);
  const once = await sparseProbe(
    latents.map(([a]) => [a]),
    factors,
  );
  const twice = await sparseProbe(
    latents.map(([a]) => [a, a]),
    factors,
    { c: 1e8 },
  );
  near(twice.parts.accuracy[1], once.value as number, 0.01);
});

test('does not depend on the sign of latents, nor on what a column is called', async () => {
  const { latents, factors } = ownLatents(300, 0.4);
  const { parts } = await sparseProbe(latents, factors);
  const turned = await sparseProbe(
    latents.map((row) => [...row].reverse().map((z) => 3 - z)),
    factors.map((value) => 10 - 2 * value),
    halves(300),
  );
  const same = await sparseProbe(latents, factors, halves(300));
  turned.parts.accuracy.forEach((accuracy, s) => {
    near(accuracy, same.parts.accuracy[s] as number, 1e-9);
  });
  assert.is(parts.tasks[0], 4);
});

test('leaves out values that a part lacks, and factors that no part can judge', async () => {
  const { latents } = ownLatents(40);
  const factors = latents.map((_, row) => [row < 2 ? 9 : row % 2, row % 4 === 0 ? 1 : 0, row < 20 ? 0 : 1]);
  // Value 9 is learnt from alone; all test rows have one value of the last.
  const trainRows = Array.from({ length: 24 }, (_, row) => row);
  const testRows = Array.from({ length: 16 }, (_, row) => 24 + row);
  const { parts, notes, value } = await sparseProbe(latents, factors, { trainRows, testRows });
  assert.equal(parts.tasks, [2, 1, 0]);
  assert.equal(parts.accuracyOfFactor[2], [null, null, null]);
  assert.equal(notes, [
    'factor 0: 1 value is not among the test rows: learnt from, not judged on',
    'factor 2: 1 value is not among the test rows: learnt from, not judged on',
    'factor 2: no value has rows in both parts beside others, left out',
  ]);
  const [a, b] = parts.accuracyOfFactor.map(([one]) => one as number);
  near(value, (2 * a + b) / 3, 1e-12);
});

test('is null with the reason if nothing can be judged, or if there are fewer than k latents', async () => {
  const { latents, factors } = ownLatents(60);
  const constant = await sparseProbe(
    latents,
    factors.map(() => 3),
  );
  assert.is(constant.value, null);
  assert.is(constant.notes[0], 'undefined: every factor is constant');
  const many = await sparseProbe(latents, factors, { k: 6 });
  assert.is(many.value, null);
  assert.is(many.notes[0], 'undefined: a probe of 6 latents, of which there are 5');
  assert.equal(many.parts.sizes, [1, 2, 5]);
  const dead = await sparseProbe(
    latents.map(() => [1, 2]),
    factors,
  );
  near(dead.value, 0.5, 1e-12);
});

test('cuts continuous factors into bins', async () => {
  const next = uniforms(4);
  const latents = Array.from({ length: 500 }, () => [next(), next()]);
  const factors = latents.map(([a]) => a + 0.001);
  const { value, parts } = await sparseProbe(latents, factors, { bins: 2 });
  assert.ok((value as number) > 0.97, `${value}`);
  assert.equal(parts.tasks, [1]);
});

test('gives the digits of one thread', async () => {
  const { latents, factors } = ownLatents(300, 0.5);
  const two = factors.map((value, row) => [value, row % 3]);
  const options = { seed: 3, interval: 2, null: 2, train: 150, test: 80 };
  const alone = await sparseProbe(latents, two, options);
  assert.equal(await sparseProbe(latents, two, { ...options, threads: 2 }), alone);
});

test.run();
