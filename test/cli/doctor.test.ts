import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { version } from '../../src/version.js';
import { runInProcess } from './in-process.js';

interface Diagnosis {
  readonly schema: string;
  readonly version: string;
  readonly node: string;
  readonly processor: { readonly model: string; readonly threads: number };
  readonly webassembly: { readonly simd: boolean; readonly relaxedSimd: boolean };
  readonly backends: ReadonlyArray<Readonly<Record<string, string | null>>>;
  readonly auto: string;
}

test('prints one document for a program, with every backend of Node', async () => {
  const { code, out } = await runInProcess(['doctor', '--json']);
  assert.is(code, 0);
  const found = JSON.parse(out) as Diagnosis;
  assert.equal([found.schema, found.version, found.node], ['vaemetrics/doctor@1', version, process.versions.node]);
  assert.ok(found.processor.threads >= 1 && found.processor.model.length > 0);
  assert.ok(found.webassembly.simd);
  const names = ['tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm', 'cpu'];
  assert.equal(
    found.backends.map(({ name }) => name),
    names,
  );
  for (const { status, device, reason } of found.backends) {
    assert.is(device !== null, status !== 'no');
    assert.is(reason !== null, status !== 'works');
  }
  const works = found.backends.filter(({ status }) => status === 'works').map(({ name }) => name);
  assert.equal(works.slice(-2), ['wasm', 'cpu']);
  assert.is(found.auto, works[0]);
});

test('prints what helps with what does not work, within the width of the terminal', async () => {
  const { code, out, err } = await runInProcess(['doctor'], { columns: 60, env: { NO_COLOR: '1' } });
  assert.equal([code, err], [0, '']);
  assert.match(out, /^processor +\S.* threads?$/m);
  assert.match(out, /^WebAssembly +SIMD yes, relaxed SIMD (yes|no)$/m);
  assert.match(out, /^wasm +works +WebAssembly (relaxed )?SIMD, one\s+thread$/m);
  assert.match(out, /^cpu +works +JavaScript, one thread$/m);
  assert.match(out, /\n--backend auto takes [\w-]+\n$/);
  if (/tfjs-node-gpu +no/.test(out)) assert.match(out, 'npm install @tensorflow/tfjs-node-gpu');
  for (const line of out.split('\n')) assert.ok(line.length <= 60, line);
});

test('marks works, when named and no by colour where there is any', async () => {
  const { out } = await runInProcess(['doctor'], { columns: 100 });
  assert.match(out, `wasm           \u001b[36mworks\u001b[39m`);
});

test.run();
