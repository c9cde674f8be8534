/** A worker as whoever opened it sees it, in any host. */
export interface WorkerPort {
  /** Buffers in `handedOver` are not copied: here they are empty from then on. */
  post(message: unknown, handedOver?: readonly ArrayBuffer[]): void;
  /** @param onFailure called when the worker ends otherwise than by `end` */
  listen(onMessage: (message: unknown) => void, onFailure: (error: Error) => void): void;
  /** Whether the program waits for this worker before it ends. */
  hold(isHeld: boolean): void;
  end(): void;
}

/** In a worker: sends a message to whoever opened it. */
export type Send = (message: unknown, handedOver?: readonly ArrayBuffer[]) => void;
