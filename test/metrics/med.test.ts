import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dci, explicitness, med, mig, score } from '../../src/index.js';
import { pickLatents } from '../../src/metrics/pick-latents.js';
import { RandomStream } from '../../src/random.js';
import { CASES, expectedOf, readGolden, splitOf } from '../golden/load-golden.js';

function near(actual: number | null, expected: number, what: string, tolerance = 1e-9): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${what}: expected ${expected} to within ${tolerance}, got ${actual}`,
  );
}

for (const name of CASES) {
  // Theirs cannot do with a constant factor.
  if (name === 'e_degenerate') continue;
  test(`agrees with the authors' code on ${name}, all latents and the best of each factor`, async () => {
    const { latents, factors } = await readGolden(name);
    const { train: trainRows, test: testRows } = await splitOf(name, 'med_topk-1');
    const options = { trainRows, testRows };
    const theirs = expectedOf(name, 'med_topk-1');
    const { value, parts } = await med(latents, factors, { ...options, informativeness: true });
    near(value, theirs.disentanglement, 'disentanglement');
    near(parts.completeness, theirs.completeness, 'completeness');
    theirs['importance[latent][factor]'].forEach((row: number[], d: number) => {
      row.forEach((share, k) => {
        near(parts.importance[d][k], share, `importance of ${d} for ${k}`);
      });
    });
    theirs.disentanglement_per_code.forEach((expected: number, d: number) => {
      near(parts.perLatent[d], expected, `latent ${d}`);
    });
    theirs.completeness_per_factor.forEach((expected: number, k: number) => {
      near(parts.perFactor[k], expected, `factor ${k}`);
    });
    // Theirs stops when it has converged to a thousandth or so.
    near(parts.informativeness, theirs.informativeness_test, 'informativeness', 1e-3);
    near(parts.trainAccuracy, theirs.informativeness_train, 'training accuracy', 1e-3);
    for (const topK of [1, 2]) {
      const best = expectedOf(name, `med_topk${topK}`);
      const kept = await med(latents, factors, { ...options, topK });
      near(kept.value, best[`top${topK}_disentanglement`], `top ${topK}`);
      near(kept.parts.completeness, best[`top${topK}_completeness`], `completeness of the top ${topK}`);
      assert.equal(
        kept.parts.keptLatents,
        best.picked.sort((a: number, b: number) => a - b),
      );
    }
  });
}

const grid = Array.from({ length: 720 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3]);

/** Random rows, so that a random part of them is not the grid either. */
function draw(rows: number, seed: number): { factors: number[][]; uniform: () => number } {
  const words = new RandomStream(seed, 100, 0);
  return {
    factors: Array.from({ length: rows }, () => [words.below(4), words.below(3)]),
    uniform: () => words.word() / 2 ** 32,
  };
}

test('is near 1 when each factor is one latent, whatever their order, sign and scale', async () => {
  const { value, parts } = await med(grid, grid);
  // A random two thirds of a grid is not quite a grid.
  assert.ok((value as number) > 0.97 && (parts.completeness as number) > 0.97, `${value}`);
  const turned = await med(
    grid.map(([a, b, c]) => [-128 * c, 16 * b, 2 * a]),
    grid,
  );
  assert.ok(Math.abs((turned.value as number) - (value as number)) < 1e-9);
  assert.equal(turned.parts.keptLatents, [0, 1, 2]);
});

test('is the mean by shares of 1 - entropy of shares of information, by the formula', async () => {
  const { factors, uniform } = draw(400, 51);
  const latents = factors.map(([a, b]) => [a + uniform(), a + 2 * b + uniform(), 5 * uniform()]);
  const rows = { trainRows: { from: 0, to: 300 }, testRows: { from: 300, to: 400 } };
  const { value, parts } = await med(latents, factors, rows);
  // MIG's information is that of the rows it is given.
  const { mutualInformation } = (await mig(latents.slice(0, 300), factors.slice(0, 300))).parts;
  assert.equal(parts.mutualInformation, mutualInformation);
  const sums = [0, 1].map((k) => mutualInformation.reduce((sum, row) => sum + row[k], 0));
  const shares = mutualInformation.map((row) => row.map((nats, k) => nats / sums[k]));
  const weights = shares.map(([a, b]) => a + b);
  const entropy = (row: number[]) => {
    const whole = row.reduce((a, b) => a + b, 0);
    return -row.reduce((sum, share) => sum + (share / whole) * Math.log(share / whole), 0);
  };
  const ofLatents = shares.map((row) => 1 - entropy(row) / Math.log(2));
  const expected = ofLatents.reduce((sum, one, d) => sum + one * weights[d], 0) / 2;
  near(value, expected, 'disentanglement', 1e-12);
  const ofFactors = [0, 1].map((k) => 1 - entropy(shares.map((row) => row[k])) / Math.log(3));
  near(parts.completeness, (ofFactors[0] + ofFactors[1]) / 2, 'completeness', 1e-12);
});

