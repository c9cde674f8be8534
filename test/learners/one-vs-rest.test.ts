import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitOneVsRest, oneVsRestProbabilities } from '../../src/learners/one-vs-rest.js';
import { codes, normals } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';

interface Sample {
  readonly x: Float64Array;
  readonly y: Int32Array;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
}

/** Latents that tell the class somewhat, each of its own scale and offset. */
function sampleOf(rows: number, columns: number, classes: number): Sample {
  const y = Int32Array.from(codes(rows, classes, rows + columns));
  // Every class occurs.
  for (let own = 0; own < classes; own++) y[own] = own;
  const noise = normals(rows * columns, 7 * rows + columns);
  const x = Float64Array.from(noise, (z, at) => {
    const [row, j] = [Math.floor(at / columns), at % columns];
    return 10 ** ((j % 5) - 2) * (z + (y[row] % (j + 2)) + 3 * j);
  });
  return { x, y, rows, columns, classes };
}

/**
 * Largest element of the gradient of the objective of one machine, each in the unit of its column.
 */
function slopeOf(
  { x, y, rows, columns }: Sample,
  own: number,
  c: number,
  balanced: boolean,
  w: Float64Array,
  b: number,
): number {
  const count = y.reduce((sum, label) => sum + (label === own ? 1 : 0), 0);
  const gradient = Float64Array.from(w, (weight) => weight / c);
  const scales = new Float64Array(columns);
  let free = 0;
  for (let row = 0; row < rows; row++) {
    let f = b;
    for (let j = 0; j < columns; j++) f += w[j] * x[row * columns + j];
    const isOwn = y[row] === own;
    const weight = balanced ? rows / (2 * (isOwn ? count : rows - count)) : 1;
    const residual = weight * (1 / (1 + Math.exp(-f)) - (isOwn ? 1 : 0));
    free += residual;
    for (let j = 0; j < columns; j++) {
      gradient[j] += residual * x[row * columns + j];
      scales[j] += x[row * columns + j] ** 2;
    }
  }
  return gradient.reduce((most, g, j) => Math.max(most, Math.abs(g) / Math.sqrt(scales[j])), Math.abs(free));
}

for (const [rows, columns, classes, c, balanced] of [
  [40, 1, 2, 1, true],
  [61, 3, 2, 0.1, true],
  [200, 3, 3, 1, true],
  [1500, 7, 5, 1, true],
  [2500, 4, 12, 100, true],
  [9, 2, 8, 1, true],
  [61, 3, 2, 0.1, false],
  [1500, 7, 5, 1, false],
  [1500, 7, 5, 1e10, false],
] as const) {
  const how = balanced ? 'balanced' : 'as they are';
  test(`finds the optimum of ${classes} classes, ${how}, in ${rows} rows of ${columns} with C = ${c}`, () =>
    withWatchedCore(async (core) => {
      const sample = sampleOf(rows, columns, classes);
      const features = core.arena.upload('f64', sample.x);
      const labels = core.arena.upload('i32', sample.y);
      const found = await fitOneVsRest(core, { features, labels, rows, columns, classes, c, balanced }, () => {});
      assert.is(found.converged, true);
      assert.is(found.machines.length, classes === 2 ? 1 : classes);
      found.machines.forEach(({ coefficients: [w], intercepts: [b] }, i) => {
        const slope = slopeOf(sample, classes === 2 ? 1 : i, c, balanced, w, b);
        assert.ok(slope < 1e-6, `machine ${i}: slope ${slope}`);
      });

      const alone = oneVsRestProbabilities(core, found, features, rows, false).array.slice();
      const shares = oneVsRestProbabilities(core, found, features, rows, true).array;
      for (let row = 0; row < rows; row++) {
        const own = alone.subarray(row * classes, (row + 1) * classes);
        const sum = own.reduce((a, p) => a + p, 0);
        if (classes === 2) assert.ok(Math.abs(sum - 1) < 1e-12);
        own.forEach((p, k) => {
          assert.ok(Math.abs(shares[row * classes + k] - p / sum) < 1e-12);
          if (classes === 2) return;
          const { coefficients, intercepts } = found.machines[k];
          const f = coefficients[0].reduce((a, w, j) => a + w * sample.x[row * columns + j], intercepts[0]);
          assert.ok(Math.abs(p - 1 / (1 + Math.exp(-f))) < 1e-9);
        });
      }
    }));
}

test('weights both sides alike if balanced: rows of a class that stand twice as often change nothing for its own machine', () =>
  withWatchedCore(async (core) => {
    const { x, y, rows, columns, classes } = sampleOf(300, 3, 3);
    const again = Array.from(y.keys()).filter((row) => y[row] === 0);
    const order = [...y.keys(), ...again];
    const fit = (chosen: readonly number[]) =>
      fitOneVsRest(
        core,
        {
          features: core.arena.upload(
            'f64',
            chosen.flatMap((row) => [...x.subarray(row * columns, (row + 1) * columns)]),
          ),
          labels: core.arena.upload(
            'i32',
            chosen.map((row) => y[row]),
          ),
          rows: chosen.length,
          columns,
          classes,
          // The loss is a sum: as rows are added, so is the weight of the penalty.
          c: rows / chosen.length,
          balanced: true,
        },
        () => {},
      );
    const [once, twice] = [await fit([...y.keys()]), await fit(order)];
    once.machines[0].coefficients[0].forEach((w, j) => {
      const other = twice.machines[0].coefficients[0][j];
      assert.ok(Math.abs(w - other) < 1e-7 * Math.max(1, Math.abs(w)), `${w}, ${other}`);
    });
    assert.ok(Math.abs(once.machines[1].intercepts[0] - twice.machines[1].intercepts[0]) > 1e-3);
  }));

test('ends, with probabilities of 0 and 1, where nothing but a faint penalty bounds the weights', () =>
  withWatchedCore(async (core) => {
    const y = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    // The middle class cannot be told from the others by a line of one column, the outer ones can.
    const features = core.arena.upload(
      'f64',
      Float64Array.from(y, (label, i) => label + 0.01 * (i % 7)),
    );
    const problem = { features, labels: core.arena.upload('i32', y), rows: 60, columns: 1, classes: 3 };
    const found = await fitOneVsRest(core, { ...problem, c: 1e10, balanced: false }, () => {});
    assert.is(found.converged, true);
    const alone = oneVsRestProbabilities(core, found, features, 60, false).array;
    y.forEach((label, row) => {
      for (const own of [0, 2]) {
        assert.ok(Math.abs(alone[3 * row + own] - (label === own ? 1 : 0)) < 1e-6, `row ${row}, class ${own}`);
      }
      assert.ok(alone[3 * row + 1] > 0.2 && alone[3 * row + 1] < 0.5);
    });
  }));

test('gives a column that does not vary no weight, and stops where it is told to', () =>
  withWatchedCore(async (core) => {
    const sample = sampleOf(120, 2, 3);
    for (let row = 0; row < 120; row++) sample.x[2 * row + 1] = 5;
    const problem = {
      features: core.arena.upload('f64', sample.x),
      labels: core.arena.upload('i32', sample.y),
      rows: 120,
      columns: 2,
      classes: 3,
      c: 1,
      balanced: true,
    };
    const { machines } = await fitOneVsRest(core, problem, () => {});
    for (const { coefficients } of machines) assert.is(Math.abs(coefficients[0][1]), 0);
    const stop = () => {
      throw new Error('stopped');
    };
    const why = await fitOneVsRest(core, problem, stop).catch((error: Error) => error.message);
    assert.is(why, 'stopped');
  }));

test.run();
