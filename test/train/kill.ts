/** Kills programs that train, at random moments, and looks at what they leave. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { isLeftover } from '../../src/io/write-file.js';
import { RandomStream } from '../../src/random.js';
import { decodeCheckpoint } from '../../src/train/run/checkpoint.js';
import { bestCheckpoint, checkpointName, checkpointSteps, latestCheckpoint } from '../../src/train/run/checkpoints.js';
import { readConfig } from '../../src/train/run/config.js';
import { findEvents, readEvents } from '../../src/train/run/events.js';
import { LOG_NAME, readLog } from '../../src/train/run/log.js';
import { openRunFolder } from '../../src/train/run/node-run-folder.js';

export interface Killing {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The clock starts when this has appeared in what the program prints; at once where it is left
   * out.
   */
  readonly ready?: RegExp;
  /** The moment is drawn evenly between these, in milliseconds. */
  readonly between: readonly [earliest: number, latest: number];
  /** Which moment: a function of these two. */
  readonly seed: number;
  readonly index: number;
}

export interface Killed {
  /** Whether the program was still running when it was killed. */
  readonly wasRunning: boolean;
  readonly afterMs: number;
  readonly output: string;
}

// Streams of the library end well below.
const MOMENTS = 1000;

/** Starts a program and kills it with SIGKILL, which it cannot notice. */
export async function killAtRandom(killing: Killing): Promise<Killed> {
  const { command, args, env, ready, between, seed, index } = killing;
  const [earliest, latest] = between;
  const microseconds = Math.round((latest - earliest) * 1000);
  const afterMs = earliest + new RandomStream(seed, MOMENTS, index).below(microseconds + 1) / 1000;
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const closed = once(child, 'close');
  const started = new Promise<void>((resolve) => {
    if (ready === undefined) resolve();
    const listen = (data: Buffer) => {
      output += data;
      if (ready?.test(output)) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
  });
  await Promise.race([started, closed]);
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const wasRunning = child.kill('SIGKILL');
  await closed;
  return { wasRunning, afterMs, output };
}

/** What a run folder holds. */
export interface RunState {
  /** Of the newest checkpoint; null before the first. */
  readonly step: number | null;
  /** Steps that the log has. */
  readonly logged: readonly number[];
  /** Steps that the event file has. */
  readonly recorded: readonly number[];
}

/**
 * Asserts that a run can be read as a killed program left it: all checkpoints are whole, there are
 * no more of them than there may be, and log and events have every logged step up to the newest, in
 * order, half a line or event at the most behind them. Null where the program was killed before
 * there was a run.
 */
export async function checkRunFolder(path: string): Promise<RunState | null> {
  if (!existsSync(join(path, 'config.json'))) {
    const names = existsSync(path) ? readdirSync(path) : [];
    assert.equal(
      names.filter((name) => name !== '.lock' && !isLeftover(name)),
      [],
      'before there is a configuration there is nothing',
    );
    return null;
  }
  const folder = await openRunFolder(path, 'read');
  const { logEvery } = await readConfig(folder);
  const steps = await checkpointSteps(folder);
  assert.ok(steps.length <= 3, `checkpoints of steps ${steps}`);
  for (const step of steps) {
    const checkpoint = await decodeCheckpoint((await folder.read(checkpointName(step)))!, checkpointName(step));
    assert.is(checkpoint.step, step);
  }
  await bestCheckpoint(folder);
  const { checkpoint, warnings } = await latestCheckpoint(folder);
  assert.equal(warnings, []);
  assert.is(checkpoint?.step ?? null, steps.at(-1) ?? checkpoint?.step ?? null);

  const log = readLog((await folder.read(LOG_NAME)) ?? new Uint8Array(0));
  assert.is(log.damaged, null, 'only the last line may be half');
  const events = await findEvents(folder);
  const logged = log.lines.map(({ step }) => step);
  const read = events === null ? [] : [...readEvents((await folder.read(events))!)];
  const recorded = read.filter(({ fileVersion }) => fileVersion === null).map(({ step }) => step);
  const due = Math.floor((checkpoint?.step ?? 0) / logEvery) * logEvery;
  for (const [what, list] of [
    ['log', logged],
    ['events', recorded],
  ] as const) {
    assert.ok(
      list.every((step, i) => i === 0 || step > list[i - 1]),
      `${what} in order: ${list}`,
    );
    const upToDue = list.filter((step) => step <= due && step % logEvery === 0);
    assert.is(upToDue.length, due / logEvery, `${what} up to step ${due}: ${list}`);
  }
  return { step: checkpoint?.step ?? null, logged, recorded };
}
