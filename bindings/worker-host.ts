/**
 * Workers as Node has them. Bundles for browsers and the inline bundle put worker-host.browser.ts or
 * worker-host.inline.ts in this module's place (see rollup.config.mjs).
 */
import { parentPort, Worker } from 'node:worker_threads';
import type { WorkerPort } from './pool.js';

/** A new worker. */
export function openWorker(): WorkerPort {
  // In the package the entry stands beside this module.
  const entry = import.meta.url.endsWith('.ts') ? './worker-source.mjs' : './worker.js';
  // The program's own switches (`--input-type` among them) are not for the worker.
  const worker = new Worker(new URL(entry, import.meta.url), { execArgv: [] });
  let hasEnded = false;
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onFailure) {
      worker.on('message', onMessage);
      worker.on('error', onFailure);
      worker.on('exit', (code) => {
        if (!hasEnded) onFailure(new Error(`worker: expected an answer, got exit code ${code}`));
      });
    },
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    end() {
      hasEnded = true;
      worker.terminate();
    },
  };
}

/** In a worker: hands every message to `take`. */
export function serve(take: (message: unknown, reply: (message: unknown) => void) => void): void {
  parentPort?.on('message', (message) => take(message, (answer) => parentPort?.postMessage(answer)));
}
