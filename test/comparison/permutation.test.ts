import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { permutationPValue, smallestPValue } from '../../src/comparison/permutation.js';
import { normals } from '../assembly/samples.js';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** By every assignment of ones and zeros to the scores, written as a number. */
function slowPValue(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const gap = (isFirst: (i: number) => boolean) =>
    Math.abs(mean(all.filter((_, i) => isFirst(i))) - mean(all.filter((_, i) => !isFirst(i))));
  const found = gap((i) => i < a.length);
  let [ways, asLarge] = [0, 0];
  for (let bits = 0; bits < 2 ** all.length; bits++) {
    const isFirst = (i: number) => ((bits >> i) & 1) === 1;
    if (all.filter((_, i) => isFirst(i)).length !== a.length) continue;
    ways++;
    if (gap(isFirst) >= found - 1e-12) asLarge++;
  }
  return asLarge / ways;
}

test('is the share of all ways to deal scores out, for groups of any sizes', () => {
  for (const [first, second] of [
    [1, 2],
    [3, 3],
    [2, 5],
    [5, 2],
    [6, 4],
    [1, 9],
  ]) {
    const values = [...normals(first + second, first + 7 * second)];
    const [a, b] = [values.slice(0, first), values.slice(first)];
    assert.is(permutationPValue(a, b, 0, 0), slowPValue(a, b), `${first} and ${second}`);
  }
});

test('equal scores are ties, whatever rounding does to their sums', () => {
  assert.is(permutationPValue([0.1, 0.2, 0.3], [0.3, 0.2, 0.1], 0, 0), 1);
  assert.is(permutationPValue([0.7, 0.7], [0.7, 0.7, 0.7], 0, 0), 1);
  // Ten ways, of which the one found and none other is as far.
  assert.is(permutationPValue([0.1 + 0.2, 0.3], [0.6, 0.7, 0.8], 0, 0), 0.1);
});

test('groups that do not overlap have the smallest p-value of their sizes', () => {
  for (const [first, second, smallest] of [
    [3, 3, 0.1],
    [5, 5, 2 / 252],
    [4, 6, 1 / 210],
    [1, 1, 1],
  ]) {
    const a = Array.from({ length: first }, (_, i) => i / 100);
    const b = Array.from({ length: second }, (_, i) => 5 + i / 100);
    assert.is(smallestPValue(first, second), smallest);
    if (first === second) assert.is(permutationPValue(a, b, 0, 0), smallest);
    else assert.ok(permutationPValue(a, b, 0, 0) >= smallest);
  }
});

test('draws by the seed if there are too many ways, near the exact value', () => {
  const values = [...normals(22, 3)];
  const [a, b] = [values.slice(0, 11).map((value) => value + 0.9), values.slice(11)];
  const drawn = permutationPValue(a, b, 4, 0);
  assert.is(drawn, permutationPValue(a, b, 4, 0));
  assert.is.not(drawn, permutationPValue(a, b, 5, 0));
  assert.is.not(drawn, permutationPValue(a, b, 4, 1));
  const exact = slowPValue(a, b);
  // Four standard errors of 100,000 draws.
  assert.ok(Math.abs(drawn - exact) < 4 * Math.sqrt((exact * (1 - exact)) / 1e5), `${drawn}, exactly ${exact}`);
});

test.run();
