import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type BoostingProblem, fitBoosting } from '../../src/learners/boosting.js';
import { codes, normals } from '../assembly/samples.js';

/** Made by test/golden/make-boosting.py. */
const reference = JSON.parse(readFileSync(new URL('../golden/boosting.json', import.meta.url), 'utf8'));
const { rows, train, columns } = reference;
const x = Float64Array.from(reference.x64, (whole: number) => whole / 64);

/** Rows of a row-major table as columns. */
function columnsOf(x: ArrayLike<number>, width: number, first: number, last: number): Float64Array {
  const count = last - first;
  return Float64Array.from(
    { length: width * count },
    (_, i) => x[(first + (i % count)) * width + Math.floor(i / count)],
  );
}

const fit = (problem: BoostingProblem) => withCore((core) => fitBoosting(core, problem, () => {}));

for (const expected of reference.fits) {
  test(`agrees with scikit-learn on ${expected.name} for ${expected.stages} stages without ties`, async () => {
    const { importance, trained, predicted } = await fit({
      columns,
      train: columnsOf(x, columns, 0, train),
      trainRows: train,
      test: columnsOf(x, columns, train, rows),
      testRows: rows - train,
      target: expected.target,
      classes: expected.classes,
      stages: expected.stages,
      learningRate: 0.1,
      depth: expected.depth,
      bins: 0,
    });
    importance.forEach((share, d) => {
      assert.ok(Math.abs(share - expected.importance[d]) < 1e-9, `importance ${d}: ${share}`);
    });
    [...trained, ...predicted].forEach((value, row) => {
      assert.ok(
        Math.abs(value - expected.predicted[row]) < 1e-9,
        `row ${row}: ${value}, not ${expected.predicted[row]}`,
      );
    });
  });
}

const COUNT = 300;
/** Column 2 decides between three classes. */
function separable(x = normals(3 * COUNT, 1)): BoostingProblem {
  const target = Array.from(x.subarray(2 * COUNT), (value) => (value < -0.4 ? 0 : value < 0.5 ? 1 : 2));
  const common = { columns: 3, classes: 3, stages: 10, learningRate: 0.1, depth: 3, bins: 0 };
  return { ...common, train: x, trainRows: COUNT, test: x, testRows: COUNT, target };
}

test('finds the column that decides, and predicts rows the same whether it learns from them or not', async () => {
  const { importance, trained, predicted } = await fit(separable());
  assert.ok(importance[2] > 1 - 1e-9);
  assert.equal(trained, Float64Array.from(separable().target));
  assert.equal(predicted, trained);
});

test('shares the gain of equal columns, mirrored ones among them, and splits by the first; a constant one has none', async () => {
  const x = normals(3 * COUNT, 1);
  x.copyWithin(0, 2 * COUNT);
  x.fill(-0, COUNT, 2 * COUNT).fill(0, COUNT, COUNT + 5);
  const problem = separable(x);
  const twice = await fit(problem);
  assert.equal([...twice.importance], [0.5, 0, 0.5]);
  // The first is what predictions hang on.
  const test = x.slice().fill(0, 2 * COUNT);
  assert.equal((await fit({ ...problem, test })).predicted, twice.trained);
  for (let i = 0; i < COUNT; i++) x[i] = -x[i];
  const { importance } = await fit({ ...problem, train: x, test: x });
  assert.ok(Math.abs(importance[0] - 0.5) < 1e-9 && Math.abs(importance[2] - 0.5) < 1e-9, `${importance}`);
});

test('does not mind an increasing map of a column, or which sign it has', async () => {
  const x = normals(3 * COUNT, 2);
  const { importance } = await fit(separable(x));
  const target = separable(x).target;
  const cubes = x.map((value) => value ** 3);
  const mapped = await fit({ ...separable(), train: cubes, test: cubes, target });
  assert.equal(mapped.importance, importance);
  const mirrored = await fit({ ...separable(), train: x.map((value) => -value), test: x, target });
  mirrored.importance.forEach((share, d) => {
    assert.ok(Math.abs(share - importance[d]) < 1e-9);
  });
});

test('fits the same whether it splits between values or between bins, where each value has its bin', async () => {
  const x = normals(3 * COUNT, 1).map((value) => Math.round(20 * value));
  assert.ok(new Set(x).size < 255);
  for (const classes of [3, null]) {
    const problem = { ...separable(x), classes };
    const target = Array.from(normals(COUNT, 5), (noise, row) => (classes ? (row + Number(x[row] > 3)) % 3 : noise));
    const exact = await fit({ ...problem, target });
    assert.equal(await fit({ ...problem, target, bins: 255 }), exact);
    assert.not.equal((await fit({ ...problem, target, bins: 5 })).importance, exact.importance);
  }
});

