import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Core, withCore } from '../../bindings/core.js';
import { dci, findMetric } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { scoreImportance } from '../../src/stats/importance.js';
import { type Case, expectedOf, readGolden, readGoldenArray } from '../golden/load-golden.js';

/**
 * The rows of each case: where the training rows end and the test rows do, and whether perm.npy
 * orders them.
 */
const ROWS: ReadonlyArray<readonly [name: Case, train: number, rows: number, isPermuted: boolean]> = [
  ['a_perfect', 1000, 1500, false],
  ['b_permuted_noise', 1000, 1500, false],
  ['c_rotated', 1000, 1500, false],
  ['d_partial', 2000, 3000, false],
  ['e2_degenerate_latents', 2000, 3000, false],
  ['f_digits_pca', 1198, 1797, false],
  ['g_posterior', 666, 1000, true],
  ['h_grid', 2000, 3000, true],
];

/** DCI by scikit-learn's forests, over seeds: test/golden/make-dci-forest.py. */
const ofForests: {
  readonly seeds: number;
  readonly cases: Readonly<Record<string, Readonly<Record<string, { mean: number; deviation: number }>>>>;
} = JSON.parse(readFileSync(new URL('../golden/dci-forest.json', import.meta.url), 'utf8'));

/** The golden rows to learn from, and those to test on. */
async function splitOfRows([name, train, rows, isPermuted]: (typeof ROWS)[number]) {
  const order = isPermuted
    ? (await readGoldenArray(name, 'perm')).data
    : Int32Array.from({ length: rows }, (_, i) => i);
  return { trainRows: Int32Array.from(order.slice(0, train)), testRows: Int32Array.from(order.slice(train, rows)) };
}

const learned = new Map<Case, ReturnType<typeof learnGolden>>();

/** What is learned by every split of the golden rows, once. */
function learnExactly(rows: (typeof ROWS)[number]): ReturnType<typeof learnGolden> {
  const promise = learned.get(rows[0]) ?? learnGolden(rows, false);
  learned.set(rows[0], promise);
  return promise;
}

/** Disentanglement, completeness and informativeness on the golden rows. */
async function learnGolden(rows: (typeof ROWS)[number], histogram: boolean) {
  const { latents, factors } = await readGolden(rows[0]);
  const split = await splitOfRows(rows);
  const { parts } = await dci(latents, factors, { preset: 'disentanglement-lib', ...split, histogram });
  return parts;
}

function scoreOf(core: Core, importance: ArrayLike<number>, latents: number, factors: number, offset = 0) {
  const varying = Array.from({ length: factors }, (_, k) => k);
  return scoreImportance(core, importance, latents, factors, varying, offset);
}

for (const rows of ROWS) {
  test(`agrees with disentanglement_lib on ${rows[0]}`, async () => {
    const expected = expectedOf(rows[0], 'dlib_dci_gbt');
    const { disentanglement, completeness, informativeness } = await learnExactly(rows);
    // Of a doubled latent, theirs draws: disentanglement varies by a standard deviation of .013
    // from seed to seed.
    const within = rows[0] === 'e2_degenerate_latents' ? 0.02 : 0.005;
    const near = (actual: number, mean: number, what: string) =>
      assert.ok(Math.abs(actual - mean) < within, `${what}: ${actual}, not ${mean}`);
    near(disentanglement as number, expected.disentanglement.mean, 'disentanglement');
    near(completeness as number, expected.completeness.mean, 'completeness');
    near(informativeness as number, expected.informativeness_test.mean, 'informativeness');
  });
}

