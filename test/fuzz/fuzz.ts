/** Runs readers on damaged files in long-lived processes, each with a watchdog. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runnable } from '../../build/runnable.mjs';
import type { Said } from './process.js';

/** What came of the inputs of one reader. */
export interface Outcome {
  readonly inputs: number;
  /** How many were read in spite of their damage; the others were refused in words. */
  readonly read: number;
  /** Of the slowest. */
  readonly seconds: number;
  /** Of the largest process. */
  readonly megabytes: number;
  /** One line for each input that hung, ended the process, or threw what has no code. */
  readonly problems: readonly string[];
}

/** An input may take this long; a machine that does other things is slower, and no hang ends. */
const SECONDS = 2;
const WATCHED_SECONDS = 5 * SECONDS;
/** Node and the modules take 200 of them. */
const MEGABYTES = 1024;

/** @param processes that share the inputs */
export async function fuzz(target: string, inputs: number, processes: number): Promise<Outcome> {
  const parts = await Promise.all(
    Array.from({ length: processes }, (_, first) => fuzzPart(target, first, inputs, processes)),
  );
  return {
    inputs: parts.reduce((sum, part) => sum + part.inputs, 0),
    read: parts.reduce((sum, part) => sum + part.read, 0),
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    megabytes: Math.max(...parts.map(({ megabytes }) => megabytes)),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

const given = runnable(fileURLToPath(new URL('process.ts', import.meta.url)));

async function fuzzPart(target: string, first: number, end: number, step: number): Promise<Outcome> {
  const problems: string[] = [];
  let [from, inputs, read, seconds, megabytes] = [first, 0, 0, 0, 0];
  // Each round is a process: the next one goes on behind the input that ended the last one.
  while (from < end && problems.length < MOST_PROBLEMS) {
    let current: number | null = null;
    let began = 0;
    const child = fork(given.at(-1) as string, [target, from, end, step].map(String), {
      execArgv: given.slice(0, -1),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const { promise, isHung } = watch(child, (said: Said) => {
      if ('begun' in said) {
        current = said.begun;
        began = performance.now();
        return;
      }
      inputs++;
      const took = (performance.now() - began) / 1000;
      seconds = Math.max(seconds, took);
      const isLarger = said.megabytes > MEGABYTES && megabytes <= MEGABYTES;
      megabytes = Math.max(megabytes, said.megabytes);
      if (said.isRead) read++;
      if (said.problem !== null) problems.push(`input ${said.done}: ${said.problem}`);
      if (took > WATCHED_SECONDS) problems.push(`input ${said.done}: took ${took.toFixed(1)} s`);
      if (isLarger) problems.push(`input ${said.done}: the process has ${said.megabytes.toFixed(0)} MB`);
      current = null;
    });
    const ended = await promise;
    if (current === null && ended.code === 0) break;
    // A process that ends before it begins cannot read a whole file.
    if (current === null) throw new Error(`${target}: ended with ${ended.code ?? ended.signal}\n${ended.printed}`);
    const input: number = current;
    inputs++;
    const what = isHung() ? `nothing for ${WATCHED_SECONDS} s` : `ended with ${ended.code ?? ended.signal}`;
    problems.push(`input ${input}: ${what}\n${ended.printed.slice(-2000)}`);
    from = input + step;
  }
  return { inputs, read, seconds, megabytes, problems };
}

/** More of them say no more. */
const MOST_PROBLEMS = 20;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly printed: string;
}

function watch(child: ChildProcess, onSaid: (said: Said) => void): { promise: Promise<Ended>; isHung: () => boolean } {
  let [isHung, printed] = [false, ''];
  let last = performance.now();
  // The first message comes when all modules have been loaded.
  let limit = 60;
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (printed += data));
  child.on('message', (said) => {
    last = performance.now();
    limit = WATCHED_SECONDS;
    onSaid(said as Said);
  });
  const timer = setInterval(() => {
    if (performance.now() - last < limit * 1000) return;
    isHung = true;
    child.kill('SIGKILL');
  }, 250);
  const promise = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(timer);
      resolve({ code, signal, printed });
    });
  });
  return { promise, isHung: () => isHung };
}
