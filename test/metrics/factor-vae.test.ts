import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { drawTable, factorVaeScore, factorVaeWeightedScore, type Sampler } from '../../src/index.js';
import { fitMajorityVote } from '../../src/learners/majority-vote.js';
import { RandomStream } from '../../src/random.js';
import { CASES, type Case, expectedOf, readGolden, readGoldenArray } from '../golden/load-golden.js';

const GRIDS: readonly Case[] = ['g_posterior', 'h_grid'];

/** The weighted score by its definition: test/golden/make-weighted-votes.py. */
const weighted = JSON.parse(readFileSync(new URL('../golden/weighted-votes.json', import.meta.url), 'utf8'));

for (const name of GRIDS) {
  test(`chooses the same latents as disentanglement_lib on the rows it drew from ${name}`, async () => {
    const { latents } = await readGolden(name);
    const captured = expectedOf(name, 'dlib_factor_vae').captured;
    const rows = await readGoldenArray(name, 'factor_rows_train');
    const pairs = await readGoldenArray(name, 'factor_train_pairs');
    const localVariances = await readGoldenArray(name, 'factor_local_var_train');
    await withCore((core) => {
      const { arena } = core;
      const x = arena.upload('f32', latents.data);
      // Theirs are those of 10,000 rows drawn from the grid: taken as they are, so that the votes
      // can agree exactly.
      const kept: number[] = captured.global_variances.map((v: number, d: number) => (captured.active_dims[d] ? v : 0));
      const rowBlock = arena.upload('i32', rows.data);
      const local = arena.alloc('f64', rows.rows * latents.columns);
      core.votes.batchVariances(local, x, rowBlock, rows.rows, rows.columns, latents.columns);
      const worst = Array.from(localVariances.data).reduce(
        (most, v, i) => Math.max(most, Math.abs(local.array[i] - v)),
        0,
      );
      assert.ok(worst < 1e-9, `local variances differ by ${worst}`);
      const chosen = arena.alloc('i32', rows.rows);
      const weights = arena.alloc('f64', rows.rows);
      core.votes.chooseLatents(chosen, weights, local, arena.upload('f64', kept), rows.rows);
      // Their index counts the kept latents only.
      const indexOf = captured.active_dims.flatMap((isKept: boolean, d: number) => (isKept ? [d] : []));
      for (let vote = 0; vote < rows.rows; vote++) assert.is(chosen.array[vote], indexOf[pairs.get(vote, 1)]);
    });
  });

  test(`scores ${name} within three standard errors of disentanglement_lib`, async () => {
    const { latents, factors } = await readGolden(name);
    const { value, parts } = await factorVaeScore(latents, factors, { preset: 'disentanglement-lib' });
    const { eval_accuracy: theirs, train_accuracy: theirTrain } = expectedOf(name, 'dlib_factor_vae');
    // The spread of single runs; where all of theirs are equal, a vote in 5,000 may still differ.
    assert.ok(Math.abs((value as number) - theirs.mean) <= 3 * theirs.std + 2e-4, `${value} for ${theirs.mean}`);
    assert.ok(Math.abs((parts.trainAccuracy as number) - theirTrain.mean) <= 3 * theirTrain.std + 1e-4);
  });
}

// Not the cases with a duplicated latent: its ties go to the lowest index here, to whichever
// rounding favours there.
for (const name of [
  'a_perfect',
  'b_permuted_noise',
  'c_rotated',
  'd_partial',
  'f_digits_pca',
  'o_offset_scale',
] as const) {
  test(`scores ${name} within three standard errors of ubisoft's z-min variance`, async () => {
    const { latents, factors } = await readGolden(name);
    const { value, options } = await factorVaeScore(latents, factors, { preset: 'ubisoft' });
    assert.equal([options.batch, options.train, options.evaluation, options.rescaled], [200, 800, 800, true]);
    const { mean, std } = expectedOf(name, 'ubi_z_min_var').eval_scaled;
    assert.ok(Math.abs((value as number) - mean) <= 3 * std + 3e-3, `${value} for ${mean} +- ${std}`);
  });
}

