import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Matrix, migPosterior, type PosteriorInput } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { normals } from '../assembly/samples.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';
import { plainInformation } from './plain-posterior.js';

type Rows = number[][];

/** Every combination of the factors' values, `repeats` times, as rows. */
function grid(sizes: readonly number[], repeats = 1): Rows {
  let rows: Rows = [[]];
  for (const size of sizes) rows = rows.flatMap((row) => Array.from({ length: size }, (_, value) => [...row, value]));
  return Array.from({ length: repeats }, () => rows).flat();
}

/** Posteriors around means, of given deviations, with a sample of each. */
function around(
  mu: Rows,
  deviation: (row: number, d: number) => number,
  seed = 1,
): Required<Record<'mu' | 'logvar' | 'z', Rows>> {
  const columns = mu[0].length;
  const noise = normals(mu.length * columns, seed);
  const table = (of: (mean: number, row: number, d: number) => number) =>
    mu.map((means, row) => means.map((mean, d) => of(mean, row, d)));
  return {
    mu,
    logvar: table((_, row, d) => 2 * Math.log(deviation(row, d))),
    z: table((mean, row, d) => mean + deviation(row, d) * noise[row * columns + d]),
  };
}

function near(got: number | null, expected: number, tolerance: number, what = ''): void {
  assert.ok(got !== null && Math.abs(got - expected) <= tolerance, `${what} ${got} is not ${expected}`);
}

const golden = () =>
  Promise.all(['latents', 'logvar', 'z', 'factors'].map((member) => readGoldenArray('g_posterior', member)));

test("agrees with the authors' disentanglement_metrics on golden g", async () => {
  const [mu, logvar, z, factors] = await golden();
  const { value, parts, notes } = await migPosterior({ mu, logvar, z }, factors);
  const expected = expectedOf('g_posterior', 'rtq_posterior_mig_f64');
  near(value, expected.mig, 1e-9);
  for (let d = 0; d < 10; d++) {
    near(parts.marginalEntropy[d], expected.marginal_entropies[d], 1e-9, `H(z_${d})`);
    for (let k = 0; k < 3; k++) {
      near(parts.conditionalEntropy[d][k], expected.cond_entropies[k][d], 1e-9, `H(z_${d} | v_${k})`);
      near(parts.mutualInformation[d][k], Math.max(0, expected.mi[k][d]), 1e-9, `I(z_${d}; v_${k})`);
    }
  }
  for (let k = 0; k < 3; k++) near(parts.gap[k], expected.gaps[k], 1e-9, `gap ${k}`);
  assert.equal(parts.bestLatent, [0, 1, 2]);
  assert.equal(notes, []);
});

test('normalises by the entropy where it is told to, or in the preset of the paper: the same where values are equally frequent', async () => {
  const [mu, logvar, z, factors] = await golden();
  const usual = await migPosterior({ mu, logvar, z }, factors);
  const paper = await migPosterior({ mu, logvar, z }, factors, { preset: 'paper' });
  assert.is(paper.options.normaliser, 'entropy');
  near(paper.value, usual.value as number, 1e-12);
  // Half of the rows have the first value, a quarter each of the others.
  const uneven = grid([4], 60).map(([v]) => [Math.max(0, v - 1)]);
  const posterior = around(
    uneven.map(([v]) => [v, 0]),
    () => 0.8,
  );
  const bySize = await migPosterior(posterior, uneven);
  const byEntropy = await migPosterior(posterior, uneven, { normaliser: 'entropy' });
  near(bySize.parts.normaliser[0], Math.log(3), 1e-15);
  near(byEntropy.parts.normaliser[0], 1.5 * Math.log(2), 1e-15);
  near((bySize.value as number) * Math.log(3), (byEntropy.value as number) * 1.5 * Math.log(2), 1e-12);
});

for (const weights of ['values', 'rows'] as const) {
  for (const samples of [1_000_000, 4, 1]) {
    test(`is what one writes down, with values of unequal frequency, weights by ${weights} and ${samples} samples`, async () => {
      const words = new RandomStream(5, 100, 0);
      const factors = Array.from({ length: 90 }, (_, row) => [
        row % 7 === 0 ? 2 : words.below(2),
        words.below(9),
        row < 1 ? 5 : 1,
      ]);
      const mu = factors.map(([a, b]) => [a + 0.3 * b, -b, words.below(100) / 50]);
      const posterior = around(mu, (row, d) => [0.01, 0.3, 2][(row + d) % 3]);
      const { parts } = await migPosterior(posterior, factors, { weights, samples, seed: 4 });
      const plain = plainInformation(posterior, factors, { weights, samples, seed: 4 });
      for (let d = 0; d < 3; d++) {
        near(parts.marginalEntropy[d], plain.marginal[d], 1e-9, `H(z_${d})`);
        for (let k = 0; k < 3; k++) {
          near(parts.conditionalEntropy[d][k], plain.conditional[d][k], 1e-9, `H(z_${d} | v_${k})`);
          near(parts.mutualInformation[d][k], Math.max(0, plain.marginal[d] - plain.conditional[d][k]), 1e-9);
        }
      }
    });
  }
}

