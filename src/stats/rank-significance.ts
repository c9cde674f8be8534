/** How often chance alone gives a rank correlation at least as far from 0. */
import { productOfDeviations } from './rank-correlation.js';
import { studentTail } from './student.js';

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
