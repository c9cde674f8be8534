import { test } from 'uvu';
import { balancedWeights } from '../../src/learners/class-weights.js';
import { assertNear, assertSame, codes } from '../assembly/samples.js';

test('rows of all classes together count the same, and rows 1 on average', () => {
  assertSame(balancedWeights(Int32Array.of(0, 1, 1, 1), 2), [2, 2 / 3], 'one and three rows');
  const labels = codes(1000, 7, 1).map((label) => Math.min(label, 4));
  const weights = balancedWeights(labels, 5);
  const sums = new Float64Array(5);
  for (const label of labels) sums[label] += weights[label];
  assertNear(sums, new Float64Array(5).fill(200), 1e-10, 'sums');
});

test('a class without rows has a weight that changes nothing', () => {
  assertSame(balancedWeights(Int32Array.of(0, 2), 3), [2 / 3, 1, 2 / 3], 'weights');
});

test.run();
