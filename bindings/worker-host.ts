/**
 * Workers as Node has them. Bundles for browsers and the inline bundle put worker-host.browser.ts
 * or worker-host.inline.ts in this module's place (see rollup.config.mjs).
 */
import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import type { Send, WorkerPort } from './worker-port.js';

/** How many threads the machine has for this process. */
export function hardwareThreads(): number {
  return availableParallelism();
}

/** A new worker. */
export function openWorker(): WorkerPort {
  // In the package the entry stands beside this module.
  const entry = import.meta.url.endsWith('.ts') ? './worker-source.mjs' : './worker.js';
  return startWorker(new URL(entry, import.meta.url));
}

/** A new worker that runs `entry`. */
export function startWorker(entry: URL): WorkerPort {
  // The program's own switches (`--input-type` among them) are not for the worker.
  const worker = new Worker(entry, { execArgv: [] });
  let hasEnded = false;
  return {
    post: (message, handedOver = []) => worker.postMessage(message, [...handedOver]),
    listen(onMessage, onFailure) {
      worker.on('message', onMessage);
      worker.on('messageerror', onFailure);
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
export function serve(take: (message: unknown, send: Send) => void): void {
  const send: Send = (message, handedOver = []) => parentPort?.postMessage(message, [...handedOver]);
  parentPort?.on('message', (message) => take(message, send));
}
