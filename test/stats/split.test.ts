import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type MatrixLike, toMatrix } from '../../src/index.js';
import { exactSplit } from '../../src/stats/exact-split.js';
import { loadTable } from '../../src/stats/load-table.js';
import { splitAnyRows, splitInOrder, splitInSample, splitRows, TEST, TRAIN } from '../../src/stats/split.js';
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

test('in order takes 80 % to learn from and, after the next 10 %, 10 % to be judged on, each rounded down', async () => {
  for (const [rows, train, begin, end] of [
    [2, 1, 1, 1],
    [9, 7, 7, 7],
    [10, 8, 9, 10],
    [19, 15, 16, 17],
    [105, 84, 94, 104],
    [1000, 800, 900, 1000],
  ]) {
    const column = Array.from({ length: rows }, (_, i) => [i % 2 === 0 ? 0.5 : i]);
    await withFactors(column, async (table) => {
      const split = await splitInOrder(table, 0, 4);
      assert.equal(
        [...split.train],
        Array.from({ length: train }, (_, i) => i),
        `${rows}`,
      );
      assert.equal(
        [...split.test],
        Array.from({ length: end - begin }, (_, i) => begin + i),
        `${rows}`,
      );
    });
  }
  const sorted = Array.from({ length: 100 }, (_, i) => [Math.floor(i / 10)]);
  await withFactors(sorted, async (table) => {
    const { untaught, untested } = await splitInOrder(table, 0);
    assert.equal([untaught, untested], [2, 8]);
  });
});

test('in sample takes all rows for both, or those that are named to learn from', async () => {
  const column = Array.from({ length: 12 }, (_, i) => [i % 4]);
  await withFactors(column, async (table) => {
    const split = await splitInSample(table, 0);
    assert.equal([...split.train], Array.from(column.keys()));
    assert.equal([split.test, split.untaught, split.untested], [split.train, 0, 0]);
    assert.equal([...split.parts], new Array(12).fill(TRAIN | TEST));
  });
  const named = { trainRows: [4, 1, 5], testRows: [2, 3] };
  await withFactors(
    column,
    async (table) => {
      const split = await splitInSample(table, 0);
      assert.equal([[...split.train], [...split.test]], [named.trainRows, named.trainRows]);
      assert.equal([split.untaught, split.untested], [2, 0]);
      assert.equal(
        [...split.parts.keys()].filter((row) => split.parts[row]),
        [1, 4, 5],
      );
      assert.equal([...(await splitInOrder(table, 0)).test], named.testRows);
    },
    named,
  );
});

test('splits rows whatever their factors are, by the seed, each part in order', () =>
  withFactors(
    Array.from({ length: 90 }, (_, i) => [i % 2]),
    async (table) => {
      const { train, test: held } = await splitAnyRows(table, { testShare: 1 / 3, seed: 1 });
      assert.equal([train.length, held.length], [60, 30]);
      assert.equal(increasing([...train, ...held]), [...Array(90).keys()]);
      assert.equal([increasing(train), increasing(held)], [[...train], [...held]]);
      const other = await splitAnyRows(table, { testShare: 1 / 3, seed: 2 });
      assert.not.equal(other.test, held);
      for (const testShare of [0.01, 0.99]) {
        const parts = await splitAnyRows(table, { testShare, seed: 1 });
        assert.equal(parts[testShare < 0.5 ? 'test' : 'train'].length, 1);
      }
    },
  ));

test('splits rows as they were named', () =>
  withFactors(
    Array.from({ length: 9 }, (_, i) => [i % 2]),
    async (table) => {
      const { train, test: held } = await splitAnyRows(table, { testShare: 0.5, seed: 1 });
      assert.equal(
        [[...train], [...held]],
        [
          [5, 2],
          [7, 8],
        ],
      );
    },
    { trainRows: [5, 2], testRows: { from: 7, to: 9 } },
  ));

test.run();
