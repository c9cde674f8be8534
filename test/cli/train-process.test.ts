/**
 * `vaemetrics train` as a process: signals, kill -9 and a full disk, and that the run comes out as
 * one that nothing happened to.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointSteps } from '../../src/train/run/checkpoints.js';
import { openRunFolder } from '../../src/train/run/node-run-folder.js';
import { repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { checkRunFolder, killAtRandom } from '../train/kill.js';
import { makeFolder } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const main = join(repository, 'dist/cli.js');
const CHECKPOINT_EVERY = 3;
const SETTINGS = ['--backend', 'wasm', '--threads', '1', '--batch-size', '2', '--latents', '2', '--test-rows', '20'];
const NEW = ['--data', 'shapes-3', ...SETTINGS, '--score-every', '0', '--log-every', '1', '--checkpoint-every', '3'];
const ENDLESS = ['--steps', '1000000'];

const begin = (run: string, ...more: string[]) => [main, 'train', '--out', run, ...NEW, ...more];
const resume = (run: string, ...more: string[]) => [main, 'train', '--resume', run, ...more];

interface Running {
  readonly child: ChildProcess;
  readonly err: () => string;
  /** Waits until the program has printed something on its error stream. */
  saw(pattern: RegExp): Promise<void>;
  readonly ended: Promise<{ end: number | NodeJS.Signals | null; out: string; err: string }>;
}

function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  const listeners: Array<() => void> = [];
  child.stdout.on('data', (piece) => (out += piece));
  child.stderr.on('data', (piece) => {
    err += piece;
    for (const listen of listeners) listen();
  });
  // A program that hangs shall fail its test, not hang it.
  const patience = setTimeout(() => child.kill('SIGKILL'), 300_000);
  const ended = new Promise<{ end: number | NodeJS.Signals | null; out: string; err: string }>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(patience);
      resolve({ end: code ?? signal, out, err });
    });
  });
  return {
    child,
    err: () => err,
    ended,
    saw: (pattern) => {
      const seen = new Promise<void>((resolve) => {
        const listen = () => pattern.test(err) && resolve();
        listeners.push(listen);
        listen();
      });
      return Promise.race([seen, ended.then(() => assert.match(err, pattern))]);
    },
  };
}

