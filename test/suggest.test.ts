import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, findNearest, isSameName } from '../src/suggest.js';

test('suggests only what is near', () => {
  assert.equal(findNearest('mig', ['mig', 'irs']), ['mig']);
  assert.equal(findNearest('gim', ['mig']), []);
  assert.equal(findNearest('insepct', ['inspect', 'score']), ['inspect']);
  assert.equal(findNearest('factor', ['mig', 'factor-vae-score']), ['factor-vae-score']);
  assert.equal(findNearest('x', ['mig']), []);
});

test('suggests all that are equally near, three at most', () => {
  assert.equal(findNearest('dci-', ['dci', 'dci-es', 'dcimig']), ['dci', 'dci-es']);
  assert.equal(findNearest('score', ['score-a', 'score-b', 'score-c', 'score-d']).length, 3);
  assert.is(didYouMean('dci-', ['dci', 'dci-es']), "; did you mean 'dci' or 'dci-es'?");
  assert.is(didYouMean('x', ['mig']), '');
});

test('names are the same whatever their case, hyphens, underscores and spaces', () => {
  for (const name of ['factor-vae', 'FactorVAE', 'factor_vae', 'Factor VAE']) assert.ok(isSameName(name, 'factor-vae'));
  assert.not(isSameName('factor-vae', 'factor-vaes'));
});

test.run();
