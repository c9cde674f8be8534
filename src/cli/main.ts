#!/usr/bin/env node
import { isatty } from 'node:tty';
import { EXIT } from './exit-codes.js';
import { run } from './run.js';
import { createSignals } from './signals.js';

const stop = new AbortController();

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

const signals = createSignals(stop);
// The system lets the first process of a container ignore what it does not handle.
if (process.pid === 1) signals.hold();

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: stop.signal,
  hold: signals.hold,
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
