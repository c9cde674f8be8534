/**
 * Samples that came with posteriors and cannot be theirs.
 *
 * Where z_d is a sample of N(mu_d, sigma_d^2) in each of M rows, the sum of ((z_d - mu_d) /
 * sigma_d)^2 is chi-squared with M degrees of freedom. With t the mean, Chernoff's bound of its
 * tail, above 1 as below, is
 *
 *   P(as far from 1 as t) <= exp(-M / 2 (t - 1 - ln t))
 *
 * What is taken of the samples is then (t - 1) / 2 nats off what closed forms say of the latent.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { type Note, note } from '../note.js';
import { LOG_2_PI } from './closed-forms.js';

/** Samples that are less likely than this, in any latent, are noted. */
const LEAST_LIKELY = 1e-9;
/** A smaller difference of the mean square from 1, of .05 nats, is not: float16 makes as much. */
const LEAST_DIFFERENCE = 0.1;

/**
 * Mean of ((z_d - mu_d) / sigma_d)^2 over samples of one latent.
 * @param logPosterior log q(z_d|x) in nats, f64[M]
 * @param logvar of that latent, f64[N]
 * @param owners the row of each sample, i32[M]
 */
export function meanSquaredDistance(logPosterior: Float64Array, logvar: Block<'f64'>, owners: Block<'i32'>): number {
  const [logarithms, rows] = [logvar.array, owners.array];
  let sum = 0;
  // log q = -1/2 (ln 2 pi + logvar + distance^2)
  for (let i = 0; i < rows.length; i++) sum -= 2 * logPosterior[i] + LOG_2_PI + logarithms[rows[i]];
  return Math.max(0, sum / rows.length);
}

/**
 * Names latents whose samples cannot be those of their posteriors.
 * @param meanSquares {@link meanSquaredDistance} of each latent
 * @param samples M
 */
export function describeUnlikely(core: Core, meanSquares: readonly number[], samples: number): Note[] {
  const { naturalLogarithm } = core.information;
  const most = naturalLogarithm(meanSquares.length / LEAST_LIKELY);
  const latents = meanSquares.flatMap((t, d) =>
    Math.abs(t - 1) > LEAST_DIFFERENCE && (samples / 2) * (t - 1 - naturalLogarithm(t)) > most ? [d] : [],
  );
  if (latents.length === 0) return [];
  const distances = latents.map((d) => Math.sqrt(meanSquares[d])).sort((a, b) => a - b);
  const range = [...new Set([distances[0], distances[distances.length - 1]].map((one) => one.toPrecision(3)))];
  const which = `${latents.length === 1 ? 'latent' : 'latents'} ${latents.join(', ')}`;
  const where = `${range.join(' to ')} standard deviations from the means of its posteriors (root mean square)`;
  return [
    note('unlikely-samples', `${which}: z is ${where}, and not 1 as samples of them are`, {
      option: 'z',
      suggestion: 'expected z of the same rows and model, and natural logarithms of variances; without z it is drawn',
    }),
  ];
}
