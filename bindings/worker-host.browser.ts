/** Workers as browsers have them: module workers. */
import type { WorkerPort } from './pool.js';

/** A new worker. `new Worker(new URL(...))` is what bundlers look for to bundle the file. */
export function openWorker(): WorkerPort {
  const worker = new Worker(new URL('./browser.worker.js', import.meta.url), { type: 'module' });
  return {
    post: (message) => worker.postMessage(message),
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
export function serve(take: (message: unknown, reply: (message: unknown) => void) => void): void {
  const scope = globalThis as unknown as { onmessage: unknown; postMessage(message: unknown): void };
  scope.onmessage = ({ data }: { data: unknown }) => take(data, (answer) => scope.postMessage(answer));
}
