import { createStyle } from '../report/style.js';
import { formatTrainLine, formatTrainProgress, type TrainProgress } from './format-train-progress.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';

/**
 * Says on the error stream how far training has come: live on a terminal, a line now and then
 * elsewhere.
 */
export interface TrainBar {
  /** After any step. Redraws the lines of a terminal, a few times a second. */
  update(progress: TrainProgress): void;
  /** After a step that is logged. Prints a line where there is no terminal. */
  logged(progress: TrainProgress): void;
  /**
   * Takes the lines away before something else is printed, or at the end; the next update draws
   * them again.
   */
  clear(): void;
}

const AGAIN_AFTER_MS = 100;
const ERASE_LINE = '\r\u001b[2K';
const ERASE_LINE_ABOVE = '\u001b[1A\u001b[2K';

export function startTrainBar(terminal: Terminal, now: () => number = () => performance.now()): TrainBar {
  const { stderr, env } = terminal;
  if (stderr.isTTY !== true || env.TERM === 'dumb') {
    return {
      update() {},
      logged: (progress) => void stderr.write(`${formatTrainLine(progress)}\n`),
      clear() {},
    };
  }
  const style = createStyle(wantsColor(stderr, env));
  let next = Number.NEGATIVE_INFINITY;
  let shown = 0;
  const erase = () => (shown === 0 ? '' : ERASE_LINE + ERASE_LINE_ABOVE.repeat(shown - 1));
  const draw = (progress: TrainProgress) => {
    // Lines that wrap could not be erased.
    const lines = formatTrainProgress(progress, widthOf(stderr, env) - 1, style);
    stderr.write(erase() + lines.join('\n'));
    shown = lines.length;
    next = now() + AGAIN_AFTER_MS;
  };
  return {
    update(progress) {
      if (now() >= next) draw(progress);
    },
    logged(progress) {
      if (now() >= next) draw(progress);
    },
    clear() {
      if (shown > 0) stderr.write(erase());
      shown = 0;
      next = Number.NEGATIVE_INFINITY;
    },
  };
}
