/**
 * The built package under several Nodes: the same report, to the byte.
 * VAEMETRICS_NODES names the other Nodes, with colons between:
 * `/a/node22/bin/node:/a/node24/bin/node`.
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
const report = (node: string) => outputOf(node, SCORE, repository);

const here = report(process.execPath);

versions('this Node gives a whole report to compare with', () => {
  const { metrics } = JSON.parse(here) as Report;
  assert.ok(Object.keys(metrics).length >= 4);
});

test('the others are Nodes of other versions', () => {
  const names = [process.execPath, ...others].map((node) => outputOf(node, ['--version'], repository).trim());
  assert.is(new Set(names).size, names.length, names.join());
});

for (const node of others.length > 0 ? others : ['other Nodes']) {
  test(`${node} gives the same report`, () => assert.is(report(node), here));

  test(`${node} trains with relaxed SIMD if it has that`, () => {
    const code = `
      import { openBackend } from './dist/train/node.js';
      const backend = await openBackend('wasm');
      process.stdout.write(backend.device);
      await backend.close();`;
    const device = outputOf(node, ['--input-type=module', '-e', code], repository, { VAEMETRICS_WASM: '' });
    const major = Number(outputOf(node, ['-p', 'process.versions.node'], repository).split('.')[0]);
    assert.is(device, `WebAssembly ${major >= 22 ? 'relaxed SIMD' : 'SIMD'}, one thread`);
  });
}

versions.run();
