#!/usr/bin/env node
import { isatty } from 'node:tty';
import { EXIT, EXIT_OF_SIGNAL } from './exit-codes.js';
import { run } from './run.js';
import { StopSignal } from './terminal.js';

const stop = new AbortController();

// Under npx one Ctrl-C arrives twice: from the terminal, and again from npm, which hands on what it
// got.
const ECHO_MS = 300;
let stoppedAt = 0;

const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));

// A reader that has seen enough (`| head`) closes the pipe; that is no failure, and nothing is left
// to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // What was asked to stop comes to its own end: the terminal may be gone, and a checkpoint on its
  // way.
  if (stop.signal.aborted) return;
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`vaemetrics: error: standard output: ${error.message}\n`);
  process.exit(EXIT.cannotWrite);
});
// Nobody is left to be told.
process.stderr.on('error', () => {});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first asks the command to unwind, the second does not wait for it. A terminal that closes
    // is nobody in a hurry: system and shell both say so.
    if (stop.signal.aborted) {
      if (signal === 'SIGHUP' || performance.now() - stoppedAt < ECHO_MS) return;
      process.exit(EXIT_OF_SIGNAL[signal]);
    }
    stoppedAt = performance.now();
    stop.abort(new StopSignal(signal));
  });
}

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: stop.signal,
});
if (stop.signal.aborted) {
  // Node resets terminals as it exits, and crashes where one is gone. What ends by the signal
  // itself counts as 129 just so.
  if (hasTerminal && process.exitCode === EXIT.hungUp) {
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }
  // Standard input that is still open would keep the process alive.
  process.exit();
}
