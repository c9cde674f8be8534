/**
 * The decomposition of the KL divergence of a posterior: mutual information, total correlation and
 * what is left.
 */

import { withCore } from '../../bindings/core.js';
import { chooseRows } from '../decomposition/samples.js';
import { summarise } from '../decomposition/summarise.js';
import { wrongValue } from '../errors.js';
import { flattenMatrix, Matrix, type MatrixLike, pickRows, toMatrix } from '../matrix.js';
import { type MigPosteriorParts, migPosterior } from '../metrics/mig-posterior.js';
import { type Note, note, writeNotes } from '../note.js';
import { checkOptions } from '../options/check-options.js';
import type { ValuesOf } from '../options/rule.js';
import { type PosteriorInput, toPosterior } from '../posterior.js';
import type { DecompositionReport, Score } from '../types.js';
import { version } from '../version.js';
import { DECOMPOSE_OPTIONS, type DecomposeOptions, type DecompositionPlan, resolvePlan } from './decompose-options.js';
import type { Overview } from './jobs/decomposition-work.js';
import { type Decomposed, runDecomposition } from './run-decomposition.js';
import { sampleRows } from './sample-rows.js';
import { scoreOne } from './score.js';

/** What {@link decompose} takes. */
export interface DecomposeInput extends PosteriorInput {
  /**
   * (N, K): factors of the same rows, whose mutual information gap is then reported too; only with
   * `exact`.
   */
  readonly factors?: MatrixLike;
}

/** Logarithms of densities at each sample, in nats. */
export interface PerSample {
  /** The row of each, i32[M]. */
  readonly rows: Int32Array;
  /** log q(z|x), f64[M]. */
  readonly posterior: Float64Array;
  /** log q(z), f64[M]. */
  readonly aggregated: Float64Array;
  /** log q(z_d), (M, D); of a minibatch estimator one column, their sum. */
  readonly marginals: Matrix;
  /** log p(z), f64[M]. */
  readonly prior: Float64Array;
}

/** What {@link decompose} returns. */
export interface Decomposition extends DecompositionReport {
  readonly migPosterior?: Score<MigPosteriorParts, ValuesOf<typeof migPosterior.options>>;
  /** Where it was asked for. */
  readonly perSample?: PerSample;
}

/**
 * Decomposes the mean KL divergence of posteriors from the standard normal prior:
 *
 *   E KL(q(z|x) || p(z)) = I(n; z) + KL(q(z) || prod_d q(z_d)) + sum_d KL(q(z_d) || p(z_d))
 *
 * with q(z) the mixture of all N posteriors, every sample against every component; or, by name, as
 * a minibatch estimator sees it. Float64, with shortcuts that change no density by more than
 * `tolerance`.
 *
 * Agrees with the authors' elbo_decomposition to 1e-9.
 *
 * @returns a plain object, all quantities in nats, the same for the same input and seed on every
 * platform and any number of threads
 * @throws TypeError, RangeError or DataError (each with a `code`) saying what was expected and what
 * was given
 * @see R. T. Q. Chen et al. 2018, Isolating Sources of Disentanglement in VAEs; M. D. Hoffman, M.
 * J. Johnson 2016, ELBO surgery
 *
 * @example
 * const { totalCorrelation } = await decompose({ mu, logvar }, { seed: 1 });
 */
export async function decompose(input: DecomposeInput, options: DecomposeOptions = {}): Promise<Decomposition> {
  const started = performance.now();
  const values = checkOptions({ name: 'decompose' }, options, DECOMPOSE_OPTIONS);
  const all = {
    ...toPosterior(input, 'decompose'),
    factors: input.factors === undefined ? undefined : toMatrix(input.factors, 'factors'),
  };
  const { arrays, totalRows, notes } = await sampleRows(all, values.rows, values.seed);
  const { mu, logvar, z, factors } = arrays;
  const plan = resolvePlan(values, mu.rows);
  if (factors && plan.estimator !== 'exact') {
    throw wrongValue({ option: 'factors', problem: 'expected only with the exact decomposition' });
  }
  const { seed, threads } = values;
  const common = { threads, signal: values.signal ?? undefined, onProgress: values.onProgress ?? undefined };
  const owners = await withCore((core) => chooseRows(core, mu.rows, plan.samples, seed));
  const given = {
    mu: flattenMatrix(mu),
    logvar: flattenMatrix(logvar),
    owners,
    z: z ? flattenMatrix(pickRows(z, owners)) : null,
    seed,
  };
  const found = await runDecomposition(given, plan, common);
  const shared = { seed, ...common, samples: plan.samples };
  const gap = factors && (await scoreOne(migPosterior, mu, factors, shared, { mu, logvar, z }));
  const report: Decomposition = {
    schema: 'vaemetrics/decomposition@1',
    version,
    seed,
    input: {
      rows: mu.rows,
      latents: mu.columns,
      dtype: mu.dtype,
      z: z ? 'given' : 'drawn',
      ...(totalRows !== undefined && { totalRows }),
    },
    ...reportOn(found, plan, mu.rows, notes),
    ...(gap ? { migPosterior: gap } : {}),
    ...(values.timings ? { timings: { total: (performance.now() - started) / 1000 } } : {}),
  };
  return values.perSample ? { ...report, perSample: perSampleOf(found, owners) } : report;
}

