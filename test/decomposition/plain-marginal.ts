/** One-dimensional mixtures of normal densities, plainly: every component at every point. */

/** Components and points of a mixture. */
export interface Mixture {
  readonly means: Float64Array;
  readonly logvars: Float64Array;
  readonly points: Float64Array;
}

/** ln of the mean density at x, in nats, by log-sum-exp with a compensated sum. */
export function plainLogDensity({ means, logvars }: Pick<Mixture, 'means' | 'logvars'>, x: number): number {
  const logs = means.map((mean, j) => -0.5 * logvars[j] - 0.5 * (x - mean) ** 2 * Math.exp(-logvars[j]));
  const largest = logs.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  let lost = 0;
  for (const log of logs) {
    const term = Math.exp(log - largest) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return largest + Math.log(sum) - Math.log(means.length) - 0.5 * Math.log(2 * Math.PI);
}

/** The same at every point. */
export function plainLogDensities(mixture: Mixture): Float64Array {
  return mixture.points.map((x) => plainLogDensity(mixture, x));
}