test('is what one writes down with more rows than are summed pair by pair', async () => {
  const factors = grid([3, 4, 5], 40);
  const posterior = around(
    factors.map(([a, b, c]) => [2 * a, b - 0.4 * c]),
    (row) => [0.05, 0.5][row % 2],
  );
  const { parts } = await migPosterior(posterior, factors);
  const plain = plainInformation(posterior, factors, { weights: 'values', samples: 10_000, seed: 0 });
  for (let d = 0; d < 2; d++) {
    near(parts.marginalEntropy[d], plain.marginal[d], 1e-9);
    for (let k = 0; k < 3; k++) near(parts.conditionalEntropy[d][k], plain.conditional[d][k], 1e-9);
  }
});

test('is 1 when each factor is one latent, and posteriors of its values do not meet', async () => {
  const factors = grid([4, 5, 3], 3);
  const { value, parts, notes } = await migPosterior(
    around(factors, () => 0.01),
    factors,
  );
  near(value, 1, 1e-12);
  assert.equal(parts.bestLatent, [0, 1, 2]);
  assert.equal(notes, []);
});

test('falls as posteriors widen, where MIG of their means would not', async () => {
  const factors = grid([4, 4], 20);
  const values: number[] = [];
  for (const deviation of [0.01, 0.3, 1, 3]) {
    values.push(
      (
        await migPosterior(
          around(factors, () => deviation),
          factors,
        )
      ).value as number,
    );
  }
  near(values[0], 1, 1e-12);
  assert.ok(
    values.every((value, i) => i === 0 || value < values[i - 1] - 0.05),
    `${values}`,
  );
  assert.ok(values[3] < 0.1, `${values}`);
});

test('is near 0 for latents that know nothing', async () => {
  const factors = grid([4, 5], 200);
  const noise = normals(3 * factors.length, 8);
  const { value } = await migPosterior(
    around(
      factors.map((_, row) => [...noise.slice(3 * row, 3 * row + 3)]),
      () => 0.5,
    ),
    factors,
  );
  assert.ok((value as number) < 0.005, `${value}`);
});

test('is 0 when two latents carry the same factor, and gives it to the lowest index', async () => {
  const factors = grid([6], 30);
  const one = around(factors, () => 0.4);
  const twice = (rows: Rows) => rows.map(([a]) => [0, a, a]);
  const { value, parts } = await migPosterior(
    { mu: twice(one.mu), logvar: twice(one.logvar), z: twice(one.z) },
    factors,
  );
  assert.is(value, 0);
  assert.equal(parts.bestLatent, [1]);
});

test('does not depend on the order of columns and rows, on sign, scale and offset', async () => {
  const [mu, logvar, z, factors] = await golden();
  const samples = { samples: 1000 };
  const { value } = await migPosterior({ mu, logvar, z }, factors, samples);
  const change = (matrix: Matrix, of: (x: number) => number) => {
    const { data, rows, columns } = matrix;
    // Rows and columns from the last to the first.
    const out = Float64Array.from({ length: data.length }, (_, i) => of(data[data.length - 1 - i]));
    return new Matrix(out, rows, columns);
  };
  const turned = {
    mu: change(mu, (x) => 7 - 3 * x),
    logvar: change(logvar, (x) => x + 2 * Math.log(3)),
    z: change(z, (x) => 7 - 3 * x),
  };
  const other = await migPosterior(
    turned,
    change(factors, (x) => x),
    samples,
  );
  near(other.value, value as number, 1e-8);
});

test('takes all rows where there are no more than samples, whatever the seed, and otherwise so many from the seed', async () => {
  const [mu, logvar, z, factors] = await golden();
  const of = async (samples: number, seed: number) =>
    (await migPosterior({ mu, logvar, z }, factors, { samples, seed })).value;
  assert.is(await of(1000, 1), await of(10_000, 2));
  assert.is(await of(200, 1), await of(200, 1));
  assert.not.equal(await of(200, 1), await of(200, 2));
  // Values of the third factor have 20 rows each, the marginal 1,000.
  const { notes } = await migPosterior({ mu, logvar, z }, factors, { samples: 200 });
  assert.equal(notes, ['entropies are at 200 samples of each mixture at most, which is of all its rows']);
});

