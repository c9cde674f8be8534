/** Holds the docs to the registry: what they say of a metric is what the metric is. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listPages, updateTables } from '../build/option-tables.js';
import { PRESETS } from '../src/facade/common-options.js';
import { metrics, version } from '../src/index.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

for (const metric of metrics) {
  test(`has a page for ${metric.name} with its aliases, range, options and source`, () => {
    const page = read(`docs/metrics/${metric.name}.md`);
    for (const name of [metric.name, ...metric.aliases]) assert.ok(page.includes(`\`${name}\``), name);
    assert.ok(
      page.includes(`range ${metric.range[0] ?? '-∞'} to ${metric.range[1] ?? '∞'}, ${metric.better} is better`),
    );
    const hasTable = page.includes(`\n<!-- options: metric ${metric.name} -->\n`);
    assert.is(hasTable, Object.keys(metric.options).length > 0);
    assert.match(page, /\*\*When it misleads\.\*\*/);
    assert.match(page, /\nSource: /);
    assert.ok(read('docs/metrics/README.md').includes(`\`${metric.name}\``));
  });
}

/** What a page says that a preset sets. */
function settingsOf(options: object): string {
  const pairs = Object.entries(options).map(([option, value]) => `\`${option} = ${value}\``);
  return pairs.length === 0 ? 'the defaults' : pairs.join(', ');
}

for (const metric of metrics) {
  test(`has a row for each preset of ${metric.name}, and for no other`, () => {
    const page = read(`docs/metrics/${metric.name}.md`);
    for (const preset of PRESETS) {
      const options = metric.presets?.[preset];
      if (options) assert.ok(page.includes(`\n| \`${preset}\` | ${settingsOf(options)} |`), preset);
      else assert.not.ok(page.includes(`\n| \`${preset}\` |`), preset);
    }
  });
}

test('lists every preset of every metric on the page of presets', () => {
  const page = read('docs/presets.md');
  for (const { name, title, presets } of metrics) {
    const cells = PRESETS.map((preset) => (presets?.[preset] ? settingsOf(presets[preset]) : '—'));
    assert.ok(page.includes(`\n| [${title}](metrics/${name}.md) | ${cells.join(' | ')} |\n`), name);
  }
});

for (const path of listPages()) {
  test(`has tables of options as they are declared: ${basename(path)}`, () => {
    const page = readFileSync(path, 'utf8');
    assert.is(updateTables(page), page, 'run npm run docs:options');
  });
}

test('has the version of package.json', () => {
  assert.is(JSON.parse(read('package.json')).version, version);
});

test('links only to files that exist', () => {
  for (const page of [
    'README.md',
    'CONTRIBUTING.md',
    'docs/api.md',
    'docs/formats.md',
    'docs/intervals.md',
    'docs/agreement.md',
    'docs/compare.md',
    'docs/decomposition.md',
    'docs/architecture.md',
    'docs/data.md',
    'docs/training.md',
    'docs/presets.md',
    'docs/counter-examples.md',
    'docs/objectives.md',
    'docs/data-files.md',
    'docs/baselines.md',
    'docs/metrics/README.md',
    ...metrics.map(({ name }) => `docs/metrics/${name}.md`),
  ]) {
    const base = new URL(`../${page}`, import.meta.url);
    for (const [, target] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(new URL(target, base)), `${page} links to ${target}`);
    }
  }
});

test.run();
