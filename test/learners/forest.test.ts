import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type ForestOptions, type ForestProblem, fitForest } from '../../src/learners/forest.js';
import { assertNear, codes, normals } from '../assembly/samples.js';

/** Made by test/golden/make-forest.py. */
const reference = JSON.parse(readFileSync(new URL('../golden/forest.json', import.meta.url), 'utf8'));
/** How many forests of ours are held against those of scikit-learn. */
const SEEDS = 20;

/** Rows of a row-major table as columns. */
function columnsOf(x: ArrayLike<number>, width: number, first: number, last: number): Float64Array {
  const count = last - first;
  return Float64Array.from(
    { length: width * count },
    (_, i) => x[(first + (i % count)) * width + Math.floor(i / count)],
  );
}

const fit = (problem: ForestProblem, options: ForestOptions) =>
  withCore((core) => fitForest(core, problem, options, () => {}));

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function scoreOf(predicted: Float64Array, truth: readonly number[], classes: number | null): number {
  if (classes !== null) return mean(truth.map((value, row) => (value === predicted[row] ? 1 : 0)));
  const centre = mean(truth);
  const squares = (of: (row: number) => number) => truth.reduce((sum, value, row) => sum + (value - of(row)) ** 2, 0);
  return 1 - squares((row) => predicted[row]) / squares(() => centre);
}

for (const expected of reference.fits) {
  test(`is as scikit-learn on ${expected.name}, within 3 standard errors over seeds`, async () => {
    const { rows, train, columns } = reference;
    const x = Float64Array.from(reference.x64, (whole: number) => whole / 64);
    const { settings, classes, target } = expected;
    const problem = {
      columns,
      train: columnsOf(x, columns, 0, train),
      trainRows: train,
      test: columnsOf(x, columns, train, rows),
      testRows: rows - train,
      target: target.slice(0, train),
      classes,
    };
    const importances: Float64Array[] = [];
    const scores: number[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const { importance, predicted } = await fit(problem, {
        seed,
        trees: settings.n_estimators,
        depth: settings.max_depth,
        columnsPerSplit: settings.max_features,
        isBootstrap: settings.bootstrap,
      });
      importances.push(importance);
      scores.push(scoreOf(predicted, target.slice(train), classes));
    }
    // Standard error of the difference of two means, each with the deviation that scikit-learn's
    // forests have.
    const bound = (deviation: number) => 3 * deviation * Math.sqrt(1 / SEEDS + 1 / reference.seeds);
    assertNear(
      Array.from({ length: columns }, (_, d) => mean(importances.map((own) => own[d]))),
      expected.importance,
      expected.importanceDeviation.map((deviation: number) => bound(deviation) + 1e-7),
      'importance',
    );
    assertNear([mean(scores)], [expected.score], bound(expected.scoreDeviation), 'score');
  });
}

const COUNT = 300;
/** Column 2 decides between three classes. */
function separable(x = normals(3 * COUNT, 1)): ForestProblem {
  const target = Array.from(x.subarray(2 * COUNT), (value) => (value < -0.4 ? 0 : value < 0.5 ? 1 : 2));
  return { columns: 3, classes: 3, train: x, trainRows: COUNT, test: x, testRows: COUNT, target };
}

test('finds the column that decides, and predicts rows the same whether it learns from them or not', async () => {
  const { importance, trained, predicted } = await fit(separable(), { seed: 1, columnsPerSplit: 3 });
  assert.ok(importance[2] > 1 - 1e-9);
  assert.equal(trained, Float64Array.from(separable().target));
  assert.equal(predicted, trained);
});

test('is the same for the same seed, another for another, and its first trees do not depend on how many follow', async () => {
  const one = await fit(separable(), { seed: 5, trees: 10 });
  assert.equal(await fit(separable(), { seed: 5, trees: 10 }), one);
  assert.not.equal((await fit(separable(), { seed: 6, trees: 10 })).importance, one.importance);
  const sums = await Promise.all([1, 2].map((trees) => fit(separable(), { seed: 5, trees })));
  assert.ok(sums[1].importance.some((share, d) => share !== sums[0].importance[d]));
});

test('does not mind an increasing map of a column', async () => {
  const x = normals(3 * COUNT, 2);
  const { importance, trained } = await fit(separable(x), { seed: 1 });
  const cubes = x.map((value) => value ** 3);
  const mapped = await fit({ ...separable(x), train: cubes, test: cubes }, { seed: 1 });
  assert.equal(mapped.importance, importance);
  assert.equal(mapped.trained, trained);
});

test('shares between copies of a column, and gives nothing to a constant one', async () => {
  const x = normals(3 * COUNT, 1);
  x.copyWithin(0, 2 * COUNT);
  x.fill(-0, COUNT, 2 * COUNT).fill(0, COUNT, COUNT + 5);
  for (const columnsPerSplit of [1, 3]) {
    const { importance } = await fit(separable(x), { seed: 1, columnsPerSplit });
    assert.is(importance[1], 0);
    assert.ok(Math.abs(importance[0] - 0.5) < 0.1, `${importance}`);
  }
});

