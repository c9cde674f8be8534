import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type MatrixLike, udr } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';

const reference: {
  latents: number[][][];
  pairs: number[][];
  models: number[];
  lasso_pairs: number[][];
  lasso_models: number[];
} = JSON.parse(readFileSync(new URL('../golden/agreement.json', import.meta.url), 'utf8')).udr;

function near(actual: number | null, expected: number, what: string, most = 1e-9): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= most, `${what}: expected ${expected}, got ${actual}`);
}

const noise = (seed: number, rows: number, columns: number) => {
  const words = new RandomStream(seed, 100, 0);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => words.word() / 2 ** 32));
};

/** Mean ranks by counting. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((v) => values.filter((w) => w < v).length + (values.filter((w) => w === v).length + 1) / 2);
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [ranksOf(x), ranksOf(y)];
  const mean = (x.length + 1) / 2;
  const product = (p: number[], q: number[]) => p.reduce((sum, value, i) => sum + (value - mean) * (q[i] - mean), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** The score of a pair by the paper's formula, from columns that are informative. */
function plainPair(first: number[][], second: number[][], a: readonly number[], b: readonly number[]): number {
  const column = (rows: number[][], d: number) => rows.map((row) => row[d]);
  const similarity = a.map((d) => b.map((e) => Math.abs(correlation(column(first, d), column(second, e)))));
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += Math.max(...similarity[i]) ** 2 / similarity[i].reduce((total, value) => total + value, 0);
  }
  for (let j = 0; j < b.length; j++) {
    const line = similarity.map((row) => row[j]);
    sum += Math.max(...line) ** 2 / line.reduce((total, value) => total + value, 0);
  }
  return sum / (a.length + b.length);
}

test('agrees with disentanglement_lib, pair by pair and model by model', async () => {
  const { models, pairs, rows, similarity, schema } = await udr(reference.latents);
  assert.equal([schema, rows, similarity], ['vaemetrics/udr@1', 60, 'spearman']);
  assert.ok(models.length >= 4);
  pairs.forEach((row, i) => {
    row.forEach((pair, j) => {
      if (i === j) assert.is(pair, null);
      else near(pair, reference.pairs[i][j], `pair ${i}, ${j}`);
    });
    near(models[i].score, reference.models[i], `model ${i}`);
  });
});

test('agrees with disentanglement_lib by lasso, each direction of a pair by itself', async () => {
  const { models, pairs, similarity } = await udr(reference.latents, { similarity: 'lasso' });
  assert.is(similarity, 'lasso');
  pairs.forEach((row, i) => {
    row.forEach((pair, j) => {
      if (i === j) assert.is(pair, null);
      else near(pair, reference.lasso_pairs[i][j], `pair ${i}, ${j}`);
    });
    near(models[i].score, reference.lasso_models[i], `model ${i}`);
  });
  assert.ok(pairs.some((row, i) => row.some((pair, j) => pair !== pairs[j][i])));
});

test('by lasso, too, order, sign, shift and scale of latents change nothing, however small or large', async () => {
  const base = noise(6, 200, 3);
  const mixed = base.map(([a, b, c]) => [a + 0.3 * b, b - 0.2 * c, c]);
  const moved = base.map(([a, b, c]) => [1e-180 * c, -1e140 * a, 1e-3 * b - 1e6]);
  const options = { similarity: 'lasso' } as const;
  const [plain, other] = [await udr([base, mixed], options), await udr([moved, mixed], options)];
  near(other.pairs[0][1], plain.pairs[0][1] as number, 'scale', 1e-8);
  near(other.pairs[1][0], plain.pairs[1][0] as number, 'scale', 1e-8);
  assert.ok((plain.pairs[0][1] as number) > 0.3);
});

test('by lasso, a collapsed model neither predicts nor is predicted', async () => {
  const dead = Array.from({ length: 30 }, () => [1, 2]);
  const { pairs } = await udr([noise(1, 30, 2), dead, dead], { similarity: 'lasso' });
  assert.equal(pairs, [
    [null, 0, 0],
    [0, null, null],
    [0, null, null],
  ]);
});

