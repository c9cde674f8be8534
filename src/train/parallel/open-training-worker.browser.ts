/** Opens a worker that trains, in a browser. */
import { portOf } from '../../../bindings/worker-host.browser.js';
import type { WorkerPort } from '../../../bindings/worker-port.js';

/** `new Worker(new URL(...))` is what bundlers look for to bundle the file. */
export function openTrainingWorker(): WorkerPort {
  return portOf(new Worker(new URL('./browser.worker.js', import.meta.url), { type: 'module' }));
}
