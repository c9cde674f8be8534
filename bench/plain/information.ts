/** Binning, joint counts and mutual information in plain JavaScript. */

/** Bins of each column of x (rows, columns), from 0: [columns][rows]. Edges are those of numpy.histogram. */
export function binColumns(x: Float32Array, rows: number, columns: number, bins: number): Uint16Array {
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
    if (low === high) {
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
      if (value < edges[bin]) bin--;
      else if (bin + 1 < bins && value >= edges[bin + 1]) bin++;
      out[d * rows + row] = bin;
    }
  }
  return out;
}

/** Codes of each column of whole numbers from 0 up, [columns][rows], and how many values each column has. */
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

/** I(latent; factor) in nats, (D, K), and the entropy of each factor. bins: [D][rows]; codes: [K][rows]. */
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
      const binned = bins.subarray(d * rows, (d + 1) * rows);
      const joint = new Uint32Array(binCount * size);
      for (let row = 0; row < rows; row++) joint[binned[row] * size + own[row]]++;
      const perBin = new Float64Array(binCount);
      const perValue = new Float64Array(size);
      for (let bin = 0; bin < binCount; bin++) {
        for (let value = 0; value < size; value++) {
          perBin[bin] += joint[bin * size + value];
          perValue[value] += joint[bin * size + value];
        }
      }
      entropies[k] = entropyOf(perValue, rows);
      const information = entropyOf(perBin, rows) + entropies[k] - entropyOf(joint, rows);
      matrix[d * sizes.length + k] = Math.max(0, information);
    }
  });
  return { matrix, entropies };
}

function entropyOf(counts: Float64Array | Uint32Array, total: number): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i] > 0) sum += counts[i] * Math.log(counts[i]);
  return Math.log(total) - sum / total;
}

/** Mean over factors of the gap between the two largest mutual informations over the entropy. */
export function meanGap(matrix: Float64Array, entropies: Float64Array): number {
  const factorCount = entropies.length;
  let sum = 0;
  for (let k = 0; k < factorCount; k++) {
    let first = 0;
    let second = 0;
    for (let i = k; i < matrix.length; i += factorCount) {
      if (matrix[i] > first) {
        second = first;
        first = matrix[i];
      } else if (matrix[i] > second) second = matrix[i];
    }
    sum += (first - second) / entropies[k];
  }
  return sum / factorCount;
}
