/**
 * Metrics on continuous factors, against a script of numpy and scikit-learn:
 * test/golden/make-continuous.py.
 */
import { readFile, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Matrix, memorySource, openArrays } from '../../src/files.js';
import { dci, type ScoreOptions, score } from '../../src/index.js';

const at = (name: string) => new URL(`../golden/${name}`, import.meta.url);
const expected = JSON.parse(readFileSync(at('continuous.json'), 'utf8'));
const EXACT_ROWS = { trainRows: { from: 0, to: 400 }, testRows: { from: 400, to: 600 } };

async function readInputs(): Promise<[latents: Matrix, factors: Matrix]> {
  const { arrays } = await openArrays(memorySource(await promisify(readFile)(at('continuous.npz')), 'continuous.npz'));
  const read = async (name: string) => {
    const entry = arrays.find((array) => array.name === name);
    assert.ok(entry, name);
    return entry.read();
  };
  return [await read('latents'), await read('factors')];
}

function near(actual: number | null, wanted: number, tolerance: number, what: string): void {
  const isNear = actual !== null && Math.abs(actual - wanted) <= tolerance;
  assert.ok(isNear, `${what}: expected ${wanted} to within ${tolerance}, got ${actual}`);
}

async function scoresOf(names: readonly string[], options: ScoreOptions = {}) {
  const [latents, factors] = await readInputs();
  const report = await score(latents, factors, { metrics: names, ...options });
  assert.equal(report.input.factors.types, ['continuous', 'continuous', 'continuous']);
  return report.metrics;
}

for (const name of ['mig', 'mig-sup', 'jemmig', 'dcimig', 'modularity', 'irs', 'sap']) {
  test(`${name} of continuous factors is that of the formula`, async () => {
    near((await scoresOf([name]))[name].value, expected[name], 1e-9, name);
  });
}

test('mutual information with binned factors is that of scikit-learn', async () => {
  const { mutualInformation } = (await scoresOf(['mig'])).mig.parts;
  mutualInformation.forEach((row, d) => {
    row.forEach((value, k) => {
      near(value, expected.mutualInformation[d][k], 1e-12, `latent ${d}, factor ${k}`);
    });
  });
});

test("explicitness of binned factors is that of scikit-learn's classifier", async () => {
  const { explicitness } = await scoresOf(['explicitness'], EXACT_ROWS);
  explicitness.parts.auc.forEach((area, k) => {
    near(area, expected.explicitnessOfFactor[k], 1e-6, `factor ${k}`);
  });
  near(explicitness.value, expected.explicitness, 1e-6, 'mean');
});

test("DCI of continuous factors is that of scikit-learn's regressor", async () => {
  const [latents, factors] = await readInputs();
  const { value, parts } = await dci(latents, factors, EXACT_ROWS);
  near(value, expected.dci, 0.005, 'disentanglement');
  near(parts.completeness, expected.dciCompleteness, 0.005, 'completeness');
  near(parts.informativeness, expected.dciInformativeness, 0.005, 'informativeness');
  parts.importance.forEach((row, d) => {
    row.forEach((share, k) => {
      near(share, expected.dciImportance[d][k], 0.005, `importance of latent ${d} for factor ${k}`);
    });
  });
});

type Kind = 'dciLasso' | 'dciForest' | 'dciForestOfLevels';

/** Compares DCI with what scikit-learn makes of the same rows. */
async function compareRegressor(kind: Kind, regressor: 'lasso' | 'random-forest', tolerance: number): Promise<void> {
  const [latents, factors] = await readInputs();
  const target =
    kind === 'dciForestOfLevels'
      ? Array.from({ length: factors.rows }, (_, row) => expected.levels.map((column: string) => Number(column[row])))
      : factors;
  const { value, parts } = await dci(latents, target, { ...EXACT_ROWS, regressor });
  const theirs = expected[kind];
  near(value, theirs.disentanglement, tolerance, 'disentanglement');
  near(parts.completeness, theirs.completeness, tolerance, 'completeness');
  near(parts.informativeness, theirs.informativeness, tolerance, 'informativeness');
  parts.importance.forEach((row, d) => {
    row.forEach((share, k) => {
      near(share, theirs.importance[d][k], tolerance, `importance of latent ${d} for factor ${k}`);
    });
  });
}

test("DCI by the lasso is that of scikit-learn's LassoCV on standardised columns", async () => {
  await compareRegressor('dciLasso', 'lasso', 1e-6);
});

// Theirs are means over 20 seeds, ours is one: importances differ by about .005 from seed to seed,
// accuracies by .01.
test("DCI by random forests is that of scikit-learn's, for values and for classes", async () => {
  await compareRegressor('dciForest', 'random-forest', 0.02);
  await compareRegressor('dciForestOfLevels', 'random-forest', 0.03);
});

for (const name of ['factor-vae-score', 'factor-vae-weighted-score', 'beta-vae-score']) {
  test(`${name} of continuous factors is that of their bins as values`, async () => {
    const [latents, factors] = await readInputs();
    const { rows, columns, data } = factors;
    const binned = Int32Array.from(data, (value, i) => {
      const column = factors.column(i % columns);
      const low = column.reduce((x, y) => Math.min(x, y));
      const width = (column.reduce((x, y) => Math.max(x, y)) - low) / 20;
      let bin = 0;
      while (bin < 19 && (bin + 1) * width + low <= value) bin++;
      return bin;
    });
    const ofValues = await score(latents, factors, { metrics: [name] });
    const ofBins = await score(latents, { data: binned, rows, columns }, { metrics: [name] });
    assert.equal(ofBins.metrics[name], ofValues.metrics[name]);
  });
}

test.run();
