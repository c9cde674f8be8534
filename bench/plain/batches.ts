/** Statistics of batches of rows, and of columns, in plain JavaScript. */

/**
 * Variances [count][columns], divided by size - 1, of batches of rows [count][size] of x (rows,
 * columns).
 */
export function batchVariances(
  x: Float32Array,
  rows: Int32Array,
  count: number,
  size: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(count * columns);
  const means = new Float64Array(columns);
  for (let i = 0; i < count; i++) {
    means.fill(0);
    for (let j = 0; j < size; j++) {
      const at = rows[i * size + j] * columns;
      for (let d = 0; d < columns; d++) means[d] += x[at + d];
    }
    for (let d = 0; d < columns; d++) means[d] /= size;
    for (let j = 0; j < size; j++) {
      const at = rows[i * size + j] * columns;
      for (let d = 0; d < columns; d++) {
        const difference = x[at + d] - means[d];
        out[i * columns + d] += difference * difference;
      }
    }
    for (let d = 0; d < columns; d++) out[i * columns + d] /= size - 1;
  }
  return out;
}

/**
 * Mean absolute differences [count][columns] of pairs of rows [count][2][size] of x (rows,
 * columns).
 */
export function pairDifferences(
  x: Float32Array,
  rows: Int32Array,
  count: number,
  size: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(count * columns);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < size; j++) {
      const a = rows[2 * i * size + j] * columns;
      const b = rows[(2 * i + 1) * size + j] * columns;
      for (let d = 0; d < columns; d++) out[i * columns + d] += Math.abs(x[a + d] - x[b + d]);
    }
    for (let d = 0; d < columns; d++) out[i * columns + d] /= size;
  }
  return out;
}

/** Minimum and maximum of each column of x (rows, columns). */
export function columnExtremes(x: Float32Array, columns: number) {
  const minima = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const maxima = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < x.length; i += columns) {
    for (let d = 0; d < columns; d++) {
      const value = x[i + d];
      if (value < minima[d]) minima[d] = value;
      if (value > maxima[d]) maxima[d] = value;
    }
  }
  return { minima, maxima };
}

/** Variance, divided by rows - 1, of each column of x (rows, columns). */
export function columnVariances(x: Float32Array, rows: number, columns: number): Float64Array {
  const means = new Float64Array(columns);
  const variances = new Float64Array(columns);
  for (let i = 0; i < x.length; i += columns) for (let d = 0; d < columns; d++) means[d] += x[i + d];
  for (let d = 0; d < columns; d++) means[d] /= rows;
  for (let i = 0; i < x.length; i += columns) {
    for (let d = 0; d < columns; d++) {
      const difference = x[i + d] - means[d];
      variances[d] += difference * difference;
    }
  }
  for (let d = 0; d < columns; d++) variances[d] /= rows - 1;
  return variances;
}

/** Index of the first element that is not finite, -1 if there is none. */
export function firstNonFinite(x: Float32Array): number {
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) return i;
  return -1;
}