/** What each line of the log says of a step, without times. */
function numbersOf(run: string): object[] {
  const lines = readFileSync(join(run, 'log.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { step, loss, reconstruction, kl, klPerLatent } = JSON.parse(line);
    return { step, loss, reconstruction, kl, klPerLatent };
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A run to `steps` that nothing happened to. */
function runWhole(run: string, steps: number): object[] {
  const { status, stderr } = spawnSync(process.execPath, begin(run, '--steps', String(steps), '--quiet'), {
    encoding: 'utf8',
  });
  assert.equal([status, stderr], [0, '']);
  return numbersOf(run);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`the first ${signal} writes a checkpoint and says how to go on; so the run comes out as if it had not been`, async () => {
    const run = at(`run of ${signal}`);
    const { child, saw, ended } = start(begin(run, ...ENDLESS));
    await saw(/step 4 of/);
    child.kill(signal);
    const { end, out, err } = await ended;
    assert.equal([end, out], [code, '']);
    const last = err.trim().split('\n').at(-1) ?? '';
    const [, step] = /^stopped after step (\d+); go on with: vaemetrics train --resume '.*'$/.exec(last) ?? [];
    assert.ok(step !== undefined, last);
    assert.ok(last.endsWith(`--resume '${run}'`), last);
    const folder = await openRunFolder(run, 'read');
    assert.is((await checkpointSteps(folder)).at(-1), Number(step));
    assert.is((await checkRunFolder(run))?.logged.at(-1), Number(step));
    assert.not.ok(existsSync(join(run, '.lock')));

    const steps = Number(step) + 3;
    const resumed = await start(resume(run, '--steps', String(steps))).ended;
    assert.is(resumed.end, 0, resumed.err);
    assert.match(resumed.err, new RegExp(`\\ngoing on after step ${step}\\nstep ${Number(step) + 1} of ${steps} `));
    assert.equal(numbersOf(run), runWhole(at(`whole of ${signal}`), steps));
  });
}

test('one Ctrl-C that arrives twice, as under npx, still writes a checkpoint', async () => {
  const run = at('twice');
  const { child, saw, ended } = start(begin(run, ...ENDLESS));
  await saw(/step 4 of/);
  child.kill('SIGINT');
  await pause(20);
  child.kill('SIGINT');
  const { end, err } = await ended;
  assert.is(end, 130);
  assert.match(err, /\nstopped after step \d+; go on with: /);
});

/**
 * Runs a program on a terminal of its own, which is closed once it has shown some text; prints how
 * the program ended.
 */
const ON_A_TERMINAL = `
import os, pty, sys
text = sys.argv[1].encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
seen = b''
while text not in seen:
    seen = seen[-999:] + os.read(terminal, 4096)
os.close(terminal)
_, status = os.waitpid(pid, 0)
print(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
`;

const python = spawnSync('python3', ['-c', 'import pty']).status === 0;

testNeeding(python, 'python3, which makes terminals')(
  'a terminal that is closed leaves a checkpoint of the last step, though nobody can be told of it',
  () => {
    const run = at('closed');
    const command = [process.execPath, ...begin(run, ...ENDLESS)];
    const { stdout, stderr } = spawnSync('python3', ['-c', ON_A_TERMINAL, '4 / 1,000,000 steps', ...command], {
      encoding: 'utf8',
      timeout: 300_000,
    });
    assert.equal([stdout, stderr], ['129\n', '']);
    assert.not.ok(existsSync(join(run, '.lock')));
    const steps = numbersOf(run).map((line) => (line as { step: number }).step);
    assert.ok(steps.length >= 4);
    const last = `checkpoints/step-${String(steps.length).padStart(9, '0')}.safetensors`;
    assert.ok(existsSync(join(run, last)), last);
  },
);

test('SIGHUP hurries nobody, however often it comes', async () => {
  const run = at('hung up twice');
  // Scores of seconds, which the first waits for.
  const held = ['--test-rows', '5000', '--score-rows', '5000', '--score-every', '1'];
  const { child, saw, ended } = start(begin(run, ...held));
  await saw(/step 1 of/);
  await pause(500);
  child.kill('SIGHUP');
  await saw(/stopping; /);
  await pause(500);
  assert.is(child.exitCode, null, 'the first waits for the scores');
  child.kill('SIGHUP');
  const { end, err } = await ended;
  assert.is(end, 129);
  assert.match(err, /\nstopped after step \d+; go on with: /);
});

test('the second SIGINT ends it at once, in the middle of what the first waits for', async () => {
  const run = at('impatient');
  // After every step thousands of images are scored, which takes seconds where the step takes none.
  const held = ['--test-rows', '5000', '--score-rows', '5000', '--score-every', '1'];
  const { child, saw, ended } = start(begin(run, ...held));
  await saw(/step 1 of/);
  // The checkpoint of that step, a signal during which ends the run, is written by then, and the
  // next score has begun.
  await pause(500);
  child.kill('SIGINT');
  await saw(/stopping; /);
  // Longer than the two of one Ctrl-C under npx are apart.
  await pause(1500);
  assert.is(child.exitCode, null, 'the first waits for the scores');
  child.kill('SIGINT');
  const { end, err } = await ended;
  assert.is(end, 'SIGINT');
  assert.not.match(err, 'stopped');
  assert.equal((await checkRunFolder(run))?.logged, [1]);
});

test('a run that is killed a dozen times loses the steps since its checkpoint at most, and ends as one that never was', async () => {
  const run = at('killed');
  let step = 0;
  let running = 0;
  for (let index = 0; index < 12; index++) {
    const args = existsSync(join(run, 'config.json')) ? resume(run, ...ENDLESS) : begin(run, ...ENDLESS);
    const killed = await killAtRandom({
      command: process.execPath,
      args,
      // Some steps further every time, as fast as the machine is: the fourth step has a checkpoint
      // behind it.
      ready: new RegExp(`^wasm(?:[^]*?\\nstep ){${index % 5}}`),
      between: [0, 400],
      seed: 5,
      index,
    });
    if (killed.wasRunning) running++;
    const state = await checkRunFolder(run);
    const reached = state?.step ?? 0;
    assert.ok(reached >= step, `step ${reached} after ${step}`);
    const told = Number([...killed.output.matchAll(/^step ([\d,]+) of/gm)].at(-1)?.[1].replaceAll(',', '') ?? 0);
    assert.ok(told - reached <= CHECKPOINT_EVERY, `step ${told} had been made, ${reached} is kept`);
    step = reached;
  }
  assert.is(running, 12);
  assert.ok(step >= CHECKPOINT_EVERY, `it came to step ${step}`);

  const last = await start(resume(run, '--steps', String(step + 4))).ended;
  assert.is(last.end, 0, last.err);
  assert.equal(numbersOf(run), runWhole(at('never killed'), step + 4));
  const scored = spawnSync(process.execPath, [main, 'score', run, '--json', '--metrics', 'mig'], { encoding: 'utf8' });
  assert.is(scored.status, 0, scored.stderr);
  assert.is(JSON.parse(scored.stdout).input.latents.rows, 20);
});

const disk = at('disk');
mkdirSync(disk);

/** Runs a script where `disk` is a file system of its own, which is gone afterwards. */
function onSmallDisk(kilobytes: number, script: string) {
  const mount = `mount -t tmpfs -o size=${kilobytes}k tmpfs "$DISK" && ${script}`;
  const env = { ...process.env, DISK: disk, NODE: process.execPath, MAIN: main };
  return spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', mount], { encoding: 'utf8', env });
}

const canMount = onSmallDisk(64, 'true').status === 0;
const name = 'a full disk ends it with one sentence and how to go on, and the run is resumed';
if (!canMount) console.log(`skipped: ${name} (this machine lets no user mount a file system)`);

(canMount ? test : test.skip)(name, () => {
  // A checkpoint is 6 MB: the third, written before the first is removed, does not fit.
  const first = `"$NODE" "$MAIN" train --out "$DISK/run" ${NEW.join(' ')} ${ENDLESS.join(' ')}; echo "ended $?"`;
  const room = 'mount -o remount,size=60000k "$DISK"; ls "$DISK/run/checkpoints"';
  const second = '"$NODE" "$MAIN" train --resume "$DISK/run" --steps 10 --quiet; echo "ended $?"';
  const { stdout, stderr } = onSmallDisk(14_000, `{ ${first}; ${room}; ${second}; }`);
  const words = stderr.split('\n').filter((line) => /^(vaemetrics|stopped)/.test(line));
  assert.equal(words, [
    `stopped after step 9; go on with: vaemetrics train --resume ${disk}/run`,
    `vaemetrics: error: ${disk}/run/checkpoints/step-000000009.safetensors: cannot be written: the disk is full`,
  ]);
  const [ended, ...rest] = stdout.trim().split('\n');
  assert.is(ended, 'ended 73');
  assert.equal(rest.slice(0, 2), ['step-000000003.safetensors', 'step-000000006.safetensors']);
  assert.match(rest[2], /^10 steps in /);
  assert.is(rest.at(-1), 'ended 0');
});

test.run();