for (const rows of ROWS.filter(([name]) => name in ofForests.cases)) {
  test(`by forests scores ${rows[0]} as scikit-learn's do, within four standard errors over seeds`, async () => {
    const { latents, factors } = await readGolden(rows[0]);
    const options = {
      preset: 'disentanglement-lib',
      regressor: 'random-forest',
      ...(await splitOfRows(rows)),
    } as const;
    const runs = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => dci(latents, factors, { ...options, seed })));
    for (const part of ['disentanglement', 'completeness', 'informativeness', 'trainAccuracy'] as const) {
      const { mean, deviation } = ofForests.cases[rows[0]][part];
      const average = runs.reduce((sum, { parts }) => sum + (parts[part] as number) / runs.length, 0);
      const bound = 4 * deviation * Math.sqrt(1 / ofForests.seeds + 1 / runs.length) + 1e-9;
      assert.ok(Math.abs(average - mean) < bound, `${part}: ${average}, not ${mean} to within ${bound}`);
    }
  });
}

test('moves little where splits lie between quantiles only', async () => {
  for (const rows of ROWS) {
    const [exact, binned] = [await learnExactly(rows), await learnGolden(rows, true)];
    for (const part of ['disentanglement', 'completeness', 'informativeness'] as const) {
      const moved = Math.abs((binned[part] as number) - (exact[part] as number));
      // Latents 3 and 5 tell factor 1 without error; but no quantile of 3 lies right between two of
      // its values, and 5 has all.
      const most = rows[0] === 'e2_degenerate_latents' ? 0.17 : 0.03;
      assert.ok(moved < most, `${rows[0]}: ${part} moved by ${moved}`);
    }
  }
});

test('scores given importances as disentanglement_lib does, to 1e-9 with the 1e-11 that it adds', async () => {
  for (const [name] of ROWS) {
    const expected = expectedOf(name, 'dlib_dci_gbt');
    const importance: number[][] = expected['importance_seed0[latent][factor]'];
    const [latents, factors] = [importance.length, importance[0].length];
    await withCore((core) => {
      const offset = findMetric('dci')?.presets?.['disentanglement-lib']?.entropyOffset as number;
      const exact = scoreOf(core, importance.flat(), latents, factors, offset);
      const near = (actual: number | null, theirs: number, what: string) =>
        assert.ok(Math.abs((actual as number) - theirs) < 1e-9, `${name}: ${what}`);
      exact.perLatent.forEach((one, d) => {
        near(one, expected.disentanglement_per_code_seed0[d], `latent ${d}`);
      });
      exact.perFactor.forEach((one, k) => {
        near(one, expected.completeness_per_factor_seed0[k], `factor ${k}`);
      });
      const { perLatent, perFactor } = scoreOf(core, importance.flat(), latents, factors);
      // Latents whose importances are themselves near 1e-11 feel it most.
      perLatent.forEach((one, d) => {
        assert.ok(
          Math.abs((one as number) - expected.disentanglement_per_code_seed0[d]) < 1e-7,
          `${name}: latent ${d}`,
        );
      });
      perFactor.forEach((one, k) => {
        assert.ok(Math.abs((one as number) - expected.completeness_per_factor_seed0[k]) < 1e-8, `${name}: factor ${k}`);
      });
    });
  }
});

const grid = Array.from({ length: 360 }, (_, i) => [i % 4, Math.floor(i / 4) % 5, Math.floor(i / 20) % 3]);
const FAST = { stages: 20 };
const noise = (seed: number, rows: number, columns: number) => {
  const words = new RandomStream(seed, 100, 0);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => words.word() / 2 ** 32));
};

test('is 1 in all three when each factor is one latent, in any order, sign and scale', async () => {
  const { value, parts, notes } = await dci(
    grid.map(([a, b, c]) => [-7 * c, a, 1e-9 * b]),
    grid,
    FAST,
  );
  assert.ok((value as number) > 1 - 1e-9);
  assert.ok((parts.completeness as number) > 1 - 1e-9);
  assert.is(parts.informativeness, 1);
  assert.is(parts.trainAccuracy, 1);
  assert.ok(parts.importance[0][2] > 1 - 1e-9 && parts.importance[1][0] > 1 - 1e-9);
  assert.equal(notes, []);
});

test('is low for noise, which learning by heart does not hide', async () => {
  const { value, parts } = await dci(noise(1, 360, 3), grid, FAST);
  assert.ok((value as number) < 0.1, `${value}`);
  assert.ok((parts.completeness as number) < 0.1);
  assert.ok((parts.informativeness as number) < 0.45 && (parts.trainAccuracy as number) > 0.7);
});