test('is low where latents mix the factors or know nothing, and completeness where a factor is on two latents', async () => {
  const { factors, uniform } = draw(6000, 52);
  const mixed = await med(
    factors.map(([a, b]) => [a / 3 + b / 2, a / 3 - b / 2]),
    factors,
  );
  assert.ok((mixed.value as number) < 0.2, `${mixed.value}`);
  const noise = await med(
    factors.map(() => [uniform(), uniform(), uniform()]),
    factors,
  );
  assert.ok((noise.value as number) < 0.2, `${noise.value}`);
  const double = await med(
    factors.map(([a, b]) => [a, a, b]),
    factors,
  );
  assert.ok((double.value as number) > 0.97);
  near(double.parts.perFactor[0], 1 - Math.log(2) / Math.log(3), 'completeness of the doubled factor', 0.01);
});

test('keeps of each factor the latents that matter to it most, of equal ones the first', async () => {
  const { factors, uniform } = draw(3000, 53);
  const latents = factors.map(([a, b]) => [uniform(), a + uniform() / 2, a, a, b + a / 9, 1]);
  const one = await med(latents, factors, { topK: 1 });
  assert.equal(one.parts.keptLatents.slice(-1), [4]);
  assert.is(one.parts.keptLatents.length, 2);
  const all = await med(latents, factors, { topK: 9 });
  // The constant latent belongs to no factor.
  assert.equal(all.parts.keptLatents, [0, 1, 2, 3, 4]);
  assert.ok(one.notes.includes('latent 5 is constant: no importance'));
  const whole = await med(latents, factors);
  // A latent without importance weighs nothing; to completeness it is one more that a factor might
  // be on.
  near(all.value, whole.value as number, 'with and without the constant latent', 1e-12);
  assert.ok((all.parts.completeness as number) < (whole.parts.completeness as number));
});

test('leaves constant latents out of completeness where they do not count', async () => {
  const { factors, uniform } = draw(900, 57);
  const latents = factors.map(([a, b]) => [a + uniform(), b + a / 2, uniform()]);
  const dead = latents.map((row) => [4, ...row, 4]);
  const rows = { trainRows: { from: 0, to: 600 }, testRows: { from: 600, to: 900 } };
  const alone = await med(latents, factors, rows);
  const counted = await med(dead, factors, rows);
  const left = await med(dead, factors, { ...rows, countConstants: false });
  assert.equal(left.parts.keptLatents, [1, 2, 3]);
  assert.equal(counted.parts.keptLatents, [0, 1, 2, 3, 4]);
  near(left.parts.completeness, alone.parts.completeness as number, 'completeness', 1e-12);
  const shrunk = (1 - (alone.parts.completeness as number)) * (Math.log(3) / Math.log(5));
  near(counted.parts.completeness, 1 - shrunk, 'with constant latents', 1e-12);
  near(left.value, alone.value as number, 'disentanglement', 1e-12);
  assert.equal(left.parts.perLatent, counted.parts.perLatent);
});

test('each latent belongs to one factor, and ties go to the lowest index', () => {
  const importance = [0.5, 0.5, 0.1, 0.2, 0.1, 0.2 + 1e-13, 0, 0, 0.3, 0.1];
  const scores = [0, 0.3, 0.3 + 1e-13, 1, 0.2];
  assert.equal(pickLatents(importance, scores, 2, 1), [1, 4]);
  assert.equal(pickLatents(importance, scores, 2, 2), [0, 1, 2, 4]);
  assert.equal(pickLatents([0, 0], [0, 0], 1, 3), []);
  assert.equal(pickLatents([1, 2, 3], [0.1, 0.5, 0.5 - 1e-13], 1, 2), [1, 2]);
});

test('leaves constant factors out and names them, and trains nothing unless asked to', async () => {
  const { latents, factors } = await readGolden('e_degenerate');
  const { value, parts, notes } = await med(latents, factors);
  assert.ok((value as number) > 0.3 && (value as number) < 1);
  assert.is(parts.perFactor[2], null);
  assert.equal(parts.importance[1], [0, 0, 0, 0]);
  assert.equal(notes, ['latent 1 is constant: no importance', 'factor 2 is constant: left out']);
  assert.equal([parts.informativeness, parts.trainAccuracy], [null, null]);
  assert.equal(parts.informativenessOfFactor, [null, null, null, null]);
  const trained = await med(latents, factors, { informativeness: true });
  assert.is(trained.value, value);
  assert.is(trained.parts.informativenessOfFactor[2], null);
  assert.ok((trained.parts.informativeness as number) > 0.5);
});

