/**
 * WebGPU in Node, by the package `webgpu` (Dawn), on the software adapter that Chromium brings.
 * VAEMETRICS_PEERS names a folder where `npm install webgpu` was run; each test runs in a process
 * of its own, in that folder.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { repository, runProgram } from '../../package/installed.js';
import { testNeeding } from '../../requirements.js';

const folder = process.env.VAEMETRICS_PEERS ?? repository;
const drivers = [process.env.VK_ICD_FILENAMES, '/usr/lib/chromium/vk_swiftshader_icd.json'];
const driver = drivers.find((path) => path !== undefined && existsSync(path));
const isHere = existsSync(join(folder, 'node_modules', 'webgpu')) && driver !== undefined;

const dawn = suite('webgpu in Node');
const test = testNeeding(
  isHere,
  'no webgpu package or no driver; VAEMETRICS_PEERS=FOLDER, VK_ICD_FILENAMES=FILE',
  dawn,
);

/** Runs code that prints one JSON document, with graphics in software or without any. */
function run(code: string, hasDriver = true): unknown {
  const env = hasDriver
    ? { VK_ICD_FILENAMES: driver ?? '', LD_LIBRARY_PATH: dirname(driver ?? '') }
    : { VK_ICD_FILENAMES: '/dev/null', LD_LIBRARY_PATH: '' };
  const whole = `
    import { openBackend } from ${JSON.stringify(join(repository, 'dist/train/node.js'))};
    import { sumErrors } from ${JSON.stringify(join(repository, 'test/browser/page/large-sums.js'))};
    import { smallLosses } from ${JSON.stringify(join(repository, 'test/browser/page/small-loss.js'))};
    ${code}`;
  const { code: exit, out, err } = runProgram(process.execPath, ['--input-type=module', '-e', whole], folder, env);
  assert.is(exit, 0, out + err);
  return JSON.parse(out);
}

test('computes the losses of the other backends, lets the process end, and takes its globals away', () => {
  const [webgpu, cpu, left] = run(`
    const webgpu = await openBackend('webgpu');
    const first = { answer: webgpu.tf.getBackend(), device: webgpu.device, ...await smallLosses(webgpu.tf) };
    webgpu.close();
    const left = globalThis.navigator?.gpu === undefined;
    const cpu = await openBackend('cpu');
    console.log(JSON.stringify([first, await smallLosses(cpu.tf), left]));
    cpu.close();`) as [
    { answer: string; device: string; losses: number[]; tensors: number },
    { losses: number[] },
    boolean,
  ];
  assert.equal([webgpu.answer, webgpu.tensors, left], ['webgpu', 0, true]);
  assert.match(webgpu.device, /swiftshader/i);
  webgpu.losses.forEach((loss, i) => {
    assert.ok(Math.abs(loss - cpu.losses[i]) <= 1e-4 * cpu.losses[i], `step ${i}: ${cpu.losses[i]}, got ${loss}`);
  });
});

test('sums of three million values are within 1e-6 of float64', () => {
  const [tensors, errors] = run(`
    const { tf, close } = await openBackend('webgpu');
    const errors = await sumErrors(tf);
    console.log(JSON.stringify([tf.memory().numTensors, errors]));
    close();`) as [number, Record<string, number>];
  assert.is(tensors, 0);
  assert.ok(Object.keys(errors).length > 0);
  for (const [what, error] of Object.entries(errors)) assert.ok(error < 1e-6, `${what}: ${error}`);
});

test('can be opened again after it was closed', () => {
  const names = run(`
    const names = [];
    for (let i = 0; i < 2; i++) {
      const { tf, close } = await openBackend('webgpu');
      names.push(tf.getBackend());
      close();
    }
    console.log(JSON.stringify(names));`);
  assert.equal(names, ['webgpu', 'webgpu']);
});

test('auto passes a software adapter over', () => {
  const [name, refused] = run(`
    const { name, refused, close } = await openBackend('auto');
    console.log(JSON.stringify([name, refused]));
    close();`) as [string, ReadonlyArray<{ name: string; reason: string }>];
  assert.is(name, 'wasm');
  assert.match(
    refused.find((one) => one.name === 'webgpu')?.reason ?? '',
    /^only a software renderer is there \(.*SwiftShader/,
  );
});

test('without an adapter, webgpu is an error that says what to install', () => {
  const message = run(
    `console.log(JSON.stringify(await openBackend('webgpu').catch(({ message }) => message)));`,
    false,
  );
  assert.match(
    message as string,
    /^backend webgpu: WebGPU has no adapter: no GPU, or no driver of one; install the GPU's/,
  );
});

dawn.run();
