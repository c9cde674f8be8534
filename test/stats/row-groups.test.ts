import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { Matrix } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { loadTable } from '../../src/stats/load-table.js';
import { groupRowsByOthers } from '../../src/stats/row-groups.js';

/**
 * Groups of rows that agree in all factors but k and differ in it, each in order of row, by their
 * first row.
 */
function oracle(factors: readonly number[][], k: number): number[][] {
  const groups = new Map<string, number[]>();
  factors.forEach((row, i) => {
    const key = row.map((value, j) => (j === k ? '' : value)).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()].filter((rows) => rows.some((row) => factors[row][k] !== factors[rows[0]][k]));
}

/** What groupRowsByOthers gives, in the same form. */
async function groupsOf(factors: readonly number[][], drawConstants = false): Promise<Map<number, number[][]>> {
  return withCore(async (core) => {
    const table = loadTable(core, new Matrix(new Float64Array(factors.length), factors.length, 1), matrixOf(factors));
    const drawn = await groupRowsByOthers(table, { bins: 20, drawConstants });
    return new Map(
      drawn.map(({ k, groups, lonelyRows }) => {
        const [order, bounds] = [groups.order.array, groups.bounds.array];
        const found: number[][] = [];
        for (let i = 0; bounds[i] < groups.drawable; i++) found.push(Array.from(order.slice(bounds[i], bounds[i + 1])));
        assert.is(lonelyRows, factors.length - groups.drawable);
        return [k, found.sort(([a], [b]) => a - b)];
      }),
    );
  });
}

function matrixOf(rows: readonly number[][]): Matrix {
  return new Matrix(Float64Array.from(rows.flat()), rows.length, rows[0].length);
}

const TABLES: Readonly<Record<string, { rows: number; sizes: number[] }>> = {
  'few values, every combination many times': { rows: 300, sizes: [3, 2, 4] },
  'more combinations than rows, closed up': { rows: 200, sizes: [5, 6, 7, 3] },
  'so many combinations that they are sorted': { rows: 900, sizes: [2, 80, 80, 80, 2] },
  'a factor that does not vary': { rows: 60, sizes: [4, 1, 5] },
};

for (const [name, { rows, sizes }] of Object.entries(TABLES)) {
  test(`groups rows that differ in one factor alone: ${name}`, async () => {
    const words = new RandomStream(31, 100, rows);
    const some = Array.from({ length: rows }, () => sizes.map((size) => words.below(size)));
    // Twins of the first rows that differ in one factor, and twins that do not differ: of rows
    // drawn from many combinations hardly any would.
    const twins = some
      .slice(0, 30)
      .map((row, i) => row.map((v, k) => (k === i % sizes.length ? (v + 1) % sizes[k] : v)));
    const factors = [...some, ...twins, ...some.slice(10, 20)];
    const found = await groupsOf(factors);
    sizes.forEach((_, k) => {
      const expected = oracle(factors, k);
      assert.equal(found.get(k) ?? [], expected, `factor ${k}`);
      assert.ok(sizes[k] === 1 || expected.length > 0);
    });
  });
}

test('groups rows that are alike in every factor, too, and constant factors, where they are to be drawn', async () => {
  const factors = [...Array.from({ length: 24 }, (_, i) => [i % 3, i % 4, 7]), [0, 0, 7], [5, 9, 7]];
  const found = await groupsOf(factors, true);
  assert.equal([...found.keys()], [0, 1, 2]);
  for (const [k, groups] of found) {
    const keys = factors.map((row) => row.filter((_, j) => j !== k).join());
    const expected = [...new Set(keys)].map((key) => [...keys.keys()].filter((row) => keys[row] === key));
    assert.equal(
      groups,
      expected.filter(({ length }) => length > 1),
      `factor ${k}`,
    );
  }
  assert.is((await groupsOf(factors)).has(2), false);
});

test('has no groups for factors that never vary alone, and all rows in one for a single factor', async () => {
  const diagonal = Array.from({ length: 40 }, (_, i) => [i % 4, i % 4]);
  assert.is((await groupsOf(diagonal)).size, 0);
  const single = Array.from({ length: 40 }, (_, i) => [i % 4]);
  assert.equal((await groupsOf(single)).get(0), [Array.from({ length: 40 }, (_, i) => i)]);
});

test.run();
