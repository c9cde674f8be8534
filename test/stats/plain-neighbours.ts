/**
 * Mutual information by nearest neighbours from its definition, every distance by itself: the
 * oracle of these tests.
 */

/** psi(n) as the harmonic sum. */
export function psi(n: number): number {
  let sum = -0.5772156649015329;
  for (let i = n - 1; i >= 1; i--) sum += 1 / i;
  return sum;
}

/** The distance to the k-th nearest of the others. */
function radiusOf(distances: readonly number[], self: number, k: number): number {
  return distances.filter((_, j) => j !== self).sort((a, b) => a - b)[k - 1];
}

/** How many are nearer than the radius; where that is 0, how many are there. */
function countNear(distances: readonly number[], radius: number): number {
  return distances.filter((distance) => distance < radius || distance === 0).length;
}

/** The sum of psi(k_i) - psi(m_i) over rows of classes of two and more, and these rows. */
export function plainClassTerms(x: ArrayLike<number>, codes: ArrayLike<number>, neighbours: number) {
  const all = Array.from(x, (_, i) => i);
  const sizeOf = (i: number) => all.filter((j) => codes[j] === codes[i]).length;
  const kept = all.filter((i) => codes[i] >= 0 && sizeOf(i) > 1);
  let terms = 0;
  let information = 0;
  for (const i of kept) {
    const own = kept.filter((j) => codes[j] === codes[i]);
    const distances = own.map((j) => Math.abs(x[j] - x[i]));
    const radius = radiusOf(distances, own.indexOf(i), Math.min(neighbours, own.length - 1));
    const near = countNear(
      kept.map((j) => Math.abs(x[j] - x[i])),
      radius,
    );
    const term = psi(countNear(distances, radius)) - psi(near);
    terms += term;
    information += (psi(kept.length) + term - psi(own.length)) / kept.length;
  }
  return { terms, kept, information };
}

/** The sum of psi(k_i) - psi(x_i) - psi(y_i), the coordinates taken perScale times. */
export function plainPlaneTerms(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  perScale: readonly [number, number],
  neighbours: number,
): number {
  const all = Array.from(x, (_, i) => i);
  return all.reduce((sum, i) => {
    const dx = all.map((j) => Math.abs(x[j] - x[i]) * perScale[0]);
    const dy = all.map((j) => Math.abs(y[j] - y[i]) * perScale[1]);
    const both = all.map((j) => Math.max(dx[j], dy[j]));
    const radius = radiusOf(both, i, neighbours);
    return sum + psi(countNear(both, radius)) - psi(countNear(dx, radius)) - psi(countNear(dy, radius));
  }, 0);
}
