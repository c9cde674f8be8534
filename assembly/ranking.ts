/**
 * Pairs of scores in order, of which the area under the ROC curve is made (Mann & Whitney 1947).
 *
 * Cost: O(rows * log count), by binary search without branches. Precision: exact up to 2^53 pairs.
 */

/**
 * The sum over all rows of twice the number of own scores above the row's, and once that of those equal to it.
 * own: f64[count], increasing, count >= 1; scores: f64[rows], `stride` elements apart.
 */
export function countPairsAbove(own: usize, count: i32, scores: usize, stride: i32, rows: i32): f64 {
  const end = own + (<usize>count << 3);
  let pairs: i64 = 0;
  for (let row = 0; row < rows; row++) {
    const score = load<f64>(scores + ((<usize>row * <usize>stride) << 3));
    const first = firstNotBelow(own, count, score);
    pairs += 2 * <i64>((end - first) >> 3);
    if (first < end && load<f64>(first) == score) pairs -= <i64>((firstAbove(first, end, score) - first) >> 3);
  }
  return <f64>pairs;
}

// @ts-ignore: decorator
@inline
function firstNotBelow(own: usize, count: i32, score: f64): usize {
  let at = own;
  let left = <usize>count << 3;
  while (left > 8) {
    const half = (left >> 4) << 3;
    at = select(at + half, at, load<f64>(at + half - 8) < score);
    left -= half;
  }
  return at + (<usize>(load<f64>(at) < score) << 3);
}

function firstAbove(from: usize, end: usize, score: f64): usize {
  let left = (end - from) >> 3;
  let at = from;
  while (left > 0) {
    const half = left >> 1;
    const middle = at + (half << 3);
    if (load<f64>(middle) <= score) {
      at = middle + 8;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return at;
}
