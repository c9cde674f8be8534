import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALL_ROWS, drawFrom, KINDS, makePosterior, type PosteriorKind } from '../../bench/posterior.js';
import { decompose } from '../../src/facade/decompose.js';

const kinds = Object.keys(KINDS) as PosteriorKind[];

test('makes the same posterior of the same seed, and another of another', () => {
  const [a, b, c] = [3, 3, 4].map((seed) => makePosterior(500, 'vae', seed));
  assert.equal([a.mu.data, a.logvar.data, a.factors.data], [b.mu.data, b.logvar.data, b.factors.data]);
  assert.not.equal(a.mu.data, c.mu.data);
  assert.not.equal(a.factors.data, c.factors.data);
});

test('takes rows of dSprites without repeating one, in their order, with every value of every factor', () => {
  const { factors } = makePosterior(3000);
  const sizes = [3, 6, 40, 32, 32];
  const places = Array.from({ length: factors.rows }, (_, row) =>
    sizes.reduce((place, size, k) => place * size + factors.get(row, k), 0),
  );
  assert.ok(places.every((place, row) => row === 0 || place > places[row - 1]));
  assert.ok(places[0] < ALL_ROWS / 100 && places[2999] > 0.99 * ALL_ROWS && places[2999] < ALL_ROWS);
  sizes.forEach((size, k) => {
    assert.is(new Set(factors.column(k)).size, size);
  });
  assert.throws(() => makePosterior(ALL_ROWS + 1), /^rows: expected at most 737280, got 737281$/);
});

test('knows factors as a trained model does: five latents and a sixth are active, four have collapsed', async () => {
  const { mu, logvar } = makePosterior(2000, 'vae');
  const { activeUnits, klPerDimension, meanVariances } = await decompose({ mu, logvar });
  assert.equal(activeUnits, [0, 1, 2, 3, 4, 5]);
  assert.ok(klPerDimension.slice(0, 6).every((kl, d, all) => kl > 0.5 && (d === 0 || kl < all[d - 1])));
  assert.ok(klPerDimension.slice(6).every((kl) => kl < 0.01));
  assert.ok(meanVariances.slice(0, 5).every((variance) => variance > 0.8 && variance < 1.5));
});

for (const kind of kinds) {
  test(`can be decomposed: ${kind}`, async () => {
    const posterior = makePosterior(200, kind);
    const z = await drawFrom(posterior, kind);
    const { kl, mutualInformation, totalCorrelation } = await decompose({ ...posterior, z });
    assert.ok([kl, mutualInformation, totalCorrelation].every(Number.isFinite));
  });
}

test('repeats posteriors where they are to be duplicated', () => {
  const { mu } = makePosterior(64, 'duplicated');
  assert.is(new Set(mu.column(9)).size, 4);
});

test.run();
