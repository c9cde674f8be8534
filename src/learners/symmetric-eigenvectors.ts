/** Eigenvectors of a symmetric matrix, for those who need more than its eigenvalues. */

export interface Eigenvectors {
  /** (n), in decreasing order. */
  readonly values: Float64Array;
  /** (n, n), row-major: line i is the eigenvector of value i, of length 1. */
  readonly vectors: Float64Array;
}

/** More steps for an eigenvalue than any matrix takes. */
const MOST_STEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix a (n, n), row-major, to rounding beside the
 * largest eigenvalue: by reflections to a tridiagonal matrix, then by implicit QR steps. O(n^3).
 *
 * @see G. Golub, C. Van Loan 2013, Matrix Computations, algorithms 8.3.1 to 8.3.3
 */
export function symmetricEigenvectors(a: Float64Array, n: number): Eigenvectors {
  // Around 1, so that squares stay within the range of float64.
  const largest = a.reduce((most, element) => Math.max(most, Math.abs(element)), 0) || 1;
  const { diagonal, beside, basis } = reduce(
    a.map((element) => element / largest),
    n,
  );
  rotateToDiagonal(diagonal, beside, basis, n);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j] - diagonal[i] || i - j);
  const vectors = new Float64Array(n * n);
  for (const [place, i] of order.entries()) vectors.set(basis.subarray(i * n, (i + 1) * n), place * n);
  return { values: Float64Array.from(order, (i) => diagonal[i] * largest), vectors };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element i stands beside diagonal elements i - 1 and i. */
  readonly beside: Float64Array;
  /** Line i is the vector that stands for row i. */
  readonly basis: Float64Array;
}

/** Overwrites a; the reflection of column k stays in the column, below the diagonal. */
function reduce(a: Float64Array, n: number): Tridiagonal {
  const beside = new Float64Array(n);
  const weights = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k];
      square += v[i] * v[i];
    }
    const norm = Math.sqrt(square);
    const head = v[k + 1];
    beside[k + 1] = head < 0 ? norm : -norm;
    v[k + 1] = head - beside[k + 1];
    // v'v / 2
    const half = square - head * beside[k + 1];
    if (!(half > 0)) {
      beside[k + 1] = head;
      continue;
    }
    weights[k] = 1 / half;
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
      a[i * n + k] = vi;
    }
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    if (weights[k] === 0) continue;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) sum += basis[at] * a[j * n + k];
      const share = sum * weights[k];
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) basis[at] -= share * a[j * n + k];
    }
  }
  return { diagonal, beside, basis };
}

function rotateToDiagonal(d: Float64Array, e: Float64Array, basis: Float64Array, n: number): void {
  const isNegligible = (i: number) => Math.abs(e[i]) <= Number.EPSILON * (Math.abs(d[i - 1]) + Math.abs(d[i]));
  let steps = 0;
  for (let high = n - 1; high > 0; ) {
    if (isNegligible(high) || steps === MOST_STEPS) {
      high--;
      steps = 0;
      continue;
    }
    let low = high - 1;
    while (low > 0 && !isNegligible(low)) low--;
    takeStep(d, e, basis, n, low, high);
    steps++;
  }
}

/** One implicit QR step with Wilkinson's shift on rows low to high. */
function takeStep(d: Float64Array, e: Float64Array, basis: Float64Array, n: number, low: number, high: number): void {
  const delta = (d[high - 1] - d[high]) / 2;
  const last = e[high] * e[high];
  const shift = d[high] - last / (delta + (delta < 0 ? -1 : 1) * Math.sqrt(delta * delta + last));
  let x = d[low] - shift;
  let z = e[low + 1];
  for (let k = low; k < high; k++) {
    const r = Math.sqrt(x * x + z * z);
    // Of nothing there is nothing to turn.
    const [c, s] = r === 0 ? [1, 0] : [x / r, z / r];
    if (k > low) e[k] = r;
    const [first, second, between] = [d[k], d[k + 1], e[k + 1]];
    d[k] = c * c * first + 2 * c * s * between + s * s * second;
    d[k + 1] = s * s * first - 2 * c * s * between + c * c * second;
    e[k + 1] = (c * c - s * s) * between + c * s * (second - first);
    x = e[k + 1];
    if (k + 1 < high) {
      z = s * e[k + 2];
      e[k + 2] *= c;
    }
    for (let i = 0, p = k * n, q = p + n; i < n; i++, p++, q++) {
      const [left, right] = [basis[p], basis[q]];
      basis[p] = c * left + s * right;
      basis[q] = c * right - s * left;
    }
  }
}
