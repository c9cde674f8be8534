/** Sums over shards. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../src/train/backends/open-backend.js';
import { addAll } from '../../src/train/replicas.js';

test('sums of as many shards as the largest batch has are within 1e-6 of float64, and use them up', async () => {
  const { tf, close } = await openBackend('wasm');
  const shards = 65_536 / 16;
  const parts = Array.from({ length: shards }, () => tf.tensor([0.1, 0.9], [2]));
  const sum = addAll(tf, parts);
  assert.equal([sum.shape, tf.memory().numTensors], [[2], 1]);
  const [a, b] = sum.dataSync();
  for (const [got, value] of [
    [a, 0.1],
    [b, 0.9],
  ]) {
    const expected = shards * Math.fround(value);
    assert.ok(Math.abs(got - expected) <= 1e-6 * expected, `${got}, expected ${expected}`);
  }
  sum.dispose();
  await close();
});

test.run();
