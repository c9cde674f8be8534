/** A run on a file system that is too small for it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointName, latestCheckpoint } from '../../../src/train/run/checkpoints.js';
import { openRunFolder } from '../../../src/train/run/node-run-folder.js';
import { startRun } from '../../../src/train/run/open-run.js';
import { errorOf } from '../../io/matrices.js';
import { testNeeding } from '../../requirements.js';
import type { RunState } from '../kill.js';
import { bundle } from './bundle.js';
import { CONFIG, makeCheckpoint, makeFolder } from './samples.js';

const temporary = makeFolder();
test.after(temporary.remove);

const disk = temporary.at('disk');
const [writer, reader] = [temporary.at('writer.mjs'), temporary.at('reader.mjs')];
test.before(async () => {
  await bundle('writer.ts', writer);
  await bundle('reader.ts', reader);
});

/** Runs a script where `disk` is a file system of its own, which is gone afterwards. */
function onSmallDisk(kilobytes: number, script: string) {
  const mount = `mount -t tmpfs -o size=${kilobytes}k tmpfs "$DISK" && ${script}`;
  const env = { ...process.env, DISK: disk, NODE: process.execPath, WRITER: writer, READER: reader };
  return spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', mount], { encoding: 'utf8', env });
}

mkdirSync(disk);
// What a machine forbids no installation changes, so this is not asked for where everything else
// is.
const canMount = onSmallDisk(64, 'true').status === 0;
const name = 'a disk that fills up stops a run with one sentence, and leaves it readable and resumable';
if (!canMount) console.log(`skipped: ${name} (this machine lets no user mount a file system)`);

// A checkpoint of 50,000 values takes 400 kB, and there are up to four at a time: two, the best,
// and the next. Of a few values it takes a page, and it is the log that fills the disk.
for (const [kilobytes, values] of [
  [1000, 50_000],
  [1300, 50_000],
  [1600, 50_000],
  [60, 6],
]) {
  (canMount ? test : test.skip)(`${name}: ${kilobytes} kB`, () => {
    const first = `"$NODE" "$WRITER" "$DISK/run" 10000 ${values}; echo "ended $?"; "$NODE" "$READER" "$DISK/run"`;
    const list = 'ls -A "$DISK/run/checkpoints"';
    const room = 'mount -o remount,size=20000k "$DISK"';
    const second = `"$NODE" "$WRITER" "$DISK/run" +30 ${values} && "$NODE" "$READER" "$DISK/run"`;
    const { stdout, stderr } = onSmallDisk(kilobytes, `{ ${first}; ${list}; ${room}; ${second}; }`);
    assert.match(stderr, new RegExp(`OutputError: ${disk}/run/\\S+: cannot be written: the disk is full`));
    const [ready, ended, stopped, ...rest] = stdout.trim().split('\n');
    assert.equal([ready, ended], ['ready', 'ended 1']);
    const state: RunState = JSON.parse(stopped);
    assert.ok(state.logged.length >= (state.step ?? 0));
    assert.not.ok(
      rest.some((file) => file.endsWith('.tmp')),
      'nothing half-written is left',
    );
    const resumed: RunState = JSON.parse(rest.at(-1)!);
    assert.is(resumed.step, (state.step ?? 0) + 30);
    assert.is(resumed.logged.length, (state.step ?? 0) + 30);
  });
}

const READ_ONLY = 'a run is neither begun nor resumed on a file system that is read-only, and that is said';
(canMount ? test : test.skip)(READ_ONLY, () => {
  const write = (path: string) => `"$NODE" "$WRITER" "${path}" 10 6`;
  const { stdout, stderr } = onSmallDisk(
    20_000,
    `{ ${write('$DISK/run')}; mount -o remount,ro "$DISK"; ${write('$DISK/run')}; ${write('$DISK/runs/new')}; ls -A "$DISK" "$DISK/run"; }`,
  );
  const errors = stderr.match(/OutputError: .*/g);
  assert.equal(errors, [
    `OutputError: ${disk}/run/.lock: cannot be written: the file system of ${disk}/run is read-only`,
    `OutputError: ${disk}/runs/new: cannot be written: the file system of ${disk} is read-only`,
  ]);
  assert.not.match(stdout, '.tmp');
});

const testNeedingFullDevice = testNeeding(existsSync('/dev/full'), 'no /dev/full: Linux has it');

testNeedingFullDevice('a full disk stops a run with one sentence and leaves it readable', async () => {
  const path = temporary.at('full');
  const folder = await openRunFolder(path, 'start');
  const run = await startRun(folder, CONFIG);
  await run.checkpoint(makeCheckpoint(50));
  // Where the next checkpoint goes, nothing can be written.
  symlinkSync('/dev/full', `${path}/${checkpointName(100)}`);
  const error = await errorOf(() => run.checkpoint(makeCheckpoint(100)));
  assert.is(error.message, `${path}/checkpoints/step-000000100.safetensors: cannot be written: the disk is full`);
  await run.close();
  await folder.remove(checkpointName(100));
  await folder.close();
  assert.equal((await latestCheckpoint(await openRunFolder(path, 'read'))).checkpoint, makeCheckpoint(50));
});

test('a folder in which nothing can be written is told by its path', async () => {
  const path = temporary.at('blocked');
  const folder = await openRunFolder(path, 'start');
  mkdirSync(`${path}/log.jsonl`);
  const error = await errorOf(() => startRun(folder, CONFIG));
  assert.match(error.message, new RegExp(`^${path}/log\\.jsonl: cannot be written: `));
  await folder.close();
});

test.run();
