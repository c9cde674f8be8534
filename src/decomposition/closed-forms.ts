/** What is known of posteriors without sampling. */
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';

/** Expectations over all rows, in nats. */
export interface ClosedForms {
  /** Mean divergence of each latent's posterior from the prior, KL(q(z_d|x) || p(z_d)), f64[D]. */
  readonly klPerDimension: Float64Array;
  /** E log q(z_d|x), f64[D]: minus the mean entropy of the posteriors. */
  readonly logPosterior: Float64Array;
  /** E log p(z_d), f64[D]. */
  readonly logPrior: Float64Array;
  /** Variance over rows of each latent's mean, divided by N, f64[D]. */
  readonly meanVariances: Float64Array;
}

/** ln 2 pi */
export const LOG_2_PI = 1.8378770664093453;
/** Rows per kernel call. */
const ROWS_PER_CALL = 2 ** 18;

/**
 * Closed forms of diagonal Gaussian posteriors against the standard normal prior.
 *
 * E log q(z_d|x) = -1/2 (1 + ln 2 pi + mean logvar_d); E log p(z_d) = -1/2 (ln 2 pi + mean
 * (mu_d^2 + exp(logvar_d))); their difference is the mean divergence. As sums over d they are the
 * first and last terms of the decomposition (Hoffman & Johnson 2016).
 */
export function closedForms(core: Core, { rows, latents, mu, logvar }: PosteriorBlocks): ClosedForms {
  return core.arena.borrow(() => {
    const perLatent = Array.from({ length: latents }, (_, d) => {
      const [means, logarithms] = [mu.slice(d * rows, rows), logvar.slice(d * rows, rows)];
      const divergences = core.arena.zeros('f64', 1);
      for (let row = 0; row < rows; row += ROWS_PER_CALL) {
        core.divergence.addDivergences(divergences, means, logarithms, 1, row, Math.min(row + ROWS_PER_CALL, rows));
      }
      const kl = divergences.array[0] / rows;
      const logPosterior = -0.5 * (1 + LOG_2_PI + core.moments.columnVariances(logarithms, rows, 1).means[0]);
      const meanVariance = (core.moments.columnVariances(means, rows, 1).variances[0] * (rows - 1)) / rows;
      return { kl, logPosterior, meanVariance };
    });
    return {
      klPerDimension: Float64Array.from(perLatent, ({ kl }) => kl),
      logPosterior: Float64Array.from(perLatent, ({ logPosterior }) => logPosterior),
      logPrior: Float64Array.from(perLatent, ({ kl, logPosterior }) => logPosterior - kl),
      meanVariances: Float64Array.from(perLatent, ({ meanVariance }) => meanVariance),
    };
  });
}
