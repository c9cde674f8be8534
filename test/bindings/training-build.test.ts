import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../..', import.meta.url));

const PROGRAM = `
  import { loadTraining } from './bindings/training.ts';
  import { supports } from './bindings/wasm-support.ts';
  const hadRelaxed = supports('relaxed');
  try {
    const { build } = await loadTraining(new WebAssembly.Memory({ initial: 1 }));
    console.log(JSON.stringify({ build, hadRelaxed }));
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

test('without VAEMETRICS_WASM, or where it is empty, the host decides', async () => {
  for (const got of await Promise.all([load(undefined), load('')])) {
    assert.is(got.build, got.hadRelaxed ? 'relaxed' : 'simd');
  }
});

test('VAEMETRICS_WASM=simd forces the build that runs everywhere', async () => {
  assert.is((await load('simd')).build, 'simd');
});

test('VAEMETRICS_WASM=relaxed forces the build with relaxed SIMD, on a host that has it switched off as well', async () => {
  assert.is((await load('relaxed')).build, 'relaxed');
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
