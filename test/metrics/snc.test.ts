import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { snc } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { dependencyOf } from '../golden/load-dependency.js';
import { readGolden } from '../golden/load-golden.js';

const columnsOf = (rows: readonly number[][]) => rows[0].map((_, k) => rows.map((row) => row[k]));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

for (const name of ['p_perm', 'p_over'] as const) {
  test(`agrees with an independent implementation and with the authors' code on ${name}, to the last row`, async () => {
    const { latents, factors } = await readGolden(name);
    const { metrics, peers, testRows = [] } = dependencyOf(name);
    const trainRows = Array.from({ length: latents.rows }, (_, row) => row).filter((row) => !testRows.includes(row));
    const { value, parts } = await snc(latents, factors, { trainRows, testRows });
    assert.equal(parts.latent, metrics.snc?.latent);
    assert.equal(parts.accuracy, metrics.snc?.accuracy);
    assert.equal(parts.latent, peers?.latentOfFactor);
    assert.equal(parts.accuracy, peers?.snc);
    assert.ok(Math.abs((value as number) - (metrics.snc?.value as number)) < 1e-12);
  });
}

function entropyOf(column: ReadonlyArray<number | string>): number {
  const counts = new Map<number | string, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / column.length) * Math.log(n / column.length), 0);
}

/** The row of each column, of all one-to-one ones the first with the largest sum; -1 is last. */
function bestPairs(gains: readonly number[][], columns: number): number[] {
  let best: number[] = [];
  let most = Number.NEGATIVE_INFINITY;
  const spare = Math.max(0, columns - gains.length);
  const visit = (rowOf: number[], sum: number) => {
    if (rowOf.length === columns) {
      if (sum > most + 1e-12) [best, most] = [rowOf, sum];
      return;
    }
    gains.forEach((row, i) => {
      if (!rowOf.includes(i)) visit([...rowOf, i], sum + row[rowOf.length]);
    });
    if (rowOf.filter((row) => row < 0).length < spare) visit([...rowOf, -1], sum);
  };
  visit([], 0);
  return best;
}

/** SNC by its definition, for rows that are named. */
function oracle(latents: number[][], factors: number[][], train: readonly number[], tested: readonly number[]) {
  const [z, v] = [columnsOf(latents), columnsOf(factors)];
  const taught = v.map((column) => [...new Set(train.map((row) => column[row]))].sort((a, b) => a - b));
  const binsOf = (d: number, k: number) => {
    const sorted = train.map((row) => z[d][row]).sort((a, b) => a - b);
    const m = taught[k].length;
    const cuts = Array.from({ length: m - 1 }, (_, j) => sorted[Math.floor(((j + 1) * train.length) / m)]);
    return z[d].map((x) => cuts.filter((cut) => cut <= x).length);
  };
  const matrix = z.map((_, d) =>
    v.map((column, k) => {
      const bins = binsOf(d, k);
      const [a, b] = [train.map((row) => bins[row]), train.map((row) => column[row])];
      return Math.max(0, entropyOf(a) + entropyOf(b) - entropyOf(a.map((bin, i) => `${bin} ${b[i]}`)));
    }),
  );
  const latent = bestPairs(matrix, v.length);
  const accuracy = latent.map((d, k) => {
    if (d < 0) return null;
    const bins = binsOf(d, k);
    const counts = taught[k].map((_, bin) =>
      taught[k].map((value) => train.filter((row) => bins[row] === bin && v[k][row] === value).length),
    );
    const binOf = bestPairs(counts, taught[k].length);
    return tested.filter((row) => binOf.indexOf(bins[row]) === taught[k].indexOf(v[k][row])).length / tested.length;
  });
  return { matrix, latent, accuracy };
}

for (const [what, rows, latentCount, step] of [
  ['latents of many numbers', 200, 5, 0],
  ['latents of few numbers, which no cut parts', 200, 5, 1],
  ['fewer latents than factors', 150, 2, 0.25],
  ['hardly any rows', 12, 4, 0.5],
] as const) {
  test(`is as defined: ${what}`, async () => {
    for (let seed = 0; seed < 8; seed++) {
      const words = new RandomStream(seed, 100, 0);
      const uniform = () => words.word() / 2 ** 32;
      const factors = Array.from({ length: rows }, () => [words.below(2), words.below(5), 3 * words.below(3)]);
      const latents = factors.map(([a, b, c]) =>
        [a + 0.4 * uniform(), 2 * uniform() - b, c + b, a - c, uniform()]
          .slice(0, latentCount)
          .map((x) => (step === 0 ? x : Math.round(x / step) * step)),
      );
      const every = factors.map((_, row) => row);
      // Some rows are in neither part.
      const [trainRows, testRows] = [every.filter((row) => row % 5 < 3), every.filter((row) => row % 5 === 3)];
      const expected = oracle(latents, factors, trainRows, testRows);
      const { value, parts, notes } = await snc(latents, factors, { trainRows, testRows });
      parts.mutualInformation.forEach((row, d) => {
        row.forEach((nats, k) => {
          assert.ok(Math.abs(nats - expected.matrix[d][k]) < 1e-12, `I(z${d}; v${k}), seed ${seed}`);
        });
      });
      assert.equal(
        parts.latent,
        expected.latent.map((d) => (d < 0 ? null : d)),
        `seed ${seed}`,
      );
      assert.equal(parts.accuracy, expected.accuracy, `seed ${seed}`);
      assert.ok(Math.abs((value as number) - mean(expected.accuracy.filter((one) => one !== null))) < 1e-12);
      const left = expected.latent.indexOf(-1);
      const isNamed = notes.includes(`factor ${left}: fewer latents than factors, left out`);
      assert.is(isNamed, latentCount < 3);
    }
  });
}

