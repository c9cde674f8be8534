import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { RandomStream } from '../../src/random.js';
import { drawInPasses } from '../../src/stats/row-passes.js';

/** Codes of 60 rows: 40, 12, 5 and 2 of the first values; the last row has a value of its own. */
const CODES = Array.from({ length: 60 }, (_, row) => (row < 40 ? 0 : row < 52 ? 1 : row < 57 ? 2 : row < 59 ? 3 : 4));
const COUNTS = [40, 12, 5, 2];
const AT = { seed: 3, stream: 100 };

/** Batches of CODES and of one more factor with a single value, in calls of some sizes. */
function draw(calls: readonly number[], size: number, isUniform: boolean) {
  return withCore(async (core) => {
    const [codes, same] = [core.arena.upload('i32', CODES), core.arena.zeros('i32', CODES.length)];
    const groups = [core.drawing.groupRowsByCode(codes, 5), core.drawing.groupRowsByCode(same, 1)];
    const take = drawInPasses(groups, isUniform, AT);
    const batches: Array<{ factor: number; rows: number[] }> = [];
    for (const count of calls) {
      const [rows, fixed] = [core.arena.alloc('i32', count * size), core.arena.alloc('i32', count)];
      take(rows, fixed, count, size, batches.length);
      fixed.array.forEach((factor, i) => {
        batches.push({ factor, rows: Array.from(rows.array.slice(i * size, (i + 1) * size)) });
      });
    }
    assert.throws(() => take(codes, codes, 1, 1, 0), /expected batch \d+, got 0/);
    return batches;
  });
}

test('every pass has each row of its value once, from one batch into the next', async () => {
  for (const size of [1, 2, 7, 64]) {
    const batches = await draw([300, 200], size, true);
    for (const [value, count] of COUNTS.entries()) {
      const own = batches.filter(({ factor, rows }) => factor === 0 && CODES[rows[0]] === value);
      const rows = own.flatMap((batch) => batch.rows);
      assert.ok(rows.length > count, `${rows.length}`);
      for (let at = 0; at + count <= rows.length; at += count) {
        const pass = rows.slice(at, at + count);
        assert.is(new Set(pass).size, count, `value ${value}, batches of ${size}, pass at ${at}`);
        for (const row of pass) assert.is(CODES[row], value);
      }
      // Not in one order again and again.
      if (count > 5 && rows.length >= 2 * count) assert.not.equal(rows.slice(0, count), rows.slice(count, 2 * count));
    }
  }
});

test('factor and value of a batch are drawn as the kernels draw them', async () => {
  for (const isUniform of [false, true]) {
    const batches = await draw([100], 3, isUniform);
    for (const [i, { factor, rows }] of batches.entries()) {
      const words = new RandomStream(AT.seed, AT.stream, i);
      assert.is(factor, words.below(2));
      if (factor === 1) continue;
      const value = isUniform ? words.below(4) : CODES[words.below(59)];
      assert.equal(
        rows.map((row) => CODES[row]),
        [value, value, value],
      );
    }
  }
});

test('batches do not depend on how many are asked for at once', async () => {
  assert.equal(await draw([1, 30, 9], 5, true), await draw([40], 5, true));
});

test.run();
