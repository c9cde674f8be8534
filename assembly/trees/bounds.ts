/**
 * What splits at or between two places of a sorted column can gain, from sums at these places
 * alone.
 *
 *   Between them the sum of the node's rows below a split goes up by no more than the positive residuals that lie there, and
 *   down by no more than the negative ones; l (n - l) is least at one of the ends.
 *
 * Two columns at a time. Precision: a bound may fall short of the gain by rounding; WORTH_READING
 * leaves room for that.
 */

/** Whether the split after l rows, of which some are in the last bin, gains as much as cut. */
// @ts-ignore: decorator
@inline
export function reachesAt(sum: v128, l: v128, lBefore: v128, n: v128, mean: v128, cut: v128): v128 {
  const diff = f64x2.sub(sum, f64x2.mul(l, mean));
  const between = f64x2.mul(l, f64x2.sub(n, l));
  return v128.and(
    v128.and(f64x2.gt(between, f64x2.splat(0)), f64x2.gt(l, lBefore)),
    f64x2.ge(f64x2.mul(diff, diff), f64x2.mul(cut, between)),
  );
}

/**
 * Whether a split between two others could gain as much as cut: sums go no further up from the
 * first than by the positive residuals between them, and no further down than by the negative ones.
 * halfAbsolute: half of the absolutes of all of these.
 */
// @ts-ignore: decorator
@inline
export function reachesWithin(
  sumFirst: v128,
  first: v128,
  sumLast: v128,
  last: v128,
  halfAbsolute: v128,
  n: v128,
  mean: v128,
  cut: v128,
): v128 {
  const one = f64x2.splat(1);
  const m = f64x2.sub(last, first);
  const halfNet = f64x2.mul(f64x2.sub(sumLast, sumFirst), f64x2.splat(0.5));
  const diff = f64x2.sub(sumFirst, f64x2.mul(first, mean));
  // Each row takes a mean off, which adds to the way down, or up where the mean is negative.
  const means = f64x2.mul(m, mean);
  const up = f64x2.sub(f64x2.add(halfAbsolute, halfNet), f64x2.pmin(means, f64x2.splat(0)));
  const down = f64x2.add(f64x2.sub(halfAbsolute, halfNet), f64x2.pmax(means, f64x2.splat(0)));
  const most = f64x2.pmax(f64x2.add(diff, up), f64x2.sub(down, diff));
  const next = f64x2.add(first, one);
  const previous = f64x2.sub(last, one);
  const between = f64x2.pmin(f64x2.mul(next, f64x2.sub(n, next)), f64x2.mul(previous, f64x2.sub(n, previous)));
  return v128.and(f64x2.gt(m, one), f64x2.ge(f64x2.mul(most, most), f64x2.mul(cut, between)));
}
