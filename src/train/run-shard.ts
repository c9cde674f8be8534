/** A shard on its way through a program, in whichever thread it is computed. */
import type { FromShard, Program, Shard, ToShards } from './system.js';

export interface RunningShard {
  /**
   * Goes on until the program waits for the whole batch, or is through. The rows that it is handed
   * are freed when it is.
   */
  advance(handed: Required<ToShards>): FromShard & { readonly isDone: boolean };
  /** Does what waits for nobody, unless it is done. */
  workMeanwhile(): void;
}

export function runShard(program: Program, shard: Shard): RunningShard {
  const handedOver: ToShards[] = [];
  let run: ReturnType<Program> | null = null;
  let meanwhile: (() => void) | undefined;
  const workMeanwhile = () => {
    meanwhile?.();
    meanwhile = undefined;
  };
  return {
    workMeanwhile,
    advance(handed) {
      handedOver.push(handed);
      workMeanwhile();
      if (run === null) run = program(shard, handed);
      const { value, done = false } = handedOver.length === 1 ? run.next() : run.next(handed);
      ({ meanwhile } = value);
      if (done) shard.tf.dispose(handedOver.map(({ rows }) => rows));
      return { ...value, isDone: done };
    },
  };
}
