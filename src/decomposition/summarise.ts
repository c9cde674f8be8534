/**
 * From logarithms of densities to the terms of the decomposition: the algebra of exact and
 * minibatch estimates alike.
 */
import type { DecompositionTerms } from '../types.js';

/** Logarithms of the densities at M samples, in nats. */
export interface LogDensities {
  /** log q(z_i|x_i), f64[M]. */
  readonly posterior: Float64Array;
  /** log q(z_i), f64[M]. */
  readonly aggregated: Float64Array;
  /** sum_d log q(z_id), f64[M]. */
  readonly product: Float64Array;
  /** log p(z_i), f64[M]. */
  readonly prior: Float64Array;
}

/** Expectations that are known without sampling; the samples' own values are not used for them. */
export interface KnownExpectations {
  /** E log q(z|x). */
  readonly posterior: number;
  /** E log p(z). */
  readonly prior: number;
}

/** Averages and how sure they are. */
export interface Summary {
  readonly means: DecompositionTerms;
  /** Standard errors of the means, over the samples; 0 for what is known. */
  readonly standardError: DecompositionTerms;
  readonly logDensities: { posterior: number; aggregated: number; product: number; prior: number };
}

/**
 * The three terms of Chen et al. 2018 and the two of Hoffman & Johnson 2016 as differences of mean
 * logarithms:
 *
 *   I(n; z) = E log q(z|x) - E log q(z),   TC = E log q(z) - E sum_d log q(z_d),
 *   dimension-wise KL = E sum_d log q(z_d) - E log p(z),   KL = E log q(z|x) - E log p(z),   marginal KL = E log q(z) - E log p(z)
 *
 * @param known closed forms to take in place of the samples' first and last logarithm; null takes
 * the samples'
 */
export function summarise(samples: LogDensities, known: KnownExpectations | null): Summary {
  const { aggregated, product } = samples;
  const posterior = known ? known.posterior : samples.posterior;
  const prior = known ? known.prior : samples.prior;
  const terms = {
    kl: difference(posterior, prior),
    mutualInformation: difference(posterior, aggregated),
    totalCorrelation: difference(aggregated, product),
    dimensionwiseKl: difference(product, prior),
    marginalKl: difference(aggregated, prior),
  };
  const pick = (what: 'mean' | 'error') =>
    Object.fromEntries(
      Object.entries(terms).map(([name, term]) => [name, term[what]]),
    ) as unknown as DecompositionTerms;
  return {
    means: pick('mean'),
    standardError: pick('error'),
    logDensities: {
      posterior: meanOf(posterior),
      aggregated: meanOf(aggregated),
      product: meanOf(product),
      prior: meanOf(prior),
    },
  };
}

/** Mean of a - b, and its standard error. A number stands for an expectation that is known. */
function difference(a: Float64Array | number, b: Float64Array | number): { mean: number; error: number } {
  const mean = meanOf(a) - meanOf(b);
  const count = typeof a === 'number' ? (typeof b === 'number' ? 0 : b.length) : a.length;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    squares += ((typeof a === 'number' ? a : a[i]) - (typeof b === 'number' ? b : b[i]) - mean) ** 2;
  }
  return { mean, error: count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count) };
}

function meanOf(values: Float64Array | number): number {
  if (typeof values === 'number') return values;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