test('fits squares alike in any unit', async () => {
  const problem = { ...separable(), classes: null, stages: 30 };
  const target = Array.from(problem.train.subarray(0, COUNT), (value) => value + 3);
  const one = await fit({ ...problem, target });
  const tiny = await fit({ ...problem, target: target.map((value) => value * 2 ** -40) });
  assert.ok(one.importance[0] > 0.99);
  assert.equal(tiny.importance, one.importance);
  assert.equal(
    tiny.predicted.map((value) => value * 2 ** 40),
    one.predicted,
  );
});

test('keeps to the mean, or the prior, where there is nothing to split', async () => {
  const nothing = new Float64Array(3 * COUNT);
  const flat = await fit({ ...separable(), train: nothing, test: nothing });
  assert.equal([...flat.importance], [0, 0, 0]);
  assert.is(new Set(flat.predicted).size, 1);
  const same = await fit({ ...separable(), classes: null, target: new Float64Array(COUNT).fill(7) });
  assert.equal([...same.importance], [0, 0, 0]);
  assert.equal([...new Set(same.predicted)], [7]);
});

test('learns from two rows, predicts none, and takes more classes than a call has room for', async () => {
  const two = { ...separable(), trainRows: 2, train: normals(6, 1), target: [0, 1], classes: 2 };
  const { trained, predicted } = await fit({ ...two, test: new Float64Array(0), testRows: 0 });
  assert.equal([...trained], [0, 1]);
  assert.is(predicted.length, 0);
});

test('shows what it expects on the way: what a fit of so many stages predicts, or probabilities of it', async () => {
  const three = separable();
  const two = { ...three, classes: 2, target: Array.from(three.target, (c) => Math.min(1, c)) };
  const numbers = { ...three, classes: null, target: Array.from(three.target, (c) => 3 + c / 7) };
  for (const problem of [three, two, numbers]) {
    const seen = new Map<number, Float64Array>();
    const watch = { stages: [1, 4, 10], see: (stage: number, expected: Float64Array) => seen.set(stage, expected) };
    await withCore((core) => fitBoosting(core, problem, () => {}, watch));
    assert.equal([...seen.keys()], watch.stages);
    for (const [stages, expected] of seen) {
      const { predicted } = await fit({ ...problem, stages });
      if (problem.classes === null) {
        assert.equal(expected, predicted);
        continue;
      }
      assert.is(expected.length, problem.classes * COUNT);
      for (let row = 0; row < COUNT; row++) {
        const chances = Array.from({ length: problem.classes }, (_, c) => expected[c * COUNT + row]);
        assert.ok(Math.abs(chances.reduce((a, b) => a + b, 0) - 1) < 1e-12);
        assert.ok(chances[predicted[row]] >= Math.max(...chances) - 1e-9, `row ${row}: ${chances}`);
      }
    }
  }
  // One split of two values into pure leaves: scores of +-.2 beside the prior ln(1) = 0.
  const pure = {
    columns: 1,
    train: Float64Array.of(0, 0, 1, 1),
    trainRows: 4,
    test: Float64Array.of(0, 1),
    testRows: 2,
  };
  await withCore((core) =>
    fitBoosting(
      core,
      { ...pure, target: [0, 0, 1, 1], classes: 2, stages: 1, learningRate: 0.1, depth: 1, bins: 0 },
      () => {},
      {
        stages: [1],
        see: (_, expected) => {
          const chance = 1 / (1 + Math.exp(-0.2));
          [chance, 1 - chance, 1 - chance, chance].forEach((p, i) => {
            assert.ok(Math.abs(expected[i] - p) < 1e-12, `${expected}`);
          });
        },
      },
    ),
  );
});

test('says how far it is for each column and before each tree, and stops where the caller throws', async () => {
  const seen: number[] = [];
  const stop = withCore((core) =>
    fitBoosting(core, { ...separable(), target: codes(COUNT, 3, 1) }, (tree, trees) => {
      assert.is(trees, 30);
      seen.push(tree);
      if (tree === 4) throw new Error('enough');
    }),
  );
  await stop.then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'enough'),
  );
  assert.equal(seen, [0, 0, 0, 0, 1, 2, 3, 4]);
});

test.run();
