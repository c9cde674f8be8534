/**
 * Workers that answer requests, each with an instance of the kernels and a memory of its own.
 * Nothing is shared between them, so that pages need no cross-origin isolation. A request is
 * answered by whichever worker is free: whoever cuts work into requests cuts it alike for any
 * number of workers, and gets the same digits.
 *
 * Knows nothing of what the requests are: plain objects go in, plain objects come out.
 */
import { compile, useCompiled } from './load.js';
import { flatten, type Reply, revive } from './replies.js';
import { openWorker, serve } from './worker-host.js';
import type { WorkerPort } from './worker-port.js';

/** What a worker is sent first. */
interface Greeting {
  readonly module: WebAssembly.Module;
}

/** A request that waits for a worker, or for its answer. */
interface Waiting {
  readonly request: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A fixed number of workers and a queue. */
export class Pool {
  readonly threads: number;
  readonly #workers: PooledWorker[];
  readonly #queue: Waiting[] = [];
  #failure: unknown;

  constructor(threads: number, module: WebAssembly.Module) {
    this.threads = threads;
    this.#workers = Array.from({ length: threads }, () => new PooledWorker({ module }, (error) => this.end(error)));
  }

  /** Whether the workers are there, and nothing is asked of them. */
  get isIdle(): boolean {
    return this.#failure === undefined && this.#workers.every(({ isIdle }) => isIdle);
  }

  /**
   * The answer to a request, of the first worker that is free; requests are taken in the order they
   * come.
   */
  ask<T>(request: unknown): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#queue.push({ request, resolve, reject });
      this.#serveQueue();
    }) as Promise<T>;
  }

  /** Asks the same of every worker. Only while none has anything to do. */
  async askEach(request: unknown): Promise<void> {
    if (!this.isIdle) throw new Error('pool: expected idle workers');
    await Promise.all(
      this.#workers.map(
        (worker) => new Promise((resolve, reject) => worker.take({ request, resolve, reject }, () => {})),
      ),
    );
  }

  /** Lets the program end while workers wait for more. */
  rest(): void {
    for (const worker of this.#workers) worker.hold(false);
  }

  /** Ends the workers, whatever they are doing; what is asked of them fails with `reason`. */
  end(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    for (const worker of this.#workers) worker.end(reason);
    for (const { reject } of this.#queue.splice(0)) reject(reason);
  }

  #serveQueue(): void {
    for (const worker of this.#workers) {
      if (!worker.isIdle) continue;
      const next = this.#queue.shift();
      if (next === undefined) return;
      worker.take(next, () => this.#serveQueue());
    }
  }
}

/** A worker and what it is asked at present. */
class PooledWorker {
  readonly #port: WorkerPort;
  #present: { readonly waiting: Waiting; readonly onFree: () => void } | null = null;

  constructor(greeting: Greeting, onFailure: (error: Error) => void) {
    this.#port = openWorker();
    this.#port.listen((message) => this.#answer(message as Reply), onFailure);
    this.#port.post(greeting);
  }

  get isIdle(): boolean {
    return this.#present === null;
  }

  take(waiting: Waiting, onFree: () => void): void {
    this.#present = { waiting, onFree };
    this.#port.hold(true);
    this.#port.post(waiting.request);
  }

  hold(isHeld: boolean): void {
    this.#port.hold(isHeld);
  }

  end(reason: unknown): void {
    this.#port.end();
    this.#present?.waiting.reject(reason);
    this.#present = null;
  }

  #answer(reply: Reply): void {
    if (this.#present === null) return;
    const { waiting, onFree } = this.#present;
    this.#present = null;
    if ('error' in reply) waiting.reject(revive(reply.error));
    else waiting.resolve(reply.value);
    onFree();
  }
}

/** A pool of the last computation, if nobody has it. */
let spare: Pool | null = null;

/**
 * Runs `work` with a pool of so many workers. They stay for the next call, and end with the
 * program; where `signal` aborts they end at once, and so does the work.
 */
export async function withPool<R>(
  threads: number,
  signal: AbortSignal | undefined,
  work: (pool: Pool) => Promise<R>,
): Promise<R> {
  signal?.throwIfAborted();
  const module = await compile();
  // It may have been aborted meanwhile, and no event tells of that twice.
  signal?.throwIfAborted();
  const pool = spare?.threads === threads && spare.isIdle ? spare : new Pool(threads, module);
  if (pool === spare) spare = null;
  const abort = () => pool.end(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await work(pool);
  } finally {
    signal?.removeEventListener('abort', abort);
    if (pool.isIdle) {
      pool.rest();
      spare?.end(new Error('pool: replaced by another'));
      spare = pool;
    } else pool.end(new Error('pool: the work is over'));
  }
}

/** In a worker: answers each request by `handle`, one after the other. */
export function answerRequests(handle: (request: unknown) => Promise<unknown>): void {
  let isGreeted = false;
  serve(async (message, reply) => {
    if (!isGreeted) {
      isGreeted = true;
      useCompiled((message as Greeting).module);
      return;
    }
    try {
      reply({ value: await handle(message) } satisfies Reply);
    } catch (error) {
      reply({ error: flatten(error) } satisfies Reply);
    }
  });
}