test('draws samples from the seed where none are given: of a row the same, whatever else is drawn', async () => {
  const [mu, logvar, z, factors] = await golden();
  const of = (seed: number) => migPosterior({ mu, logvar }, factors, { seed });
  const [first, again, other] = [await of(1), await of(1), await of(2)];
  assert.equal(first, again);
  assert.not.equal(first.parts.marginalEntropy, other.parts.marginalEntropy);
  const given = await migPosterior({ mu, logvar, z }, factors);
  near(first.value, given.value as number, 0.02);
});

test('gives latents that have collapsed no information, and not less', async () => {
  const factors = grid([3, 4], 10);
  const one = around(factors, () => 0.3);
  const beside = (rows: Rows, value: (row: number) => number) => rows.map(([a, b], row) => [a, value(row), b]);
  const noise = normals(factors.length, 4);
  const collapsed = {
    mu: beside(one.mu, () => 0.25),
    logvar: beside(one.logvar, () => 0),
    z: beside(one.z, (row) => 0.25 + noise[row]),
  };
  const { value, parts, notes } = await migPosterior(collapsed, factors);
  assert.equal(parts.mutualInformation[1], [0, 0]);
  assert.equal(parts.conditionalEntropy[1], [parts.marginalEntropy[1], parts.marginalEntropy[1]]);
  assert.equal(notes, ['latent 1 is constant, with one posterior for all rows: no mutual information']);
  near(value, (await migPosterior(one, factors)).value as number, 1e-12);
  // All but collapsed: what little samples say is 0 or more.
  const nearly = await migPosterior({ ...collapsed, mu: beside(one.mu, (row) => 1e-7 * row) }, factors);
  assert.ok(nearly.parts.mutualInformation[1].every((information) => information >= 0 && information < 1e-6));
});

test('a constant mean with variances that tell the factor is no constant latent', async () => {
  const factors = grid([2], 200);
  const posterior = around(
    factors.map(() => [0]),
    (row) => (factors[row][0] === 0 ? 1e-3 : 1),
  );
  const { value, notes } = await migPosterior(posterior, factors);
  assert.ok((value as number) > 0.9, `${value}`);
  assert.equal(notes, ['one latent: the runner-up of each gap is 0']);
});

test('leaves constant factors out, and is null with the reason where there is no other', async () => {
  const rows = grid([3, 3], 4);
  const posterior = around(rows, () => 0.2);
  const some = await migPosterior(
    posterior,
    rows.map(([a]) => [7, a]),
  );
  assert.equal([some.parts.gap[0], some.parts.normaliser[0], some.parts.conditionalEntropy[0][0]], [null, null, null]);
  near(some.value, some.parts.gap[1] as number, 0);
  assert.equal(some.notes, ['factor 0 is constant: left out']);
  const { value, notes, parts } = await migPosterior(
    posterior,
    rows.map(() => [7, 8]),
  );
  assert.is(value, null);
  assert.equal(notes, ['undefined: every factor is constant', 'factors 0 and 1 are constant: left out']);
  assert.equal([parts.gap, parts.marginalEntropy.length], [[null, null], 2]);
});

test('a value that one row has is a mixture of one', async () => {
  const factors = [[0], [0], [0], [0], [1], [2]];
  const posterior = around(
    factors.map(([v]) => [v]),
    () => 0.5,
  );
  const { parts } = await migPosterior(posterior, factors);
  const plain = plainInformation(posterior, factors, { weights: 'values', samples: 100, seed: 0 });
  near(parts.conditionalEntropy[0][0], plain.conditional[0][0], 1e-12);
});

test('information weighted by rows is at most the entropy, however uneven; by values it may be beyond, is cut, and says so', async () => {
  // Of 200 rows four have a value of their own, and a spike.
  const factors = Array.from({ length: 200 }, (_, row) => [row < 4 ? 1 : 0]);
  const posterior = around(
    factors.map(([v]) => [v]),
    (row) => (row < 4 ? 1e-9 : 2),
  );
  const byRows = await migPosterior(posterior, factors, { weights: 'rows' });
  assert.ok(byRows.parts.mutualInformation[0][0] <= byRows.parts.entropy[0] + 1e-9);
  const byValues = await migPosterior(posterior, factors);
  assert.ok(byValues.parts.mutualInformation[0][0] > Math.log(2));
  assert.is(byValues.value, 1);
  assert.equal(byValues.notes, [
    'one latent: the runner-up of each gap is 0',
    'factor 0: values of different frequency count the same, unless weights = rows',
    'factor 0: estimates of information beyond all there is, counted as that',
  ]);
});

