import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { thresholdAccuracy } from '../../src/learners/thresholds.js';
import { codes, normals } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { bestByIntervals } from './plain-thresholds.js';

/** The accuracy of thresholds on unsorted x; labels below 0 are of rows to leave out. */
function accuracyOf(x: readonly number[], labels: readonly number[], pause = () => {}): Promise<number> {
  const classes = Math.max(...labels) + 1;
  const counts = Int32Array.from({ length: classes }, (_, c) => labels.filter((label) => label === c).length);
  return withWatchedCore(async (core) => {
    const sorted = core.arena.upload('f64', x);
    const order = core.arena.upload('i32', [...x.keys()]);
    core.rows.sortRows(sorted, order);
    const codes = Array.from(order.array, (row) => labels[row]);
    const column = { x: sorted, codes: core.arena.upload('i32', codes) };
    const accuracy = await thresholdAccuracy(core, column, counts, pause);
    assert.is(core.arena.depth, 0, 'scopes left open');
    return accuracy;
  });
}

/** The same by the definition. */
function plainAccuracy(x: readonly number[], labels: readonly number[]): number {
  const order = [...x.keys()].sort((a, b) => x[a] - x[b]);
  const classes = Math.max(...labels) + 1;
  const weights = Array.from({ length: classes }, (_, c) => 1 / classes / labels.filter((one) => one === c).length);
  const best = bestByIntervals(
    order.map((row) => x[row]),
    order.map((row) => labels[row]),
    weights,
    classes,
  );
  return best[x.length][classes - 1];
}

const near = (actual: number, expected: number, what = '') =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${what}: expected ${expected}, got ${actual}`);

for (const [rows, classes, distinct] of [
  [5, 3, 2],
  [60, 2, 1000],
  [200, 3, 5],
  [300, 7, 1000],
  [300, 40, 20],
  [420, 130, 1000],
] as const) {
  test(`is that of the definition for ${classes} classes in ${rows} rows`, async () => {
    const labels = [...codes(rows, classes, rows)];
    // Every class occurs, and twice if it may.
    for (let i = 0; i < Math.min(2 * classes, rows); i++) labels[i] = i % classes;
    const noise = normals(rows, classes);
    for (const share of [0, 1, 5]) {
      const x = labels.map((label, i) => Math.round(distinct * (noise[i] + (share * label) / classes)));
      near(await accuracyOf(x, labels), plainAccuracy(x, labels), `${share}`);
    }
  });
}

test('is 1 where thresholds part the classes, in any order, and what one name gives where only rows are many', async () => {
  near(await accuracyOf([3, 1, 2, 2, 3, 1], [0, 1, 2, 2, 0, 1]), 1, 'three');
  near(await accuracyOf([2, 1], [0, 1]), 1, 'two rows');
  // Middle values belong to class 0, the ends to class 1: three intervals, and two are allowed.
  near(await accuracyOf([1, 2, 3, 4], [1, 0, 0, 1]), 0.75, 'two classes');
  near(await accuracyOf([0, 0, 0, 0, 1], [0, 0, 0, 1, 1]), 0.75, 'unequal frequencies');
});

test('cuts no rows of one value apart', async () => {
  near(await accuracyOf([0, 0, 0, 0, 1], [0, 1, 0, 1, 0]), 2 / 3, 'ties');
  near(await accuracyOf([-0, 0, 1], [0, 1, 1]), 0.75, 'zeros of both signs');
});

test('is 0 where there is nothing to be told or to tell by', async () => {
  assert.is(await accuracyOf([7, 7, 7], [0, 1, 0]), 0, 'one value');
  assert.is(await accuracyOf([1, 2, 3], [0, 0, 0]), 0, 'one class');
  // Only rows that are left out differ.
  assert.is(await accuracyOf([1, 7, 7, 9], [-1, 0, 1, -1]), 0);
});

test('leaves rows out whose class is below 0', async () => {
  const labels = [...codes(200, 4, 1)].map((code) => code - 1);
  const x = [...normals(200, 2)];
  const kept = [...x.keys()].filter((i) => labels[i] >= 0);
  near(
    await accuracyOf(x, labels),
    plainAccuracy(
      kept.map((i) => x[i]),
      kept.map((i) => labels[i]),
    ),
  );
});

test('stops where it is told to', async () => {
  const stop = () => {
    throw new Error('stopped');
  };
  const why = await accuracyOf([1, 2], [0, 1], stop).catch((error: Error) => error.message);
  assert.is(why, 'stopped');
});

test.run();
