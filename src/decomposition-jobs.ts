/**
 * What a decomposition asks of whoever computes it, this thread or others: a posterior with its samples to work on, then
 * shares of the work. A share is a function of the posterior and its own bounds, so that results do not depend on who does which.
 */
import type { Block } from '../bindings/arena.js';
import { type Core, withCore } from '../bindings/core.js';
import type { ComponentTree } from '../bindings/kernels/joint.js';
import { type ClosedForms, closedForms } from './decomposition/closed-forms.js';
import { growComponentTree } from './decomposition/component-tree.js';
import { gaussianEstimate } from './decomposition/gaussian-estimate.js';
import { jointLogDensities } from './decomposition/joint-density.js';
import { marginalLogDensities } from './decomposition/marginal-density.js';
import { estimateByMinibatches, type MinibatchEstimate, type MinibatchOptions } from './decomposition/minibatch.js';
import { type PlainLogDensities, plainLogDensities } from './decomposition/plain-density.js';
import { loadColumns, loadPosterior, type Posterior } from './decomposition/posterior.js';
import { drawSamples, type Samples, type SampleTerms, sampleTerms } from './decomposition/samples.js';
import { Matrix, type PlainMatrix } from './matrix.js';
import type { Pause } from './stats/pause.js';

/** Log-densities, in nats, and how exact they are. */
export interface Densities {
  /** f64[M], or of the samples asked for. */
  readonly logDensities: Float64Array;
  /** Pairs of a sample and a component that were finished. */
  readonly pairs: number;
  /** Largest relative error of a density that is possible. */
  readonly errorBound: number;
}

/** What is known without looking at every pair. */
export interface Overview extends SampleTerms {
  /** N. */
  readonly rows: number;
  readonly closed: ClosedForms;
  readonly totalCorrelationOfSamples: number | null;
  readonly totalCorrelationOfMeans: number | null;
}

/** Requests, answered with what is said of each. */
export type DecompositionJob =
  /** To work on from now on: nothing. */
  | {
      readonly kind: 'posterior';
      readonly mu: PlainMatrix;
      readonly logvar: PlainMatrix;
      /** Rows that are sampled, in increasing order, i32[M]. */
      readonly owners: Int32Array;
      /** (M, D): their samples; null draws them. */
      readonly z: PlainMatrix | null;
      readonly seed: number;
    }
  /** {@link Overview} */
  | { readonly kind: 'overview' }
  /** {@link Densities} of one latent at all samples. */
  | { readonly kind: 'marginal'; readonly latent: number; readonly tolerance: number }
  /** {@link Densities} at samples from .. to - 1. */
  | { readonly kind: 'joint'; readonly from: number; readonly to: number; readonly tolerance: number }
  /** {@link PlainLogDensities} at samples from .. to - 1. */
  | { readonly kind: 'plain'; readonly from: number; readonly to: number }
  /** {@link MinibatchEstimate}; every row has to be sampled. */
  | { readonly kind: 'minibatches'; readonly options: MinibatchOptions }
  /** To forget the posterior: nothing. */
  | { readonly kind: 'drop posterior' };

type PosteriorJob = DecompositionJob & { readonly kind: 'posterior' };

const KINDS: ReadonlySet<unknown> = new Set<DecompositionJob['kind']>([
  'posterior',
  'overview',
  'marginal',
  'joint',
  'plain',
  'minibatches',
  'drop posterior',
]);

/** Whether a request is one of these jobs. */
export function isDecompositionJob(request: unknown): request is DecompositionJob {
  return KINDS.has((request as { readonly kind?: unknown }).kind);
}

/** What a job is answered with. */
export type Answer = Overview | Densities | PlainLogDensities | MinibatchEstimate | undefined;

interface Held {
  readonly core: Core;
  readonly posterior: Posterior;
  readonly samples: Samples;
  /** Made when a joint density is first asked for. */
  tree: ComponentTree | null;
}

/** A function that answers jobs; it holds one posterior at a time. */
export function makeDecompositionHandler(pause: Pause): (job: DecompositionJob) => Promise<Answer> {
  let kept: { readonly held: Held; readonly drop: () => Promise<void> } | null = null;
  const drop = async () => {
    await kept?.drop();
    kept = null;
  };
  return async (job) => {
    if (job.kind === 'drop posterior') return drop().then(() => undefined);
    if (job.kind === 'posterior') {
      await drop();
      kept = await holdPosterior(job, pause);
      return undefined;
    }
    if (kept === null) throw new Error('jobs: expected a posterior before work on it');
    return answer(kept.held, job, pause);
  };
}

async function answer(
  held: Held,
  job: Exclude<DecompositionJob, { kind: 'posterior' | 'drop posterior' }>,
  pause: Pause,
): Promise<Answer> {
  const { core, posterior, samples } = held;
  switch (job.kind) {
    case 'overview':
      return overview(held, pause);
    case 'marginal': {
      const column = (block: Block<'f64'>, rows: number) => block.slice(job.latent * rows, rows);
      const { mu, logvar, rows } = posterior;
      return core.arena.scope(() =>
        marginalLogDensities(core, column(mu, rows), column(logvar, rows), column(samples.z, samples.count), {
          tolerance: job.tolerance,
          pause,
        }),
      );
    }
    case 'joint': {
      held.tree ??= await growComponentTree(core, { ...posterior, columns: posterior.latents }, pause);
      const { tree } = held;
      const { from, to, tolerance } = job;
      const densities = await core.arena.scope(() =>
        jointLogDensities(core, tree, samples.z, { tolerance, owners: samples.owners, from, to, pause }),
      );
      return { ...densities, pairs: densities.summedPairs };
    }
    case 'plain': {
      const { from, to } = job;
      return core.arena.scope(() => plainLogDensities(core, posterior, samples.z, { from, to, pause }));
    }
    case 'minibatches':
      return estimateByMinibatches(core, { ...posterior, z: samples.z }, job.options, pause);
  }
}

async function overview({ core, posterior, samples }: Held, pause: Pause): Promise<Overview> {
  const { rows, latents, mu } = posterior;
  return {
    rows,
    closed: closedForms(core, posterior),
    ...sampleTerms(core, posterior, samples),
    totalCorrelationOfSamples: await gaussianEstimate(core, samples.z, samples.count, latents, pause),
    totalCorrelationOfMeans: await gaussianEstimate(core, mu, rows, latents, pause),
  };
}

/** Loads a posterior into an instance of the kernels, which is kept until it is dropped. */
function holdPosterior(job: PosteriorJob, pause: Pause) {
  // Let go of once they are loaded: in a worker its arrays are copies, as large as the file.
  let given: PosteriorJob | null = job;
  return new Promise<{ held: Held; drop: () => Promise<void> }>((resolve, reject) => {
    const kept = withCore(async (core) => {
      const held = await load(core, given as PosteriorJob, pause);
      given = null;
      await new Promise<void>((release) => {
        resolve({
          held,
          drop: () => {
            release();
            return kept;
          },
        });
      });
    });
    kept.catch(reject);
  });
}

async function load(core: Core, { mu, logvar, owners, z, seed }: PosteriorJob, pause: Pause): Promise<Held> {
  const matrix = ({ data, rows, columns }: PlainMatrix) => new Matrix(data, rows, columns);
  const posterior = loadPosterior(core, matrix(mu), matrix(logvar));
  const ownerBlock = core.arena.upload('i32', owners);
  const samples =
    z === null
      ? await drawSamples(core, posterior, ownerBlock, seed, pause)
      : { count: z.rows, owners: ownerBlock, z: loadColumns(core, matrix(z)) };
  return { core, posterior, samples, tree: null };
}
