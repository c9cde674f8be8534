#!/usr/bin/env node
import { EXIT } from './exit-codes.js';
import { run } from './run.js';
import { StopSignal } from './terminal.js';

const stop = new AbortController();

// Under npx one Ctrl-C arrives twice: from the terminal, and again from npm, which hands on what it got.
const ECHO_MS = 300;
let stoppedAt = 0;

// A reader that has seen enough (`| head`) closes the pipe; that is no failure, and nothing is left to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`vaemetrics: error: standard output: ${error.message}\n`);
  process.exit(EXIT.cannotWrite);
});
// Nobody is left to be told.
process.stderr.on('error', () => {});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The first asks the command to unwind, the second does not wait for it.
    if (stop.signal.aborted) {
      if (performance.now() - stoppedAt < ECHO_MS) return;
      process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
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
// Standard input that is still open would keep the process alive.
if (stop.signal.aborted) process.exit();
