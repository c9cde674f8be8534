import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runnable } from '../../build/runnable.mjs';
import { runInProcess } from './in-process.js';
import { makeFolder, writeSamples } from './sample-files.js';

const { at, remove } = makeFolder();
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test.before(() => writeSamples(at));
test.after(remove);

/** Starts the program as a process of its own. */
function start(...argv: string[]): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env };
  delete env.FORCE_COLOR;
  return spawn(process.execPath, [...runnable(main), ...argv], { env, stdio: 'pipe' });
}

/** What it printed and how it ended: the exit code, or the signal it died of. */
async function ending(child: ChildProcess): Promise<{ end: number | NodeJS.Signals | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (piece) => (out += piece));
  child.stderr?.on('data', (piece) => (err += piece));
  // A program that hangs shall fail its test, not hang it.
  const patience = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const end = await new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  clearTimeout(patience);
  return { end, out, err };
}

test('prints results on standard output and exits with 0', async () => {
  const { end, out, err } = await ending(start('score', at('latents.npy'), at('factors.npy'), '-m', 'mig', '--quiet'));
  assert.equal([end, err], [0, '']);
  assert.match(out, /^mig\t0\.\d{6}\n$/);
});

test('exits with the code of the failure', async () => {
  const { end, out, err } = await ending(start('score', at('none.npy'), at('factors.npy')));
  assert.equal([end, out], [66, '']);
  assert.match(err, /^vaemetrics: error: .*none\.npy: no such file\n$/);
});

test('reads either array from standard input, to the same bytes as from a file', async () => {
  const [latents, factors] = [at('latents.npy'), at('factors.npy')];
  const expected = await runInProcess(['score', latents, factors, '-m', 'mig', '--json']);
  for (const [argv, piped] of [
    [['-', factors], latents],
    [[latents, '-'], factors],
  ] as const) {
    const child = start('score', ...argv, '-m', 'mig', '--json');
    child.stdin?.end(readFileSync(piped));
    const { end, out, err } = await ending(child);
    assert.equal([end, err], [0, '']);
    assert.is(out.replace('"file": "-"', `"file": ${JSON.stringify(piped)}`), expected.out);
  }
});

test('calls standard input by its name where it is damaged', async () => {
  const child = start('inspect', '-');
  child.stdin?.end(readFileSync(at('broken.npy')));
  const { end, err } = await ending(child);
  assert.is(end, 65);
  assert.match(err, /^vaemetrics: error: standard input: expected 3968 bytes/);
});

test('ends quietly when nobody reads its output any more', async () => {
  const child = start('score', at('latents.npy'), at('factors.npy'), '-m', 'mig', '--json');
  child.stdout?.destroy();
  const { end, err } = await ending(child);
  assert.equal([end, err], [0, '']);
});

test('dies of SIGINT, SIGTERM and SIGHUP while it waits for standard input, without a word', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const child = start('score', '-', at('factors.npy'), '--out', at('report.json'));
    const ended = ending(child);
    // More than a pipe holds: once it is gone, somebody is reading.
    await new Promise((resolve) => child.stdin?.write(Buffer.alloc(1 << 20), resolve));
    child.stdin?.on('error', () => {});
    child.kill(signal);
    const { end, out, err } = await ended;
    assert.equal([end, out, err], [signal, '', '']);
  }
});

test.run();