test('a latent that carries two factors costs disentanglement, a factor on two latents completeness', async () => {
  const mixed = await dci(
    grid.map(([a, b, c]) => [5 * a + b, c]),
    grid,
    FAST,
  );
  assert.ok((mixed.value as number) < 0.7);
  assert.ok((mixed.parts.completeness as number) > 0.99);
  const spread = await dci(
    grid.map(([a, b, c]) => [a % 2, Math.floor(a / 2), b, c]),
    grid,
    FAST,
  );
  assert.ok((spread.value as number) > 0.99);
  assert.ok((spread.parts.completeness as number) < 0.9);
});

test('shares the importance of a latent among its doubles', async () => {
  const { value, parts } = await dci(
    grid.map(([a, b, c]) => [a, a, b, c]),
    grid,
    FAST,
  );
  assert.ok((value as number) > 1 - 1e-9);
  assert.ok(Math.abs(parts.importance[0][0] - 0.5) < 1e-9 && Math.abs(parts.importance[1][0] - 0.5) < 1e-9);
  // ln 2 of ln 4.
  assert.ok(Math.abs((parts.perFactor[0] as number) - 0.5) < 1e-9);
});

test('fits a continuous factor by least squares', async () => {
  const factors = noise(4, 400, 2);
  const { value, parts } = await dci(
    factors.map(([a, b]) => [a ** 3, -b, a * b]),
    factors,
  );
  assert.ok((value as number) > 0.95);
  for (const rate of parts.informativenessOfFactor) assert.ok((rate as number) > 0.98, `${rate}`);
  const blind = await dci(noise(5, 400, 2), factors);
  assert.equal(blind.parts.informativenessOfFactor, [0, 0]);
});

test('by the lasso is 1 in all three when each factor is one latent, in any order, sign and scale', async () => {
  const latents = grid.map(([a, b, c]) => [-7 * c, a, 1e-9 * b]);
  const { value, parts } = await dci(latents, grid, { regressor: 'lasso' });
  assert.ok((value as number) > 1 - 1e-9 && (parts.completeness as number) > 1 - 1e-9);
  // The least penalty, a thousandth of the largest, shrinks what is told.
  assert.ok((parts.informativeness as number) > 1 - 1e-5, `${parts.informativeness}`);
  assert.ok(parts.importance[0][2] > 0.99 && parts.importance[1][0] > 0.99 && parts.importance[2][1] > 0.99);
});

test('by a forest gives each factor its latent, and some to others, as splits of classes may not choose any', async () => {
  const latents = grid.map(([a, b, c]) => [-7 * c, a, 1e-9 * b]);
  const { value, parts } = await dci(latents, grid, { regressor: 'random-forest' });
  assert.is(parts.informativeness, 1);
  assert.ok(parts.importance[0][2] > 0.9 && parts.importance[1][0] > 0.9 && parts.importance[2][1] > 0.9);
  assert.ok((value as number) > 0.8 && (value as number) < 0.95, `${value}`);
});

for (const regressor of ['lasso', 'random-forest'] as const) {
  test(`tells little from noise, and nothing from a dead latent: ${regressor}`, async () => {
    const { parts } = await dci(noise(1, 360, 3), grid, { regressor });
    assert.ok((parts.informativeness as number) < (regressor === 'lasso' ? 0.05 : 0.45), `${parts.informativeness}`);
    const dead = await dci(
      grid.map(() => [4]),
      grid,
      { regressor },
    );
    assert.is(dead.value, 0);
    assert.equal(dead.parts.importance, [[0, 0, 0]]);
  });

  test(`does not depend on threads: ${regressor}`, async () => {
    const latents = noise(2, 360, 3);
    const alone = await dci(latents, grid, { regressor, trees: 9, seed: 3 });
    assert.equal(await dci(latents, grid, { regressor, trees: 9, seed: 3, threads: 2 }), alone);
  });
}