test('agrees with the formula on models of different widths, some latents of which are constant', async () => {
  const models = [noise(1, 50, 3), noise(2, 50, 5), noise(3, 50, 2)];
  for (const row of models[1]) row[2] = 7;
  for (const [i, row] of models[1].entries()) row[4] = models[0][i][1] ** 3 - 1;
  const informative = [
    [0, 1, 2],
    [0, 1, 3, 4],
    [0, 1],
  ];
  const found = await udr(models, { names: ['a', 'b', 'c'] });
  assert.equal(
    found.models.map(({ informativeLatents }) => informativeLatents),
    informative,
  );
  assert.equal(
    found.models.map(({ latents, divergences }) => [latents, divergences]),
    [
      [3, null],
      [5, null],
      [2, null],
    ],
  );
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    const expected = plainPair(models[i], models[j], informative[i], informative[j]);
    near(found.pairs[i][j], expected, `pair ${i}, ${j}`, 1e-12);
    assert.is(found.pairs[j][i], found.pairs[i][j]);
  }
  assert.equal(found.notes, ['b: left out 1 of 5 latents, 1 constant']);
});

test('order, sign and any rising map of latents change nothing, and a model agrees with its own image but for chance', async () => {
  const base = noise(4, 400, 4);
  const image = base.map(([a, b, c, d]) => [-d, Math.exp(b), c ** 3, 5 - a]);
  const other = noise(5, 400, 4);
  const { pairs } = await udr([base, image, other]);
  near(pairs[0][2], pairs[1][2] as number, 'invariance', 1e-12);
  // r is 1; what is added to the sum is the correlation of independent columns, about 1 / sqrt(N).
  assert.ok((pairs[0][1] as number) > 0.8 && (pairs[0][1] as number) < 1);
  assert.ok((pairs[0][2] as number) < 0.15);
});

test('is 1 exactly where latents are alike one by one and otherwise uncorrelated', async () => {
  const grid = Array.from({ length: 64 }, (_, i) => [i % 4, Math.floor(i / 4) % 4, Math.floor(i / 16)]);
  const { models } = await udr([grid, grid.map(([a, b, c]) => [-c, a, b]), grid.map(([a, b, c]) => [b, c, a])]);
  for (const { score } of models) near(score, 1, 'score', 1e-12);
});

test('is half where every latent stands twice', async () => {
  const grid = Array.from({ length: 64 }, (_, i) => [i % 4, Math.floor(i / 4) % 4, Math.floor(i / 16)]);
  const twice = grid.map((row) => [...row, ...row]);
  near((await udr([twice, twice])).models[0].score, 0.5, 'score', 1e-12);
});

