import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, instantiate, supports } from '../../bindings/load.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const PROGRAM = `
  import { compile, instantiate, supports } from './bindings/load.ts';
  const hadRelaxed = supports('relaxed');
  try {
    const compiled = await compile();
    const isRelaxed = Boolean((await instantiate(compiled)).isRelaxed());
    console.log(JSON.stringify({ build: compiled.build, isRelaxed, hadRelaxed }));
  } catch ({ name, code, message }) {
    console.log(JSON.stringify({ name, code, message }));
  }
`;

/** What a process of its own loads. */
async function load(forced: string | undefined): Promise<Record<string, unknown>> {
  const env = { ...process.env };
  delete env.VAEMETRICS_WASM;
  if (forced !== undefined) env.VAEMETRICS_WASM = forced;
  const program = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: root, env });
  return JSON.parse(stdout);
}

test('every host that runs these tests has SIMD', () => assert.is(supports('simd'), true));

test('compiles once, and makes instances with memories of their own', async () => {
  const compiled = await compile();
  assert.is(await compile(), compiled);
  const [one, other] = [await instantiate(compiled), await instantiate(compiled)];
  assert.is.not(one.memory, other.memory);
  assert.is(one.heapBase() > 0, true);
  assert.is(Boolean(one.isRelaxed()), compiled.build === 'relaxed');
});

test('without VAEMETRICS_WASM, or where it is empty, the host decides', async () => {
  for (const got of await Promise.all([load(undefined), load('')])) {
    assert.is(got.build, got.hadRelaxed ? 'relaxed' : 'simd');
    assert.is(got.isRelaxed, got.hadRelaxed);
  }
});

test('VAEMETRICS_WASM=simd forces the build that runs everywhere', async () => {
  const { build, isRelaxed } = await load('simd');
  assert.equal([build, isRelaxed], ['simd', false]);
});

test('VAEMETRICS_WASM=relaxed forces the build with relaxed SIMD, on a host that has it switched off as well', async () => {
  const { build, isRelaxed } = await load('relaxed');
  assert.equal([build, isRelaxed], ['relaxed', true]);
});

test('VAEMETRICS_WASM with any other value is refused as an option, with what it may be', async () => {
  for (const wrong of ['turbo', 'SIMD', ' simd']) {
    assert.equal(await load(wrong), {
      name: 'RangeError',
      code: 'ERR_OPTION',
      message: `VAEMETRICS_WASM: expected simd or relaxed, got '${wrong}'`,
    });
  }
});

test.run();