for (const name of CASES.filter((name) => name !== 't_tiny')) {
  test(`makes the same classifier as ubisoft's of the votes on ${name}`, async () => {
    const train = await readGoldenArray(name, 'z_min_var_train');
    const evaluation = await readGoldenArray(name, 'z_min_var_eval');
    const { captured } = expectedOf(name, 'ubi_z_min_var');
    const theirs: number[][] = captured['train_votes[code][factor]'];
    const factorCount = theirs[0].length;
    const { tally, classes } = fitMajorityVote(train.column(0), train.column(1), theirs.length, factorCount, () => 1);
    assert.equal(Array.from(tally), theirs.flat());
    // Theirs gives an unseen latent to the first factor, as argmax over zeros does.
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

test('is 1 when each factor is one latent, and so is the weighted score', async () => {
  const { latents, factors } = await readGolden('a_perfect');
  const score = await factorVaeScore(latents, factors);
  assert.is(score.value, 1);
  assert.equal(score.parts.assignedFactor, [0, 1, 2, 3, 4]);
  assert.equal(score.parts.activeLatents, [0, 1, 2, 3, 4]);
  const weighted = await factorVaeWeightedScore(latents, factors);
  // The weights are sums of standard deviations over themselves: 1 to rounding.
  assert.ok(Math.abs((weighted.value as number) - 1) < 1e-12);
});

test('is near chance for latents that know nothing', async () => {
  const words = new RandomStream(5, 100, 0);
  const factors = Array.from({ length: 20_000 }, () => [
    words.below(4),
    words.below(4),
    words.below(4),
    words.below(4),
  ]);
  const latents = factors.map(() => Array.from({ length: 6 }, () => words.word() / 2 ** 32));
  const { value } = await factorVaeScore(latents, factors);
  assert.ok((value as number) < 0.3, `${value}`);
});

test('rescaled is 0 at chance and below, 1 where the accuracy is, and null of a single factor', async () => {
  const { latents, factors } = await readGolden('c_rotated');
  const plain = await factorVaeScore(latents, factors, { train: 500, evaluation: 500 });
  const rescaled = await factorVaeScore(latents, factors, { train: 500, evaluation: 500, rescaled: true });
  assert.ok(Math.abs((rescaled.value as number) - ((plain.value as number) - 0.2) / 0.8) < 1e-12);
  assert.equal(rescaled.parts, plain.parts);
  const perfect = Array.from({ length: 60 }, (_, i) => [i % 4, i % 5]);
  assert.is((await factorVaeScore(perfect, perfect, { rescaled: true })).value, 1);
  // No latent can be voted for: 0, and not below.
  const flat = perfect.map(() => [1]);
  assert.is((await factorVaeScore(flat, perfect, { rescaled: true })).value, 0);
  const one = perfect.map(([a]) => [a]);
  const single = await factorVaeScore(one, one, { rescaled: true });
  assert.is(single.value, null);
  assert.is(single.notes[0], 'undefined: a single factor leaves nothing above chance');
});

test('is scaled by nothing but the threshold', async () => {
  const { latents, factors } = await readGolden('d_partial');
  const options = { threshold: 0 };
  const one = await factorVaeScore(latents, factors, options);
  const flipped = {
    data: Float64Array.from(latents.data, (x) => -x / 1024),
    rows: latents.rows,
    columns: latents.columns,
  };
  const other = await factorVaeScore(flipped, factors, options);
  assert.equal(other.parts.votes, one.parts.votes);
  assert.is(other.value, one.value);
});

test('weighs a vote by how small the smallest variance is', async () => {
  // Two latents: one follows the factor with noise of a tenth of its spread, the other is noise.
  const words = new RandomStream(6, 100, 0);
  const uniform = () => words.word() / 2 ** 32;
  const factors = Array.from({ length: 8000 }, () => [words.below(8), words.below(8)]);
  const latents = factors.map(([a, b]) => [a + 2 * uniform(), b + 2 * uniform()]);
  const { value, parts } = await factorVaeWeightedScore(latents, factors);
  const plain = await factorVaeScore(latents, factors);
  assert.is(plain.value, 1);
  // Relative standard deviation of the fixed latent: sqrt(1/3 / (63/12 + 1/3)) = 0.244, of the
  // other 1.
  const expected = 1 / 1.244;
  assert.ok(Math.abs((value as number) - expected) < 0.01, `${value}`);
  assert.ok(Math.abs((parts.meanWeight as number) - expected) < 0.01);
  assert.is(parts.relativeAccuracy, 1);
});

for (const name of GRIDS) {
  test(`weighs the votes that disentanglement_lib drew from ${name} as the definition does`, async () => {
    const { latents, factors } = await readGolden(name);
    const [drawn, judged, drawnPairs, judgedPairs] = await Promise.all(
      ['factor_rows_train', 'factor_rows_eval', 'factor_train_pairs', 'factor_eval_pairs'].map((member) =>
        readGoldenArray(name, member),
      ),
    );
    const expected = weighted.captured[name];
    const rows = Int32Array.from([...drawn.data, ...judged.data]);
    const fixed = [...drawnPairs.column(0), ...judgedPairs.column(0)];
    const [train, total] = [drawn.rows, fixed.length];
    await withCore((core) => {
      const { arena } = core;
      const x = arena.upload('f32', latents.data);
      const { variances } = core.moments.columnVariances(x, latents.rows, latents.columns);
      const active = variances.map((variance) => (Math.sqrt(variance) >= 0.05 ? variance : 0));
      const [global, rowBlock] = [arena.upload('f64', active), arena.upload('i32', rows)];
      const [chosen, weights] = [arena.alloc('i32', total), arena.alloc('f64', total)];
      const local = arena.alloc('f64', total * latents.columns);
      for (const [arithmetic, tolerance] of [
        ['float64', 1e-9],
        // 1,000 weights of 24 bits.
        ['float32', 1e-3],
      ] as const) {
        if (arithmetic === 'float32') {
          core.votes.chooseLatentsF32(chosen, weights, x, rowBlock, global, total, drawn.columns);
        } else {
          core.votes.batchVariances(local, x, rowBlock, total, drawn.columns, latents.columns);
          core.votes.chooseLatents(chosen, weights, local, global, total);
        }
        const near = (actual: number, theirs: number, what: string, most: number) =>
          assert.ok(Math.abs(actual - theirs) < most, `${arithmetic}: ${what} ${actual}, not ${theirs}`);
        const votes = chosen.array.subarray(0, train);
        const weightOf = (i: number) => weights.array[i];
        const { tally, classes } = fitMajorityVote(votes, fixed, latents.columns, factors.columns, weightOf);
        expected['tally[latent][factor]'].flat().forEach((sum: number, i: number) => {
          near(tally[i], sum, `votes ${i}`, tolerance);
        });
        let [right, whole] = [0, 0];
        for (let i = train; i < total; i++) {
          whole += weightOf(i);
          if ((classes[chosen.array[i]] ?? 0) === fixed[i]) right += weightOf(i);
        }
        near(right / (total - train), expected.score, 'score', tolerance / 100);
        near(right / whole, expected.relativeAccuracy, 'relative accuracy', tolerance / 100);
      }
    });
  });
}

for (const [name, expected] of Object.entries(weighted.drawn)) {
  test(`scores ${name} with weights as the definition does, over seeds, within four standard errors`, async () => {
    const { latents, factors } = await readGolden(name as Case);
    const { train, evaluation, seeds } = weighted;
    const runs = await Promise.all(
      Array.from({ length: 10 }, (_, seed) => factorVaeWeightedScore(latents, factors, { train, evaluation, seed })),
    );
    for (const [part, { mean, deviation }] of Object.entries(expected as Record<string, Record<string, number>>)) {
      const ours = runs.map(({ value, parts }) =>
        part === 'score' ? value : parts[part as 'meanWeight' | 'relativeAccuracy'],
      ) as number[];
      const average = ours.reduce((a, b) => a + b, 0) / ours.length;
      const bound = 4 * deviation * Math.sqrt(1 / seeds + 1 / ours.length) + 1e-9;
      assert.ok(Math.abs(average - mean) < bound, `${part}: ${average}, not ${mean} to within ${bound}`);
    }
  });
}

test('is 0 with a note when no latent varies enough', async () => {
  const factors = Array.from({ length: 100 }, (_, i) => [i % 5, i % 4]);
  const { value, notes, parts } = await factorVaeScore(
    factors.map(([a]) => [a * 1e-4, 3]),
    factors,
  );
  assert.is(value, 0);
  assert.equal(parts.activeLatents, []);
  assert.is(notes[0], 'no latent varies enough to be voted for: 0 by definition');
  assert.ok(notes.includes('latent 1 is constant: never voted for'));
});

test('is null with the reason when every factor is constant, and when none can be fixed', async () => {
  const latents = Array.from({ length: 6 }, (_, i) => [i]);
  const constant = await factorVaeScore(latents, new Array(6).fill([1]));
  assert.is(constant.value, null);
  assert.is(constant.notes[0], 'undefined: every factor is constant');
});

test('never votes for a constant latent, whatever the threshold', async () => {
  const factors = Array.from({ length: 200 }, (_, i) => [i % 5, i % 4]);
  const { parts } = await factorVaeScore(
    factors.map(([a, b]) => [7, a, b]),
    factors,
    { threshold: 0 },
  );
  assert.equal(parts.votes[0], [0, 0]);
  assert.equal(parts.activeLatents, [1, 2]);
});

test('says which rows are never drawn because nobody shares their value', async () => {
  const factors = Array.from({ length: 50 }, (_, i) => [i === 0 ? 99 : i % 5, i % 3]);
  const { notes, parts } = await factorVaeScore(
    factors.map(([a, b]) => [a, b]),
    factors,
  );
  assert.ok(notes.includes('factor 0: 1 row has a value of their own, never drawn'), notes.join('; '));
  assert.equal(parts.assignedFactor, [0, 1]);
});

test('gives the same digits for the same seed, and others for another', async () => {
  const { latents, factors } = await readGolden('c_rotated');
  const once = await factorVaeScore(latents, factors, { seed: 2 ** 40 + 5 });
  const again = await factorVaeScore(latents, factors, { seed: 2 ** 40 + 5 });
  const other = await factorVaeScore(latents, factors, { seed: 5 });
  assert.equal(once, again);
  assert.not.equal(once.parts.votes, other.parts.votes);
});

const rotated: Sampler = {
  sizes: [6, 5, 4],
  encode(factors, rows) {
    const latents = new Float64Array(rows * 3);
    for (let i = 0; i < rows; i++) {
      const [a, b, c] = factors.subarray(3 * i, 3 * i + 3);
      latents.set([a / 5, b / 4, c / 3], 3 * i);
    }
    return { data: latents, rows, columns: 3 };
  },
};

test('takes fresh samples of a sampler instead of rows of the table', async () => {
  let calls = 0;
  const sampler: Sampler = {
    ...rotated,
    batchRows: 1000,
    async encode(factors, rows) {
      calls++;
      assert.ok(rows <= 1000);
      assert.is(factors.length, rows * 3);
      return rotated.encode(factors, rows);
    },
  };
  const table = await drawTable(rotated, 500);
  // The table's own factors would be useless: they are shuffled against the latents.
  const { value, notes, parts } = await factorVaeScore(table.latents, table.factors.column(0), {
    sampler,
    train: 300,
    evaluation: 200,
  });
  assert.is(value, 1);
  assert.is(parts.votes[0].length, 3);
  assert.ok(calls >= (500 * 64) / 1000);
  assert.equal(notes, ['samples are fresh ones of the sampler, not rows of the table']);
});

test('refuses a sampler that returns the wrong shape or NaN', async () => {
  const { latents, factors } = await drawTable(rotated, 100);
  const run = async (encode: Sampler['encode']) => {
    try {
      await factorVaeScore(latents, factors, { sampler: { sizes: [6, 5, 4], encode } });
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };
  assert.is(
    await run((_, rows) => ({ data: new Float64Array(rows * 2), rows, columns: 2 })),
    'sampler: expected encode to return 8192 x 3 latents, got 8192 x 2',
  );
  assert.is(
    await run((_, rows) => ({ data: new Float64Array(rows * 3).fill(Number.NaN), rows, columns: 3 })),
    'sampler: expected finite latents, got NaN in row 0, column 0',
  );
});

test.run();
