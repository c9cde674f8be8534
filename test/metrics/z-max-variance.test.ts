import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawTable, type Sampler, zMaxVariance } from '../../src/index.js';
import { fitMajorityVote } from '../../src/learners/majority-vote.js';
import { RandomStream } from '../../src/random.js';
import { expectedOf, readGolden, readGoldenArray } from '../golden/load-golden.js';

const grid = Array.from({ length: 120 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20)]);
const FEW = { train: 400, evaluation: 300 } as const;

// Off full grids ubisoft draws otherwise.
for (const name of ['g_posterior', 'h_grid'] as const) {
  test(`scores ${name} within three standard deviations of ubisoft's z-max variance`, async () => {
    const { latents, factors } = await readGolden(name);
    const { value, options } = await zMaxVariance(latents, factors, { preset: 'ubisoft' });
    assert.is(options.batch, 200);
    const { mean, std } = expectedOf(name, 'ubi_z_max_var').eval_scaled;
    assert.ok(Math.abs((value as number) - mean) <= 3 * std + 1e-12, `${value} for ${mean} +- ${std}`);
  });

  test(`makes the same classifier as ubisoft's of the votes on ${name}`, async () => {
    const train = await readGoldenArray(name, 'z_max_var_train');
    const evaluation = await readGoldenArray(name, 'z_max_var_eval');
    const { captured } = expectedOf(name, 'ubi_z_max_var');
    const theirs: number[][] = captured['train_votes[code][factor]'];
    const { tally, classes } = fitMajorityVote(
      train.column(0),
      train.column(1),
      theirs.length,
      theirs[0].length,
      () => 1,
    );
    assert.equal(Array.from(tally), theirs.flat());
    assert.equal(
      classes.map((k) => k ?? 0),
      captured.classifier,
    );
    let right = 0;
    for (let i = 0; i < evaluation.rows; i++)
      if ((classes[evaluation.get(i, 0)] ?? 0) === evaluation.get(i, 1)) right++;
    assert.is(right / evaluation.rows, captured.eval_acc);
  });
}

test('is 1 when each factor is one latent, whatever their order, sign and scale', async () => {
  const { value, parts, notes } = await zMaxVariance(
    grid.map(([a, b, c]) => [100 * c, -a, b / 4]),
    grid,
  );
  assert.is(value, 1);
  assert.equal(parts.assignedFactor, [2, 0, 1]);
  assert.equal(notes, []);
});

test('is near chance for latents that know nothing, and rescaled near 0', async () => {
  const words = new RandomStream(41, 100, 0);
  const latents = Array.from({ length: 60 }, () => grid)
    .flat()
    .map(() => [words.word() / 2 ** 32, words.word() / 2 ** 32]);
  const factors = Array.from({ length: 60 }, () => grid).flat();
  const plain = await zMaxVariance(latents, factors);
  assert.ok(Math.abs((plain.value as number) - 1 / 3) < 0.05, `${plain.value}`);
  const rescaled = await zMaxVariance(latents, factors, { rescaled: true });
  const expected = Math.max(0, ((plain.value as number) - 1 / 3) / (2 / 3));
  assert.ok(Math.abs((rescaled.value as number) - expected) < 1e-12);
  assert.equal(rescaled.parts, plain.parts);
});

test('gives the votes of a doubled latent to the lowest index', async () => {
  const { parts } = await zMaxVariance(
    grid.map(([a, b, c]) => [a, b, b, c]),
    grid,
    FEW,
  );
  assert.equal(parts.votes[2], [0, 0, 0]);
  assert.is(parts.assignedFactor[1], 1);
  assert.is(parts.assignedFactor[2], null);
});

