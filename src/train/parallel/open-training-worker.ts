/**
 * Opens a worker that trains, in Node. Bundles for browsers put open-training-worker.browser.ts in
 * this module's place.
 */
import { startWorker } from '../../../bindings/worker-host.js';
import type { WorkerPort } from '../../../bindings/worker-port.js';

export function openTrainingWorker(): WorkerPort {
  // In the package the entry stands beside this module.
  const entry = import.meta.url.endsWith('.ts') ? './worker-source.mjs' : './worker.js';
  return startWorker(new URL(entry, import.meta.url));
}
