import type { Pause } from './stats/pause.js';
import type { CommonOptions } from './types.js';

/** Milliseconds of work after which the event loop gets a turn. */
const TURN_MS = 40;
/** Milliseconds between two reports of progress. */
const REPORT_MS = 100;

/** Lets the event loop turn and reports progress, both seldom enough to cost nothing; throws if the work was cancelled. */
export function makePause(metric: string, { signal, onProgress }: Pick<CommonOptions, 'signal' | 'onProgress'>): Pause {
  let lastTurn = performance.now();
  let lastReport = lastTurn;
  return async (phase, done, total) => {
    signal?.throwIfAborted();
    const now = performance.now();
    if (onProgress && now - lastReport >= REPORT_MS) {
      lastReport = now;
      onProgress({ metric, phase, done, total });
    }
    if (now - lastTurn < TURN_MS) return;
    await new Promise<void>((resolve) =>
      typeof setImmediate === 'function' ? setImmediate(resolve) : setTimeout(resolve),
    );
    lastTurn = performance.now();
    signal?.throwIfAborted();
  };
}
