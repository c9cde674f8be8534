/** Metrics of the caller's own: the one of the docs, and what is wrong with others. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Metric, mig, score } from '../../src/index.js';

const LATENTS = Array.from({ length: 40 }, (_, i) => [i % 4, Math.sin(i), 1]);
const FACTORS = Array.from({ length: 40 }, (_, i) => [i % 4]);

test('the example of docs/api.md is computed beside ours', async () => {
  const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  const [, code] = /## A metric of your own\n\n```js\n(.*?)```/s.exec(page) ?? [];
  const run = new Function(
    'score',
    'latents',
    'factors',
    `return (async () => { ${code.replace(/await score\(/, 'return score(')} })()`,
  );
  const { metrics } = await run(score, LATENTS, FACTORS);
  assert.equal(Object.keys(metrics), ['mig', 'active-share']);
  assert.is(metrics['active-share'].value, 2 / 3);
  assert.ok('bins' in mig.options);
});

const own: Metric = {
  name: 'own',
  aliases: [],
  title: 'Own',
  summary: 'three',
  needs: ['latents'],
  range: [0, null],
  better: 'higher',
  isPlugIn: false,
  options: {},
  source: 'ours',
  compute: async () => ({ value: 3, parts: {}, notes: [] }),
};

test('what it needs is there', async () => {
  assert.is((await score(LATENTS, FACTORS, { metrics: [own] })).metrics.own?.value, 3);
});

for (const [given, message] of [
  [{ name: undefined }, 'metrics: expected a metric to have name: a text, got nothing'],
  [{ compute: undefined }, "metrics: expected 'own' to have compute: a function, got nothing"],
  [{ options: undefined }, "metrics: expected 'own' to have options: an object of rules, got nothing"],
  [{ needs: ['foo'] }, "own: needs: expected an array of 'latents', 'factors' and 'posterior', got an array"],
  [{ better: 'up' }, "own: better: expected higher or lower, got 'up'"],
  [{ range: 3 }, 'own: range: expected the least and the most that it can be, null for none, got 3'],
  [{ name: 'mig' }, "metrics: expected a name that is none of the library's, got 'mig'"],
  [
    { compute: async () => 3 },
    "metrics: expected 'own' to return { value, parts, notes }, of which value is a number or null, got 3",
  ],
  [
    { compute: async () => {} },
    "metrics: expected 'own' to return { value, parts, notes }, of which value is a number or null, got undefined",
  ],
  [
    { compute: async () => ({ value: Number.NaN, parts: {}, notes: [] }) },
    "metrics: expected 'own' to return { value, parts, notes }, of which value is a number or null, got value NaN",
  ],
] as const) {
  test(`is refused in words: ${message}`, async () => {
    const error = await score(LATENTS, FACTORS, { metrics: [{ ...own, ...given } as never] }).catch((thrown) => thrown);
    assert.equal([error.code, error.message], ['ERR_OPTION', message]);
  });
}

test.run();
