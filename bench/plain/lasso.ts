/** The lasso by coordinate descent over a Gram matrix in plain JavaScript. */

/**
 * Sums of products of centred columns, [n][n], of those with the target, [n], and of the target's
 * squares.
 */
export interface Products {
  readonly gram: Float64Array;
  readonly products: Float64Array;
  readonly squares: number;
}

/** Sweeps between two looks at the gap. */
const SWEEPS = 8;
const MOST_SWEEPS = 100_000;

/**
 * Takes w to where |y - Xw|^2 / 2 + lambda |w|_1 is within `least` of its minimum, by the duality
 * gap.
 */
export function descend(w: Float64Array, of: Products, lambda: number, least: number): void {
  const { gram, products } = of;
  const n = w.length;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    if (sweep % SWEEPS === 0 && evaluate(w, of, lambda).gap <= least) return;
    for (let j = 0; j < n; j++) {
      let slope = products[j] + gram[j * n + j] * w[j];
      for (let i = 0; i < n; i++) slope -= gram[j * n + i] * w[i];
      const size = Math.max(0, Math.abs(slope) - lambda) / gram[j * n + j];
      w[j] = slope < 0 ? -size : size;
    }
  }
}

/**
 * The loss at w, and how far above the minimum it can be: |y - Xw| shrunk into the dual's bounds
 * says so.
 */
export function evaluate(w: Float64Array, { gram, products, squares }: Products, lambda: number) {
  const n = w.length;
  let largest = 0;
  let size = 0;
  let explained = 0;
  let left = squares;
  for (let j = 0; j < n; j++) {
    let slope = products[j];
    for (let i = 0; i < n; i++) slope -= gram[j * n + i] * w[i];
    largest = Math.max(largest, Math.abs(slope));
    size += Math.abs(w[j]);
    explained += w[j] * slope;
    left -= w[j] * (products[j] + slope);
  }
  const shrink = largest > lambda ? lambda / largest : 1;
  const gap = 0.5 * (1 - shrink) ** 2 * left + lambda * size - shrink * explained;
  return { loss: 0.5 * left + lambda * size, gap };
}
