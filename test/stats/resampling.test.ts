/** Intervals and nulls: the formulas by hand, and what is drawn for them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { loadPosterior } from '../../src/decomposition/posterior.js';
import { toMatrix } from '../../src/matrix.js';
import { loadTable } from '../../src/stats/load-table.js';
import { collectScores, intervalAround, nullOf, type Resampling, resampleOnce } from '../../src/stats/resampling.js';

test('an interval is that of deviations of halves, scaled to wholes and moved by the bias', () => {
  // 5 rows: halves of 2, whose variance is 3/2 times that of the whole.
  const share = 2 / 3;
  const halves = [0.3, 0.5, 0.7, 0.9];
  const interval = intervalAround(0.55, halves, 5, 0.5, [0, 1], true);
  const deviation = Math.sqrt(share);
  // Quartiles of -0.3, -0.1, 0.1, 0.3, of which the first stands for a fifth, interpolated.
  const [low, high] = [-0.25 * deviation, 0.25 * deviation];
  const bias = (0.6 - 0.55) * share;
  const near = (a: number | undefined, b: number) => assert.ok(Math.abs((a ?? Number.NaN) - b) < 1e-15, `${a} ${b}`);
  near(interval?.bias, bias);
  near(interval?.low, 0.55 - bias - high);
  near(interval?.high, 0.55 - bias - low);
  near(interval?.standardError, Math.sqrt(((0.09 + 0.01) * 2) / 3) * deviation);
  assert.equal([interval?.level, interval?.resamples], [0.5, 4]);
  assert.is(intervalAround(0.55, halves, 5, 0.5, [0, 1], false)?.bias, 0);
});

test('an interval stays within the range of the score, and takes two halves at least', () => {
  const { low, high } = intervalAround(0.9, [0.1, 0.2, 0.9], 100, 0.95, [0, 1], false) ?? {};
  assert.ok(Math.abs((low as number) - 0.4) < 1e-12, `${low}`);
  assert.is(high, 1);
  assert.is(intervalAround(0.9, [0.1], 100, 0.95, [0, 1], false), null);
  assert.is(intervalAround(7, [9, 8], 100, 0.95, [0, null], false)?.high, 7.5);
});

test('a 95 % interval of 100 halves leaves out what a further half lies beyond in 5 of 100 cases', () => {
  const halves = Array.from({ length: 100 }, (_, i) => (i - 49.5) / 200);
  const { low, high } = intervalAround(0, halves, 100, 0.95, [-1, 1], false) ?? {};
  // The 2.525th from either end.
  assert.ok(Math.abs((high as number) - (49.5 - 1.525) / 200) < 1e-12, `${high}`);
  assert.ok(Math.abs((low as number) + (high as number)) < 1e-12, `${low}`);
});

test('scores whose squares overflow have standard deviations', () => {
  assert.is(intervalAround(2e200, [1e200, 3e200], 4, 0.95, [0, null], false)?.standardError, Math.SQRT2 * 1e200);
  assert.is(nullOf(2e200, [1e200, 3e200], 'higher')?.standardDeviation, Math.SQRT2 * 1e200);
  assert.is(nullOf(1, [1, 1], 'higher')?.standardDeviation, 0);
});

test('a p-value counts permutations that are as good, and the score itself', () => {
  assert.is(nullOf(0.5, [0.1, 0.5, 0.6, 0.2], 'higher')?.pValue, 3 / 5);
  assert.is(nullOf(0.5, [0.1, 0.5, 0.6, 0.2], 'lower')?.pValue, 4 / 5);
  assert.is(nullOf(2, [0.1, 0.5], 'higher')?.pValue, 1 / 3);
  assert.is(nullOf(2, [0.1], 'higher'), null);
});

test('scores are gathered by metric, without those that are undefined', () => {
  assert.equal(
    collectScores([
      [1, null],
      [2, 3],
    ]),
    [[1, 2], [3]],
  );
});

/**
 * What is drawn of a table whose latent is the number of the row, and whose factors are two of its
 * digits.
 */
function draw(which: Resampling, index: number, seed: number): Promise<{ rows: number[]; own: number[] }> {
  const all = Array.from({ length: 21 }, (_, row) => row);
  return withCore(async (core) => {
    const table = loadTable(core, toMatrix(all), toMatrix(all.map((row) => [row % 7, Math.floor(row / 7)])));
    let drawn = { rows: [] as number[], own: [] as number[] };
    await resampleOnce(table, which, index, seed, async (resampled) => {
      const [units, sevens] = [resampled.factor(0).values, resampled.factor(1).values];
      drawn = { rows: [...resampled.latent(0)], own: [...units].map((unit, i) => unit + 7 * sevens[i]) };
      return [];
    });
    return drawn;
  });
}

test('an interval draws half of the rows without replacement, with their factors', async () => {
  const seen = new Set<string>();
  for (let index = 0; index < 20; index++) {
    const { rows, own } = await draw('interval', index, 1);
    assert.is(rows.length, 10);
    assert.is(new Set(rows).size, 10);
    // Codes are closed up where a value is not drawn; the order of rows with all of them tells.
    if (new Set(rows.map((row) => row % 7)).size === 7) assert.equal(own, rows);
    seen.add(rows.join());
  }
  assert.is(seen.size, 20);
});

test('a null shuffles the rows of all factors together against those of the latents', async () => {
  const seen = new Set<string>();
  for (let index = 0; index < 20; index++) {
    const { rows, own } = await draw('null', index, 1);
    assert.equal(rows, [...rows.keys()]);
    assert.equal(
      [...own].sort((a, b) => a - b),
      rows,
    );
    seen.add(own.join());
  }
  assert.is(seen.size, 20);
  assert.equal(await draw('null', 3, 1), await draw('null', 3, 1));
  assert.not.equal(await draw('null', 3, 1), await draw('null', 3, 2));
});

test('posteriors go along with the rows of the latents: half of them for an interval, all in place for a null', async () => {
  const rows = Array.from({ length: 9 }, (_, row) => [row, 10 * row]);
  for (const which of ['interval', 'null'] as const) {
    for (const hasSamples of [true, false]) {
      await withCore(async (core) => {
        const table = (offset: number) => toMatrix(rows.map((row) => row.map((x) => x + offset)));
        const given = { mu: table(0), logvar: table(0.25), ...(hasSamples && { z: table(0.5) }) };
        const factors = toMatrix(rows.map((_, row) => row % 2));
        const whole = loadTable(core, toMatrix(rows), factors, undefined, null, loadPosterior(core, given));
        await resampleOnce(whole, which, 3, 1, async ({ latents, posterior }) => {
          const drawn = latents.array.filter((_, i) => i % 2 === 0);
          assert.equal([drawn.length, posterior?.rows, posterior?.latents], which === 'null' ? [9, 9, 2] : [4, 4, 2]);
          const columns = (offset: number) => [...drawn.map((x) => x + offset), ...drawn.map((x) => 10 * x + offset)];
          assert.equal([...(posterior?.mu.array ?? [])], columns(0));
          assert.equal([...(posterior?.logvar.array ?? [])], columns(0.25));
          assert.equal(posterior?.z && [...posterior.z.array], hasSamples ? columns(0.5) : undefined);
          return [];
        });
      });
    }
  }
});

test.run();