test('is null of a single factor, and of none, with the reason; completeness of one latent too', async () => {
  const single = await med(
    grid,
    grid.map(([a]) => [a, 1]),
  );
  assert.is(single.value, null);
  assert.is(single.notes[0], 'undefined: a single factor varies, and disentanglement compares factors');
  assert.ok((single.parts.completeness as number) > 0.9);
  const none = await med(
    grid,
    grid.map(() => [1]),
  );
  assert.is(none.value, null);
  assert.is(none.notes[0], 'undefined: every factor is constant');
  const one = await med(
    grid.map(([a]) => [a]),
    grid,
  );
  assert.is(one.parts.completeness, null);
  assert.ok(one.notes.includes('one latent: completeness, which compares latents, is undefined'));
});

test('is 0 where no latent has information on any factor, and says so', async () => {
  const silent = grid.map(() => [1, 2]);
  for (const topK of [0, 1]) {
    const { value, notes, parts } = await med(silent, grid, { topK });
    assert.is(value, 0);
    assert.ok(notes.includes('factor 0: no latent has information on it'));
    assert.is(parts.keptLatents.length, topK === 0 ? 2 : 0);
    assert.is(notes[0] === 'no latent has information on any factor: none kept, 0 by definition', topK === 1);
  }
});

test('counts training rows only, and takes test rows for what it is judged on only', async () => {
  const { factors, uniform } = draw(600, 54);
  const latents = factors.map(([a, b], i) => (i < 400 ? [a, b] : [uniform() * 1e6, uniform() * 1e6]));
  const rows = { trainRows: { from: 0, to: 400 }, testRows: { from: 400, to: 600 } };
  const { parts } = await med(latents, factors, { ...rows, informativeness: true });
  near(parts.mutualInformation[0][0], Math.log(4), 'information of the training rows', 0.01);
  assert.is(parts.trainAccuracy, 1);
  assert.ok((parts.informativeness as number) < 0.5);
});

test('a factor of one value among the training rows is nothing to learn, and is said to be', async () => {
  const { factors } = draw(90, 55);
  const own = factors.map(([a, b], i) => [i < 60 ? 0 : a + 1, b]);
  const rows = { trainRows: { from: 0, to: 60 }, testRows: { from: 60, to: 90 } };
  const { value, parts, notes } = await med(own, own, { ...rows, informativeness: true });
  assert.equal(
    parts.importance.map((row) => row[0]),
    [0, 0],
  );
  assert.is(parts.informativenessOfFactor[0], null);
  assert.is(parts.informativenessOfFactor[1], 1);
  assert.ok(notes.includes('factor 0: no latent has information on it'));
  assert.ok(notes.includes('factor 0: nothing to tell, or none to be judged on, left out of informativeness'));
  near(value, 1, 'of the other factor', 1e-12);
});

test('bins a continuous factor, and is the same for the same seed beside other metrics', async () => {
  const { factors, uniform } = draw(3000, 56);
  const mixed = factors.map(([a]) => [a, uniform()]);
  const latents = mixed.map(([a, x]) => [a, 2 * x]);
  const { value, parts } = await med(latents, mixed, { informativeness: true, seed: 3 });
  assert.ok((value as number) > 0.8);
  assert.ok((parts.informativeness as number) > 0.5);
  const report = await score(latents, mixed, {
    metrics: ['explicitness', 'med'],
    options: { med: { informativeness: true } },
    seed: 3,
  });
  assert.equal(report.metrics.med.parts, parts);
  assert.equal(report.metrics.explicitness.parts, (await explicitness(latents, mixed, { seed: 3 })).parts);
});

test('reads importance as DCI does', async () => {
  const { value, parts } = await med(grid, grid, { trainRows: { from: 0, to: 600 }, testRows: { from: 600, to: 720 } });
  const trees = await dci(grid, grid, { trainRows: { from: 0, to: 600 }, testRows: { from: 600, to: 720 }, stages: 5 });
  // All rows of the grid ten times over: each latent tells its factor and nothing else, by trees as
  // by shares.
  near(value, 1, 'MED', 1e-12);
  near(trees.value, 1, 'DCI', 1e-9);
  near(parts.completeness, trees.parts.completeness as number, 'completeness', 1e-9);
});

test.run();