function reportOn(found: Decomposed, plan: DecompositionPlan, rows: number, notes: readonly Note[]) {
  const { overview, logs } = found;
  const { closed } = overview;
  const known = plan.sampled ? null : { posterior: sum(closed.logPosterior), prior: sum(closed.logPrior) };
  const { means, standardError, logDensities } = summarise(logs, known);
  const perLatent = plan.estimator === 'exact' ? summarisePerLatent(found, plan.sampled) : null;
  const { totalCorrelationOfSamples, totalCorrelationOfMeans } = overview;
  return {
    estimator: plan.estimator,
    sampled: plan.sampled,
    samples: logs.aggregated.length,
    components: plan.estimator === 'exact' ? rows : plan.datasetSize,
    ...(plan.estimator === 'exact' ? {} : { batch: plan.batch }),
    ...means,
    standardError: plan.estimator === 'exact' ? standardError : found.standardError,
    logDensities,
    klPerDimension: [...closed.klPerDimension],
    dimensionwiseKlPerDimension: perLatent?.map(({ means: { dimensionwiseKl } }) => dimensionwiseKl) ?? null,
    mutualInformationPerDimension: perLatent?.map(({ means: { mutualInformation } }) => mutualInformation) ?? null,
    standardErrorPerDimension:
      perLatent?.map(({ standardError: { dimensionwiseKl, mutualInformation } }) => ({
        dimensionwiseKl,
        mutualInformation,
      })) ?? null,
    activeUnits: [...closed.meanVariances.keys()].filter((d) => closed.meanVariances[d] > plan.activeThreshold),
    meanVariances: [...closed.meanVariances],
    activeThreshold: plan.activeThreshold,
    gaussian: { totalCorrelationOfSamples, totalCorrelationOfMeans },
    accuracy: found.accuracy,
    notes: writeNotes([...notes, ...overview.notes, ...describe(plan, rows, overview), ...found.notes]),
  };
}

/** The decomposition of each latent alone, whose density and product of densities are the same. */
function summarisePerLatent({ overview, marginals }: Decomposed, sampled: boolean) {
  const { closed, posteriorPerLatent, priorPerLatent } = overview;
  return marginals.map((values, d) => {
    const known = sampled ? null : { posterior: closed.logPosterior[d], prior: closed.logPrior[d] };
    const logs = { posterior: posteriorPerLatent[d], aggregated: values, product: values, prior: priorPerLatent[d] };
    return summarise(logs, known);
  });
}

function describe(plan: DecompositionPlan, rows: number, overview: Overview): Note[] {
  const notes: Note[] = [];
  if (plan.samples < rows) {
    const text = `averages are over ${plan.samples} of ${rows} rows, drawn from the seed; q(z) is made of all`;
    notes.push(note('sampled-rows', text, { option: 'samples' }));
  }
  const singular = [
    ...(overview.totalCorrelationOfSamples === null ? ['samples'] : []),
    ...(overview.totalCorrelationOfMeans === null ? ['means'] : []),
  ];
  if (singular.length > 0) {
    const which = `no Gaussian total correlation of the ${singular.join(' and ')}`;
    const why = 'the covariance is singular, a latent is a linear function of others';
    notes.push(note('singular-covariance', `${which}: ${why}`));
  }
  return notes;
}

function perSampleOf({ logs, marginals, rows }: Decomposed, owners: Int32Array): PerSample {
  const { posterior, aggregated, prior } = logs;
  const [count, columns] = [aggregated.length, marginals.length];
  const table = new Float64Array(count * columns);
  marginals.forEach((values, d) => {
    for (let i = 0; i < count; i++) table[i * columns + d] = values[i];
  });
  return { rows: rows ?? owners, posterior, aggregated, marginals: new Matrix(table, count, columns), prior };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
