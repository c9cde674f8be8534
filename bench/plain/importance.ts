/** Disentanglement of a matrix of importances in plain JavaScript. */

/**
 * Mean over latents of 1 - entropy of their shares in base K, weighted by their part of the whole.
 * matrix: [D][K]
 */
export function disentanglement(matrix: Float64Array, factorCount: number): number {
  let weighted = 0;
  let whole = 0;
  for (let at = 0; at < matrix.length; at += factorCount) {
    let total = 0;
    for (let k = 0; k < factorCount; k++) total += matrix[at + k];
    if (total === 0) continue;
    let entropy = 0;
    for (let k = 0; k < factorCount; k++) {
      const share = matrix[at + k] / total;
      if (share > 0) entropy -= share * Math.log(share);
    }
    weighted += total * (1 - entropy / Math.log(factorCount));
    whole += total;
  }
  return weighted / whole;
}

/** Makes the columns of a matrix [D][K] sum to 1. */
export function shareColumns(matrix: Float64Array, factorCount: number): Float64Array {
  const out = matrix.slice();
  for (let k = 0; k < factorCount; k++) {
    let total = 0;
    for (let i = k; i < out.length; i += factorCount) total += out[i];
    for (let i = k; i < out.length; i += factorCount) out[i] = total > 0 ? out[i] / total : 0;
  }
  return out;
}
