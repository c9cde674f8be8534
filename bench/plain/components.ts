/** Sums that principal and independent components are made of, in plain JavaScript. */

/**
 * The transpose of the centred, scaled bytes (rows, columns), times them, times q (columns, width).
 */
export function squareProducts(
  bytes: Uint8Array,
  q: Float32Array,
  rows: number,
  columns: number,
  width: number,
  scale: number,
): Float32Array {
  const means = new Float64Array(columns);
  for (let at = 0; at < bytes.length; at++) means[at % columns] += bytes[at] / rows;
  const z = new Float32Array(columns * width);
  const p = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    p.fill(0);
    for (let column = 0; column < columns; column++) {
      const value = scale * (bytes[row * columns + column] - means[column]);
      for (let j = 0; j < width; j++) p[j] += value * q[column * width + j];
    }
    for (let column = 0; column < columns; column++) {
      const value = scale * (bytes[row * columns + column] - means[column]);
      for (let j = 0; j < width; j++) z[column * width + j] += value * p[j];
    }
  }
  return z;
}

/** Sums of tanh(w z) z' over the rows of z (k, rows). */
export function contrastSums(z: Float64Array, w: Float64Array, k: number, rows: number): Float64Array {
  const sums = new Float64Array(k * k);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      let y = 0;
      for (let j = 0; j < k; j++) y += w[i * k + j] * z[j * rows + row];
      const slope = Math.tanh(y);
      for (let j = 0; j < k; j++) sums[i * k + j] += slope * z[j * rows + row];
    }
  }
  return sums;
}
