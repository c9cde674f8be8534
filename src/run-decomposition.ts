/** Has the shares of a decomposition computed, here or in threads, and puts them together. */
import { withPool } from '../bindings/pool.js';
import type { DecompositionPlan, ExactPlan, MinibatchPlan } from './decompose-options.js';
import type { MinibatchEstimate } from './decomposition/minibatch.js';
import type { PlainLogDensities } from './decomposition/plain-density.js';
import type { LogDensities } from './decomposition/summarise.js';
import {
  type Answer,
  type DecompositionJob,
  type Densities,
  makeDecompositionHandler,
  type Overview,
} from './decomposition-jobs.js';
import { makePause } from './make-pause.js';
import type { ResolvedOptions } from './options.js';
import type { DecompositionAccuracy, DecompositionTerms } from './types.js';

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
  readonly notes: readonly string[];
}

/** Samples of a share of the work: the same for any number of threads. */
const SAMPLES_PER_SHARE = 512;

type Ask = <T extends Answer>(job: DecompositionJob) => Promise<T>;

/** Computes what `plan` says of the posterior of `given`. */
export async function runDecomposition(
  given: DecompositionJob & { readonly kind: 'posterior' },
  plan: DecompositionPlan,
  { threads, signal, onProgress }: Pick<ResolvedOptions, 'threads' | 'signal' | 'onProgress'>,
): Promise<Decomposed> {
  const { columns } = given.mu;
  const work = (ask: Ask) =>
    plan.estimator === 'exact' ? askExactly(ask, plan, columns) : askForBatches(ask, plan, given.seed);
  if (threads === 1) {
    const pause = makePause('decomposition', { signal, onProgress });
    signal?.throwIfAborted();
    const handle = makeDecompositionHandler(pause);
    // One after the other: asked for all at once, shares would wait in memory that the others move.
    let last: Promise<unknown> = Promise.resolve();
    const ask: Ask = (job) => {
      const answer = last.then(() => handle(job));
      last = answer.catch(() => {});
      return answer as Promise<never>;
    };
    try {
      await handle(given);
      return await work(ask);
    } finally {
      await last;
      await handle({ kind: 'drop posterior' });
    }
  }
  return withPool(threads, signal, async (pool) => {
    let [done, total] = [0, 0];
    const ask: Ask = (job) => {
      total++;
      return pool.ask<never>(job).then((answer) => {
        done++;
        onProgress?.({ metric: 'decomposition', phase: 'densities', done, total });
        return answer;
      });
    };
    await pool.askEach(given);
    const found = await work(ask);
    await pool.askEach({ kind: 'drop posterior' } satisfies DecompositionJob);
    return found;
  });
}

async function askExactly(ask: Ask, plan: ExactPlan, latents: number): Promise<Decomposed> {
  const shares: Array<{ from: number; to: number }> = [];
  for (let from = 0; from < plan.samples; from += SAMPLES_PER_SHARE) {
    shares.push({ from, to: Math.min(from + SAMPLES_PER_SHARE, plan.samples) });
  }
  const { tolerance } = plan;
  if (tolerance > 0) {
    const [overview, marginals, joint] = await Promise.all([
      ask<Overview>({ kind: 'overview' }),
      // Each of these takes longer than a share of the joint density, so they come first.
      Promise.all(
        Array.from({ length: latents }, (_, latent) => ask<Densities>({ kind: 'marginal', latent, tolerance })),
      ),
      Promise.all(shares.map((share) => ask<Densities>({ kind: 'joint', ...share, tolerance }))),
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
  const [overview, parts] = await Promise.all([
    ask<Overview>({ kind: 'overview' }),
    Promise.all(shares.map((share) => ask<PlainLogDensities>({ kind: 'plain', ...share }))),
  ]);
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
  ask: Ask,
  { estimator, batch, datasetSize }: MinibatchPlan,
  seed: number,
): Promise<Decomposed> {
  const [overview, estimate] = await Promise.all([
    ask<Overview>({ kind: 'overview' }),
    ask<MinibatchEstimate>({ kind: 'minibatches', options: { estimator, batch, datasetSize, seed } }),
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
