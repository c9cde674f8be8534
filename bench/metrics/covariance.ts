/** Whatever is read off the covariance of the latents. */
import type { Bench, Ground } from '../contest.js';
import { covariance, decompose, eigenvalues } from '../plain/linear-algebra.js';
import { type PlainScore, scoreBench } from './score.js';

export const benches: readonly Bench[] = [
  scoreBench('gaussian-total-correlation', scoreTotalCorrelation),
  scoreBench('gaussian-wasserstein-correlation', scoreWassersteinCorrelation),
];

function scoreTotalCorrelation({ rows, latents }: Ground): PlainScore {
  const n = latents.columns;
  const matrix = covariance(latents.data as Float32Array, rows, n);
  const factor = decompose(matrix.slice(), n);
  let value = 0;
  for (let d = 0; d < n; d++) value += 0.5 * Math.log(matrix[d * n + d]) - Math.log(factor[d * n + d]);
  return { value, parts: { covarianceBetweenLatents: matrix } };
}

function scoreWassersteinCorrelation({ rows, latents }: Ground): PlainScore {
  const n = latents.columns;
  const matrix = covariance(latents.data as Float32Array, rows, n);
  const product = matrix.map((value, i) => {
    const [d, e] = [Math.floor(i / n), i % n];
    return Math.sqrt(matrix[d * n + d]) * value * Math.sqrt(matrix[e * n + e]);
  });
  const roots = eigenvalues(product, n).map((value) => Math.sqrt(Math.max(0, value)));
  let value = 0;
  for (let d = 0; d < n; d++) value += 2 * (matrix[d * n + d] - roots[d]);
  return { value, parts: { covarianceBetweenLatents: matrix } };
}
