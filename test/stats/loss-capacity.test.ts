import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type LossCurve, type NORMALISERS, scoreCurve } from '../../src/stats/loss-capacity.js';

/** Curves, and what DCI-ES's authors' code makes of them: test/golden/make-loss-curves.py. */
const reference: ReadonlyArray<LossCurve & { readonly explicitness: number }> = JSON.parse(
  readFileSync(new URL('../golden/loss-curves.json', import.meta.url), 'utf8'),
);

const score = (curve: LossCurve, normaliser: (typeof NORMALISERS)[number] = 'reached') =>
  withCore((core) => scoreCurve(core, curve, normaliser));
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, not ${expected}`);

test('is the area of a curve computed by hand', async () => {
  // In units of ln 2: 1 * (.6 + .2) / 2 + 1 * (.2 + 0) / 2 = .5 of the triangle 2 * .8 / 2 = .8;
  // what comes after the least loss is not counted.
  const { explicitness, best } = await score({ capacities: [1, 2, 4, 8], losses: [0.8, 0.4, 0.2, 0.2], baseline: 1 });
  near(explicitness, 1 - 0.5 / 0.8);
  assert.is(best, 0.2);
  // Steps of ln 4 and ln 2: 2 * .75 + 1 * .25 of 3 * 1 / 2.
  near(
    (await score({ capacities: [3, 12, 24], losses: [2, 1, 0], baseline: 2 })).explicitness,
    1 - (2 * 1.5 + 0.5) / 3,
  );
});

test('is 1, 0 and -1 at its landmarks', async () => {
  const at = async (...losses: number[]) =>
    (await score({ capacities: [10, 20, 40], losses, baseline: 1 })).explicitness;
  assert.is(await at(0.1, 0.1, 0.1), 1);
  assert.is(await at(0.1, 0.3, 0.1), 1);
  near(await at(1, 0.5, 0), 0);
  near(await at(1, 1, 0), -0.5);
  const steps = Array.from({ length: 1000 }, (_, i) => (i < 999 ? 1 : 0));
  const late = await score({ capacities: steps.map((_, i) => 2 ** (i / 10)), losses: steps, baseline: 1 });
  assert.ok(late.explicitness >= -1 && late.explicitness < -0.99, `${late.explicitness}`);
});

test('does not fall by what a larger probe forgets, nor below what a constant tells', async () => {
  const smooth = await score({ capacities: [1, 2, 4], losses: [0.8, 0.8, 0.4], baseline: 1 });
  const rough = await score({ capacities: [1, 2, 4], losses: [0.8, 5, 0.4], baseline: 1 });
  assert.equal(rough, smooth);
  const capped = await score({ capacities: [1, 2, 4], losses: [9, 0.8, 0.4], baseline: 1 });
  assert.equal(capped, await score({ capacities: [1, 2, 4], losses: [1, 0.8, 0.4], baseline: 1 }));
});

test('is 0 where no probe is better than a constant, ties among them', async () => {
  for (const losses of [[1], [1, 1.2], [3, 2, 1 - 1e-14]]) {
    assert.equal(await score({ capacities: [1, 2, 3].slice(0, losses.length), losses, baseline: 1 }), {
      explicitness: 0,
      best: 1,
    });
  }
});

test("of the whole range is what the authors' code makes of curves that fall, rise and stay", async () => {
  assert.ok(reference.length > 30);
  for (const curve of reference) near((await score(curve, 'whole')).explicitness, curve.explicitness);
  // And the same area is the share of another triangle.
  for (const curve of reference) {
    const { explicitness, best } = await score(curve);
    const last = curve.losses.findIndex((loss) => loss <= best + 1e-12);
    const [first, end, all] = [0, last, curve.losses.length - 1].map((i) => Math.log(curve.capacities[i]));
    const area = (1 - explicitness) * (end - first) * (curve.baseline - best);
    near(1 - area / ((all - first) * curve.baseline), curve.explicitness);
  }
});

test('of the whole range is 1 where the loss never falls, and no lower where it begins above the constant', async () => {
  const curve = { capacities: [1, 2, 4], baseline: 1 };
  assert.equal(await score({ ...curve, losses: [1, 1, 1] }, 'whole'), { explicitness: 1, best: 1 });
  assert.equal(await score({ ...curve, losses: [5, 3, 2] }, 'whole'), { explicitness: 1, best: 1 });
  assert.equal(await score({ capacities: [3], losses: [0.2], baseline: 1 }, 'whole'), { explicitness: 1, best: 0.2 });
  near((await score({ ...curve, losses: [7, 1, 0] }, 'whole')).explicitness, -0.5);
});

test('does not depend on the unit of the loss or of the capacity', async () => {
  const one = await score({ capacities: [1, 3, 9, 11], losses: [0.9, 0.5, 0.3, 0.1], baseline: 1 });
  const other = await score({ capacities: [7, 21, 63, 77], losses: [9e-9, 5e-9, 3e-9, 1e-9], baseline: 1e-8 });
  near(other.explicitness, one.explicitness);
});

test.run();
