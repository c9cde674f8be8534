/** The lasso by coordinate descent over a Gram matrix in plain JavaScript. */

/**
 * Takes w to the least of w'Gw / 2 - w'c + lambda |w|_1, until no step of a sweep moves the loss by more than `least`.
 * gram: [n][n], products: [n]
 */
export function descend(
  w: Float64Array,
  gram: Float64Array,
  products: Float64Array,
  lambda: number,
  least: number,
): void {
  const n = w.length;
  for (let sweep = 0; sweep < 100_000; sweep++) {
    let largest = 0;
    for (let j = 0; j < n; j++) {
      let slope = products[j] + gram[j * n + j] * w[j];
      for (let i = 0; i < n; i++) slope -= gram[j * n + i] * w[i];
      const size = Math.max(0, Math.abs(slope) - lambda) / gram[j * n + j];
      const next = slope < 0 ? -size : size;
      largest = Math.max(largest, gram[j * n + j] * (next - w[j]) ** 2);
      w[j] = next;
    }
    if (largest <= least) return;
  }
}
