/** SIGINT and SIGTERM end the program within a second, whatever it waits for or computes. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runnable } from '../../build/runnable.mjs';
import { npyBytes } from '../io/builders.js';
import { makeFolder, writeSamples } from './sample-files.js';

const { at, remove } = makeFolder();
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test.before(() => writeSamples(at));
test.after(remove);

const children: ChildProcess[] = [];
test.after.each(() => {
  // A program that hangs shall fail its test, not hang it.
  for (const child of children) child.kill('SIGKILL');
});

function start(...argv: string[]): ChildProcess {
  const child = spawn(process.execPath, [...runnable(main), ...argv], { stdio: 'ignore' });
  children.push(child);
  return child;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a process has a file open, by the last step of its path. */
function hasOpen({ pid }: ChildProcess, name: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`).endsWith(`/${name}`);
    } catch {
      // Closed by now.
      return false;
    }
  });
}

/** Signals the program, and says how it ended and after how many milliseconds. */
async function stop(child: ChildProcess, signal: NodeJS.Signals) {
  assert.is(child.exitCode, null, 'it is at work');
  const begun = performance.now();
  const ended = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, by) => resolve(code ?? by));
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), 20_000);
  child.kill(signal);
  const end = await ended;
  clearTimeout(patience);
  return { end, milliseconds: performance.now() - begun };
}

async function check(child: ChildProcess, file: string): Promise<void> {
  for (let waited = 0; waited < 200 && !hasOpen(child, file); waited++) await pause(50);
  assert.ok(hasOpen(child, file), `${file} is open`);
  await pause(300);
  const { end, milliseconds } = await stop(child, 'SIGINT');
  assert.is(end, 'SIGINT');
  assert.ok(milliseconds < 1000, `${milliseconds} ms`);
}

const isLinux = process.platform === 'linux';
const onLinux = isLinux ? test : test.skip;
if (!isLinux) console.log('skipped: signals (only Linux lists the open files of a process)');

onLinux('while a pipe that nobody writes to is waited for', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  await check(start('score', at('pipe'), at('factors.npy')), 'pipe');
  await check(start('data', at('pipe')), 'pipe');
  await check(start('train', '--data', at('pipe'), '--out', at('run')), 'pipe');
});

onLinux('while a large table is parsed', async () => {
  const line = `${Array.from({ length: 50 }, (_, i) => (i / 7).toFixed(6)).join(',')}\n`;
  writeFileSync(at('large.csv'), line.repeat(200_000));
  await check(start('inspect', at('large.csv')), 'large.csv');
});

onLinux('while pictures are decoded, and an archive of them is written, of which nothing stays', async () => {
  mkdirSync(at('pictures'));
  const data = Uint8Array.from({ length: 1500 * 1500 * 3 }, (_, i) => (i * 7919) % 251);
  const picture = encode({ width: 1500, height: 1500, channels: 3, depth: 8, data });
  for (let i = 0; i < 60; i++) writeFileSync(at(`pictures/${i}.png`), picture);
  mkdirSync(at('out'));
  const child = start('data', at('pictures'), '--out', at('out/images.npz'));
  for (let waited = 0; waited < 200 && readdirSync(at('out')).length === 0; waited++) await pause(50);
  await pause(300);
  const { end, milliseconds } = await stop(child, 'SIGTERM');
  assert.is(end, 143);
  assert.ok(milliseconds < 1000, `${milliseconds} ms`);
  assert.equal(readdirSync(at('out')), []);
});

onLinux('while an output waits for a reader', async () => {
  execFileSync('mkfifo', [at('output.csv')]);
  const child = start('convert', at('latents.npy'), at('output.csv'));
  await pause(4000);
  const { end, milliseconds } = await stop(child, 'SIGINT');
  assert.is(end, 'SIGINT');
  assert.ok(milliseconds < 1500, `${milliseconds} ms`);
});

test('a stream without an end is refused at a limit', () => {
  const { stderr, status } = spawnZero();
  assert.is(status, 65);
  assert.match(stderr, '/dev/zero: expected at most 1073741824 bytes of a stream, got more; give a file');
});

function spawnZero(): { stderr: string; status: number } {
  try {
    execFileSync(process.execPath, [...runnable(main), 'inspect', '/dev/zero'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { stderr: '', status: 0 };
  } catch (error) {
    return error as { stderr: string; status: number };
  }
}

test('arrays of no elements are refused from their header if they are wide, and items of no bytes', async () => {
  for (const [shape, descr, problem] of [
    [[0, 1e8], '<f4', 'expected at least one element in an array this wide, got shape (0, 100000000)'],
    [[0, 1e12], '<f4', 'expected at least one element in an array this wide, got shape (0, 1000000000000)'],
    [[1e8], '<U0', '.npy header: expected items of a byte or more, got a string of none'],
  ] as const) {
    const { parseNpyHeader } = await import('../../src/io/npy-header.js');
    const bytes = npyBytes({ descr, shape, data: new Uint8Array(0) });
    assert.throws(
      () => parseNpyHeader(bytes, bytes.length, { path: 'a.npy' }),
      (error: Error) => error.message === `a.npy: ${problem}`,
    );
  }
});

test.run();
