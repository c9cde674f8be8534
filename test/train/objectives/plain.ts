/**
 * The penalties as plain float64 formulas on tables, from the papers, and their slopes by central
 * differences.
 */
import type { EstimatorName } from '../../../src/decomposition/estimators.js';
import { type PlainBatch, plainTerms } from '../../decomposition/plain-estimators.js';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Mean over rows of the sum over latents of `of`. */
function meanOfRows({ mu, logvar }: PlainBatch, of: (mu: number, logvar: number) => number): number {
  return sum(mu.map((row, i) => sum(Array.from(row, (m, d) => of(m, logvar[i][d]))))) / mu.length;
}

export function plainKl(batch: PlainBatch): number {
  return meanOfRows(batch, (mu, logvar) => 0.5 * (mu * mu + Math.exp(logvar) - logvar - 1));
}

export function plainCapacity(batch: PlainBatch, gamma: number, capacity: number): number {
  return gamma * Math.abs(plainKl(batch) - capacity);
}

export function plainTcvae(batch: PlainBatch, weights: readonly number[], estimator: EstimatorName, N: number): number {
  return sum(
    plainTerms(batch, estimator, N)
      .slice(0, 3)
      .map((term, i) => weights[i] * term),
  );
}

/** The covariance of the means; with `isOfSamples` that of samples. */
export function plainCovariance({ mu, logvar }: PlainBatch, isOfSamples: boolean): number[][] {
  const B = mu.length;
  const latents = Array.from(mu[0], (_, d) => d);
  const means = latents.map((d) => sum(mu.map((row) => row[d])) / B);
  return latents.map((i) =>
    latents.map((j) => {
      const ofMeans = sum(mu.map((row) => (row[i] - means[i]) * (row[j] - means[j]))) / B;
      return i === j && isOfSamples ? ofMeans + sum(logvar.map((row) => Math.exp(row[i]))) / B : ofMeans;
    }),
  );
}

export function plainDip(batch: PlainBatch, off: number, on: number, isOfSamples: boolean): number {
  const squares = plainCovariance(batch, isOfSamples).map((row, i) =>
    row.map((value, j) => (i === j ? on * (value - 1) ** 2 : off * value ** 2)),
  );
  return plainKl(batch) + sum(squares.flat());
}

/** Slopes of f, element by element in row-major order, with the two other tables held fixed. */
export function slopesOf(f: (batch: PlainBatch) => number, batch: PlainBatch, name: keyof PlainBatch): Float64Array {
  const STEP = 1e-4;
  const D = batch.mu[0].length;
  return Float64Array.from({ length: batch.mu.length * D }, (_, at) => {
    const moved = (by: number): number => {
      const table = batch[name].map((row) => Float64Array.from(row));
      table[Math.floor(at / D)][at % D] += by;
      return f({ ...batch, [name]: table });
    };
    return (moved(STEP) - moved(-STEP)) / (2 * STEP);
  });
}
