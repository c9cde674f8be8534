/**
 * Solves a x = b for a symmetric positive definite a (n, n), row-major, by Cholesky decomposition
 * after scaling the diagonal to 1. `a` and `b` are overwritten, `b` with the solution. Returns
 * false where a is not positive definite.
 */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array, n: number): boolean {
  const scale = decompose(a, n);
  if (scale === null) return false;
  substitute(a, scale, b, n);
  return true;
}

/**
 * Overwrites a with its factor after scaling its diagonal to 1, and returns the scale; null where a
 * is not positive definite.
 */
function decompose(a: Float64Array, n: number): Float64Array | null {
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (!(a[i * n + i] > 0)) return null;
    scale[i] = 1 / Math.sqrt(a[i * n + i]);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a[i * n + j] *= scale[i] * scale[j];
  }
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      if (i > j) {
        a[i * n + j] = sum / a[j * n + j];
        continue;
      }
      // With a unit diagonal, what is left of a pivot is a share of 1: below rounding there is
      // nothing left.
      if (!(sum > 1e-14)) return null;
      a[j * n + j] = Math.sqrt(sum);
    }
  }
  return scale;
}

/**
 * Overwrites b with the solution of a x = b, where a and scale are what {@link decompose} made of
 * a.
 */
function substitute(a: Float64Array, scale: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i] * scale[i];
    for (let k = 0; k < i; k++) sum -= a[i * n + k] * b[k];
    b[i] = sum / a[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < n; k++) sum -= a[k * n + i] * b[k];
    b[i] = sum / a[i * n + i];
  }
  for (let i = 0; i < n; i++) b[i] *= scale[i];
}
