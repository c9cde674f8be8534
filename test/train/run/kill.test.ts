import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { checkRunFolder, killAtRandom } from '../kill.js';
import { bundle } from './bundle.js';
import { makeFolder } from './samples.js';
import { writeRun } from './writer.js';

const temporary = makeFolder();
test.after(temporary.remove);

const writer = temporary.at('writer.mjs');
test.before(() => bundle('writer.ts', writer));

test('a run that is killed 50 times stays readable, loses nothing before its checkpoint, and ends as one that never was', async () => {
  const path = temporary.at('run');
  // As long as some steps take here, within reason.
  const began = performance.now();
  spawnSync(process.execPath, [writer, temporary.at('trial'), '9']);
  const latest = Math.min(performance.now() - began, 200);
  let step = 0;
  let running = 0;
  for (let index = 0; index < 50; index++) {
    const killed = await killAtRandom({
      command: process.execPath,
      args: [writer, path, '+1000000'],
      ready: /^ready/,
      between: [0, latest],
      seed: 1,
      index,
    });
    assert.is(killed.output, 'ready\n');
    if (killed.wasRunning) running++;
    const state = await checkRunFolder(path);
    assert.ok((state?.step ?? 0) >= step, `step ${state?.step} after ${step}`);
    step = state?.step ?? 0;
  }
  assert.is(running, 50);
  assert.ok(step >= 3, `it came to step ${step}`);

  const steps = step + 10;
  const last = spawnSync(process.execPath, [writer, path, String(steps)], { encoding: 'utf8' });
  assert.equal([last.status, last.stdout, last.stderr], [0, 'ready\n', '']);
  const whole = createMemoryRunFolder();
  await writeRun(whole, String(steps), true);
  for (const [name, bytes] of whole.files()) assert.ok(readFileSync(join(path, name)).equals(bytes), name);
  assert.equal((await checkRunFolder(path))!.logged.length, steps);
});

test('a program that ends by itself was not running any more', async () => {
  const killed = await killAtRandom({
    command: process.execPath,
    args: ['-e', 'console.log("done")'],
    ready: /never/,
    between: [0, 1],
    seed: 1,
    index: 0,
  });
  assert.equal([killed.wasRunning, killed.output], [false, 'done\n']);
});

test.run();
