/**
 * The built package under several Nodes: the same report, to the byte, in both builds of the WebAssembly.
 * VAEMETRICS_NODES names the other Nodes, with colons between: `/a/node22/bin/node:/a/node24/bin/node`.
 */
import { delimiter } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../src/index.js';
import { testNeeding } from '../requirements.js';
import { digits, outputOf, repository } from './installed.js';

const others = (process.env.VAEMETRICS_NODES ?? '').split(delimiter).filter((path) => path !== '');
const versions = suite('node versions');
const test = testNeeding(others.length > 0, 'no other Node; VAEMETRICS_NODES=PATH:PATH', versions);

const SCORE = ['dist/cli.js', 'score', ...digits, '--json', '--seed', '3', '--interval', '4', '--null', '4'];
const report = (node: string, build: string) => outputOf(node, SCORE, repository, { VAEMETRICS_WASM: build });

const here = report(process.execPath, 'simd');

versions('both builds give the same report in this Node', () => {
  const { metrics } = JSON.parse(here) as Report;
  assert.ok(Object.keys(metrics).length >= 4);
  assert.is(report(process.execPath, 'relaxed'), here);
});

test('the others are Nodes of other versions', () => {
  const names = [process.execPath, ...others].map((node) => outputOf(node, ['--version'], repository).trim());
  assert.is(new Set(names).size, names.length, names.join());
});

for (const node of others.length > 0 ? others : ['other Nodes']) {
  for (const build of ['simd', 'relaxed']) {
    test(`${node} gives the same report with the ${build} build`, () => {
      assert.is(report(node, build), here);
    });
  }
  test(`${node} imports the library and picks a build`, () => {
    const code = `import { ready } from './dist/node.js'; process.stdout.write(await ready());`;
    const build = outputOf(node, ['--input-type=module', '-e', code], repository, { VAEMETRICS_WASM: '' });
    const major = Number(outputOf(node, ['-p', 'process.versions.node'], repository).split('.')[0]);
    assert.is(build, major >= 22 ? 'relaxed' : 'simd');
  });
}

versions.run();
