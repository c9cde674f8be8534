import type { Progress } from '../types.js';
import { type Terminal, widthOf } from './terminal.js';

/** One line on the error stream that says how far a computation has come. */
export interface ProgressLine {
  update(progress: Progress): void;
  /** Takes the line away for good, before anything else is printed. */
  clear(): void;
}

const FIRST_AFTER_MS = 1000;
const AGAIN_AFTER_MS = 100;
const ERASE_LINE = '\r\u001b[2K';

/** Shows itself only on a terminal, and only once a second has passed. */
export function startProgress(terminal: Terminal, now: () => number = () => performance.now()): ProgressLine {
  const { stderr, env } = terminal;
  if (stderr.isTTY !== true || env.TERM === 'dumb') return { update() {}, clear() {} };
  let next = now() + FIRST_AFTER_MS;
  let shown = false;
  return {
    update({ metric, phase, done, total }) {
      const time = now();
      if (time < next) return;
      next = time + AGAIN_AFTER_MS;
      const percent = total > 0 ? `${Math.floor((100 * done) / total)} %`.padStart(5) : '';
      const line = `${metric}  ${phase} ${percent}`.trimEnd();
      // A line that wraps could not be erased.
      stderr.write(ERASE_LINE + line.slice(0, widthOf(stderr, env) - 1));
      shown = true;
    },
    clear() {
      if (shown) stderr.write(ERASE_LINE);
      shown = false;
      next = Number.POSITIVE_INFINITY;
    },
  };
}
