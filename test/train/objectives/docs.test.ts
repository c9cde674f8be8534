/** Holds docs/objectives.md to the registry. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { objectives } from '../../../src/train/objectives/index.js';
import { runExample } from '../../run-example.js';
import { activate, contextOf, drawBatch, penalise, stateOf, withDraws } from './batches.js';

const page = readFileSync(new URL('../../../docs/objectives.md', import.meta.url), 'utf8');
const sections = new Map(
  page.split('\n## ').map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);

for (const { name, options } of objectives) {
  test(`has a section for ${name} with its options, and a row that leads there`, () => {
    const section = sections.get(name) ?? '';
    assert.ok(page.includes(`| [\`${name}\`](#${name}) |`), 'row');
    const hasTable = section.includes(`\n<!-- options: objective ${name} -->\n`);
    assert.is(hasTable, Object.keys(options).length > 0);
    assert.match(section, /\nSource: /);
  });

  test(`names the terms of ${name}`, async () => {
    const small = name === 'factor-vae' ? { 'discriminator-units': 4 } : {};
    const { terms } = await withDraws((draws) => {
      const objective = activate(name, small);
      const state = stateOf(objective, contextOf({ draws }));
      return penalise(objective, drawBatch(1), {}, state);
    });
    // II says that its terms are those of I.
    const section = sections.get(name === 'dip-vae-ii' ? 'dip-vae-i' : name) ?? '';
    for (const term of Object.keys(terms)) assert.ok(section.includes(`\`${term}\``), term);
    assert.is('kl' in terms, !['ae', 'dae'].includes(name));
  });
}

test('the example of an objective of your own runs as it stands', async () => {
  const [code, ...more] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, text]) => text);
  assert.equal(more, []);
  const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-docs-'));
  const before = process.cwd();
  try {
    process.chdir(folder);
    assert.equal(await runExample(code), [[{ name: 'mmd-vae', options: { lambda: 50 } }, 6]]);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});

test.run();
