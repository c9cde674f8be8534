/**
 * Covariance, Cholesky decomposition and eigenvalues in plain JavaScript. Matrices are row-major.
 */

/** Covariance [columns][columns], divided by rows - 1, of x (rows, columns). */
export function covariance(x: Float32Array, rows: number, columns: number): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < x.length; i += columns) for (let d = 0; d < columns; d++) means[d] += x[i + d];
  for (let d = 0; d < columns; d++) means[d] /= rows;
  const out = new Float64Array(columns * columns);
  const own = new Float64Array(columns);
  for (let i = 0; i < x.length; i += columns) {
    for (let d = 0; d < columns; d++) own[d] = x[i + d] - means[d];
    for (let d = 0; d < columns; d++) for (let e = d; e < columns; e++) out[d * columns + e] += own[d] * own[e];
  }
  for (let d = 0; d < columns; d++) {
    for (let e = d; e < columns; e++) {
      out[d * columns + e] /= rows - 1;
      out[e * columns + d] = out[d * columns + e];
    }
  }
  return out;
}

/** Overwrites the lower part of a [n][n] with its Cholesky factor. */
export function decompose(a: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j];
    }
  }
  return a;
}

/** Overwrites b [n] with the solution by a Cholesky factor l [n][n]. */
export function solveByFactor(l: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i] -= l[i * n + k] * b[k];
    b[i] /= l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] -= l[k * n + i] * b[k];
    b[i] /= l[i * n + i];
  }
  return b;
}

/** Eigenvalues of a symmetric matrix a [n][n] by Jacobi's rotations; a is overwritten. */
export function eigenvalues(a: Float64Array, n: number): Float64Array {
  for (let sweep = 0; sweep < 50; sweep++) {
    let beside = 0;
    let trace = 0;
    for (let p = 0; p < n; p++) {
      trace += Math.abs(a[p * n + p]);
      for (let q = p + 1; q < n; q++) beside = Math.max(beside, Math.abs(a[p * n + q]));
    }
    if (beside <= 1e-16 * trace) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) if (a[p * n + q] !== 0) rotate(a, n, p, q);
  }
  return Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
}

/** Makes the element at (p, q) 0. */
function rotate(a: Float64Array, n: number, p: number, q: number): void {
  const angle = 0.5 * Math.atan2(2 * a[p * n + q], a[q * n + q] - a[p * n + p]);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  for (let i = 0; i < n; i++) {
    const left = a[i * n + p];
    const right = a[i * n + q];
    a[i * n + p] = cosine * left - sine * right;
    a[i * n + q] = sine * left + cosine * right;
  }
  for (let i = 0; i < n; i++) {
    const left = a[p * n + i];
    const right = a[q * n + i];
    a[p * n + i] = cosine * left - sine * right;
    a[q * n + i] = sine * left + cosine * right;
  }
}
