/**
 * What a worker does: holds an input of one of the kinds of work it knows, and computes shares of
 * it.
 */
import { withCore } from '../../../bindings/core.js';
import type { Pauses } from './make-pause.js';
import type { AnyWork, Job } from './work.js';

interface Kept {
  readonly work: AnyWork;
  readonly held: unknown;
  drop(): Promise<void>;
}

/** Cancelling ends the thread, and there is nobody to report progress to. */
const NO_PAUSES: Pauses = () => () => {};

/** A function that answers jobs; it holds one input at a time. */
export function answerJobs(works: readonly AnyWork[]): (job: Job) => Promise<unknown> {
  let kept: Kept | null = null;
  const drop = async () => {
    await kept?.drop();
    kept = null;
  };
  return async (job) => {
    if (job.kind === 'drop') return drop();
    if (job.kind === 'hold') {
      await drop();
      const work = works.find(({ name }) => name === job.work);
      if (work === undefined) throw new Error(`jobs: expected a kind of work that is known, got '${job.work}'`);
      kept = await hold(work, job.input);
    } else if (job.kind === 'share') {
      if (kept === null) throw new Error('jobs: expected an input before work on it');
      return kept.work.shares[job.share](kept.held, job.request as never, NO_PAUSES);
    }
  };
}

/** Loads an input into an instance of the kernels, which is kept until it is dropped. */
function hold(work: AnyWork, input: unknown): Promise<Kept> {
  // Let go of once it is loaded: its arrays are copies, as large as the file.
  let given = input;
  return new Promise((resolve, reject) => {
    const over = withCore(async (core) => {
      const held = await work.load(core, given, NO_PAUSES);
      given = null;
      await new Promise<void>((release) => {
        resolve({
          work,
          held,
          drop: () => {
            release();
            return over;
          },
        });
      });
    });
    over.catch(reject);
  });
}
