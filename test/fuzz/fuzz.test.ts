/**
 * Every reader on damaged files: no hang, no error without a code, no process that grows beyond all
 * bounds, no trap. VAEMETRICS_FUZZ says how many inputs there are in all; 20,000 in .ci/run.
 *
 *   VAEMETRICS_FUZZ=1000000 npm test -- fuzz/
 */
import { availableParallelism } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testNeeding } from '../requirements.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';
import { targets } from './targets.js';

const INPUTS = Number(process.env.VAEMETRICS_FUZZ ?? 0);
const sound = targets.filter(({ isBad }) => !isBad);
const each = Math.ceil(INPUTS / sound.length);
const testFuzzing = testNeeding(INPUTS > 0, 'VAEMETRICS_FUZZ=20000');
const processes = Math.min(availableParallelism(), Math.ceil(each / 100));

test('damages files the same way for the same number, and differently for others', () => {
  const files = [Uint8Array.from({ length: 99 }, (_, i) => i), new Uint8Array(50)];
  assert.equal(mutate(files, 7), mutate(files, 7));
  const different = new Set(
    Array.from({ length: 50 }, (_, seed) => Buffer.from(mutate(files, seed).bytes).toString('hex')),
  );
  assert.ok(different.size > 45, `${different.size} of 50 are different`);
});

test('tells a reader that hangs, throws without a code, or ends its process', async () => {
  const problemsOf = async (name: string) => (await fuzz(name, 2, 1)).problems.join('\n');
  assert.match(await problemsOf('bad: throws'), /^input 0: TypeError/);
  assert.match(await problemsOf('bad: ends'), /^input 0: ended with 70/);
  assert.match(await problemsOf('bad: hangs'), /^input 0: nothing for 10 s/);
});

for (const { name } of sound) {
  testFuzzing(`${name}: damaged files are read or refused`, async () => {
    const outcome = await fuzz(name, each, processes);
    const { inputs, read, seconds, megabytes, problems } = outcome;
    console.log(`${name}: ${inputs} inputs, ${read} read, slowest ${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB`);
    assert.is(problems.join('\n\n'), '');
    assert.is(inputs, each);
  });
}

test.run();
