/**
 * Workers that train together: requests go to a certain one of them, and where one fails, all have.
 */
import { type Reply, revive } from '../../../bindings/replies.js';
import type { WorkerPort } from '../../../bindings/worker-port.js';
import { buffersOf, type Request } from './messages.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

export class WorkerGroup {
  readonly #ports: readonly WorkerPort[];
  /** By worker, requests that are not answered yet, in their order. */
  readonly #waiting: readonly Waiting[][];
  #failure: { readonly reason: unknown } | null = null;

  /** @param open starts a worker */
  constructor(size: number, open: () => WorkerPort) {
    this.#waiting = Array.from({ length: size }, () => []);
    this.#ports = Array.from({ length: size }, open);
    for (const [worker, port] of this.#ports.entries()) {
      port.listen(
        (message) => this.#take(worker, message as Reply),
        (error) => this.end(error),
      );
    }
  }

  get size(): number {
    return this.#ports.length;
  }

  /**
   * The answers of a worker to a request, of which there are so many. The request's buffers are
   * handed over.
   */
  ask<T>(worker: number, request: Request, count = 1): Promise<T>[] {
    const answers = Array.from(
      { length: count },
      () =>
        new Promise<unknown>((resolve, reject) => {
          if (this.#failure !== null) return reject(this.#failure.reason);
          this.#waiting[worker].push({ resolve, reject });
        }),
    );
    // Where one worker fails all answers do, and only the first that is awaited is heard of.
    for (const answer of answers) answer.catch(() => {});
    if (this.#failure === null) {
      this.#ports[worker].hold(true);
      this.#ports[worker].post(request, buffersOf(request));
    }
    return answers as Promise<T>[];
  }

  /** Ends the workers, whatever they are doing; what they are asked fails with `reason`. */
  end(reason: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { reason };
    for (const port of this.#ports) port.end();
    for (const waiting of this.#waiting) for (const { reject } of waiting.splice(0)) reject(reason);
  }

  #take(worker: number, reply: Reply): void {
    if (this.#failure !== null) return;
    if ('error' in reply) {
      this.end(revive(reply.error));
      return;
    }
    const waiting = this.#waiting[worker];
    waiting.shift()?.resolve(reply.value);
    // A worker that only waits does not keep the program alive.
    if (waiting.length === 0) this.#ports[worker].hold(false);
  }
}
