/**
 * A program that trains, one run after the other, by the library that a project has:
 * `node --import tsx train-runs.ts LIBRARY RUNS`, where RUNS is the JSON of a list of `Run`. Prints
 * the JSON of their outcomes. A process of its own, as a backend of Node's own changes the process
 * that it is loaded into.
 */
import type { Refusal, TrainOptions, TrainProgress } from '../../../src/train.js';
import { smallData } from '../small-data.js';

export interface Run {
  /** Of `train`; without `data`, small rectangles. */
  readonly options: Omit<TrainOptions, 'data'> & { readonly data?: string };
  /** After this step the run is stopped, then resumed. */
  readonly stopAt?: number;
}

export interface RunOutcome {
  readonly backend: string;
  readonly device: string;
  readonly refused: readonly Refusal[];
  /** Of every step, from the first. */
  readonly losses: readonly number[];
  /** The step at which each part of the run began. */
  readonly beginnings: readonly number[];
}

const [library, runs] = process.argv.slice(2);
const { train, openBackend } = (await import(library)) as typeof import('../../../src/train.js');

async function outcomeOf({ options, stopAt }: Run): Promise<RunOutcome> {
  const losses: number[] = [];
  const beginnings: number[] = [];
  let opened = { backend: '', device: '', refused: [] as readonly Refusal[] };
  const attempt = async (resume: boolean, stop?: AbortController): Promise<void> => {
    await train({
      data: smallData,
      ...options,
      resume,
      ...(stop && { signal: stop.signal }),
      onProgress(progress: TrainProgress) {
        if (progress.kind === 'opened') {
          const { backend, device, refused, firstStep } = progress;
          opened = { backend, device, refused };
          beginnings.push(firstStep);
          return;
        }
        if (progress.kind !== 'step') return;
        losses[progress.step - 1] = progress.loss;
        if (progress.step === stopAt) stop?.abort(new Error('stopped'));
      },
    });
  };
  if (stopAt === undefined) await attempt(false);
  else {
    const stopped = await attempt(false, new AbortController()).then(
      () => false,
      ({ message }: Error) => message === 'stopped',
    );
    if (!stopped) throw new Error('expected the run to be stopped');
    await attempt(true);
  }
  return { ...opened, losses, beginnings };
}

const outcomes: RunOutcome[] = [];
let held: { readonly name: string; close(): unknown } | null = null;
for (const run of JSON.parse(runs) as Run[]) {
  const { backend } = run.options;
  // Kept open between runs of its own, so that what it compiles is compiled once.
  if (held !== null && held.name !== backend) {
    await held.close();
    held = null;
  }
  if (backend === 'webgpu') held ??= await openBackend(backend);
  outcomes.push(await outcomeOf(run));
}
await held?.close();
console.log(JSON.stringify(outcomes));
