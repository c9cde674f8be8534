/** Workers as browsers have them: module workers. */
import type { Send, WorkerPort } from './worker-port.js';

/** How many threads the machine has for this page. */
export function hardwareThreads(): number {
  return navigator.hardwareConcurrency;
}

/** A new worker. `new Worker(new URL(...))` is what bundlers look for to bundle the file. */
export function openWorker(): WorkerPort {
  return portOf(new Worker(new URL('./browser.worker.js', import.meta.url), { type: 'module' }));
}

/** A worker that has been started. */
export function portOf(worker: Worker): WorkerPort {
  return {
    post: (message, handedOver = []) => worker.postMessage(message, [...handedOver]),
    listen(onMessage, onFailure) {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onmessageerror = () => onFailure(new Error('worker: expected a message that can be read'));
      worker.onerror = ({ message }) =>
        onFailure(new Error(`worker: ${message || 'expected it to start; it did not'}`));
    },
    // A page never waits for its workers.
    hold() {},
    end: () => worker.terminate(),
  };
}

/** In a worker: hands every message to `take`. */
export function serve(take: (message: unknown, send: Send) => void): void {
  const scope = globalThis as unknown as {
    onmessage: unknown;
    postMessage(message: unknown, handedOver: ArrayBuffer[]): void;
  };
  const send: Send = (message, handedOver = []) => scope.postMessage(message, [...handedOver]);
  scope.onmessage = ({ data }: { data: unknown }) => take(data, send);
}