test('dead latents raise completeness as ln of the latents says, unless they do not count', async () => {
  const latents = grid.map(([a, b, c]) => [a + 2 * b, b + c, c]);
  const dead = latents.map((row) => [5, ...row, ...new Array(46).fill(1)]);
  for (const regressor of ['gbt', 'lasso', 'random-forest', 'ubisoft-lasso'] as const) {
    const options = { ...FAST, regressor, trees: 20, seed: 3, entropyOffset: 0 };
    const alone = await dci(latents, grid, options);
    const counted = await dci(dead, grid, options);
    const left = await dci(dead, grid, { ...options, countConstants: false });
    const share = (parts: typeof alone.parts) => 1 - (parts.completeness as number);
    if (regressor !== 'random-forest') {
      // A forest draws among all latents, so that dead ones change its trees.
      for (const part of ['disentanglement', 'completeness'] as const) {
        assert.ok(
          Math.abs((left.parts[part] as number) - (alone.parts[part] as number)) < 1e-12,
          `${regressor}: ${part}`,
        );
      }
    }
    assert.ok(share(counted.parts) > 0.01, 'a completeness that is not 1');
    const ratio = share(counted.parts) / share(left.parts);
    assert.ok(Math.abs(ratio - Math.log(3) / Math.log(50)) < 1e-9, `${regressor}: ${ratio}`);
    if (regressor !== 'ubisoft-lasso') assert.is(counted.value, left.value);
    assert.equal(left.parts.importance, counted.parts.importance);
    assert.equal(left.parts.perLatent, [null, ...counted.parts.perLatent.slice(1, 4), ...new Array(46).fill(null)]);
    assert.ok(left.notes[0].endsWith('are constant: left out') && counted.notes[0].endsWith('no importance'));
  }
});

test('without constant latents that count is undefined of none, and completeness of one', async () => {
  const none = await dci(
    grid.map(() => [1, 2]),
    grid,
    { ...FAST, countConstants: false },
  );
  assert.is(none.value, null);
  assert.equal(none.parts.perLatent, [null, null]);
  assert.equal(none.notes.slice(0, 2), [
    'undefined: every latent is constant',
    'latents 0 and 1 are constant: left out',
  ]);
  const one = await dci(
    grid.map(([a]) => [a, 2]),
    grid,
    { ...FAST, countConstants: false },
  );
  assert.ok((one.value as number) < 1);
  assert.is(one.parts.completeness, null);
  assert.is(one.notes[0], 'one latent: completeness, which compares latents, is undefined');
});

test('weighs by the size of weights, which of the lasso are no shares', async () => {
  const words = noise(8, 3000, 3);
  const factors = words.map(([a, b]) => [a, b]);
  const latents = words.map(([a, b, c]) => [a + 0.3 * b, b + 2 * c]);
  const { parts } = await dci(latents, factors, { regressor: 'lasso' });
  const columns = [0, 1].map((k) => parts.importance[0][k] + parts.importance[1][k]);
  const [first, second] = parts.perFactor as number[];
  const mean = (columns[0] * first + columns[1] * second) / (columns[0] + columns[1]);
  assert.ok(Math.abs((parts.completeness as number) - mean) < 1e-12);
  assert.ok(Math.abs(mean - (first + second) / 2) > 1e-4, 'weighted and plain means are told apart');
});

test('says that the lasso takes values for numbers, and how little it then tells', async () => {
  const ofSquare = grid.map(([a, , c]) => [(a - 1.5) ** 2, c]);
  const two = grid.map(([a, , c]) => [a, c]);
  const { parts, notes } = await dci(ofSquare, two, { regressor: 'lasso' });
  assert.equal(notes, ['the values of discrete factors are taken as numbers, 0, 1, 2 ... in their order']);
  assert.ok((parts.informativenessOfFactor[0] as number) < 0.05);
  const continuous = noise(4, 400, 2);
  assert.equal((await dci(continuous, continuous, { regressor: 'lasso' })).notes, []);
});

/** Root mean squared error over standard deviation. */
function relativeError(truth: readonly number[], told: readonly number[]): number {
  const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
  const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
  return Math.sqrt(squares(truth.map((value, i) => value - told[i])) / squares(truth.map((value) => value - mean)));
}