const grid = Array.from({ length: 600 }, (_, i) => [i % 3, Math.floor(i / 3) % 4, Math.floor(i / 12) % 5]);

test('is 1 for a perfect code, whatever its order, sign, scale and bends; and near chance for noise', async () => {
  const codes = grid.map(([a, b, c]) => [-1e100 * c, 1e-100 * a, 0, Math.exp(b)]);
  const { value, parts, notes } = await snc(codes, grid, {
    trainRows: { from: 0, to: 300 },
    testRows: { from: 300, to: 600 },
  });
  assert.is(value, 1);
  assert.equal(parts.latent, [1, 3, 0]);
  assert.equal(notes, ['latent 2 is constant: a single bin, paired if no other latent is left']);
  const words = new RandomStream(8, 100, 0);
  const noise = await snc(
    grid.map(() => [words.word(), words.word(), words.word()]),
    grid,
  );
  assert.ok(Math.abs((noise.value as number) - (1 / 3 + 1 / 4 + 1 / 5) / 3) < 0.08, `${noise.value}`);
});

test('a perfect latent of a factor with frequencies .9 and .1 scores .6, which bins of equal frequency cost', async () => {
  const factors = Array.from({ length: 1000 }, (_, i) => [i % 10 === 0 ? 1 : 0]);
  const words = new RandomStream(9, 100, 0);
  const spread = factors.map(([v]) => [v + 0.5 * (words.word() / 2 ** 32)]);
  const { value } = await snc(spread, factors);
  assert.ok(Math.abs((value as number) - 0.6) < 0.06, `${value}`);
});

test('names values without training or test rows, and never tells one that was not learned', async () => {
  const factors = grid.map(([, b], i) => [i >= 300 && b === 3 ? 9 : b]);
  const options = { trainRows: { from: 0, to: 300 }, testRows: { from: 300, to: 600 } };
  const { value, notes } = await snc(factors, factors, options);
  assert.is(value, 0.75);
  assert.equal(notes, [
    'factor 0: 1 value is not among the training rows and cannot be told',
    'factor 0: 1 value is not among the test rows: learnt from, not judged on',
  ]);
});

test('bins a continuous factor, and is judged on the test rows of the seed', async () => {
  const words = new RandomStream(10, 100, 0);
  const factors = Array.from({ length: 900 }, () => [words.word() / 2 ** 32]);
  const first = await snc(factors, factors, { bins: 4 });
  assert.ok((first.value as number) > 0.9, `${first.value}`);
  const second = await snc(factors, factors, { bins: 4, seed: 1 });
  assert.is((await snc(factors, factors, { bins: 4, seed: 1 })).value, second.value);
  assert.is.not(first.value, second.value);
});

test('says why there is no score', async () => {
  const same = await snc(
    grid,
    grid.map(() => [1]),
  );
  assert.equal([same.value, same.notes[0]], [null, 'undefined: every factor is constant']);
  const many = Array.from({ length: 4096 }, (_, i) => [i % 256]);
  const none = await snc(many, many);
  assert.equal([none.value, none.notes[0]], [null, 'undefined: no factor can be judged']);
  const dead = await snc(
    grid.map(() => [2]),
    grid.map(([a]) => [a]),
  );
  assert.ok(Math.abs((dead.value as number) - 1 / 3) < 0.06, 'one answer for all rows');
  // One row to learn from, another to be judged on, of another value.
  const two = await snc([[0], [1]], [[0.5], [1.5]]);
  assert.equal([two.value, two.parts.accuracy], [0, [0]]);
});

test('leaves out a factor of very many values', async () => {
  const factors = Array.from({ length: 4096 }, (_, i) => [i % 256, i % 2]);
  const { value, parts, notes } = await snc(factors, factors);
  assert.equal(parts.accuracy, [null, 1]);
  assert.is(value, 1);
  assert.ok(
    notes.includes('factor 0 has more than 255 values, left out, unless factorTypes says continuous'),
    notes.join('\n'),
  );
});

test.run();
