import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { fitLasso } from '../../src/learners/lasso.js';
import type { Matrix } from '../../src/matrix.js';
import { assertNear } from '../assembly/samples.js';
import { CASES, type Case, expectedOf, readGolden } from '../golden/load-golden.js';

/** Made by test/golden/make-lasso.py. */
const { importance } = JSON.parse(readFileSync(new URL('../golden/lasso.json', import.meta.url), 'utf8'));
/** What ubisoft's DCI tries. */
const ALPHAS = [1e-4, 1e-3, 1e-2, 0.1, 0.2, 0.4, 0.8, 1];
/**
 * Columns that say nearly the same: the authors' run stopped where its duality gap was 1e-4, away
 * from the optimum.
 */
const STOPPED_EARLY = ['d_partial', 'e2_degenerate_latents', 'e_degenerate', 'g_posterior'];

/** Columns from 0 to 1; constant ones are 0. */
function scale({ data, rows, columns }: Matrix): Float64Array {
  const out = Float64Array.from(data);
  for (let j = 0; j < columns; j++) {
    const column = Array.from({ length: rows }, (_, row) => out[row * columns + j]);
    const least = column.reduce((a, b) => Math.min(a, b));
    const range = column.reduce((a, b) => Math.max(a, b)) - least;
    for (let row = 0; row < rows; row++) out[row * columns + j] = (column[row] - least) / (range || 1);
  }
  return out;
}

/** 1 less the entropy of shares in base of their number; 0 where there are none. */
function concentration(shares: readonly number[]): number {
  const total = shares.reduce((a, b) => a + b, 0);
  if (total === 0) return 0;
  return (
    1 + shares.reduce((sum, s) => sum + (s > 0 ? ((s / total) * Math.log(s / total)) / Math.log(shares.length) : 0), 0)
  );
}

/** |w|, [factor][latent], and 1 - 12 mean squared error of each factor. */
async function fitFactors(name: Case) {
  const { latents, factors } = await readGolden(name);
  const [x, v] = [scale(latents), scale(factors)];
  const { rows, columns } = latents;
  return withCore(async (core) => {
    const features = core.arena.upload('f64', x);
    const weights: number[][] = [];
    const fitted: number[] = [];
    for (let k = 0; k < factors.columns; k++) {
      const y = Float64Array.from({ length: rows }, (_, row) => v[row * factors.columns + k]);
      const fit = await fitLasso(core, { features, rows, columns, target: y }, { alphas: ALPHAS }, () => {});
      assert.ok(fit.converged);
      weights.push(Array.from(fit.weights, Math.abs));
      const squares = y.reduce((sum, truth, row) => {
        const told = fit.weights.reduce((part, w, j) => part + w * x[row * columns + j], fit.intercept);
        return sum + (truth - told) ** 2;
      }, 0);
      fitted.push(Math.max(0, 1 - (12 * squares) / rows));
    }
    return { weights, fitted };
  });
}

for (const name of CASES) {
  test(`finds in ${name} the weights of scikit-learn, run to the optimum`, async () => {
    const { weights, fitted } = await fitFactors(name);
    weights.forEach((row, k) => {
      assertNear(row, importance[name][k], 1e-6, `factor ${k}`);
    });
    if (STOPPED_EARLY.includes(name)) return;
    // Their scores leave out what comes after the first latent of no importance, and weigh all
    // factors alike.
    const sums = weights[0].map((_, d) => weights.reduce((sum, row) => sum + row[d], 0));
    const count = sums.includes(0) ? sums.indexOf(0) : sums.length;
    const total = sums.slice(0, count).reduce((a, b) => a + b, 0);
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const disentanglement = sums
      .slice(0, count)
      .reduce((sum, own, d) => sum + (own / total) * concentration(weights.map((row) => row[d])), 0);
    const expected = expectedOf(name, 'ubi_dci_lasso');
    assertNear([disentanglement], [expected.disentanglement], 1e-5, 'disentanglement');
    assertNear([mean(weights.map(concentration))], [expected.completeness], 1e-5, 'completeness');
    assertNear([mean(fitted)], [expected.informativeness], 1e-5, 'informativeness');
  });
}

test.run();