test('by the lasso with a penalty that is given has the error of its line on the rows in order', async () => {
  const words = noise(8, 256, 2);
  const factors = words.map(([a, b]) => [10 * a + b]);
  const latents = words.map(([a]) => [a - 0.5]);
  const alpha = 0.1;
  const { parts, options } = await dci(latents, factors, { regressor: 'lasso', alpha, split: 'in-order' });
  assert.is(options.alpha, alpha);
  // One standardised latent: its weight is the correlation among the first 204 rows less alpha.
  const first = (values: number[][]) => values.slice(0, 204).map(([value]) => value);
  const unit = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return (value: number) => (value - mean) / spread;
  };
  const [x, y] = [unit(first(latents)), unit(first(factors))];
  const weight = first(latents).reduce((sum, z, row) => sum + x(z) * y(factors[row][0]), 0) / 204 - alpha;
  assert.ok(Math.abs(parts.importance[0][0] - weight) < 1e-9);
  // 25 rows are passed over, 25 are tested on, and 2 are left.
  const tested = { x: latents.slice(229, 254), y: factors.slice(229, 254) };
  const error = relativeError(
    tested.y.map(([value]) => y(value)),
    tested.x.map(([z]) => weight * x(z)),
  );
  assert.ok(Math.abs((parts.error as number) - error) < 1e-9, `${parts.error}, not ${error}`);
  assert.equal(parts.errorOfFactor, [parts.error]);
  assert.ok(Math.abs((parts.informativeness as number) - (1 - error ** 2)) < 1e-9);
});

test('in order takes no heed of seed or of how many rows to take at most, and named rows go before', async () => {
  const latents = noise(2, 360, 3);
  const options = { regressor: 'lasso', split: 'in-order' } as const;
  const one = await dci(latents, grid, options);
  assert.equal((await dci(latents, grid, { ...options, seed: 4, train: 20, test: 10 })).parts, one.parts);
  const named = { trainRows: { from: 0, to: 288 }, testRows: { from: 324, to: 360 } };
  assert.equal((await dci(latents, grid, { regressor: 'lasso', ...named })).parts, one.parts);
  const trees = await dci(latents, grid, { ...FAST, split: 'in-order' });
  assert.equal(trees.parts, (await dci(latents, grid, { ...FAST, ...named })).parts);
});

test('has errors of the lasso alone, and none where rows to judge on are equal, too few, or a factor is constant', async () => {
  for (const regressor of ['gbt', 'random-forest', 'ubisoft-lasso'] as const) {
    assert.not.ok('error' in (await dci(grid, grid, { ...FAST, trees: 3, regressor })).parts, regressor);
  }
  const preset = 'paper';
  const factors = grid.map(([a, , c], i) => [a, 5, i >= 300 ? 1 : c]);
  const { parts, notes } = await dci(grid, factors, { preset });
  assert.is(parts.errorOfFactor?.[1], null);
  assert.is(parts.errorOfFactor?.[2], null);
  assert.is(parts.error, parts.errorOfFactor?.[0]);
  assert.ok(
    notes.includes('factor 2: all rows to judge on have one value, so there is no error in units of their deviation'),
  );
  const few = await dci(grid.slice(0, 9), grid.slice(0, 9), { preset });
  assert.is(few.parts.error, null);
  assert.is(few.parts.informativeness, null);
  assert.ok(few.notes.includes('factor 0: no row is left to judge on'));
  const two = await dci([[1], [2]], [[0.5], [1.5]], { preset });
  assert.equal(two.parts.importance, [[0]]);
  const bare = await dci(
    grid,
    grid.map(() => [1]),
    { preset },
  );
  assert.is(bare.value, null);
  assert.is(bare.parts.error, null);
  assert.is(bare.parts.completeness, null);
});

test('an option that is given goes before what the preset has for another regressor', async () => {
  const { options } = await dci(grid, grid, { preset: 'paper', regressor: 'random-forest', trees: 2 });
  assert.is(options.regressor, 'random-forest');
});

