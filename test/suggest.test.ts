import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, isSameName, suggest } from '../src/suggest.js';

test('suggests only what is near', () => {
  assert.equal(suggest('mig', ['mig', 'irs']), ['mig']);
  assert.equal(suggest('gim', ['mig']), []);
  assert.equal(suggest('insepct', ['inspect', 'score']), ['inspect']);
  assert.equal(suggest('x', ['mig']), []);
});

test('takes the beginning of a name, or its end, for the name', () => {
  assert.equal(suggest('tcvae', ['vae', 'beta-tcvae', 'beta-vae']), ['beta-tcvae']);
  assert.equal(suggest('vae', ['vae', 'beta-vae']), ['vae']);
  assert.equal(suggest('factor', ['mig', 'factor-vae-score']), ['factor-vae-score']);
});

test('leaves case, hyphens, underscores and blanks out of it', () => {
  assert.equal(suggest('Beta_VAE score', ['beta-vae-score', 'mig']), ['beta-vae-score']);
});

test('gives the nearest first, and three at most', () => {
  assert.equal(suggest('decomose', ['score', 'decompose', 'compare']), ['decompose']);
  assert.equal(suggest('steps', ['stepa', 'stepb', 'stepc', 'stepd']), ['stepa', 'stepb', 'stepc']);
});

test('is a question, or nothing', () => {
  assert.is(didYouMean('stpes', ['steps', 'seed']), "; did you mean 'steps'?");
  assert.is(didYouMean('migg', ['mig', 'miga']), "; did you mean 'mig' or 'miga'?");
  assert.is(didYouMean('nothing', ['steps', 'seed']), '');
});

test('names are the same whatever their case, hyphens, underscores and blanks', () => {
  for (const name of ['factor-vae', 'FactorVAE', 'factor_vae', 'Factor VAE']) assert.ok(isSameName(name, 'factor-vae'));
  assert.not(isSameName('factor-vae', 'factor-vaes'));
});

test.run();
