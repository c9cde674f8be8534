/**
 * Lines from a single latent in plain JavaScript: R^2, and linear support vector machines by
 * Newton's method.
 */

/**
 * R^2 of the line from each column of x (rows, columns) to each column of v (rows, K):
 * [columns][K].
 */
export function determinations(x: Float32Array, v: Int32Array, rows: number): Float64Array {
  const columns = x.length / rows;
  const factorCount = v.length / rows;
  const means = new Float64Array(columns);
  const factorMeans = new Float64Array(factorCount);
  for (let i = 0; i < x.length; i++) means[i % columns] += x[i];
  for (let i = 0; i < v.length; i++) factorMeans[i % factorCount] += v[i];
  for (let d = 0; d < columns; d++) means[d] /= rows;
  for (let k = 0; k < factorCount; k++) factorMeans[k] /= rows;
  const products = new Float64Array(columns * factorCount);
  const squares = new Float64Array(columns);
  const factorSquares = new Float64Array(factorCount);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < factorCount; k++) factorSquares[k] += (v[row * factorCount + k] - factorMeans[k]) ** 2;
    for (let d = 0; d < columns; d++) {
      const own = x[row * columns + d] - means[d];
      squares[d] += own * own;
      for (let k = 0; k < factorCount; k++) {
        products[d * factorCount + k] += own * (v[row * factorCount + k] - factorMeans[k]);
      }
    }
  }
  return products.map(
    (sum, i) => (sum * sum) / (squares[Math.floor(i / factorCount)] * factorSquares[i % factorCount]),
  );
}

/** A line, slope times x plus intercept. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * The machine of one class against the rest, each hinge squared; weights are those of a row of the
 * class and of the rest.
 */
export function fitLine(x: Float64Array, labels: Int32Array, own: number, weight: number, restWeight: number): Line {
  let slope = 0;
  let intercept = 0;
  let step = evaluate(slope, intercept);
  for (let iteration = 0; iteration < 100; iteration++) {
    let size = 1;
    let next = step;
    for (; size > 1e-9; size /= 2) {
      next = evaluate(slope - size * step.slope, intercept - size * step.intercept);
      if (next.value <= step.value) break;
    }
    if (!(next.value < step.value)) break;
    slope -= size * step.slope;
    intercept -= size * step.intercept;
    const gained = step.value - next.value;
    step = next;
    if (gained <= 1e-15 * next.value) break;
  }
  return { slope, intercept };

  /** The objective, and Newton's step from there. */
  function evaluate(w: number, b: number) {
    let value = 0.5 * (w * w + b * b);
    let [gw, gb] = [w, b];
    let [ww, wb, bb] = [1, 0, 1];
    for (let i = 0; i < x.length; i++) {
      const sign = labels[i] === own ? 1 : -1;
      const hinge = 1 - sign * (w * x[i] + b);
      if (hinge <= 0) continue;
      const c = sign > 0 ? weight : restWeight;
      value += c * hinge * hinge;
      gw -= 2 * c * sign * hinge * x[i];
      gb -= 2 * c * sign * hinge;
      ww += 2 * c * x[i] * x[i];
      wb += 2 * c * x[i];
      bb += 2 * c;
    }
    const determinant = ww * bb - wb * wb;
    return { value, slope: (bb * gw - wb * gb) / determinant, intercept: (ww * gb - wb * gw) / determinant };
  }
}

/** Which line is the largest at x; within 1e-12 of it the first. */
export function largestLine(lines: readonly Line[], x: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let a = 0; a < lines.length; a++) largest = Math.max(largest, lines[a].slope * x + lines[a].intercept);
  let best = 0;
  while (lines[best].slope * x + lines[best].intercept < largest - 1e-12) best++;
  return best;
}

/** The rows in increasing order of x. */
export function sortRows(x: Float64Array): Int32Array {
  return Int32Array.from(x.keys()).sort((a, b) => x[a] - x[b]);
}

/**
 * Sorted x grouped by class, and after the last class all of it, [2 rows]; with the sums of the
 * first i values of each such segment and of their squares, one more pair than values.
 */
export function classSums(x: Float64Array, order: Int32Array, labels: Int32Array, classes: number) {
  const rows = x.length;
  const starts = new Int32Array(classes + 2);
  for (let row = 0; row < rows; row++) starts[labels[row] + 1]++;
  for (let c = 0; c < classes; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, classes);
  const values = new Float64Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    values[next[labels[order[i]]]++] = x[i];
    values[rows + i] = x[i];
  }
  starts[classes + 1] = 2 * rows;
  const sums = new Float64Array(2 * (2 * rows + classes + 1));
  for (let c = 0; c <= classes; c++) {
    for (let i = starts[c]; i < starts[c + 1]; i++) {
      const at = 2 * (i + c);
      sums[at + 2] = sums[at] + values[i];
      sums[at + 3] = sums[at + 1] + values[i] * values[i];
    }
  }
  return { values, sums };
}

/**
 * The largest balanced accuracy of cutting sorted x into at most as many intervals as there are
 * classes, each named by one; every class has rows.
 */
export function bestThresholds(x: Float64Array, order: Int32Array, labels: Int32Array, classes: number): number {
  const weights = new Float64Array(classes);
  for (const label of labels) weights[label]++;
  for (let c = 0; c < classes; c++) weights[c] = 1 / (classes * weights[c]);
  const counts = new Float64Array(classes);
  const gains = new Float64Array(classes * classes);
  const best = new Float64Array(classes + 1);
  const next = new Float64Array(classes + 1);
  for (let i = 0; i < x.length; i++) {
    if (i > 0 && x[i] !== x[i - 1]) best.set(next);
    const own = labels[order[i]];
    const before = counts[own] * weights[own];
    const after = ++counts[own] * weights[own];
    for (let j = 0; j < classes; j++) {
      const gain = Math.max(gains[own * classes + j], best[j] - before);
      gains[own * classes + j] = gain;
      next[j + 1] = Math.max(next[j + 1], gain + after);
    }
  }
  return next[classes];
}