test('grows as many trees as it is asked for', async () => {
  const latents = noise(2, 360, 3);
  const [one, two] = await Promise.all(
    [1, 60].map((trees) => dci(latents, grid, { regressor: 'random-forest', trees })),
  );
  assert.is.not(one.value, two.value);
});

test('is null with the reason where it is undefined, and keeps what is not', async () => {
  const constant = grid.map(() => [1]);
  const nothing = await dci(grid, constant);
  assert.is(nothing.value, null);
  assert.is(nothing.parts.informativeness, null);
  assert.equal(nothing.notes, ['undefined: every factor is constant', 'factor 0 is constant: left out']);
  const one = await dci(
    grid,
    grid.map(([a]) => [a, 3]),
    FAST,
  );
  assert.is(one.value, null);
  assert.is(one.notes[0], 'undefined: a single factor varies, and disentanglement compares factors');
  assert.ok((one.parts.completeness as number) > 1 - 1e-9);
  assert.equal(one.parts.perFactor[1], null);
  const single = await dci(
    grid.map(([a]) => [a]),
    grid,
    FAST,
  );
  assert.is(single.parts.completeness, null);
  assert.is(single.notes[0], 'one latent: completeness, which compares latents, is undefined');
  const dead = await dci(constant, grid, FAST);
  assert.is(dead.value, 0);
  assert.ok(dead.notes.includes('latent 0 is constant: no importance'));
});

test('names values that only one row has, and those that no training row has', async () => {
  const factors = grid.map(([a, b], i) => [i === 0 ? 9 : a, b]);
  const { notes } = await dci(grid, factors, FAST);
  assert.equal(notes, ['factor 0: 1 value is not among the test rows: learnt from, not judged on']);
  const few = await dci(grid, factors, { ...FAST, train: 2, test: 2 });
  assert.ok(
    few.notes.some((note) => /^factor 1: 3 values are not among the training rows and cannot be told$/.test(note)),
  );
  assert.ok(few.value !== undefined);
});

test('learns the same of a factor in any unit, tiny ones among them', async () => {
  const latents = noise(5, 200, 2);
  for (const regressor of ['gbt', 'lasso', 'random-forest', 'ubisoft-lasso'] as const) {
    const options = { regressor, stages: 10, trees: 5 };
    const one = await dci(latents, latents, options);
    assert.ok((one.parts.informativeness as number) > 0.8 && (one.value as number) > 0.8);
    for (const unit of [2 ** -700, 2 ** -1000]) {
      const factors = latents.map((row) => row.map((value) => value * unit));
      const tiny = await dci(latents, factors, options);
      for (const part of ['disentanglement', 'completeness', 'informativeness', 'trainAccuracy'] as const) {
        const [actual, expected] = [tiny.parts[part] as number, one.parts[part] as number];
        assert.ok(Math.abs(actual - expected) < 1e-9, `${regressor}, ${unit}: ${part} ${actual}, not ${expected}`);
      }
    }
  }
});

test('is not judged, and says so, where every row is learned from', async () => {
  const three = [
    [0, 1],
    [1, 0],
    [2, 2],
  ];
  const factors = [
    [0.5, 0.25],
    [1.5, 1],
    [2.25, 0.125],
  ];
  for (const regressor of ['gbt', 'lasso', 'random-forest'] as const) {
    const { parts, notes } = await dci(three, factors, { regressor });
    assert.equal(parts.informativenessOfFactor, [null, null], regressor);
    assert.is(parts.informativeness, null);
    assert.ok((parts.trainAccuracy as number) >= 0);
    const said = [0, 1].map((k) => `factor ${k}: no row is left to judge on`);
    assert.equal(notes, said);
  }
});

test('depends on the seed by its split alone', async () => {
  const latents = noise(2, 360, 3);
  const [one, again, other] = await Promise.all([1, 1, 2].map((seed) => dci(latents, grid, { ...FAST, seed })));
  assert.equal(one, again);
  assert.is.not(one.value, other.value);
});

test.run();
