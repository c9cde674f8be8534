import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { closedForms } from '../../src/decomposition/closed-forms.js';
import { loadPosterior } from '../../src/decomposition/posterior.js';
import { chooseRows, drawSamples, sampleTerms } from '../../src/decomposition/samples.js';
import { toMatrix } from '../../src/matrix.js';
import { expectedOf, readGoldenArray } from '../golden/load-golden.js';

test('closed forms are those of the authors: divergence of each latent on golden g', () =>
  withCore(async (core) => {
    const posterior = loadPosterior(core, {
      mu: await readGoldenArray('g_posterior', 'latents'),
      logvar: await readGoldenArray('g_posterior', 'logvar'),
    });
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
    const posterior = loadPosterior(core, { mu, logvar });
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
    const logvar = toMatrix(Array.from({ length: 3 }, () => [0, 0]));
    const posterior = loadPosterior(core, { mu, logvar });
    const owners = core.arena.upload('i32', [0, 2]);
    const z = core.arena.upload('f64', [10, 12, 20, 22]);
    const { logPosterior, logPrior } = sampleTerms(core, posterior, { count: 2, owners, z });
    assert.ok(Math.abs(logPrior[0] + Math.log(2 * Math.PI) + (100 + 400) / 2) < 1e-12);
    assert.ok(Math.abs(logPosterior[1] + Math.log(2 * Math.PI) + (100 + 400) / 2) < 1e-12);
  }));

test.run();
