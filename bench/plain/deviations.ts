/** How far rows stray from the mean of their group, in plain JavaScript, by sorting. */

/** The rows by code, and where each code begins, [size + 1]. */
export function orderByCode(codes: Int32Array, size: number): { order: Int32Array; bounds: Int32Array } {
  const bounds = new Int32Array(size + 1);
  for (let row = 0; row < codes.length; row++) bounds[codes[row] + 1]++;
  for (let code = 0; code < size; code++) bounds[code + 1] += bounds[code];
  const next = bounds.slice();
  const order = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) order[next[codes[row]]++] = row;
  return { order, bounds };
}

/**
 * The q-quantile of |x - mean| over the rows order[first .. last) of every column of x (rows,
 * columns), into out [columns].
 */
export function deviationQuantiles(
  out: Float64Array,
  x: Float32Array,
  order: Int32Array,
  first: number,
  last: number,
  q: number,
): void {
  const columns = out.length;
  const count = last - first;
  const gathered = new Float64Array(columns * count);
  for (let i = 0; i < count; i++) {
    const at = order[first + i] * columns;
    for (let d = 0; d < columns; d++) gathered[d * count + i] = x[at + d];
  }
  const place = q * (count - 1);
  const below = Math.floor(place);
  for (let d = 0; d < columns; d++) {
    const own = gathered.subarray(d * count, (d + 1) * count);
    let mean = 0;
    for (let i = 0; i < count; i++) mean += own[i];
    mean /= count;
    for (let i = 0; i < count; i++) own[i] = Math.abs(own[i] - mean);
    own.sort();
    out[d] = own[below];
    if (below + 1 < count) out[d] += (place - below) * (own[below + 1] - own[below]);
  }
}

/** max |x - mean| of each column of x (rows, columns). */
export function largestDeviations(x: Float32Array, rows: number, columns: number): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < x.length; i += columns) for (let d = 0; d < columns; d++) means[d] += x[i + d] / rows;
  const out = new Float64Array(columns);
  for (let i = 0; i < x.length; i += columns) {
    for (let d = 0; d < columns; d++) out[d] = Math.max(out[d], Math.abs(x[i + d] - means[d]));
  }
  return out;
}