test('does not prefer a column for its place: columns of noise matter alike', async () => {
  const columns = 6;
  const train = normals(columns * COUNT, 4);
  const problem = { columns, train, trainRows: COUNT, test: new Float64Array(0), testRows: 0 };
  const sums = new Float64Array(columns);
  for (let seed = 0; seed < 20; seed++) {
    // Another target each time: only the place of a column stays.
    const target = codes(COUNT, 2, 100 + seed);
    const { importance } = await fit({ ...problem, target, classes: 2 }, { seed, trees: 20 });
    importance.forEach((share, d) => {
      sums[d] += share / 20;
    });
  }
  assertNear(sums, new Float64Array(columns).fill(1 / columns), 0.01, 'importance');
});

test('keeps to the mean, or the most frequent class, where there is nothing to split', async () => {
  const flat = new Float64Array(3 * COUNT);
  const none = await fit({ ...separable(), train: flat, test: flat }, { seed: 1 });
  assert.equal([...none.importance], [0, 0, 0]);
  const counts = [0, 1, 2].map((c) => Array.from(separable().target).filter((label) => label === c).length);
  assert.equal([...new Set(none.predicted)], [counts.indexOf(Math.max(...counts))]);
  const same = await fit({ ...separable(), classes: null, target: new Float64Array(COUNT).fill(7) }, { seed: 1 });
  assert.equal([...same.importance], [0, 0, 0]);
  assert.equal([...new Set(same.predicted)], [7]);
});

test('gives equal votes to the lowest class', async () => {
  const problem = { columns: 1, classes: 3, train: new Float64Array(4), trainRows: 4, target: [2, 1, 2, 1] };
  const { trained } = await fit(
    { ...problem, test: new Float64Array(0), testRows: 0 },
    { seed: 1, trees: 3, isBootstrap: false },
  );
  assert.equal([...trained], [1, 1, 1, 1]);
});

test('fits values alike in any unit and around any offset', async () => {
  const problem = { ...separable(), classes: null };
  const target = Array.from(problem.train.subarray(0, COUNT), (value) => Math.round(value * 1024) / 1024 + 3);
  const one = await fit({ ...problem, target }, { seed: 1, trees: 20 });
  assert.ok(one.importance[0] > 0.99);
  const unit = 2 ** -30;
  const tiny = await fit({ ...problem, target: target.map((value) => value * unit) }, { seed: 1, trees: 20 });
  assert.equal(tiny.importance, one.importance);
  assertNear(
    tiny.predicted.map((value) => value / unit),
    one.predicted,
    1e-12,
    'tiny',
  );
  const far = await fit({ ...problem, target: target.map((value) => value + 2 ** 30) }, { seed: 1, trees: 20 });
  assertNear(far.importance, one.importance, 1e-9, 'far');
});

test('splits columns of huge offsets and tiny scales', async () => {
  const { importance, trained } = await fit(separable(), { seed: 1 });
  const x = normals(3 * COUNT, 1).map((value, i) => (i < 2 * COUNT ? value * 1e-9 : Math.round(value * 2 ** 20) + 1e9));
  const scaled = await fit({ ...separable(), train: x, test: x }, { seed: 1 });
  assertNear(scaled.importance, importance, 1e-12, 'importance');
  assert.equal(scaled.trained, trained);
});

test('learns from two rows, and from one', async () => {
  const none = { test: new Float64Array(0), testRows: 0, columns: 1 };
  const two = { ...none, train: Float64Array.of(1, 2), trainRows: 2, target: [0, 1], classes: 2 };
  const all = await fit(two, { seed: 1, isBootstrap: false });
  assert.equal([...all.trained], [0, 1]);
  assert.equal([...all.importance], [1]);
  const one = await fit({ ...two, train: Float64Array.of(1), trainRows: 1, target: [1] }, { seed: 1 });
  assert.equal([...one.trained], [1]);
  assert.equal([...one.importance], [0]);
});

test('says how far it is, within a large tree too, and stops where the caller throws', async () => {
  const rows = 20_000;
  const train = normals(20 * rows, 3);
  const problem = { columns: 20, train, trainRows: rows, test: new Float64Array(0), testRows: 0 };
  const seen: number[] = [];
  const stop = withCore((core) =>
    fitForest(core, { ...problem, target: codes(rows, 3, 1), classes: 3 }, { seed: 1 }, (tree, trees) => {
      assert.is(trees, 100);
      seen.push(tree);
      if (tree === 1) throw new Error('enough');
    }),
  );
  await stop.then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'enough'),
  );
  assert.ok(seen.length > 4 && seen.every((tree, i) => tree === (i < seen.length - 1 ? 0 : 1)), `${seen}`);
});

test.run();
