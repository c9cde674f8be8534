import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startProgress } from '../../src/cli/progress.js';
import { type Output, type Terminal, wantsColor, widthOf } from '../../src/cli/terminal.js';

const tty: Output = { write() {}, isTTY: true, columns: 100 };
const pipe: Output = { write() {} };

test('colours terminals and nothing else', () => {
  assert.ok(wantsColor(tty, {}));
  assert.not.ok(wantsColor(pipe, {}));
  assert.not.ok(wantsColor(tty, { TERM: 'dumb' }));
});

test('respects NO_COLOR unless it is empty, and FORCE_COLOR unless it is off', () => {
  assert.not.ok(wantsColor(tty, { NO_COLOR: '1' }));
  assert.ok(wantsColor(tty, { NO_COLOR: '' }));
  assert.ok(wantsColor(pipe, { FORCE_COLOR: '1' }));
  assert.ok(wantsColor(pipe, { FORCE_COLOR: '' }));
  assert.not.ok(wantsColor(tty, { FORCE_COLOR: '0' }));
  assert.not.ok(wantsColor(tty, { FORCE_COLOR: 'false' }));
  assert.not.ok(wantsColor(pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }));
});

test('takes the width of the terminal, else COLUMNS, else 80', () => {
  assert.is(widthOf(tty, { COLUMNS: '50' }), 100);
  assert.is(widthOf(pipe, { COLUMNS: '50' }), 50);
  assert.is(widthOf(pipe, {}), 80);
  assert.is(widthOf(pipe, { COLUMNS: 'wide' }), 80);
  assert.is(widthOf({ ...tty, columns: 0 }, {}), 80);
});

/**
 * A terminal that remembers what is written to its error stream, and a clock that is moved by hand.
 */
function watch(over: Partial<Output> = { isTTY: true, columns: 40 }) {
  const written: string[] = [];
  const terminal: Terminal = {
    stdout: pipe,
    stderr: { ...over, write: (text) => written.push(text) },
    env: {},
    signal: new AbortController().signal,
  };
  const clock = { ms: 0 };
  return { written, clock, progress: startProgress(terminal, () => clock.ms) };
}

const step = (done: number, phase = 'evaluating') => ({ metric: 'mig', phase, done, total: 8 });

test('shows no progress in the first second', () => {
  const { written, clock, progress } = watch();
  progress.update(step(1));
  clock.ms = 999;
  progress.update(step(2));
  progress.clear();
  assert.equal(written, []);
});

test('then shows metric, phase and percent on one line that is written anew, and takes it away at the end', () => {
  const { written, clock, progress } = watch();
  clock.ms = 1000;
  progress.update(step(1));
  clock.ms = 1050;
  progress.update(step(2));
  clock.ms = 1200;
  progress.update(step(8));
  progress.clear();
  clock.ms = 2000;
  progress.update(step(8));
  progress.clear();
  assert.equal(written, ['\r\u001b[2Kmig  evaluating  12 %', '\r\u001b[2Kmig  evaluating 100 %', '\r\u001b[2K']);
});

test('never fills the last column, where a line would wrap', () => {
  const { written, clock, progress } = watch({ isTTY: true, columns: 20 });
  clock.ms = 2000;
  progress.update(step(1, 'a phase with a very long name'));
  assert.is(written[0].replace('\r\u001b[2K', '').length, 19);
});

test('shows no progress where the error stream is no terminal', () => {
  const { written, clock, progress } = watch({});
  clock.ms = 5000;
  progress.update(step(1));
  progress.clear();
  assert.equal(written, []);
});

test.run();
