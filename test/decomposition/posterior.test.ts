import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { closedForms } from '../../src/decomposition/closed-forms.js';
import { checkPosterior, loadPosterior } from '../../src/decomposition/posterior.js';
import { chooseRows, drawSamples, sampleTerms } from '../../src/decomposition/samples.js';
import { type MatrixLike, toMatrix } from '../../src/matrix.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';

const check = (mu: MatrixLike, logvar: MatrixLike, z?: MatrixLike) =>
  checkPosterior(toMatrix(mu, 'mu'), toMatrix(logvar, 'logvar'), z === undefined ? null : toMatrix(z, 'z'));

test('closed forms are those of the authors: divergence of each latent on golden g', () =>
  withCore(async (core) => {
    const posterior = loadPosterior(
      core,
      await readGoldenArray('g_posterior', 'latents'),
      await readGoldenArray('g_posterior', 'logvar'),
    );
    const { klPerDimension, logPosterior, logPrior, meanVariances } = closedForms(core, posterior);
    const expected = expectedOf('g_posterior', 'yann_kl_normal_loss_f64');
    klPerDimension.forEach((kl, d) => {
      assert.ok(Math.abs(kl - expected[`kl_loss_${d}`]) < 1e-12, `latent ${d}`);
      assert.ok(Math.abs(logPosterior[d] - logPrior[d] - kl) < 1e-12);
    });
    assert.ok(Math.abs(klPerDimension.reduce((a, b) => a + b) - expected.kl_loss) < 1e-11);
    const first = (await readGoldenArray('g_posterior', 'latents')).column(0);
    const mean = first.reduce((a, b) => a + b) / first.length;
    const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / first.length;
    assert.ok(Math.abs(meanVariances[0] - variance) < 1e-12);
  }));

test('a sample does not depend on which rows are sampled beside', () =>
  withCore(async (core) => {
    const rows = 50;
    const mu = toMatrix(Array.from({ length: rows }, (_, i) => [i, -i, 0.5 * i]));
    const logvar = toMatrix(Array.from({ length: rows }, (_, i) => [0, -1, i / rows]));
    const posterior = loadPosterior(core, mu, logvar);
    const choose = (count: number, seed: number) => core.arena.upload('i32', chooseRows(core, rows, count, seed));
    const all = await drawSamples(core, posterior, choose(rows, 3), 3, () => {});
    const some = await drawSamples(core, posterior, choose(12, 3), 3, () => {});
    const owners = [...some.owners.array];
    assert.is(new Set(owners).size, 12);
    assert.equal(
      owners,
      [...owners].sort((a, b) => a - b),
    );
    owners.forEach((row, i) => {
      for (let d = 0; d < 3; d++) assert.is(some.z.array[d * 12 + i], all.z.array[d * rows + row]);
    });
    const other = await drawSamples(core, posterior, choose(12, 4), 4, () => {});
    assert.not.equal([...other.owners.array], owners);
    assert.not.equal(other.z.array.slice(), some.z.array.slice());
  }));

test('gives log q(z|x) and log p(z) of the samples', () =>
  withCore(async (core) => {
    const mu = toMatrix(Array.from({ length: 3 }, (_, i) => [i, i]));
    const posterior = loadPosterior(
      core,
      mu,
      toMatrix([
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
    );
    const owners = core.arena.upload('i32', [0, 2]);
    const z = core.arena.upload('f64', [10, 12, 20, 22]);
    const { logPosterior, logPrior } = sampleTerms(core, posterior, { count: 2, owners, z });
    assert.ok(Math.abs(logPrior[0] + Math.log(2 * Math.PI) + (100 + 400) / 2) < 1e-12);
    assert.ok(Math.abs(logPosterior[1] + Math.log(2 * Math.PI) + (100 + 400) / 2) < 1e-12);
  }));

test('refuses shapes that differ, and numbers without a density, saying where', () => {
  const refuses = (work: () => unknown, message: RegExp) =>
    assert.throws(work, (error: Error) => message.test(error.message) || assert.match(error.message, message));
  refuses(() => check([[1, 2]], [[1, 2]]), /^mu: expected at least 2 rows, got 1$/);
  refuses(
    () =>
      check(
        [
          [1, 2],
          [1, 2],
        ],
        [[1], [2]],
      ),
    /^logvar: expected 2 x 2 to match mu, got 2 x 1$/,
  );
  refuses(() => check([[1], [2]], [[1], [2]], [[1], [2], [3]]), /^z: expected 2 x 1 to match mu, got 3 x 1$/);
  refuses(() => check([[1], [Number.NaN]], [[1], [2]]), /^mu, row 1, column 0: expected a finite number, got NaN$/);
  refuses(
    () => check([[1], [2]], [[-400], [2]]),
    /^logvar, row 0, column 0: expected logarithms of variances from -200 to 200, got -400$/,
  );
  refuses(() => check([[1], [1e70]], [[0], [2]]), /^mu, row 1, .* magnitudes up to 1e\+60, got 1e\+70$/);
});

test.run();
