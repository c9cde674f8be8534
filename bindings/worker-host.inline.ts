/**
 * The inline bundle is one file, which may have become part of another: there is nothing that a
 * worker could be opened on.
 */
import type { WorkerPort } from './worker-port.js';

/** This one. */
export function hardwareThreads(): number {
  return 1;
}

/** @throws RangeError always */
export function openWorker(): WorkerPort {
  const message = 'threads: expected 1 in vaemetrics/inline, which has no file that a worker could load, got more';
  throw Object.assign(new RangeError(message), { code: 'ERR_OPTION' });
}

/** There are no workers to serve. */
export function serve(): void {}
