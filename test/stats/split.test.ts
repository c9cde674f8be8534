import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type MatrixLike, toMatrix } from '../../src/index.js';
import { exactSplit } from '../../src/stats/exact-split.js';
import { loadTable } from '../../src/stats/load-table.js';
import { splitRows } from '../../src/stats/split.js';
import type { Table } from '../../src/stats/table.js';
import type { RowSelection } from '../../src/types.js';

/** A table of these factors, beside a latent that does not matter. */
function withFactors<R>(
  factors: number[][],
  work: (table: Table) => Promise<R>,
  exact?: { trainRows: RowSelection; testRows: RowSelection },
): Promise<R> {
  const latents: MatrixLike = factors.map((_, i) => [i]);
  const split = exact ? exactSplit(exact, factors.length) : null;
  return withCore((core) =>
    work(loadTable(core, toMatrix(latents, 'latents'), toMatrix(factors, 'factors'), undefined, split)),
  );
}

const increasing = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

test('gives each value its share of both parts, and each row to one of them', () => {
  const factors = Array.from({ length: 600 }, (_, i) => [i < 3 ? i : 3 + (i % 7), i % 5]);
  return withFactors(factors, async (table) => {
    for (const share of [0.01, 1 / 3, 0.5, 0.99]) {
      const { train, test: held, untaught, untested } = await splitRows(table, 0, { testShare: share, seed: 1 });
      // Three values have a row each.
      assert.equal([untaught, untested], [0, 3]);
      assert.equal(increasing([...train, ...held]), Array.from(factors.keys()));
      for (let value = 0; value < 10; value++) {
        const rows = factors.filter(([own]) => own === value).length;
        const tested = held.filter((row) => factors[row][0] === value).length;
        if (value < 3) assert.is(tested, 0);
        else assert.ok(tested >= 1 && tested < rows && Math.abs(tested - share * rows) <= 2, `${tested} of ${rows}`);
      }
    }
    const of = (k: number, seed: number) => splitRows(table, k, { testShare: 0.5, seed });
    assert.not.equal((await of(1, 1)).test, (await of(1, 2)).test);
    assert.is((await of(1, 1)).test.length, 300);
  });
});

test('gives each value its share of every beginning of either part', () => {
  // Values of 100, 30, 2 and 1 rows.
  const column = Array.from({ length: 133 }, (_, i) => [i < 100 ? 0 : i < 130 ? 1 : i < 132 ? 2 : 3]);
  return withFactors(column, async (table) => {
    const { train, test: held } = await splitRows(table, 0, { testShare: 1 / 3, seed: 7 });
    const count = (rows: Int32Array, value: number) => rows.filter((row) => column[row][0] === value).length;
    const counts = (rows: Int32Array) => [0, 1, 2, 3].map((value) => count(rows, value));
    assert.equal(counts(held), [33, 10, 1, 0]);
    assert.equal(counts(train), [67, 20, 1, 1]);
    for (let n = 1; n <= train.length; n++) {
      assert.ok(Math.abs(count(train.subarray(0, n), 0) - (n * 67) / 89) < 2, `first ${n}`);
    }
    const some = await splitRows(table, 0, { testShare: 1 / 3, seed: 7, mostTrain: 20, mostTest: 5 });
    assert.equal([some.train, some.test], [train.subarray(0, 20), held.subarray(0, 5)]);
    assert.equal([some.untaught, some.untested], [2, 0]);
  });
});

test('keeps to exact rows, in their order, whatever the seed and the shares', () => {
  const column = Array.from({ length: 12 }, (_, i) => [i % 4]);
  return withFactors(
    column,
    async (table) => {
      const {
        train,
        test: held,
        untaught,
        untested,
      } = await splitRows(table, 0, {
        testShare: 0.9,
        seed: 5,
        mostTrain: 2,
        mostTest: 1,
      });
      assert.equal(
        [[...train], [...held]],
        [
          [9, 4, 8, 1],
          [6, 7, 10],
        ],
      );
      // Training rows have the values 1, 0, 0, 1 and test rows 2, 3, 2.
      assert.equal([untaught, untested], [2, 2]);
    },
    { trainRows: [9, 4, 8, 1], testRows: Int32Array.of(6, 7, 10) },
  );
});

test.run();
