/** A run on a file system that is too small for it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunState } from '../kill.js';
import { bundle } from './bundle.js';
import { makeFolder } from './samples.js';

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
// What a machine forbids no installation changes, so this is not asked for where everything else is.
const canMount = onSmallDisk(64, 'true').status === 0;
const name = 'a disk that fills up stops a run with one sentence, and leaves it readable and resumable';
if (!canMount) console.log(`skipped: ${name} (this machine lets no user mount a file system)`);

// A checkpoint of 50,000 values takes 400 kB, and there are up to four at a time: two, the best, and the next. Of a few values it takes a
// page, and it is the log that fills the disk.
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

test.run();