test('cuts continuous factors into bins of one width, and counts those that have rows', async () => {
  const words = new RandomStream(6, 100, 0);
  // Nothing between .5 and .75: one of four bins is empty.
  const angle = Array.from({ length: 600 }, () => 0.75 * (words.word() / 2 ** 32)).map((a) => (a < 0.5 ? a : a + 0.25));
  angle[0] = 0;
  angle[1] = 1;
  const posterior = around(
    angle.map((a) => [a, 0]),
    () => 0.05,
  );
  const { value, parts } = await migPosterior(
    posterior,
    angle.map((a) => [a]),
    { bins: 4, weights: 'rows' },
  );
  near(parts.normaliser[0], Math.log(3), 1e-15);
  const codes = angle.map((a) => [Math.min(3, Math.floor(4 * a))]);
  const discrete = await migPosterior(posterior, codes, { weights: 'rows' });
  near(value, discrete.value as number, 1e-12);
});

test('is finite and right for spikes, and for samples far from every posterior', async () => {
  const factors = grid([2, 2], 10);
  const spiky = around(
    factors.map(([a, b]) => [50 + 1e-3 * a, b]),
    () => 1e-4,
  );
  const far = { ...spiky, z: spiky.z.map(([a, b], row) => (row === 3 ? [a + 1e4, b] : [a, b])) };
  const { parts, value, notes } = await migPosterior(far, factors);
  assert.equal(notes.length, 1);
  assert.match(notes[0], /^latent 0: z is [\d.]+e\+7 standard deviations from the means of its posteriors/);
  const plain = plainInformation(far, factors, { weights: 'values', samples: 100, seed: 0 });
  assert.ok(parts.marginalEntropy[0] > 1e12);
  for (let d = 0; d < 2; d++) near(parts.marginalEntropy[d] / plain.marginal[d], 1, 1e-12);
  assert.ok((value as number) >= 0 && (value as number) <= 1);
  near((await migPosterior(spiky, factors)).value, 1, 1e-9);
});

test('gives the digits of one thread, with intervals and nulls', async () => {
  const [mu, logvar, z, factors] = await golden();
  for (const posterior of [
    { mu, logvar, z },
    { mu, logvar },
  ] as PosteriorInput[]) {
    const options = { seed: 2, samples: 300, interval: 4, null: 4 };
    const alone = await migPosterior(posterior, factors, options);
    for (const threads of [2, 3]) assert.equal(await migPosterior(posterior, factors, { ...options, threads }), alone);
    const { spread, null: chance } = alone;
    assert.ok(spread && spread.low < spread.high && spread.low > 0.4, JSON.stringify(spread));
    assert.ok(chance && chance.maximum < 0.1 && chance.pValue === 1 / 5, JSON.stringify(chance));
  }
});

test('stops when it is told to', async () => {
  const [mu, logvar, z, factors] = await golden();
  const controller = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 100);
  const run = migPosterior({ mu, logvar, z }, factors, { null: 100_000, signal: controller.signal });
  assert.is(await run.catch((error) => error), reason);
});

test('refuses what is no posterior, and one of other rows than the factors', async () => {
  const say = async (posterior: unknown, factors: unknown = [0, 0, 1]) =>
    migPosterior(posterior as PosteriorInput, factors as number[]).then(
      () => 'nothing',
      (error) => `${error.code} ${error.message}`,
    );
  const mu = [[1], [2], [3]];
  assert.is(await say(mu), 'ERR_OPTION mig-posterior: expected { mu, logvar }, and z if there is one');
  assert.is(await say({ mu }), 'ERR_OPTION mig-posterior: expected { mu, logvar }, and z if there is one');
  assert.is(await say({ mu, logvar: [[1], [2]] }), 'ERR_DATA logvar: expected 3 x 1 to match mu, got 2 x 1');
  assert.is(await say({ mu, logvar: mu, z: [[1, 2]] }), 'ERR_DATA z: expected 3 x 1 to match mu, got 1 x 2');
  assert.is(
    await say({ mu, logvar: [[1], [Number.NaN], [3]] }),
    'ERR_DATA logvar, row 1, column 0: expected a finite number, got NaN',
  );
  assert.is(await say({ mu, logvar: mu }, [0, 1]), 'ERR_DATA factors: expected 3 rows to match latents, got 2');
});

test.run();
