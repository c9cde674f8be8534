/** Binning, joint counts and mutual information in plain JavaScript. */

/**
 * Bins of each column of x (rows, columns), from 0: [columns][rows]. Edges are those of
 * numpy.histogram; with a limit those between -limit and limit, and what lies beyond is in the
 * outermost bins.
 */
export function binColumns(x: Float32Array, rows: number, columns: number, bins: number, limit?: number): Uint16Array {
  const out = new Uint16Array(rows * columns);
  const edges = new Float64Array(bins);
  for (let d = 0; d < columns; d++) {
    let low = x[d];
    let high = x[d];
    for (let row = 1; row < rows; row++) {
      const value = x[row * columns + d];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (limit !== undefined) [low, high] = [-limit, limit];
    else if (low === high) {
      low -= 0.5;
      high += 0.5;
    }
    const step = (high - low) / bins;
    for (let i = 0; i < bins; i++) edges[i] = i * step + low;
    const perStep = bins / (high - low);
    for (let row = 0; row < rows; row++) {
      const value = x[row * columns + d];
      let bin = Math.floor((value - low) * perStep);
      if (bin < 0) bin = 0;
      if (bin >= bins) bin = bins - 1;
      if (bin > 0 && value < edges[bin]) bin--;
      else if (bin + 1 < bins && value >= edges[bin + 1]) bin++;
      out[d * rows + row] = bin;
    }
  }
  return out;
}

/**
 * Codes of each column of whole numbers from 0 up, [columns][rows], and how many values each column
 * has.
 */
export function encodeColumns(v: Int32Array, rows: number, columns: number): { codes: Int32Array; sizes: number[] } {
  const codes = new Int32Array(rows * columns);
  const sizes: number[] = [];
  for (let k = 0; k < columns; k++) {
    const seen: boolean[] = [];
    for (let row = 0; row < rows; row++) seen[v[row * columns + k]] = true;
    const codeOf = new Int32Array(seen.length);
    let size = 0;
    for (let value = 0; value < seen.length; value++) if (seen[value]) codeOf[value] = size++;
    for (let row = 0; row < rows; row++) codes[k * rows + row] = codeOf[v[row * columns + k]];
    sizes.push(size);
  }
  return { codes, sizes };
}

/**
 * I(latent; factor) in nats, (D, K), and the entropy of each factor. bins: [D][rows]; codes:
 * [K][rows].
 */
export function mutualInformation(
  bins: Uint16Array,
  codes: Int32Array,
  rows: number,
  latentCount: number,
  sizes: readonly number[],
  binCount: number,
): { matrix: Float64Array; entropies: Float64Array } {
  const matrix = new Float64Array(latentCount * sizes.length);
  const entropies = new Float64Array(sizes.length);
  sizes.forEach((size, k) => {
    const own = codes.subarray(k * rows, (k + 1) * rows);
    for (let d = 0; d < latentCount; d++) {
      const { information, ofValues } = informationOf(bins.subarray(d * rows, (d + 1) * rows), own, binCount, size);
      matrix[d * sizes.length + k] = information;
      entropies[k] = ofValues;
    }
  });
  return { matrix, entropies };
}

/** I(bins; values) of the rows, and the entropy of the values. */
function informationOf(bins: Uint16Array, codes: Int32Array | Uint16Array, binCount: number, size: number) {
  const rows = bins.length;
  const joint = new Uint32Array(binCount * size);
  for (let row = 0; row < rows; row++) joint[bins[row] * size + codes[row]]++;
  const perBin = new Float64Array(binCount);
  const perValue = new Float64Array(size);
  for (let bin = 0; bin < binCount; bin++) {
    for (let value = 0; value < size; value++) {
      perBin[bin] += joint[bin * size + value];
      perValue[value] += joint[bin * size + value];
    }
  }
  const ofValues = entropyOf(perValue, rows);
  return { information: Math.max(0, entropyOf(perBin, rows) + ofValues - entropyOf(joint, rows)), ofValues };
}

/** Entropy of the bins of each latent, in nats. bins: [D][rows] */
export function binEntropies(bins: Uint16Array, rows: number, latentCount: number, binCount: number): Float64Array {
  return Float64Array.from({ length: latentCount }, (_, d) => {
    const counts = new Uint32Array(binCount);
    for (let i = d * rows; i < (d + 1) * rows; i++) counts[bins[i]]++;
    return entropyOf(counts, rows);
  });
}

/** Mean of I(latent; latent) over all pairs, in nats. bins: [D][rows] */
export function meanPairInformation(bins: Uint16Array, rows: number, latentCount: number, binCount: number): number {
  let sum = 0;
  for (let d = 0; d < latentCount; d++) {
    const own = bins.subarray(d * rows, (d + 1) * rows);
    for (let e = 0; e < d; e++) {
      sum += informationOf(bins.subarray(e * rows, (e + 1) * rows), own, binCount, binCount).information;
    }
  }
  return (2 * sum) / (latentCount * (latentCount - 1));
}

function entropyOf(counts: Float64Array | Uint32Array, total: number): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] > 0) sum += counts[i] * Math.log(counts[i]);
  return Math.log(total) - sum / total;
}

/**
 * The largest of `count` numbers from `at` on, `step` apart, the second largest, and which is the
 * largest.
 */
export function topTwo(numbers: Float64Array, at: number, step: number, count: number) {
  let first = 0;
  let second = 0;
  let index = 0;
  for (let i = 0; i < count; i++) {
    const number = numbers[at + i * step];
    if (number > first) {
      second = first;
      first = number;
      index = i;
    } else if (number > second) second = number;
  }
  return { first, second, index };
}

/** Mean over factors of the gap between the two largest mutual informations over the entropy. */
export function meanGap(matrix: Float64Array, entropies: Float64Array): number {
  const factorCount = entropies.length;
  let sum = 0;
  for (let k = 0; k < factorCount; k++) {
    const { first, second } = topTwo(matrix, k, factorCount, matrix.length / factorCount);
    sum += (first - second) / entropies[k];
  }
  return sum / factorCount;
}
