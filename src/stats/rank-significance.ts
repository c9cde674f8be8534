/** How often chance alone gives a rank correlation at least as far from 0. */
import { productOfDeviations } from './rank-correlation.js';

/** Up to so many pairs all orders are tried: 8! = 40,320. */
const MOST_ENUMERATED = 8;

/**
 * Two-sided p-value of a rank correlation r of n >= 3 pairs, were all orders equally likely.
 *
 * Up to 8 pairs exact: the share of the n! orders of b whose |r| is at least that of the order
 * given. From 9 on by Student's t with n - 2 degrees of freedom, t = r sqrt((n - 2) / (1 - r^2)),
 * and never below 2 / n!, which is the least there can be.
 *
 * @param ranks doubled ranks of both, as rankCorrelation returns them
 * @see Kendall & Stuart 1973, The Advanced Theory of Statistics, volume 2, on rank correlation
 */
export function rankPValue(r: number, ranks: readonly [readonly number[], readonly number[]]): number {
  const [a, b] = ranks;
  const n = a.length;
  if (n <= MOST_ENUMERATED) return shareOfOrders(a, b);
  let orders = 1;
  for (let i = 2; i <= n; i++) orders *= i;
  return Math.max(studentTail(Math.min(Math.abs(r), 1), n - 2), 2 / orders);
}

/**
 * The share of the orders of b whose product with a is at least as far from 0; sums of whole
 * numbers, so that ties are exact.
 */
function shareOfOrders(a: readonly number[], b: readonly number[]): number {
  const mean = a.length + 1;
  const x = a.map((rank) => rank - mean);
  const y = b.map((rank) => rank - mean);
  const least = Math.abs(productOfDeviations(a, b));
  let orders = 0;
  let asFar = 0;
  const place = (at: number, sum: number): void => {
    if (at === y.length) {
      orders++;
      if (Math.abs(sum) >= least) asFar++;
      return;
    }
    for (let i = at; i < y.length; i++) {
      [y[at], y[i]] = [y[i], y[at]];
      place(at + 1, sum + x[at] * y[at]);
      [y[at], y[i]] = [y[i], y[at]];
    }
  };
  place(0, 0);
  return asFar / orders;
}

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
function studentTail(r: number, degrees: number): number {
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
