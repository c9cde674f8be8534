/** Has the shares of a decomposition computed, here or in threads, and puts them together. */

import type { LogDensities } from '../decomposition/summarise.js';
import type { Note } from '../note.js';
import type { DecompositionAccuracy, DecompositionTerms } from '../types.js';
import type { ResolvedOptions } from './common-options.js';
import type { DecompositionPlan, ExactPlan, MinibatchPlan } from './decompose-options.js';
import { type Crew, withCrew } from './jobs/crew.js';
import {
  DECOMPOSITION,
  type Densities,
  decompositionWork,
  type Overview,
  type SampledPosterior,
} from './jobs/decomposition-work.js';

/** What came out of the shares. */
export interface Decomposed {
  readonly overview: Overview;
  readonly logs: LogDensities;
  /** The row of each sample, where it is not the one asked for. */
  readonly rows: Int32Array | null;
  /** log q(z_d), D times f64[M]; of a minibatch estimator their sum alone. */
  readonly marginals: readonly Float64Array[];
  /** Over batches, where there are some. */
  readonly standardError: DecompositionTerms | null;
  readonly accuracy: DecompositionAccuracy | null;
  readonly notes: readonly Note[];
}

/** Samples of a share of the work: the same for any number of threads. */
const SAMPLES_PER_SHARE = 512;

const LABEL = { metric: DECOMPOSITION, phase: 'densities' };

type DecompositionCrew = Crew<(typeof decompositionWork)['shares']>;

/** Computes what `plan` says of the posterior of `given`. */
export function runDecomposition(
  given: SampledPosterior,
  plan: DecompositionPlan,
  options: Pick<ResolvedOptions, 'threads' | 'signal' | 'onProgress'>,
): Promise<Decomposed> {
  return withCrew(decompositionWork, options, { input: () => given }, (crew) =>
    plan.estimator === 'exact' ? askExactly(crew, plan, given.mu.columns) : askForBatches(crew, plan, given.seed),
  );
}

async function askExactly(crew: DecompositionCrew, plan: ExactPlan, latents: number): Promise<Decomposed> {
  const shares: Array<{ from: number; to: number }> = [];
  for (let from = 0; from < plan.samples; from += SAMPLES_PER_SHARE) {
    shares.push({ from, to: Math.min(from + SAMPLES_PER_SHARE, plan.samples) });
  }
  const { tolerance } = plan;
  if (tolerance > 0) {
    const [overview, marginals, joint] = await Promise.all([
      crew.ask('overview', null, LABEL),
      // Each of these takes longer than a share of the joint density, so they come first.
      crew.askAll(
        'marginal',
        Array.from({ length: latents }, (_, latent) => ({ latent, tolerance })),
        LABEL,
      ),
      crew.askAll(
        'joint',
        shares.map((share) => ({ ...share, tolerance })),
        LABEL,
      ),
    ]);
    const aggregated = concatenate(joint.map(({ logDensities }) => logDensities));
    return collect(
      overview,
      aggregated,
      marginals.map(({ logDensities }) => logDensities),
      {
        arithmetic: 'float64',
        shortcuts: true,
        tolerance,
        jointErrorBound: largest(joint),
        marginalErrorBound: largest(marginals),
        jointShare: total(joint) / plan.samples / overview.rows,
        marginalShare: total(marginals) / plan.samples / overview.rows / latents,
      },
    );
  }
  const [overview, parts] = await Promise.all([crew.ask('overview', null, LABEL), crew.askAll('plain', shares, LABEL)]);
  const marginals = Array.from({ length: latents }, (_, d) =>
    concatenate(parts.map(({ joint, marginals: all }) => all.subarray(d * joint.length, (d + 1) * joint.length))),
  );
  const bound = parts.reduce((most, { errorBound }) => Math.max(most, errorBound), 0);
  return collect(overview, concatenate(parts.map(({ joint }) => joint)), marginals, {
    arithmetic: 'float64',
    shortcuts: false,
    tolerance: 0,
    jointErrorBound: bound,
    marginalErrorBound: bound,
    jointShare: 1,
    marginalShare: 1,
  });
}

function collect(
  overview: Overview,
  aggregated: Float64Array,
  marginals: readonly Float64Array[],
  accuracy: DecompositionAccuracy,
): Decomposed {
  const product = aggregated.map((_, i) => marginals.reduce((sum, values) => sum + values[i], 0));
  const logs = { posterior: overview.logPosterior, aggregated, product, prior: overview.logPrior };
  return { overview, logs, rows: null, marginals, standardError: null, accuracy, notes: [] };
}

async function askForBatches(
  crew: DecompositionCrew,
  { estimator, batch, datasetSize }: MinibatchPlan,
  seed: number,
): Promise<Decomposed> {
  const [overview, estimate] = await Promise.all([
    crew.ask('overview', null, LABEL),
    crew.ask('minibatches', { estimator, batch, datasetSize, seed }, LABEL),
  ]);
  const { logPosterior, logJoint, logMarginals, logPrior, sampleRows, standardErrors, notes } = estimate;
  return {
    overview,
    logs: { posterior: logPosterior, aggregated: logJoint, product: logMarginals, prior: logPrior },
    rows: sampleRows,
    marginals: [logMarginals],
    standardError: standardErrors,
    accuracy: null,
    notes,
  };
}

const largest = (parts: readonly Densities[]) => parts.reduce((most, { errorBound }) => Math.max(most, errorBound), 0);
const total = (parts: readonly Densities[]) => parts.reduce((sum, { pairs }) => sum + pairs, 0);

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
