/**
 * The work of a decomposition: a posterior with its samples, of which densities at some of the
 * samples are asked for.
 */
import type { Block } from '../../../bindings/arena.js';
import type { Core } from '../../../bindings/core.js';
import type { ComponentTree } from '../../../bindings/kernels/joint.js';
import type { PosteriorBlocks } from '../../../bindings/kernels/posterior.js';
import { type ClosedForms, closedForms } from '../../decomposition/closed-forms.js';
import { growComponentTree } from '../../decomposition/component-tree.js';
import { gaussianEstimate } from '../../decomposition/gaussian-estimate.js';
import { jointLogDensities } from '../../decomposition/joint-density.js';
import { marginalLogDensities } from '../../decomposition/marginal-density.js';
import { estimateByMinibatches, type MinibatchEstimate, type MinibatchOptions } from '../../decomposition/minibatch.js';
import { type PlainLogDensities, plainLogDensities } from '../../decomposition/plain-density.js';
import { loadColumns, loadPosterior } from '../../decomposition/posterior.js';
import { drawSamples, type Samples, type SampleTerms, sampleTerms } from '../../decomposition/samples.js';
import { describeUnlikely, meanSquaredDistance } from '../../decomposition/unlikely-samples.js';
import { type PlainMatrix, toMatrix } from '../../matrix.js';
import type { Note } from '../../note.js';
import type { Posterior } from '../../posterior.js';
import type { Pause } from '../../stats/pause.js';
import type { Pauses } from './make-pause.js';

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
  /** Of the samples, where they were given. */
  readonly notes: readonly Note[];
}

/** What is worked on. */
export interface SampledPosterior extends Omit<Posterior<PlainMatrix>, 'z'> {
  /** Rows that are sampled, in increasing order, i32[M]. */
  readonly owners: Int32Array;
  /** (M, D): their samples; null draws them. */
  readonly z: PlainMatrix | null;
  readonly seed: number;
}

interface Held {
  readonly core: Core;
  readonly posterior: PosteriorBlocks;
  readonly samples: Samples;
  /** Whether the samples came with the posterior. */
  readonly isGiven: boolean;
  /** Made when a joint density is first asked for. */
  tree: ComponentTree | null;
}

/** Samples from .. to - 1. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** What progress calls it. */
export const DECOMPOSITION = 'decomposition';

/** Shares of the work on a posterior. */
export const decompositionWork = {
  name: DECOMPOSITION,

  async load(core: Core, { mu, logvar, owners, z, seed }: SampledPosterior, pauses: Pauses): Promise<Held> {
    const posterior = loadPosterior(core, { mu: toMatrix(mu), logvar: toMatrix(logvar) });
    const ownerBlock = core.arena.upload('i32', owners);
    const samples =
      z === null
        ? await drawSamples(core, posterior, ownerBlock, seed, pauses(DECOMPOSITION))
        : { count: z.rows, owners: ownerBlock, z: loadColumns(core, toMatrix(z)) };
    return { core, posterior, samples, isGiven: z !== null, tree: null };
  },

  shares: {
    /** What is known without looking at every pair. */
    overview: (held: Held, _: null, pauses: Pauses): Promise<Overview> => overview(held, pauses(DECOMPOSITION)),

    /** Densities of one latent at all samples. */
    marginal(
      { core, posterior, samples }: Held,
      { latent, tolerance }: { readonly latent: number; readonly tolerance: number },
      pauses: Pauses,
    ): Promise<Densities> {
      const column = (block: Block<'f64'>, rows: number) => block.slice(latent * rows, rows);
      const { mu, logvar, rows } = posterior;
      return core.arena.scope(() =>
        marginalLogDensities(core, column(mu, rows), column(logvar, rows), column(samples.z, samples.count), {
          tolerance,
          pause: pauses(DECOMPOSITION),
        }),
      );
    },

    /** Densities of all latents together at some samples. */
    async joint(
      held: Held,
      { tolerance, ...range }: Range & { readonly tolerance: number },
      pauses: Pauses,
    ): Promise<Densities> {
      const { core, posterior, samples } = held;
      const pause = pauses(DECOMPOSITION);
      held.tree ??= await growComponentTree(core, posterior, pause);
      const { tree } = held;
      const densities = await core.arena.scope(() =>
        jointLogDensities(core, tree, samples.z, { tolerance, owners: samples.owners, ...range, pause }),
      );
      return { ...densities, pairs: densities.summedPairs };
    },

    /** Both by every pair, at some samples. */
    plain: ({ core, posterior, samples }: Held, request: Range, pauses: Pauses): Promise<PlainLogDensities> =>
      core.arena.scope(() =>
        plainLogDensities(core, posterior, samples.z, { ...request, pause: pauses(DECOMPOSITION) }),
      ),

    /** What an estimator of training sees; every row has to be sampled. */
    minibatches: (
      { core, posterior, samples }: Held,
      options: MinibatchOptions,
      pauses: Pauses,
    ): Promise<MinibatchEstimate> =>
      estimateByMinibatches(core, { ...posterior, z: samples.z }, options, pauses(DECOMPOSITION)),
  },
};

async function overview({ core, posterior, samples, isGiven }: Held, pause: Pause): Promise<Overview> {
  const { rows, latents, mu, logvar } = posterior;
  const terms = sampleTerms(core, posterior, samples);
  const meanSquares = terms.posteriorPerLatent.map((own, d) =>
    meanSquaredDistance(own, logvar.slice(d * rows, rows), samples.owners),
  );
  return {
    rows,
    closed: closedForms(core, posterior),
    ...terms,
    notes: isGiven ? describeUnlikely(core, meanSquares, samples.count) : [],
    totalCorrelationOfSamples: await gaussianEstimate(core, samples.z, samples.count, latents, pause),
    totalCorrelationOfMeans: await gaussianEstimate(core, mu, rows, latents, pause),
  };
}