test('says of each factor how many rows can be drawn, and leaves out one that never varies alone', async () => {
  // Rows 0 to 3 differ in factor 0 alone; of the others every value of it comes with one of
  // factor 1.
  const factors = [
    ...[20, 21, 22, 23].map((a) => [a, 0]),
    ...Array.from({ length: 40 }, (_, i) => [i % 8, 10 + (i % 8)]),
  ];
  const { value, notes, parts } = await zMaxVariance(factors, factors, FEW);
  assert.is(value, 1);
  assert.equal(parts.assignedFactor, [0, null]);
  assert.equal(notes, [
    'factor 1: no two rows differ in it alone, so it is left out',
    'only rows that differ from others in one factor alone are drawn, of 44: 4 (factor 0)',
    'one factor: any representation scores 1',
  ]);
});

test('is null with the reason where no two rows differ in one factor, and where every factor is constant', async () => {
  const diagonal = Array.from({ length: 40 }, (_, i) => [i % 8, i % 8]);
  const { value, notes } = await zMaxVariance(diagonal, diagonal, FEW);
  assert.is(value, null);
  assert.is(notes[0], 'undefined: no two rows differ in a single factor');
  const constant = await zMaxVariance(
    grid,
    grid.map(() => [1]),
    FEW,
  );
  assert.is(constant.value, null);
  assert.is(constant.notes[0], 'undefined: every factor is constant');
});

test('is 0 with a note when no latent varies enough, and null rescaled of a single factor', async () => {
  const flat = await zMaxVariance(
    grid.map(([a]) => [a * 1e-4]),
    grid,
    FEW,
  );
  assert.is(flat.value, 0);
  assert.is(flat.notes[0], 'no latent varies enough to be voted for: 0 by definition');
  const one = grid.map(([a]) => [a]);
  assert.is((await zMaxVariance(one, one, FEW)).value, 1);
  const rescaled = await zMaxVariance(one, one, { ...FEW, rescaled: true });
  assert.is(rescaled.value, null);
  assert.is(rescaled.notes[0], 'undefined: a single factor leaves nothing above chance');
});

test('bins a continuous factor, and holds what falls into one bin for equal', async () => {
  const words = new RandomStream(42, 100, 0);
  const factors = Array.from({ length: 4000 }, () => [words.below(5), words.word() / 2 ** 32]);
  const { value, parts } = await zMaxVariance(factors, factors, { ...FEW, bins: 10 });
  assert.is(value, 1);
  assert.equal(parts.assignedFactor, [0, 1]);
});

test('votes in float64 as in float32, and by the seed', async () => {
  const { latents, factors } = await readGolden('h_grid');
  const wide = { ...latents, data: Float64Array.from(latents.data) };
  const narrow = await zMaxVariance(latents, factors, { ...FEW, seed: 7 });
  assert.equal((await zMaxVariance(wide, factors, { ...FEW, seed: 7 })).parts, narrow.parts);
  assert.not.equal((await zMaxVariance(latents, factors, { ...FEW, seed: 8 })).parts.votes, narrow.parts.votes);
});

test('takes fresh samples of a sampler, in which one factor alone varies', async () => {
  const seen = new Set<string>();
  const sampler: Sampler = {
    sizes: [6, 5, 4],
    batchRows: 16,
    encode(factors, rows) {
      const varying = [0, 1, 2].filter(
        (k) => new Set(Array.from({ length: rows }, (_, i) => factors[3 * i + k])).size > 1,
      );
      seen.add(varying.join(' '));
      return { data: Float64Array.from(factors), rows, columns: 3 };
    },
  };
  const table = await drawTable(
    { ...sampler, encode: (factors, rows) => ({ data: Float64Array.from(factors), rows, columns: 3 }) },
    500,
  );
  const { value, notes } = await zMaxVariance(table.latents, table.factors, { sampler, ...FEW, batch: 16 });
  assert.is(value, 1);
  // Every call was one batch of 16.
  assert.equal([...seen].sort(), ['0', '1', '2']);
  assert.equal(notes, ['samples are fresh ones of the sampler, not rows of the table']);
});

test.run();
