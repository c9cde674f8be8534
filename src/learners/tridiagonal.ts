/**
 * Reduces a symmetric matrix a (n, n), row-major, by Householder reflections to a tridiagonal one
 * with the same eigenvalues; `a`, whose elements are near 1 at most, is overwritten. O(n^3).
 *
 * @returns its diagonal, f64[n], and the squares of the elements beside it, f64[n], the first of
 * them 0
 * @see G. Golub, C. Van Loan 2013, Matrix Computations, algorithm 8.3.1
 */
export function tridiagonalise(a: Float64Array, n: number): { diagonal: Float64Array; beside: Float64Array } {
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    let largest = 0;
    for (let i = k + 1; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + k]));
    if (largest === 0) continue;
    // Scaled, so that no square leaves the range of float64.
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k] / largest;
      square += v[i] * v[i];
    }
    const norm = Math.sqrt(square);
    const head = v[k + 1];
    beside[k + 1] = norm * largest * (norm * largest);
    v[k + 1] += head < 0 ? -norm : norm;
    // v'v / 2
    const half = square + Math.abs(head) * norm;
    let product = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) sum += a[at] * v[j];
      w[i] = sum / half;
      product += w[i] * v[i];
    }
    const share = product / (2 * half);
    for (let i = k + 1; i < n; i++) w[i] -= share * v[i];
    for (let i = k + 1; i < n; i++) {
      const [vi, wi] = [v[i], w[i]];
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) a[at] -= vi * w[j] + wi * v[j];
    }
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), beside };
}

/** Halvings that take any interval of float64 numbers down to rounding beside its largest end. */
const HALVINGS = 60;

/**
 * Eigenvalues of the tridiagonal matrix, in increasing order, each by bisection on how many lie
 * below: to rounding beside the largest of them. O(n^2).
 *
 * @see W. Givens 1954, Numerical Computation of the Characteristic Values of a Real Symmetric
 * Matrix
 */
export function tridiagonalEigenvalues(diagonal: Float64Array, beside: Float64Array): Float64Array {
  const n = diagonal.length;
  let bound = 0;
  for (let i = 0; i < n; i++) {
    const next = i + 1 < n ? beside[i + 1] : 0;
    bound = Math.max(bound, Math.abs(diagonal[i]) + Math.sqrt(beside[i]) + Math.sqrt(next));
  }
  // A pivot of 0 would divide: it is taken for the smallest step that counts beside the largest
  // eigenvalue.
  const least = bound * Number.EPSILON * Number.EPSILON;
  const countBelow = (x: number) => {
    let count = 0;
    let pivot = 1;
    for (let i = 0; i < n; i++) {
      pivot = diagonal[i] - x - beside[i] / pivot;
      if (Math.abs(pivot) < least) pivot = -least;
      if (pivot < 0) count++;
    }
    return count;
  };
  return Float64Array.from({ length: n }, (_, index) => {
    let low = -bound;
    let high = bound;
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middle = (low + high) / 2;
      if (countBelow(middle) > index) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  });
}
