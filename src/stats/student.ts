/** Student's t distribution. */

/**
 * P(|T| >= t) of Student's t with ν degrees of freedom, where t = r sqrt(ν / (1 - r^2)) and r from
 * 0 to 1.
 *
 * With c = sqrt(1 - r^2) the distribution has finite series in powers of c (Abramowitz & Stegun
 * 1964, 26.7.3 and 26.7.4), whose continuations sum to 1: the tail is what the finite series leaves
 * out. Summing that keeps every digit of small tails:
 *
 *     ν even:  r       sum over k >= ν/2        of  a_k c^(2k),      a_k = (1/2)(3/4) ... ((2k-1)/(2k))
 *     ν odd:   r 2/π   sum over k >= (ν-1)/2    of  b_k c^(2k+1),    b_k = (2/3)(4/5) ... (2k/(2k+1))
 */
export function studentTail(r: number, degrees: number): number {
  const isEven = degrees % 2 === 0;
  const square = (1 - r) * (1 + r);
  const step = (k: number) => (isEven ? (2 * k - 1) / (2 * k) : (2 * k) / (2 * k + 1)) * square;
  const scale = isEven ? r : (2 / Math.PI) * r;
  const first = Math.floor(degrees / 2);
  let term = isEven ? 1 : Math.sqrt(square);
  let finite = 0;
  for (let k = 1; k <= first; k++) {
    finite += term;
    term *= step(k);
  }
  // A tail of a third and more keeps its digits in a difference; the terms that are left out fall
  // slowly there.
  if (r * r * degrees < 1) return 1 - scale * finite - (isEven ? 0 : (2 / Math.PI) * Math.asin(r));
  let tail = 0;
  for (let k = first; term > tail * 1e-17 && term > SMALLEST_TERM; ) {
    tail += term;
    term *= step(++k);
  }
  return scale * tail;
}

/** Numbers without all their digits would never fall to 0. */
const SMALLEST_TERM = 1e-300;

/**
 * The t that |T| exceeds with the probability `tail`, by bisection to the last digits.
 * @param tail above 0, below 1
 * @param degrees a whole number, at least 1
 */
export function studentQuantile(tail: number, degrees: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return low * Math.sqrt(degrees / ((1 - low) * (1 + low)));
}
