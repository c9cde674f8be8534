import { tridiagonalEigenvalues, tridiagonalise } from './tridiagonal.js';

/** Columns up to which rotations take milliseconds. */
const FEW_COLUMNS = 64;
/** More sweeps than any matrix takes. */
const MOST_SWEEPS = 60;

/**
 * Eigenvalues of a symmetric matrix a (n, n), row-major, in no particular order; `a` is
 * overwritten.
 *
 * Up to 64 columns by Jacobi rotations. A rotation is left out only where the element is within
 * rounding of 0 beside its own two diagonal elements, so that small eigenvalues of a positive
 * definite matrix whose rows differ in scale are found to full relative accuracy. More columns by
 * way of a tridiagonal matrix, many times as fast, to rounding beside the largest eigenvalue.
 *
 * @see J. Demmel, K. Veselić 1992, Jacobi's Method Is More Accurate than QR
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  if (n > FEW_COLUMNS) {
    // Around 1, so that squares stay within the range of float64.
    const largest = a.reduce((most, element) => Math.max(most, Math.abs(element)), 0) || 1;
    const { diagonal, beside } = tridiagonalise(
      a.map((element) => element / largest),
      n,
    );
    return tridiagonalEigenvalues(diagonal, beside).map((value) => value * largest);
  }
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotations = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const element = a[p * n + q];
        const least = Number.EPSILON * Math.sqrt(Math.abs(a[p * n + p])) * Math.sqrt(Math.abs(a[q * n + q]));
        if (Math.abs(element) <= least) continue;
        rotations++;
        rotate(a, n, p, q);
      }
    }
    if (rotations === 0) break;
  }
  return Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
}

/** Turns rows and columns p and q so that their common element becomes 0. */
function rotate(a: Float64Array, n: number, p: number, q: number): void {
  const element = a[p * n + q];
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * element);
  // The smaller of both angles; where theta squared overflows, the tangent is 0 and the element
  // negligible.
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  a[p * n + p] -= tangent * element;
  a[q * n + q] += tangent * element;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  for (let i = 0; i < n; i++) {
    if (i === p || i === q) continue;
    const left = a[i * n + p];
    const right = a[i * n + q];
    a[i * n + p] = cosine * left - sine * right;
    a[i * n + q] = sine * left + cosine * right;
    a[p * n + i] = a[i * n + p];
    a[q * n + i] = a[i * n + q];
  }
}
