import type { Pause } from '../../stats/pause.js';
import type { CommonOptions, Progress } from '../../types.js';

/** Milliseconds of work after which the event loop gets a turn. */
const TURN_MS = 40;
/** Milliseconds between two reports of progress. */
const REPORT_MS = 100;

/**
 * Passes progress on, but no sooner than 100 ms after the last that it has, or after it was made.
 */
export function makeReporter({ onProgress }: Pick<CommonOptions, 'onProgress'>): (progress: Progress) => void {
  let lastReport = performance.now();
  return (progress) => {
    if (!onProgress) return;
    const now = performance.now();
    if (now - lastReport < REPORT_MS) return;
    lastReport = now;
    onProgress(progress);
  };
}

/**
 * Lets the event loop turn and reports progress, both seldom enough to cost nothing; throws if the
 * work was cancelled.
 */
export function makePause(metric: string, { signal, onProgress }: Pick<CommonOptions, 'signal' | 'onProgress'>): Pause {
  let lastTurn = performance.now();
  const report = makeReporter({ onProgress });
  return async (phase, done, total) => {
    signal?.throwIfAborted();
    report({ metric, phase, done, total });
    if (performance.now() - lastTurn < TURN_MS) return;
    await new Promise<void>((resolve) =>
      typeof setImmediate === 'function' ? setImmediate(resolve) : setTimeout(resolve),
    );
    lastTurn = performance.now();
    signal?.throwIfAborted();
  };
}

/** Pauses by what progress calls the work; those of null report nothing. */
export type Pauses = (metric: string | null) => Pause;

/** Makes each pause once, so that what is reported of one kind of work stays seldom. */
export function makePauses({ signal, onProgress }: Pick<CommonOptions, 'signal' | 'onProgress'>): Pauses {
  const made = new Map<string | null, Pause>();
  return (metric) => {
    const pause = made.get(metric) ?? makePause(metric ?? '', metric === null ? { signal } : { signal, onProgress });
    made.set(metric, pause);
    return pause;
  };
}