test('leaves out latents whose posterior is the prior, by the threshold', async () => {
  const posterior = (seed: number) => ({
    mu: noise(seed, 60, 3).map(([a, b, c]) => [a, b, 0.02 * c]),
    logvar: Array.from({ length: 60 }, () => [-2, -3, 0]),
  });
  const given = [posterior(1), posterior(2), posterior(3)];
  const { models, notes, threshold } = await udr(given);
  assert.is(threshold, 0.01);
  assert.equal(
    models.map(({ informativeLatents }) => informativeLatents),
    [
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  );
  const expected = given[0].mu.reduce((sum, [a]) => sum + 0.5 * (a * a + Math.exp(-2) - 1 + 2), 0) / 60;
  near(models[0].divergences?.[0] as number, expected, 'divergence', 1e-12);
  assert.is(notes[0], 'model 0: left out 1 of 3 latents, 1 with a divergence of at most 0.01 nats');
  const all = await udr(given, { threshold: 0 });
  assert.equal(all.models[0].informativeLatents, [0, 1, 2]);
  assert.equal(all.notes, []);
  const mixed = await udr([...given.slice(1), given[0].mu]);
  assert.equal(mixed.models[2].informativeLatents, [0, 1, 2]);
  assert.ok(mixed.notes.includes('1 of 3 models have no mu and logvar: latents of theirs count that vary at all'));
});

test('a collapsed model has nothing in common with others, two of them have no score as a pair', async () => {
  const dead = Array.from({ length: 30 }, () => [1, 2]);
  const { models, pairs, notes } = await udr([noise(1, 30, 2), dead, dead]);
  assert.equal([pairs[0][1], pairs[1][2]], [0, null]);
  assert.equal(
    models.map(({ score }) => score),
    [0, 0, 0],
  );
  assert.equal(notes, [
    'model 1: left out 2 of 2 latents, 2 constant; it has nothing in common with others',
    'model 2: left out 2 of 2 latents, 2 constant; it has nothing in common with others',
  ]);
  const none = await udr([dead, dead]);
  assert.equal(
    none.models.map(({ score }) => score),
    [null, null],
  );
  assert.is(none.notes[0], 'model 0: left out 2 of 2 latents, 2 constant; no score, as no model has any');
});

const REFUSALS: ReadonlyArray<[string, () => Promise<unknown>, string]> = [
  ['one model', () => udr([noise(1, 9, 2)]), 'RangeError ERR_OPTION: models: expected at least 2, got 1'],
  [
    'models of different samples',
    () => udr([noise(1, 9, 2), noise(2, 8, 2)], { names: ['a.npz', 'b.npz'] }),
    'DataError ERR_DATA: b.npz: expected 9 rows, the same samples as a.npz, got 8',
  ],
  [
    'too few rows',
    () => udr([noise(1, 2, 2), noise(2, 2, 2)]),
    'DataError ERR_DATA: model 0: expected 3 to 8388608 rows, got 2',
  ],
  [
    'NaN',
    () => udr([noise(1, 9, 2), [[1, 2], [3, Number.NaN], ...noise(2, 7, 2)]]),
    'DataError ERR_DATA: model 1, row 1, column 1: expected a finite number, got NaN',
  ],
  [
    'numbers whose squares overflow',
    () => udr([noise(1, 9, 2), [[1, 2], [3, 1e151], ...noise(2, 7, 2)]]),
    'DataError ERR_DATA: model 1, row 1, column 1: expected magnitudes up to 1e+150, got 1e+151',
  ],
  [
    'a logvar of another shape',
    () => udr([{ mu: noise(1, 9, 2), logvar: noise(1, 9, 3) }, noise(2, 9, 2)]),
    'RangeError ERR_DATA: model 0, logvar: expected 9 x 2 to match latents, got 9 x 3',
  ],
  [
    'variances in place of their logarithms that overflow',
    () => udr([{ mu: noise(1, 9, 2), logvar: noise(1, 9, 2).map(([a]) => [a, 1e4]) }, noise(2, 9, 2)]),
    'DataError ERR_DATA: model 0, logvar, column 1: expected logarithms of variances, got one whose exponential overflows',
  ],
  [
    'a similarity nobody knows',
    () => udr([noise(1, 9, 2), noise(2, 9, 2)], { similarity: 'cosine' as 'spearman' }),
    "RangeError ERR_OPTION: similarity: expected spearman or lasso, got 'cosine'",
  ],
  [
    'what are no latents',
    () => udr([noise(1, 9, 2), null as unknown as number[]]),
    'TypeError ERR_DATA: model 1: expected a Matrix, an array of rows, a typed array, or { data, rows, columns }, got null',
  ],
  [
    'a name for all models together',
    () => udr([noise(1, 9, 2), noise(2, 9, 2)], { names: 'ab' as unknown as string[] }),
    "TypeError ERR_OPTION: names: expected an array of strings, got 'ab'",
  ],
  [
    'a threshold that is text',
    () => udr([noise(1, 9, 2), noise(2, 9, 2)], { threshold: '1' as unknown as number }),
    'TypeError ERR_OPTION: threshold: expected a number of at least 0, got string',
  ],
  [
    'a threshold that is not finite, which a report could not hold',
    () => udr([noise(1, 9, 2), noise(2, 9, 2)], { threshold: Number.POSITIVE_INFINITY }),
    'RangeError ERR_OPTION: threshold: expected a number of at least 0, got Infinity',
  ],
  [
    'a negative threshold',
    () => udr([noise(1, 9, 2), noise(2, 9, 2)], { threshold: -1 }),
    'RangeError ERR_OPTION: threshold: expected a number of at least 0, got -1',
  ],
];

for (const [what, run, message] of REFUSALS) {
  test(`refuses ${what}`, async () => {
    try {
      await run();
    } catch (error) {
      const { name, message: text, code } = error as Error & { code: string };
      assert.is(`${name} ${code}: ${text}`, message);
      return;
    }
    assert.unreachable();
  });
}

test('can be cancelled', async () => {
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  try {
    await udr([noise(1, 9, 2), noise(2, 9, 2)] as MatrixLike[], { signal: stop.signal });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'enough');
  }
});

test.run();
