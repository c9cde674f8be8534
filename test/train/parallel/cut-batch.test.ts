/** How rows are spread over workers and put together again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cutBatch } from '../../../src/train/parallel/cut-batch.js';
import { createSpareArrays } from '../../../src/train/parallel/spare-arrays.js';

test('shards go round the workers, and those without any are left out', () => {
  const workersOf = (rows: number, threads: number) => cutBatch(rows, 16, threads, createSpareArrays()).workers;
  assert.equal(workersOf(64, 2), [
    [0, 2],
    [1, 3],
  ]);
  assert.equal(workersOf(64, 3), [[0, 3], [1], [2]]);
  assert.equal(workersOf(40, 2), [[0, 2], [1]]);
  assert.equal(workersOf(10, 4), [[0]]);
});

test('a last shard has the rows that are left', () => {
  const cut = cutBatch(40, 16, 2, createSpareArrays());
  assert.equal(cut.rowsOf([0, 2]), [16, 8]);
  assert.equal(cut.rowsOf([1]), [16]);
});

test('what is gathered for the workers are all rows, each at one of them', () => {
  for (const rows of [1, 15, 16, 17, 40, 64]) {
    for (const threads of [1, 2, 3, 4, 7]) {
      const cut = cutBatch(rows, 16, threads, createSpareArrays());
      const values = Float32Array.from({ length: rows * 3 }, (_, i) => i + 0.5);
      const parts = cut.workers.map((shards) => cut.gather(values, shards));
      const gathered = Float32Array.from(parts.flatMap((part) => [...part])).sort();
      assert.equal(gathered, values, `${rows} rows, ${threads} threads`);
    }
  }
});

test('the rows of one shard are its own', () => {
  const cut = cutBatch(5, 2, 2, createSpareArrays());
  const values = Float32Array.from({ length: 10 }, (_, i) => i);
  assert.equal(Array.from(cut.gather(values, [1])), [4, 5, 6, 7]);
  assert.equal(Array.from(cut.gather(values, [0, 2])), [0, 1, 2, 3, 8, 9]);
});

test('an array that was kept is used for the next of its length', () => {
  const arrays = createSpareArrays();
  const [a, b] = [arrays.take(4), arrays.take(4)];
  assert.is.not(a, b);
  arrays.keep([a]);
  assert.is.not(arrays.take(5), a);
  assert.is(arrays.take(4), a);
  assert.is.not(arrays.take(4), a);
});

test.run();
