import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { balancedWeights } from '../../src/learners/class-weights.js';
import { fitLogistic } from '../../src/learners/logistic.js';
import { assertNear } from '../assembly/samples.js';
import { type Case, readGolden } from '../golden/load-golden.js';

interface Fit {
  readonly coef: number[][];
  readonly intercept: number[];
}

const golden: Record<string, { together: Fit; 'against the rest': Fit[] }> = JSON.parse(
  readFileSync(new URL('../golden/balanced.json', import.meta.url), 'utf8'),
);

/** Latents scaled to 0 .. 1 and the places of a factor's values in increasing order. */
async function readPoints(name: Case, factor: number) {
  const { latents, factors } = await readGolden(name);
  const { rows, columns } = latents;
  const x = Float64Array.from(latents.data);
  for (let j = 0; j < columns; j++) {
    const column = x.filter((_, i) => i % columns === j);
    const [low, high] = [Math.min(...column), Math.max(...column)];
    for (let row = 0; row < rows; row++) {
      const at = row * columns + j;
      x[at] = (x[at] - low) / (high > low ? high - low : 1);
    }
  }
  const codes = Array.from({ length: rows }, (_, row) => factors.data[row * factors.columns + factor]);
  const values = [...new Set(codes)].sort((a, b) => a - b);
  return { x, rows, columns, labels: Int32Array.from(codes, (code) => values.indexOf(code)), classes: values.length };
}

for (const [name, expected] of Object.entries(golden)) {
  const [file, factor] = name.split(' ');
  test(`balanced fits of ${name}, of all classes and of each against the rest, are those of scikit-learn`, async () => {
    const points = await readPoints(file as Case, Number(factor));
    const problems = [
      { ...points, fit: expected.together },
      ...expected['against the rest'].map((fit, value) => {
        return { ...points, labels: points.labels.map((label) => (label === value ? 1 : 0)), classes: 2, fit };
      }),
    ];
    assert.is(problems.length, points.classes + 1);
    for (const { x, rows, columns, labels, classes, fit } of problems) {
      const model = await withCore((core) => {
        const features = core.arena.upload('f64', x);
        const coded = core.arena.upload('i32', labels);
        const classWeights = balancedWeights(labels, classes);
        return fitLogistic(core, { features, labels: coded, rows, columns, classes, c: 1, classWeights }, () => {});
      });
      assert.is(model.converged, true);
      // Their solver says that it stops before the optimum, by up to 2e-8 or so, in weights of up
      // to 21.
      model.coefficients.forEach((weights, f) => {
        assertNear(weights, fit.coef[f], 1e-7, `weights ${f} of ${classes}`);
      });
      assertNear(model.intercepts, fit.intercept, 1e-7, `intercepts of ${classes}`);
    }
  });
}

test.run();
