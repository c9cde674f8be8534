import type { Core } from '../../bindings/core.js';

/**
 * A share of a variance below which it counts as nothing: far above the rounding of a covariance.
 */
const LEAST_SHARE = 1e-12;

/**
 * .5 (sum_d ln C_dd - ln det C) nats, C f64[n][n] a covariance with a positive diagonal: the total
 * correlation of normal variables. Null where C is singular.
 */
export function gaussianTotalCorrelation(core: Core, covariance: Float64Array, n: number): number | null {
  if (n === 1) return 0;
  // The determinant of the correlations is that of the covariances over the product of the
  // variances, at no risk of overflow.
  const scale = Array.from({ length: n }, (_, i) => 1 / Math.sqrt(covariance[i * n + i]));
  const correlation = covariance.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 1 : value * scale[i] * scale[j];
  });
  const logDeterminant = core.covariance.logDeterminant(correlation, n, LEAST_SHARE);
  return logDeterminant === null ? null : Math.max(0, -0.5 * logDeterminant);
}
