/**
 * Values and gradients of every objective against plain float64 formulas and their central
 * differences.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { objectives } from '../../../src/train/objectives/index.js';
import type { PlainBatch } from '../../decomposition/plain-estimators.js';
import { assertWithin } from './assert-within.js';
import { activate, drawBatch, penalise } from './batches.js';
import { plainCapacity, plainDip, plainKl, plainTcvae, slopesOf } from './plain.js';

/**
 * Of the largest slope or the value: float32 carries 6e-8, and a slope has some tens of roundings.
 */
const RELATIVE = 1e-5;

interface Case {
  readonly objective: string;
  readonly options?: Record<string, unknown>;
  readonly step?: number;
  readonly plain: (batch: PlainBatch) => number;
}

const tcvae = (estimator: 'mws' | 'mss' | 'mss-chen'): Case => ({
  objective: 'beta-tcvae',
  options: { alpha: 2, beta: 6, gamma: 0.5, estimator },
  plain: (batch) => plainTcvae(batch, [2, 6, 0.5], estimator, 5000),
});

const CASES: readonly Case[] = [
  { objective: 'vae', plain: plainKl },
  { objective: 'beta-vae', plain: (batch) => 4 * plainKl(batch) },
  { objective: 'beta-vae', options: { 'beta-norm': 0.01 }, plain: (batch) => ((0.01 * 4096) / 3) * plainKl(batch) },
  { objective: 'beta-vae', options: { 'kl-target': 3, beta: 2 }, plain: (batch) => 2 * (plainKl(batch) - 3) },
  { objective: 'capacity-vae', step: 1000, plain: (batch) => plainCapacity(batch, 1000, 0.25) },
  { objective: 'capacity-vae', step: 200_000, plain: (batch) => plainCapacity(batch, 1000, 25) },
  tcvae('mws'),
  tcvae('mss'),
  tcvae('mss-chen'),
  { objective: 'dip-vae-i', plain: (batch) => plainDip(batch, 10, 100, false) },
  { objective: 'dip-vae-ii', plain: (batch) => plainDip(batch, 10, 10, true) },
  {
    objective: 'dip-vae-ii',
    options: { 'lambda-od': 3, 'lambda-d': 0 },
    plain: (batch) => plainDip(batch, 3, 0, true),
  },
  { objective: 'ae', plain: () => 0 },
  { objective: 'dae', plain: () => 0 },
];

for (const { objective, options = {}, step = 0, plain } of CASES) {
  const settings = Object.entries({ ...options, step }).map(([name, value]) => `${name} ${value}`);
  test(`${objective}, ${settings.join(', ')}: value and gradients are those of the formula`, () => {
    for (const seed of [1, 2, 3]) {
      const batch = drawBatch(seed);
      const { total, terms, gradients } = penalise(activate(objective, options), batch, { step });
      const expected = plain(batch);
      assertWithin([total], [expected], RELATIVE, 'total');
      if (['ae', 'dae'].includes(objective)) assert.equal(terms, {});
      else assertWithin([terms.kl], [plainKl(batch)], RELATIVE, 'kl');
      for (const name of ['mu', 'logvar', 'z'] as const) {
        assertWithin(gradients[name], slopesOf(plain, batch, name), RELATIVE, name);
      }
    }
  });
}

test('every objective is tried, here or in factor-vae.test.ts', () => {
  const tried = new Set(['factor-vae', ...CASES.map(({ objective }) => objective)]);
  assert.equal(
    objectives.map(({ name }) => name).filter((name) => !tried.has(name)),
    [],
  );
});

test.run();
