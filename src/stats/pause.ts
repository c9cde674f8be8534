/**
 * Called between pieces of work: reports progress, lets the event loop turn, throws if the work was
 * cancelled.
 */
export type Pause = (phase: string, done: number, total: number) => void | Promise<void>;
