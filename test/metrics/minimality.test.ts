/** Minimality and sufficiency: the largest shares of latents and of factors. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { minimality, sufficiency } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { dependencyOf } from '../golden/load-dependency.js';
import { readGolden } from '../golden/load-golden.js';

function near(actual: number | null | undefined, expected: number | null, what: string, tolerance = 1e-12): void {
  const isNear = expected === null ? actual === null : Math.abs((actual ?? Number.NaN) - expected) < tolerance;
  assert.ok(isNear, `${what}: expected ${expected}, got ${actual}`);
}

for (const name of ['p_perm', 'p_over'] as const) {
  test(`agrees with an independent implementation and with the authors' code on ${name}`, async () => {
    const { latents, factors } = await readGolden(name);
    const { metrics, peers } = dependencyOf(name);
    const [ofLatents, ofFactors] = [await minimality(latents, factors), await sufficiency(latents, factors)];
    near(ofLatents.value, metrics.shares?.minimality as number, 'minimality', 1e-9);
    near(ofFactors.value, metrics.shares?.sufficiency as number, 'sufficiency', 1e-9);
    metrics.shares?.perLatent.forEach((share, d) => {
      near(ofLatents.parts.minimality[d], share, `latent ${d}`, 1e-9);
    });
    metrics.shares?.perFactor.forEach((share, k) => {
      near(ofFactors.parts.sufficiency[k], share, `factor ${k}`, 1e-9);
    });
    const [theirMinimality, theirSufficiency] = peers?.minsuf ?? [];
    // A constant latent is NaN there.
    if (name === 'p_over') assert.is(theirMinimality, 'NaN');
    else near(ofLatents.value, theirMinimality as number, 'theirs: minimality', 1e-9);
    near(ofFactors.value, theirSufficiency as number, 'theirs: sufficiency', 1e-9);
  });
}

/** -sum p ln p over the different entries. */
function entropyOf(column: ReadonlyArray<number | string>): number {
  const counts = new Map<number | string, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / column.length) * Math.log(n / column.length), 0);
}

function binned(column: readonly number[], bins: number): number[] {
  const [low, high] = [Math.min(...column), Math.max(...column)];
  return column.map(
    (x) => Array.from({ length: bins }, (_, i) => i).filter((i) => i * ((high - low) / bins) + low <= x).length,
  );
}

const columnsOf = (rows: readonly number[][]) => rows[0].map((_, k) => rows.map((row) => row[k]));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

for (const bins of [undefined, 4, 31]) {
  test(`are the largest shares by their definition, ${bins ?? '15, the default,'} bins`, async () => {
    const words = new RandomStream(5, 100, 0);
    const uniform = () => words.word() / 2 ** 32;
    const factors = Array.from({ length: 250 }, () => [words.below(3), words.below(7), uniform()]);
    const latents = factors.map(([a, b, c]) => [a + uniform(), b - a, c + 0.1 * b, uniform() ** 3]);
    const z = columnsOf(latents).map((column) => binned(column, bins ?? 15));
    const v = columnsOf(factors).map((column, k) => (k === 2 ? binned(column, bins ?? 15) : column));
    const matrix = z.map((a) => v.map((b) => entropyOf(a) + entropyOf(b) - entropyOf(a.map((x, i) => `${x} ${b[i]}`))));
    const ofLatents = z.map((a, d) => Math.max(...matrix[d]) / entropyOf(a));
    const ofFactors = v.map((b, k) => Math.max(...matrix.map((row) => row[k])) / entropyOf(b));
    const options = bins === undefined ? {} : { bins };
    const { value, parts } = await minimality(latents, factors, options);
    near(value, mean(ofLatents), 'minimality');
    ofLatents.forEach((share, d) => {
      near(parts.minimality[d], share, `latent ${d}`);
      assert.is(parts.bestFactor[d], matrix[d].indexOf(Math.max(...matrix[d])));
    });
    const sufficient = await sufficiency(latents, factors, options);
    near(sufficient.value, mean(ofFactors), 'sufficiency');
    ofFactors.forEach((share, k) => {
      near(sufficient.parts.sufficiency[k], share, `factor ${k}`);
    });
  });
}

const grid = Array.from({ length: 120 }, (_, i) => [i % 3, Math.floor(i / 3) % 4, Math.floor(i / 12) % 5]);

test('are 1 for a perfect code, whatever its order, sign and scale', async () => {
  const codes = grid.map(([a, b, c]) => [-1e30 * c, 1e-30 * a, b + 7]);
  for (const [metric, best] of [
    [minimality, [2, 0, 1]],
    [sufficiency, [1, 2, 0]],
  ] as const) {
    const { value, parts, notes } = await metric(codes, grid);
    near(value, 1, 'value');
    assert.ok((value as number) <= 1);
    assert.equal('bestFactor' in parts ? parts.bestFactor : parts.bestLatent, best);
    assert.equal(notes, []);
  }
});

test('an idle latent lowers minimality and not sufficiency, a mixed code the other way round', async () => {
  const words = new RandomStream(6, 100, 0);
  const idle = grid.map((row) => [...row, words.below(15)]);
  assert.ok(((await minimality(idle, grid)).value as number) < 0.8);
  near((await sufficiency(idle, grid)).value, 1, 'sufficiency');
  // Half of a factor in each of two latents: all that they hold, and half of what there is to know.
  const halves = grid.map(([, b]) => [b % 2, Math.floor(b / 2)]);
  const own = grid.map(([, b]) => [b]);
  near((await minimality(halves, own)).value, 1, 'minimality');
  near((await sufficiency(halves, own)).value, 0.5, 'sufficiency');
});

test('leaves out constant latents and factors, and says why there is no score', async () => {
  const codes = grid.map(([a, b]) => [a, 3, b]);
  const factors = grid.map(([a, , c]) => [a, 1, c]);
  const ofLatents = await minimality(codes, factors);
  assert.is(ofLatents.parts.minimality[1], null);
  near(ofLatents.value, 0.5, 'minimality');
  assert.equal(ofLatents.notes, ['latent 1 is constant: left out', 'factor 1 is constant: left out']);
  const ofFactors = await sufficiency(codes, factors);
  assert.is(ofFactors.parts.sufficiency[1], null);
  near(ofFactors.value, 0.5, 'sufficiency');
  const dead = grid.map(() => [1, 2]);
  for (const metric of [minimality, sufficiency] as const) {
    const { value, notes } = await metric(grid, dead);
    assert.equal([value, notes[0]], [null, 'undefined: every factor is constant']);
  }
  const none = await minimality(dead, grid);
  assert.equal([none.value, none.notes[0]], [null, 'undefined: every latent is constant']);
  assert.is((await sufficiency(dead, grid)).value, 0);
});

test.run();
