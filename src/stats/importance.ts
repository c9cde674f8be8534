/**
 * What a matrix of importances says of latents and factors, as DCI reads it. Source: Eastwood &
 * Williams 2018, section 2.
 */
import type { Core } from '../../bindings/core.js';

/**
 * Disentanglement of each latent and completeness of each factor, and their means, of a matrix
 * [latent][factor].
 * @param offset added to every importance before its entropy is taken, as disentanglement_lib does
 * with 1e-11
 */
export function scoreImportance(
  core: Core,
  importance: ArrayLike<number>,
  latentCount: number,
  factorCount: number,
  varyingFactors: readonly number[],
  offset = 0,
) {
  const latents = Array.from({ length: latentCount }, (_, d) => d);
  const at = (d: number, k: number) => importance[d * factorCount + k];
  const rows = latents.map((d) => varyingFactors.map((k) => at(d, k)));
  const columns = varyingFactors.map((k) => latents.map((d) => at(d, k)));
  const perLatent = rows.map((row) => concentration(core, row, offset));
  const ofVarying = columns.map((column) => concentration(core, column, offset));
  const perFactor = new Array<number | null>(factorCount).fill(null);
  varyingFactors.forEach((k, i) => {
    perFactor[k] = ofVarying[i];
  });
  return {
    disentanglement: weightedMean(perLatent, rows.map(sumOf)),
    completeness: weightedMean(ofVarying, columns.map(sumOf)),
    perLatent,
    perFactor,
  };
}

/**
 * 1 - entropy of the shares in the base of their number: 1 where one has all; 0 without shares;
 * null of a single one.
 */
function concentration(core: Core, importances: readonly number[], offset: number): number | null {
  if (importances.length < 2) return null;
  const shares = importances.map((importance) => importance + offset);
  const total = sumOf(shares);
  if (total === 0) return 0;
  let entropy = 0;
  for (const share of shares)
    if (share > 0) entropy -= (share / total) * core.information.naturalLogarithm(share / total);
  return Math.min(1, Math.max(0, 1 - entropy / core.information.naturalLogarithm(shares.length)));
}

/** Null where there is nothing to average; 0 where nothing has weight. */
function weightedMean(values: ReadonlyArray<number | null>, weights: readonly number[]): number | null {
  if (values.length === 0 || values.some((value) => value === null)) return null;
  const total = sumOf(weights);
  if (total === 0) return 0;
  return sumOf(values.map((value, i) => (value as number) * weights[i])) / total;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
