/**
 * Mutual information of a number and a class by nearest neighbours (Ross 2014), in plain
 * JavaScript, for numbers that do not repeat; where distances do, neighbours strictly nearer count,
 * as in the kernel.
 */

const EULER_GAMMA = 0.5772156649015329;

/** digamma of 1 .. count, at their index. */
export function digammas(count: number): Float64Array {
  const out = new Float64Array(count + 1);
  out[1] = -EULER_GAMMA;
  for (let n = 1; n < count; n++) out[n + 1] = out[n] + 1 / n;
  return out;
}

/**
 * In nats, at least 0; rows alone in their class are left out.
 * @param psi see {@link digammas}
 */
export function neighbourInformation(
  x: Float64Array,
  codes: ArrayLike<number>,
  classes: number,
  neighbours: number,
  psi: Float64Array,
): number {
  const counts = new Int32Array(classes);
  for (let i = 0; i < x.length; i++) counts[codes[i]]++;
  const rows = [...x.keys()].filter((row) => counts[codes[row]] > 1);
  const all = Float64Array.from(rows, (row) => x[row]).sort();
  let sum = psi[rows.length];
  for (let c = 0; c < classes; c++) {
    const own = Float64Array.from(
      rows.filter((row) => codes[row] === c),
      (row) => x[row],
    ).sort();
    const k = Math.min(neighbours, own.length - 1);
    for (let i = 0; i < own.length; i++) {
      const radius = distanceTo(own, i, k);
      const [inClass, inAll] = [countNear(own, own[i], radius), countNear(all, own[i], radius)];
      sum += (psi[inClass] - psi[own.length] - psi[inAll]) / rows.length;
    }
  }
  return Math.max(0, sum);
}

/** The distance of the k-th nearest neighbour of element i of a sorted array. */
function distanceTo(sorted: Float64Array, i: number, k: number): number {
  let low = i;
  let high = i;
  for (let found = 0; found < k; found++) {
    const below = low > 0 ? sorted[i] - sorted[low - 1] : Number.POSITIVE_INFINITY;
    const above = high < sorted.length - 1 ? sorted[high + 1] - sorted[i] : Number.POSITIVE_INFINITY;
    if (below < above) low--;
    else high++;
  }
  return Math.max(sorted[i] - sorted[low], sorted[high] - sorted[i]);
}

/**
 * How many of a sorted array are nearer to a value than radius: by differences, which are rounded
 * as the radius is.
 */
function countNear(sorted: Float64Array, value: number, radius: number): number {
  return firstWhere(sorted, (x) => x - value >= radius) - firstWhere(sorted, (x) => value - x < radius);
}

/** The first place of a sorted array from which on something holds. */
function firstWhere(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
