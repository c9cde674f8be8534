/**
 * The minibatch estimators as plain float64 loops, from the words of the papers and of the code
 * that shipped them.
 */
import type { EstimatorName } from '../../src/decomposition/estimators.js';

/** Rows of D numbers. */
export type Table = ReadonlyArray<ArrayLike<number>>;
export interface PlainBatch {
  readonly mu: Table;
  readonly logvar: Table;
  readonly z: Table;
}

/** ln N(z; mu, exp(logvar)). */
export function logNormal(z: number, mu: number, logvar: number): number {
  return -0.5 * (Math.log(2 * Math.PI) + logvar + ((z - mu) * (z - mu)) / Math.exp(logvar));
}

export function logSumExp(values: readonly number[]): number {
  const most = values.reduce((a, b) => Math.max(a, b));
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

/** Natural logarithm of the weight of sample i and posterior j among B, out of N. */
export function plainLogWeight(name: EstimatorName, i: number, j: number, B: number, N: number): number {
  const M = B - 1;
  const special = (N - M) / (N * M);
  switch (name) {
    case 'mws':
    case 'legacy-yann-mws':
      return 0;
    case 'mss':
      return Math.log(i === j ? 1 / N : (N - 1) / (N * M));
    case 'mss-chen':
      if (i === j) return -Math.log(N);
      return Math.log(j === (i + 1) % B ? special : 1 / M);
    default:
      if (i === B - 2 && j === 0) return Math.log(special);
      if (j === 0) return -Math.log(N);
      return j === 1 ? Math.log(special) : -Math.log(M);
  }
}

/**
 * Log-densities of the samples of a batch: [log q(z|x), log q(z), sum_d log q(z_d), log p(z)] of
 * each.
 */
export function plainLogs({ mu, logvar, z }: PlainBatch, name: EstimatorName, N: number): number[][] {
  const B = mu.length;
  const D = mu[0].length;
  const others = Array.from({ length: B }, (_, j) => j);
  const latents = Array.from({ length: D }, (_, d) => d);
  const norm = name === 'mws' ? Math.log(N) + Math.log(B) : 0;
  const times = name === 'legacy-yann-mss' ? D : 1;
  return others.map((i) => {
    const weights = others.map((j) => plainLogWeight(name, i, j, B, N));
    const log = (j: number, d: number) => logNormal(z[i][d], mu[j][d], logvar[j][d]);
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    return [
      total(latents.map((d) => log(i, d))),
      logSumExp(others.map((j) => times * weights[j] + total(latents.map((d) => log(j, d))))) - norm,
      total(latents.map((d) => logSumExp(others.map((j) => weights[j] + log(j, d))) - norm)),
      total(latents.map((d) => logNormal(z[i][d], 0, 0))),
    ];
  });
}

/** Means over the samples: mutual information, total correlation, dimension-wise KL, KL. */
export function plainTerms(batch: PlainBatch, name: EstimatorName, N: number): number[] {
  const logs = plainLogs(batch, name, N);
  const mean = (a: number, b: number) => logs.reduce((sum, row) => sum + row[a] - row[b], 0) / logs.length;
  return [mean(0, 1), mean(1, 2), mean(2, 3), mean(0, 3)];
}
