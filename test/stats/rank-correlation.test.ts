import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RandomStream } from '../../src/random.js';
import { rankCorrelation } from '../../src/stats/rank-correlation.js';
import { rankPValue } from '../../src/stats/rank-significance.js';

interface Reference {
  readonly x: Array<number | null>;
  readonly y: Array<number | null>;
  readonly rho: number;
  readonly count: number;
  readonly p_t: number;
  readonly p_exact?: number;
}

const references: Reference[] = JSON.parse(
  readFileSync(new URL('../golden/agreement.json', import.meta.url), 'utf8'),
).pairs;

function near(actual: number | null, expected: number, most: number, what: string): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= most, `${what}: expected ${expected}, got ${actual}`);
}

test('agrees with scipy on ties, on places without a value, and from 3 to 200 pairs', () => {
  assert.ok(references.length > 50 && references.some(({ x }) => x.includes(null)));
  for (const { x, y, rho, count } of references) {
    const found = rankCorrelation(x, y);
    near(found.value, rho, 1e-12, `rho of ${count}`);
    assert.equal([found.count, found.reason], [count, null]);
  }
});

test('p-values are those of all orders up to 8 pairs, and those of Student above', () => {
  const seen = { exact: 0, student: 0 };
  for (const { x, y, rho, count, p_t, p_exact } of references) {
    const { value, ranks } = rankCorrelation(x, y);
    const p = rankPValue(value as number, ranks);
    if (p_exact !== undefined) {
      near(p, p_exact, 1e-15, `p of ${count}`);
      seen.exact++;
    } else if (Math.abs(rho) < 1) {
      near(p / p_t, 1, 1e-9, `p of ${count}, ${p_t}`);
      seen.student++;
    }
  }
  assert.ok(seen.exact > 20 && seen.student > 20, JSON.stringify(seen));
});

test('a p-value is never below the least that orders allow', () => {
  const x = Array.from({ length: 10 }, (_, i) => i);
  const { value, ranks } = rankCorrelation(x, x);
  assert.is(value, 1);
  assert.is(rankPValue(1, ranks), 2 / 3_628_800);
});

test('p-values of 9 and 10 pairs have the closed forms of 7 and 8 degrees of freedom', () => {
  const ranks = (n: number) => Array.from({ length: n }, (_, i) => 2 * i + 2);
  for (const r of [0, 1e-3, 0.3, 0.35, 0.36, 0.5, 0.9, 0.95]) {
    const c = Math.sqrt((1 - r) * (1 + r));
    const seven = 1 - (2 / Math.PI) * (Math.asin(r) + r * (c + (2 / 3) * c ** 3 + (8 / 15) * c ** 5));
    near(rankPValue(r, [ranks(9), ranks(9)]), seven, 1e-14, `7, ${r}`);
    const eight = 1 - r * (1 + c ** 2 / 2 + (3 / 8) * c ** 4 + (5 / 16) * c ** 6);
    near(rankPValue(-r, [ranks(10), ranks(10)]), eight, 1e-14, `8, ${r}`);
  }
  const many = ranks(10_002);
  assert.is(rankPValue(0.999, [many, many]), 0);
  assert.is(rankPValue(1, [many, many]), 0);
});

/** Spearman by its definition: mean ranks by counting, Pearson's formula over them. */
function plainCorrelation(x: readonly number[], y: readonly number[]): number {
  const rank = (values: readonly number[]) =>
    values.map((v) => values.filter((w) => w < v).length + (values.filter((w) => w === v).length + 1) / 2);
  const [a, b] = [rank(x), rank(y)];
  const mean = (x.length + 1) / 2;
  const product = (p: number[], q: number[]) => p.reduce((sum, value, i) => sum + (value - mean) * (q[i] - mean), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

test('agrees with the definition on random values with ties', () => {
  const words = new RandomStream(3, 100, 0);
  for (let trial = 0; trial < 200; trial++) {
    const draw = () => Array.from({ length: 3 + (trial % 17) }, () => words.below(2 + (trial % 9)));
    const [x, y] = [draw(), draw()];
    const { value, reason } = rankCorrelation(x, y);
    if (new Set(x).size > 1 && new Set(y).size > 1) near(value, plainCorrelation(x, y), 1e-14, `${x} ${y}`);
    else assert.ok(value === null && reason?.endsWith('constant'), `${x} ${y}`);
  }
});

test('equal orders give 1 and opposite ones -1, exactly, with and without ties', () => {
  for (const x of [
    [0.1, 0.2, 0.3, 5],
    [1, 1, 2, 3, 3, 3, 9],
    Array.from({ length: 1001 }, (_, i) => Math.floor(i / 3)),
  ]) {
    const steep = x.map((value) => value ** 3);
    assert.is(rankCorrelation(x, steep).value, 1);
    assert.is(
      rankCorrelation(
        x,
        steep.map((value) => -value),
      ).value,
      -1,
    );
  }
});

test('equal values share the mean of their ranks, 0 and -0 among them', () => {
  assert.equal(rankCorrelation([5, 1, 5, 5], [0, -0, -1, 4]).ranks, [
    [6, 2, 6, 6],
    [5, 5, 2, 8],
  ]);
  assert.equal(rankCorrelation([], []).ranks, [[], []]);
});

test('says why there is none', () => {
  const reasonOf = (x: Array<number | null>, y: Array<number | null>) => rankCorrelation(x, y).reason;
  assert.is(reasonOf([1, 2, null], [1, 2, 3]), 'too few');
  assert.is(reasonOf([1, 1, 1], [1, 2, 3]), 'first constant');
  assert.is(reasonOf([1, 2, 3, null], [4, 4, 4, 5]), 'second constant');
  assert.is(reasonOf([1, 1, 1], [2, 2, 2]), 'both constant');
});

test.run();
