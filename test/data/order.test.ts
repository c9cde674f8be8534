import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BatchCursor } from '../../src/data/batch-cursor.js';
import { pickRows, splitRows } from '../../src/data/split.js';
import { STREAMS } from '../../src/random.js';
import { refusalOf } from './read.js';

const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);
const all = (size: number) => Array.from({ length: size }, (_, i) => i);

test('a split has each row once, on one side', async () => {
  for (const [size, kept] of [
    [1000, 100],
    [1000, 999],
    [7, 3],
    [2, 1],
  ]) {
    const split = await splitRows(size, kept, 5);
    const train = all(split.trainSize).map((place) => split.train(place));
    assert.is(split.test.length, kept);
    assert.is(split.trainSize, size - kept);
    assert.equal(sorted([...train, ...split.test]), all(size));
  }
});

test('a split follows the seed, and one that keeps more rows keeps those of one that keeps fewer', async () => {
  const [few, again, more, other] = [
    await splitRows(500, 50, 1),
    await splitRows(500, 50, 1),
    await splitRows(500, 90, 1),
    await splitRows(500, 50, 2),
  ];
  assert.equal(again.test, few.test);
  assert.equal(more.test.slice(0, 50), few.test);
  assert.not.equal(other.test, few.test);
});

test('a split that keeps nothing leaves rows as they are', async () => {
  const split = await splitRows(10, 0, 1);
  assert.equal(
    all(10).map((place) => split.train(place)),
    all(10),
  );
  assert.match(await refusalOf(() => splitRows(10, 10, 1)), /^testRows: expected a whole number from 0 to 9, got 10$/);
});

test('every epoch is a permutation of all rows, each another one, whether batches fill it or not', async () => {
  for (const batch of [1, 7, 10, 64, 250]) {
    const cursor = new BatchCursor(100, 3);
    const order: number[] = [];
    for (let step = 0; order.length < 500; step++) order.push(...(await cursor.rowsOf(step, batch)));
    const epochs = [0, 1, 2, 3, 4].map((epoch) => order.slice(epoch * 100, (epoch + 1) * 100));
    for (const epoch of epochs) assert.equal(sorted(epoch), all(100), `batches of ${batch}`);
    assert.is(new Set(epochs.map((epoch) => epoch.join())).size, 5);
  }
});

test('a batch is a function of its step, in whatever order steps are asked for', async () => {
  const cursor = new BatchCursor(50, 3);
  const forwards = [];
  for (let step = 0; step < 20; step++) forwards.push(await cursor.rowsOf(step, 16));
  for (const step of [19, 0, 7, 3, 15, 4]) {
    assert.equal(await cursor.rowsOf(step, 16), forwards[step]);
    assert.equal(await new BatchCursor(50, 3).rowsOf(step, 16), forwards[step]);
  }
  const asked = await Promise.all([12, 1, 12, 5].map((step) => cursor.rowsOf(step, 16)));
  assert.equal(asked, [forwards[12], forwards[1], forwards[12], forwards[5]]);
  assert.not.equal(await new BatchCursor(50, 4).rowsOf(0, 16), forwards[0]);
  assert.not.equal(await new BatchCursor(50, 3, STREAMS.secondBatchOrder).rowsOf(0, 16), forwards[0]);
  assert.match(await refusalOf(() => new BatchCursor(0, 1)), /expected at least 1 row to train on, got 0/);
});

test('picked rows are different, in order, and follow the seed', async () => {
  const rows = await pickRows(1000, 100, 4);
  assert.is(new Set(rows).size, 100);
  assert.equal([...rows], sorted(rows));
  assert.equal(await pickRows(1000, 100, 4), rows);
  assert.not.equal(await pickRows(1000, 100, 5), rows);
  assert.equal([...(await pickRows(5, 5, 1))], all(5));
});

test.run();
