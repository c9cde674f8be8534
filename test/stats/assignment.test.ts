import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assign } from '../../src/stats/assignment.js';
import { uniforms } from '../assembly/samples.js';

/** The best by trying all: of equal sums the first in the order that is documented. */
function tryAll(weights: number[][], rows: number, columns: number): number[] {
  let best: { sum: number; rowOf: number[] } | null = null;
  const rowOf: number[] = [];
  const rank = (row: number) => (row < 0 ? rows : row);
  const visit = (sum: number, free: number) => {
    const column = rowOf.length;
    if (column === columns) {
      const pairs = rowOf.filter((row) => row >= 0).length;
      if (pairs < Math.min(rows, columns)) return;
      const isFirst = () => {
        const at = rowOf.findIndex((row, i) => row !== best?.rowOf[i]);
        return at >= 0 && rank(rowOf[at]) < rank(best?.rowOf[at] as number);
      };
      if (best === null || sum > best.sum + 1e-9 || (sum > best.sum - 1e-9 && isFirst())) {
        best = { sum, rowOf: [...rowOf] };
      }
      return;
    }
    for (let row = 0; row < rows; row++) {
      if (rowOf.includes(row)) continue;
      rowOf.push(row);
      visit(sum + weights[row][column], free);
      rowOf.pop();
    }
    if (free > 0) {
      rowOf.push(-1);
      visit(sum, free - 1);
      rowOf.pop();
    }
  };
  visit(0, Math.max(0, columns - rows));
  return (best as unknown as { rowOf: number[] }).rowOf;
}

const SHAPES = [
  [1, 1],
  [2, 2],
  [3, 3],
  [5, 5],
  [5, 2],
  [2, 5],
  [6, 3],
  [3, 6],
  [1, 4],
  [4, 1],
] as const;

for (const [name, draw] of [
  ['different weights', (next: () => number) => next()],
  ['weights of few values, which tie', (next: () => number) => Math.floor(3 * next()) / 4],
  ['zeros and ones', (next: () => number) => Math.round(next())],
  ['weights below 0', (next: () => number) => Math.floor(5 * next()) - 3],
] as const) {
  test(`is the best of all pairings, and of equal ones the first: ${name}`, () => {
    const next = uniforms(3);
    for (const [rows, columns] of SHAPES) {
      for (let trial = 0; trial < 60; trial++) {
        const weights = Array.from({ length: rows }, () => Array.from({ length: columns }, () => draw(next)));
        const found = [...assign(weights.flat(), rows, columns)];
        assert.equal(found, tryAll(weights, rows, columns), JSON.stringify(weights));
      }
    }
  });
}

test('pairs nothing with nothing', () => {
  assert.equal([...assign([], 0, 3)], [-1, -1, -1]);
  assert.equal([...assign([], 3, 0)], []);
});

test('is done with a few hundred of each in a moment', () => {
  const next = uniforms(1);
  const n = 300;
  const hidden = Array.from({ length: n }, (_, i) => (i * 7) % n);
  const weights = Float64Array.from({ length: n * n }, (_, at) => {
    return hidden[at % n] === Math.floor(at / n) ? 1 : 0.9 * next();
  });
  assert.equal([...assign(weights, n, n)], hidden);
});

test.run();
