import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  bestCheckpoint,
  checkpointName,
  checkpointSteps,
  latestCheckpoint,
  removeCheckpointsAfter,
  saveBest,
  saveCheckpoint,
} from '../../../src/train/run/checkpoints.js';
import { createMemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { errorOf } from '../../io/matrices.js';
import { makeCheckpoint } from './samples.js';

async function makeRun(...steps: number[]) {
  const folder = createMemoryRunFolder([], 'runs/first');
  for (const step of steps) await saveCheckpoint(folder, makeCheckpoint(step));
  return folder;
}

test('keeps the last two, and the best', async () => {
  const folder = await makeRun(100, 200);
  await saveBest(folder, makeCheckpoint(100));
  for (const step of [300, 400, 1_000_000_000]) await saveCheckpoint(folder, makeCheckpoint(step));
  assert.equal(await folder.list('checkpoints'), [
    'best.safetensors',
    'step-000000400.safetensors',
    'step-1000000000.safetensors',
  ]);
  assert.equal(await checkpointSteps(folder), [400, 1_000_000_000]);
  assert.equal((await latestCheckpoint(folder)).checkpoint, makeCheckpoint(1_000_000_000));
  assert.equal(await bestCheckpoint(folder), makeCheckpoint(100));
});

test('a run without checkpoints has none', async () => {
  assert.equal(await latestCheckpoint(await makeRun()), { checkpoint: null, warnings: [] });
  assert.is(await bestCheckpoint(await makeRun()), null);
});

test('takes the one before a damaged checkpoint, and says so', async () => {
  const folder = await makeRun(100, 200);
  const bytes = (await folder.read(checkpointName(200)))!;
  bytes[bytes.length - 1] ^= 1;
  await folder.writeAtomically(checkpointName(200), [bytes]);
  const { checkpoint, warnings } = await latestCheckpoint(folder);
  assert.equal(checkpoint, makeCheckpoint(100));
  assert.is(warnings.length, 1);
  assert.match(
    warnings[0],
    /^runs\/first\/checkpoints\/step-000000200\.safetensors: expected the checksum \w{8}, got \w{8}: it is damaged; the one before, step 100, is taken$/,
  );
  await removeCheckpointsAfter(folder, 100);
  assert.equal(await checkpointSteps(folder), [100]);
});

test('takes the best where all others are damaged', async () => {
  const folder = await makeRun(100, 200);
  await saveBest(folder, makeCheckpoint(50));
  for (const step of [100, 200]) await folder.writeAtomically(checkpointName(step), [new Uint8Array(5)]);
  const { checkpoint, warnings } = await latestCheckpoint(folder);
  assert.equal(checkpoint, makeCheckpoint(50));
  assert.equal(warnings, [
    'runs/first/checkpoints/step-000000200.safetensors: expected a header length of 8 bytes, got 5; the best one, step 50, is taken',
    'runs/first/checkpoints/step-000000100.safetensors: expected a header length of 8 bytes, got 5; the best one, step 50, is taken',
  ]);
});

test('does not begin anew where all checkpoints are damaged', async () => {
  const folder = await makeRun(100);
  await folder.writeAtomically(checkpointName(100), [new Uint8Array(5)]);
  const error = await errorOf(() => latestCheckpoint(folder));
  assert.is(
    error.message,
    'runs/first: no checkpoint is whole: runs/first/checkpoints/step-000000100.safetensors: expected a header length of 8 bytes, got 5',
  );
});

test('the checkpoint before stays where the next cannot be written', async () => {
  const folder = await makeRun(100, 200);
  const full = {
    ...folder,
    async writeAtomically() {
      throw new Error('the disk is full');
    },
  };
  assert.is((await errorOf(() => saveCheckpoint(full, makeCheckpoint(300)))).message, 'the disk is full');
  assert.equal(await checkpointSteps(folder), [100, 200]);
  assert.equal((await latestCheckpoint(folder)).checkpoint, makeCheckpoint(200));
});

test.run();
