import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { closedForms } from '../../src/decomposition/closed-forms.js';
import { loadPosterior, loadSamples } from '../../src/decomposition/posterior.js';
import { chooseRows, drawSamples, sampleTerms, takeSamples } from '../../src/decomposition/samples.js';
import { type MatrixLike, toMatrix } from '../../src/matrix.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';

const load = (mu: MatrixLike, logvar: MatrixLike) =>
  withCore((core) => loadPosterior(core, toMatrix(mu, 'mu'), toMatrix(logvar, 'logvar')));

async function assertRefuses(work: () => unknown, message: RegExp): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable(`expected ${message}`);
}

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
    const all = await drawSamples(core, posterior, chooseRows(core, rows, rows, 3), 3, () => {});
    const some = await drawSamples(core, posterior, chooseRows(core, rows, 12, 3), 3, () => {});
    const owners = [...some.owners.array];
    assert.is(new Set(owners).size, 12);
    assert.equal(
      owners,
      [...owners].sort((a, b) => a - b),
    );
    owners.forEach((row, i) => {
      for (let d = 0; d < 3; d++) assert.is(some.z.array[d * 12 + i], all.z.array[d * rows + row]);
    });
    const other = await drawSamples(core, posterior, chooseRows(core, rows, 12, 4), 4, () => {});
    assert.not.equal([...other.owners.array], owners);
    assert.not.equal(other.z.array.slice(), some.z.array.slice());
  }));

test('takes the samples that were given, by row', () =>
  withCore((core) => {
    const mu = toMatrix([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    const posterior = loadPosterior(core, mu, mu);
    const given = loadSamples(
      core,
      toMatrix([
        [10, 20],
        [11, 21],
        [12, 22],
      ]),
    );
    const { z } = takeSamples(core, posterior, given, core.arena.upload('i32', [0, 2]));
    assert.equal([...z.array], [10, 12, 20, 22]);
    const samples = takeSamples(core, posterior, given, chooseRows(core, 3, 3, 0));
    assert.equal([...samples.z.array], [10, 11, 12, 20, 21, 22]);
    const expected = -Math.log(2 * Math.PI) - (100 + 400) / 2;
    assert.ok(Math.abs(sampleTerms(core, posterior, samples).logPrior[0] - expected) < 1e-12);
  }));

test('refuses shapes that differ, and numbers without a density, saying where', async () => {
  await assertRefuses(() => load([[1, 2]], [[1, 2]]), /mu: expected at least 2 rows, got 1/);
  await assertRefuses(
    () =>
      load(
        [
          [1, 2],
          [1, 2],
        ],
        [[1], [2]],
      ),
    /logvar: expected 2 x 2 to match mu, got 2 x 1/,
  );
  await assertRefuses(() => load([[1], [Number.NaN]], [[1], [2]]), /mu.*row 1.*expected a finite number, got NaN/);
  await assertRefuses(() => load([[1], [2]], [[-400], [2]]), /logarithms of variances from -200 to 200, got -400/);
  await assertRefuses(() => load([[1], [1e70]], [[0], [2]]), /magnitudes up to 1e\+60, got 1e\+70/);
});

test.run();
