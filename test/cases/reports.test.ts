/** Reports from elsewhere: what is none is a data error, and pictures of them stay XML. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInProcess } from '../cli/in-process.js';
import { makeFolder } from '../cli/sample-files.js';
import { testNeeding } from '../requirements.js';

const { at, remove } = makeFolder();
test.after(remove);

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Four reports with a third metric of any name; the text, as no object could have it. */
function writeReports(name: string): string[] {
  return [0, 1, 2, 3].map((i) => {
    const values = { mig: i / 9, sap: ((i * 3) % 4) / 5, [name]: ((i * 2) % 3) / 4 };
    const metrics = Object.entries(values).map(([key, value]) => `${JSON.stringify(key)}: {"value": ${value}}`);
    const path = at(`${i}.json`);
    writeFileSync(path, `{"schema": "vaemetrics/report@1", "metrics": {${metrics.join()}}}`);
    return path;
  });
}

for (const name of [
  'constructor',
  '__proto__',
  'toString',
  '\u001b[31m',
  'a\u0000',
  '\ud800',
  '\u202eevil',
  '',
  ' mig',
  'x'.repeat(101),
]) {
  test(`refuses a metric called ${JSON.stringify(name).slice(0, 20)}`, async () => {
    const { code, out, err } = await runInProcess(['agreement', ...writeReports(name)]);
    assert.equal([code, out], [65, ''], err);
    assert.match(err, /0\.json: expected names of metrics, got "/);
  });
}

test('refuses deep nesting wherever it stands', async () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  for (const text of [
    deep,
    `{"schema":"vaemetrics/report@1","metrics":{"mig":{"value":0.1,"options":{"a":${deep}}}}}`,
    `{"schema":"vaemetrics/report@1","metrics":{"mig":{"value":0.1}},"seed":${'{"a":'.repeat(60)}1${'}'.repeat(60)}}`,
  ]) {
    writeFileSync(at('deep.json'), text);
    const { code, err } = await runInProcess(['agreement', at('deep.json')]);
    assert.is(code, 65, err.slice(0, 300));
    assert.match(err, /deep\.json(, report 0)?: expected .*levels deep/);
  }
});

test('writes SVG that is XML, whatever metrics and files are called', async () => {
  const strange = 'a&b<c>"d\' é 日本';
  const paths = writeReports(strange);
  const { code, err } = await runInProcess(['agreement', ...paths, '-o', at('a.svg')]);
  assert.is(code, 0, err);
  const svg = readFileSync(at('a.svg'), 'utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.not.match(svg, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  assert.ok(svg.includes('a&amp;b&lt;c&gt;'));
});

testNeeding(hasPython, 'Python')('its SVG is read by an XML parser', async () => {
  await runInProcess(['agreement', ...writeReports('a&b<c>'), '-o', at('b.svg')]);
  const parse = 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])';
  execFileSync('python3', ['-c', parse, at('b.svg')]);
});

test.run();
