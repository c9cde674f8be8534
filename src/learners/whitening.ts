/** Columns made uncorrelated, from their correlations alone, and what is linear in them. */

/** A column that others explain but for this share of its variance depends on them. */
const LEAST_SHARE = 1e-10;

/** As many uncorrelated columns of variance 1 as there are independent ones. */
export interface Whitening {
  readonly columns: number;
  readonly rank: number;
  /** Each as a linear function of the columns, which have variance 1: [rank][columns]. */
  readonly weights: Float64Array;
  /** What each has in common with the columns: [rank][columns]. */
  readonly shared: Float64Array;
}

/**
 * Takes the column first that has most of its own, the lowest of equal ones, then the one that has
 * most beside it, and so on: a decomposition by Cholesky with pivots. O(columns rank^2).
 *
 * @param between correlations, [columns][columns]; 0 throughout for a column that is constant
 */
export function whiten(between: Float64Array, columns: number): Whitening {
  const left = Float64Array.from({ length: columns }, (_, j) => between[j * columns + j]);
  const weights: Float64Array[] = [];
  const shared: Float64Array[] = [];
  while (weights.length < columns) {
    let pivot = 0;
    for (let j = 1; j < columns; j++) if (left[j] > left[pivot]) pivot = j;
    if (!(left[pivot] > LEAST_SHARE)) break;
    const own = between.slice(pivot * columns, (pivot + 1) * columns);
    const weight = new Float64Array(columns);
    weight[pivot] = 1;
    for (const [r, before] of shared.entries()) {
      const share = before[pivot];
      for (let j = 0; j < columns; j++) {
        own[j] -= share * before[j];
        weight[j] -= share * weights[r][j];
      }
    }
    const scale = 1 / Math.sqrt(left[pivot]);
    for (let j = 0; j < columns; j++) {
      own[j] *= scale;
      weight[j] *= scale;
      left[j] -= own[j] * own[j];
    }
    left[pivot] = 0;
    weights.push(weight);
    shared.push(own);
  }
  const flat = (rows: readonly Float64Array[]) => Float64Array.from(rows.flatMap((row) => [...row]));
  return { columns, rank: weights.length, weights: flat(weights), shared: flat(shared) };
}

/**
 * What the uncorrelated columns have in common with others, [rank][others], from what the columns
 * have.
 */
export function correlateWhitened({ columns, rank, weights }: Whitening, withOthers: Float64Array): Float64Array {
  const others = withOthers.length / columns;
  const out = new Float64Array(rank * others);
  for (let r = 0; r < rank; r++) {
    for (let j = 0; j < columns; j++) {
      const weight = weights[r * columns + j];
      if (weight === 0) continue;
      for (let k = 0; k < others; k++) out[r * others + k] += weight * withOthers[j * others + k];
    }
  }
  return out;
}

/**
 * Weights of least squares on columns of variance 1, [others][columns]: of several solutions, which
 * there are if columns depend on each other, the shortest.
 *
 * @param withOthers correlations with what is predicted, [columns][others]
 */
export function shortestWeights(whitening: Whitening, withOthers: Float64Array): Float64Array {
  const { columns, rank, weights, shared } = whitening;
  const others = withOthers.length / columns;
  const told = correlateWhitened(whitening, withOthers);
  const basis = rank < columns ? orthonormalise(shared, rank, columns) : null;
  const out = new Float64Array(others * columns);
  for (let k = 0; k < others; k++) {
    const solution = new Float64Array(columns);
    for (let r = 0; r < rank; r++) addTo(solution, told[r * others + k], weights, r * columns);
    const shortest = basis === null ? solution : project(solution, basis, rank);
    out.set(shortest, k * columns);
  }
  return out;
}

/** A basis at right angles of what the rows span, [rank][columns], by Gram and Schmidt, twice. */
function orthonormalise(rows: Float64Array, rank: number, columns: number): Float64Array {
  const basis = rows.slice();
  for (let r = 0; r < rank; r++) {
    const own = basis.subarray(r * columns, (r + 1) * columns);
    for (let pass = 0; pass < 2; pass++) {
      for (let s = 0; s < r; s++) addTo(own, -dot(own, basis, s * columns), basis, s * columns);
    }
    const scale = 1 / Math.sqrt(dot(own, own, 0));
    for (let j = 0; j < columns; j++) own[j] *= scale;
  }
  return basis;
}

function project(vector: Float64Array, basis: Float64Array, rank: number): Float64Array {
  const out = new Float64Array(vector.length);
  for (let r = 0; r < rank; r++) {
    const at = r * vector.length;
    addTo(out, dot(vector, basis, at), basis, at);
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[from + j];
  return sum;
}

function addTo(out: Float64Array, weight: number, row: Float64Array, from: number): void {
  for (let j = 0; j < out.length; j++) out[j] += weight * row[from + j];
}
