import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type MatrixLike, toMatrix } from '../../src/index.js';
import { type BalancedFit, fitBalancedLogistic } from '../../src/learners/balanced-logistic.js';
import { loadTable } from '../../src/stats/load-table.js';
import { standardiseLatents } from '../../src/stats/standardised-latents.js';
import { codes, normals } from '../assembly/samples.js';
import { type Case, readGolden } from '../golden/load-golden.js';

const golden: Record<string, number[]> = JSON.parse(
  readFileSync(new URL('../golden/explicitness.json', import.meta.url), 'utf8'),
);

/** The fits of all factors, and 1 - cross entropy / ln classes of each. */
const fitAll = (
  latents: MatrixLike,
  factors: MatrixLike,
  pause: (done: number, most: number) => void = () => {},
): Promise<Array<BalancedFit & { explained: number }>> =>
  withCore(async (core) => {
    const table = loadTable(core, toMatrix(latents, 'latents'), toMatrix(factors, 'factors'), undefined);
    const { x, stride, columns } = standardiseLatents(table);
    const fits: Array<BalancedFit & { explained: number }> = [];
    for (const { codes: labels, size } of table.factors) {
      if (!labels || !size) throw new Error('expected discrete factors');
      const mark = core.arena.mark();
      core.arena.release(mark);
      const fit = await fitBalancedLogistic(
        core,
        { x, stride, labels, rows: table.rows, columns, classes: size },
        pause,
      );
      assert.is(core.arena.mark(), mark, 'the arena is as it was');
      core.arena.release(mark);
      fits.push({ ...fit, explained: 1 - fit.crossEntropy / Math.log(size) });
    }
    return fits;
  });

const columns = (...lists: ArrayLike<number>[]) => Array.from(lists[0], (_, row) => lists.map((list) => list[row]));

function near(actual: number, expected: number, what: string, tolerance: number): void {
  const isNear = Math.abs(actual - expected) <= tolerance;
  assert.ok(isNear, `${what}: expected ${expected} to within ${tolerance}, got ${actual}`);
}

for (const [name, expected] of Object.entries(golden)) {
  test(`agrees with scikit-learn's converged fits on ${name}`, async () => {
    const { latents, factors } = await readGolden(name as Case);
    const fits = await fitAll(latents, factors);
    fits.forEach(({ explained, outcome }, k) => {
      // What can be separated scikit-learn leaves a little before the end.
      const isSeparable = expected[k] > 1 - 1e-7;
      near(explained, expected[k], `factor ${k}`, isSeparable ? 1e-7 : 1e-9);
      assert.is(outcome, isSeparable ? 'separable' : 'minimum', `factor ${k}`);
    });
  });
}

test('where latents tell groups of rows apart, classes have their weighted shares of each group', async () => {
  // A latent of two values and one class weight each: the fit meets every group's shares, which can
  // be written down.
  for (const classes of [2, 3, 7]) {
    const rows = 900;
    const group = codes(rows, 2, classes);
    const labels = codes(rows, classes * 3, classes + 1).map((code, row) => {
      // Unequal classes, unequally spread over the groups; each in both.
      const code2 = code < classes ? code : Math.min(code % classes, (code + group[row]) % 2);
      return row < 2 * classes ? row % classes : code2;
    });
    for (let row = 0; row < 2 * classes; row++) group[row] = row < classes ? 0 : 1;
    const count = (g: number | null, c: number) =>
      labels.reduce((sum, label, row) => sum + (label === c && (g === null || group[row] === g) ? 1 : 0), 0);
    let expected = 0;
    for (const g of [0, 1]) {
      const shares = Array.from({ length: classes }, (_, c) => count(g, c) / count(null, c));
      const total = shares.reduce((a, b) => a + b, 0);
      for (let c = 0; c < classes; c++) expected -= (count(g, c) * Math.log(shares[c] / total)) / rows;
    }
    const [fit] = await fitAll(columns(group), columns(labels));
    near(fit.crossEntropy, expected, `${classes} classes`, 1e-9);
    assert.is(fit.outcome, 'minimum');
  }
});

test('latents that know nothing leave the whole entropy, or more where rows of classes are unequal', async () => {
  const [even] = await fitAll(columns(normals(20_000, 1)), columns(codes(20_000, 4, 2)));
  near(even.explained, 0, 'equal classes', 1e-3);
  const [uneven] = await fitAll(
    columns(normals(20_000, 3)),
    columns(codes(20_000, 10, 4).map((code) => Math.min(code, 1))),
  );
  near(uneven.explained, 0, 'unequal classes', 1e-2);
});

test('classes that can be separated are, however near they are or many there are', async () => {
  const rows = 600;
  const labels = codes(rows, 12, 5);
  const [apart, close, single] = [
    labels,
    Array.from(labels, (label, row) => label + 0.45 * Math.sin(row)),
    labels.map((label) => (label === 3 ? 1 : 0)),
  ];
  for (const [what, latents, factor] of [
    ['the classes themselves', columns(apart), labels],
    ['gaps of a tenth', columns(close), labels],
    ['one latent for each of two classes', columns(single, normals(rows, 6)), single],
  ] as const) {
    const [fit] = await fitAll(latents, columns(factor));
    assert.is(fit.outcome, 'separable', what);
    assert.is(fit.crossEntropy, 0, what);
  }
});

test('a class that can be separated among others that cannot leaves only theirs', async () => {
  // The last class is far away: its rows cost nothing in the limit, and the others are as without
  // it.
  const rows = 1200;
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 4);
  const noise = normals(2 * rows, 7);
  const latents = Array.from(labels, (label, row) =>
    label === 3 ? [noise[2 * row], 30 + noise[2 * row + 1]] : [label + noise[2 * row], noise[2 * row + 1]],
  );
  const [fit] = await fitAll(latents, columns(labels));
  assert.is(fit.outcome, 'minimum');
  const others = Array.from({ length: rows }, (_, row) => row).filter((row) => labels[row] !== 3);
  const [without] = await fitAll(
    others.map((row) => latents[row]),
    columns(others.map((row) => labels[row])),
  );
  near(fit.crossEntropy, without.crossEntropy * 0.75, 'of three in four rows', 1e-6);
});

test('doubled latents, their order, sign and scale change nothing', async () => {
  const rows = 800;
  const labels = codes(rows, 5, 8);
  const noise = normals(3 * rows, 9);
  const latents = Array.from(labels, (label, row) => [
    label + noise[3 * row],
    label * noise[3 * row + 1],
    noise[3 * row + 2],
  ]);
  const [plain] = await fitAll(latents, columns(labels));
  const turned = latents.map(([a, b, c]) => [-1e3 * c, 7 + b, 1e-3 * a, b]);
  const [other] = await fitAll(turned, columns(labels));
  near(other.crossEntropy, plain.crossEntropy, 'turned', 1e-8);
});

test('says where the search was given up, and can be stopped from outside', async () => {
  const { latents, factors } = await readGolden('g_posterior');
  const calls: number[] = [];
  const fits = await fitAll(latents, factors, (done) => calls.push(done));
  // Fifty classes of twenty rows side by side along one latent: weights of 1e5 that grow on.
  assert.is(fits[2].outcome, 'unfinished');
  assert.ok(fits[2].explained > 0.965 && fits[2].explained < 0.9684, `${fits[2].explained}`);
  assert.ok(calls.length > 20, `${calls.length}`);
  const stop = () => {
    throw new Error('stopped');
  };
  try {
    await fitAll(latents, factors, stop);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'stopped');
  }
});

test.run();
