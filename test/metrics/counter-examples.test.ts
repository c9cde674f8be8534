import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mcc, r2 } from '../../src/index.js';
import { COUNTER_EXAMPLES, drawsOf } from './counter-example-cases.js';

const SEEDS = [1, 2, 3, 4, 5];

interface Scores {
  readonly mcc: number;
  readonly coverage: number;
  readonly spearman: number;
  readonly signed: number;
  readonly r2: number;
}

/** Means over five draws of a case. */
async function scoreCase(name: string): Promise<Scores> {
  const found = COUNTER_EXAMPLES.find((example) => example.name === name);
  if (!found) throw new Error(`no case ${name}`);
  const sums = { mcc: 0, coverage: 0, spearman: 0, signed: 0, r2: 0 };
  for (const seed of SEEDS) {
    const { latents, factors } = found.make(drawsOf(seed));
    const { value, parts } = await mcc(latents, factors);
    sums.mcc += (value as number) / SEEDS.length;
    sums.coverage += (parts.coverage as number) / SEEDS.length;
    sums.signed += (parts.heldOutSigned as number) / SEEDS.length;
    const ranks = await mcc(latents, factors, { correlation: 'spearman' });
    sums.spearman += (ranks.value as number) / SEEDS.length;
    sums.r2 += ((await r2(latents, factors)).value as number) / SEEDS.length;
  }
  return sums;
}

const scores = Object.fromEntries(
  await Promise.all(COUNTER_EXAMPLES.map(async ({ name }) => [name, await scoreCase(name)] as const)),
);

test('a perfect code keeps an MCC and an R2 of 1, however factors depend on each other', () => {
  for (const { name } of COUNTER_EXAMPLES.slice(0, 3)) {
    for (const [what, value] of Object.entries(scores[name])) {
      assert.ok(Math.abs(value - 1) < 1e-9, `${name}, ${what}: ${value}`);
    }
  }
});

test('bends lower MCC of values, and not that of ranks', () => {
  const { mcc: own, spearman } = scores['each bent by its own cube'];
  assert.ok(own < 0.85 && Math.abs(spearman - 1) < 1e-9, `${own}, ${spearman}`);
});

test('of m of K factors the coverage is m / K, where MCC is 1', () => {
  const { mcc: own, coverage } = scores['three of five factors kept'];
  assert.ok(Math.abs(own - 1) < 1e-9 && Math.abs(coverage - 0.6) < 1e-9);
});

test('R2 cannot see mixing', () => {
  const mixed = COUNTER_EXAMPLES.filter(({ name }) => name.includes('dense mixing'));
  assert.is(mixed.length, 4);
  for (const { name } of mixed) assert.ok(Math.abs(scores[name].r2 - 1) < 1e-9, `${name}: ${scores[name].r2}`);
});

test('MCC of a dense mixture grows with the number of latents, and with correlated factors', () => {
  const of = (name: string) => scores[name].mcc;
  assert.ok(of('dense mixing') < 0.75);
  assert.ok(of('ten latents, dense mixing') > of('dense mixing') + 0.02);
  assert.ok(of('fifty latents, dense mixing') > of('ten latents, dense mixing') + 0.05);
  assert.ok(of('dense mixing, factors correlated .9') > of('dense mixing') + 0.05);
});

test('noise has an MCC above 0 in sample, the more so with few rows or many latents, and about 0 held out', () => {
  const few = scores['noise, 50 rows'];
  const many = scores['noise, 1,000 rows'];
  const wide = scores['noise, 1,000 rows, fifty latents'];
  assert.ok(few.mcc > 0.15 && many.mcc > 0.03 && wide.mcc > 0.07, `${few.mcc} ${many.mcc} ${wide.mcc}`);
  assert.ok(Math.abs(few.signed) < 0.1 && Math.abs(many.signed) < 0.03 && Math.abs(wide.signed) < 0.03);
  assert.ok(few.r2 < 0 && many.r2 < 0 && wide.r2 < many.r2);
});

test('the page has these values', () => {
  const page = readFileSync(new URL('../../docs/counter-examples.md', import.meta.url), 'utf8');
  for (const { name, code } of COUNTER_EXAMPLES) {
    const own = scores[name];
    // A mean of five near 0 may have either sign.
    const cells = [own.mcc, own.coverage, own.spearman, own.signed, own.r2].map((x) =>
      x.toFixed(2).replace('-0.00', '0.00'),
    );
    assert.ok(
      page.includes(`\n| ${name} | ${code} | ${cells.join(' | ')} |`),
      `| ${name} | ${code} | ${cells.join(' | ')} |`,
    );
  }
});

test.run();
