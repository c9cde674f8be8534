import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { explicitness, type Matrix } from '../../src/index.js';
import { fitLogistic } from '../../src/learners/logistic.js';
import { factorAuc } from '../../src/metrics/explicitness.js';
import { fitClassifier } from '../../src/metrics/factor-classifier.js';
import { areasUnderCurves } from '../../src/stats/auc.js';
import { encodeFactor } from '../../src/stats/binning.js';
import { loadTable } from '../../src/stats/load-table.js';
import { codes, normals } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { CASES, expectedOf, readGolden, splitOf } from '../golden/load-golden.js';

function near(actual: number | null, expected: number, what: string, tolerance = 1e-9): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${what}: expected ${expected} to within ${tolerance}, got ${actual}`,
  );
}

for (const name of CASES) {
  // Theirs turns a constant latent into NaN, and refuses it.
  if (name === 'e_degenerate' || name === 'e2_degenerate_latents') continue;
  test(`agrees with disentanglement_lib at the optimum of its classifier on ${name}`, async () => {
    const { latents, factors } = await readGolden(name);
    const split = await splitOf(name, 'dlib_explicitness_converged');
    const theirs = expectedOf(name, 'dlib_explicitness_converged')['per_factor[train_auc,test_auc]'];
    await withCore(async (core) => {
      const table = loadTable(core, latents, factors, undefined);
      for (const k of table.varyingFactors) {
        // Of t one factor's test rows lack a value, which theirs cannot do with.
        if (typeof theirs[k] === 'string') continue;
        const classifier = await fitClassifier(
          table,
          await encodeFactor(table, k, 20),
          split,
          { c: 1, scaling: 'standard' },
          (problem) => fitLogistic(core, problem, () => {}),
        );
        const { auc } = factorAuc(table, classifier, split);
        near(auc, theirs[k][1], `factor ${k}`, 1e-6);
        assert.is(classifier?.model.converged, true);
      }
    });
  });
}

test('the area under the curve is the share of pairs in the right order, ties counting half', () =>
  withWatchedCore((core) => {
    for (let trial = 0; trial < 50; trial++) {
      const [rows, classes] = [1 + ((7 * trial) % 60), 1 + (trial % 4)];
      const scores = Float64Array.from(codes(rows * classes, 2 + trial, trial), (code) => code - trial / 2);
      // Rows of no class, as those whose value no training row has.
      const truth = codes(rows, classes + (trial % 2), trial + 100).map((code) => (code < classes ? code : -1));
      const mark = core.arena.mark();
      const areas = areasUnderCurves(core, core.arena.upload('f64', scores), truth, classes);
      core.arena.release(mark);
      areas.forEach((area, a) => {
        let wins = 0;
        let pairs = 0;
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < rows; j++) {
            if (truth[i] !== a || truth[j] === a) continue;
            pairs++;
            const [own, other] = [scores[i * classes + a], scores[j * classes + a]];
            wins += own > other ? 1 : own === other ? 0.5 : 0;
          }
        }
        if (pairs === 0) assert.is(area, null, `trial ${trial}, class ${a}`);
        else near(area, wins / pairs, `trial ${trial}, class ${a}`, 1e-15);
      });
    }
    assert.equal(areasUnderCurves(core, core.arena.alloc('f64', 0), new Int32Array(0), 2), [null, null]);
  }));

const grid = Array.from({ length: 600 }, (_, i) => [i % 2, Math.floor(i / 2) % 3, Math.floor(i / 6) % 2]);

test('is 1 for latents that are the factors, also rotated or doubled', async () => {
  near((await explicitness(grid, grid)).value, 1, 'the factors');
  const mixed = grid.map(([a, b, c]) => [a + b, a - b + c, b - c]);
  near((await explicitness(mixed, grid)).value, 1, 'rotated');
  near(
    (
      await explicitness(
        grid.map((row) => [...row, ...row]),
        grid,
      )
    ).value,
    1,
    'doubled',
  );
});

test('is near 0.5 for latents that know nothing, and near 0 when scaled', async () => {
  const noise = { data: normals(12_000, 1), rows: 4000, columns: 3 };
  const factors = Array.from({ length: 4000 }, (_, i) => [i % 4, Math.floor(i / 4) % 5]);
  const plain = await explicitness(noise, factors);
  near(plain.value, 0.5, 'plain', 0.03);
  const scaled = await explicitness(noise, factors, { scaled: true });
  near(scaled.value, Math.max(0, 2 * ((plain.value as number) - 0.5)), 'scaled', 1e-15);
  assert.equal(scaled.parts, plain.parts);
});

test('does not depend on the order of columns, sign, offset or scale', async () => {
  const { latents, factors } = await readGolden('f_digits_pca');
  const turn = ({ data, rows, columns }: Matrix, scale: number, offset: number) => ({
    data: Float64Array.from(data, (_, i) => offset + scale * data[i - (i % columns) + (columns - 1 - (i % columns))]),
    rows,
    columns,
  });
  const { value, parts } = await explicitness(latents, factors);
  const turned = await explicitness(turn(latents, -4096, 128), turn(factors, 1, 0));
  near(turned.value, value as number, 'value', 1e-6);
  near(turned.parts.auc[0], parts.auc[3] as number, 'last factor', 1e-6);
});

test('bins a continuous factor', async () => {
  const rows = Array.from(normals(1000, 3), (x) => [x]);
  const { value, parts } = await explicitness(rows, rows, { bins: 2 });
  near(value, 1, 'two bins', 1e-3);
  assert.equal(parts.values, [2]);
  assert.ok((await explicitness(rows, rows)).parts.values[0] > 10);
});

test('constant latents and factors are left out and named', async () => {
  const latents = grid.map(([a, b, c]) => [a, 0.1, b, c]);
  const factors = grid.map(([a, b]) => [a, 3, b]);
  const { value, parts, notes } = await explicitness(latents, factors);
  near(value, 1, 'value');
  assert.is(parts.auc[1], null);
  assert.equal(parts.values, [2, 0, 3]);
  assert.equal(notes, ['latent 1 is constant: not used', 'factor 1 is constant: left out']);
  const none = await explicitness(
    grid,
    grid.map(() => [1]),
  );
  assert.is(none.value, null);
  assert.is(none.notes[0], 'undefined: every factor is constant');
  const dead = await explicitness(
    grid.map(() => [1]),
    grid,
  );
  near(dead.value, 0.5, 'no latent that varies');
});

test('one latent has a score', async () => {
  const one = grid.map(([a]) => [a]);
  near((await explicitness(one, one)).value, 1, 'one latent');
});

test('a value of a single row is learnt from, not judged on, and named', async () => {
  const factors = grid.map(([a], i) => [i === 17 ? 9 : a]);
  const { value, parts, notes } = await explicitness(grid, factors);
  near(value, 1, 'value', 1e-3);
  assert.equal(parts.values, [2]);
  assert.equal(notes, ['factor 0: 1 value is not among the test rows: learnt from, not judged on']);
});

test('a factor whose values cannot be judged is left out with a reason', async () => {
  const rows = [[0.5], [1.5], [2.5], [9.5]];
  const { value, parts, notes } = await explicitness(rows, rows, { bins: 100 });
  assert.is(value, null);
  assert.equal(parts.auc, [null]);
  assert.equal(notes, [
    'undefined: no factor can be judged',
    'factor 0: 4 values are not among the test rows: learnt from, not judged on',
    'factor 0: no value has rows in both parts, left out',
  ]);
});

test('extreme magnitudes have a defined score', async () => {
  for (const scale of [1e-300, 1e-160, 1e149]) {
    const latents = grid.map((row) => row.map((x) => x * scale));
    assert.ok(Number.isFinite((await explicitness(latents, grid)).value));
  }
});

test('follows from the seed', async () => {
  const { latents, factors } = await readGolden('f_digits_pca');
  const [a, b] = [await explicitness(latents, factors), await explicitness(latents, factors)];
  assert.equal(a, b);
  const c = await explicitness(latents, factors, { seed: 1 });
  assert.not.equal(a.parts.auc, c.parts.auc);
  near(c.value, a.value as number, 'another split', 0.03);
});

test.run();
