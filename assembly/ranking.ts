/**
 * Pairs of scores in order, of which the area under the ROC curve is made (Mann & Whitney 1947).
 *
 * Cost: O(rows * log count), by binary search without branches. Precision: exact up to 2^53 pairs.
 */

/**
 * The sum over all rows of twice the number of own scores above the row's, and once that of those
 * equal to it.
 * own: f64[count], increasing, count >= 1; scores: f64[rows], `stride` elements apart.
 */
export function countPairsAbove(own: usize, count: i32, scores: usize, stride: i32, rows: i32): f64 {
  const strideBytes = <usize>stride << 3;
  let pairs: i64 = 0;
  let row = 0;
  let p = scores;
  for (; row + 4 <= rows; row += 4) {
    // Four searches side by side: each waits for its own loads only.
    const score0 = load<f64>(p);
    const score1 = load<f64>(p + strideBytes);
    const score2 = load<f64>(p + 2 * strideBytes);
    const score3 = load<f64>(p + 3 * strideBytes);
    let at0 = own;
    let at1 = own;
    let at2 = own;
    let at3 = own;
    let left = <usize>count << 3;
    while (left > 8) {
      const half = (left >> 4) << 3;
      at0 = select(at0 + half, at0, load<f64>(at0 + half - 8) < score0);
      at1 = select(at1 + half, at1, load<f64>(at1 + half - 8) < score1);
      at2 = select(at2 + half, at2, load<f64>(at2 + half - 8) < score2);
      at3 = select(at3 + half, at3, load<f64>(at3 + half - 8) < score3);
      left -= half;
    }
    pairs += pairsFrom(own, at0, count, score0);
    pairs += pairsFrom(own, at1, count, score1);
    pairs += pairsFrom(own, at2, count, score2);
    pairs += pairsFrom(own, at3, count, score3);
    p += 4 * strideBytes;
  }
  for (; row < rows; row++) {
    const score = load<f64>(p);
    let at = own;
    let left = <usize>count << 3;
    while (left > 8) {
      const half = (left >> 4) << 3;
      at = select(at + half, at, load<f64>(at + half - 8) < score);
      left -= half;
    }
    pairs += pairsFrom(own, at, count, score);
    p += strideBytes;
  }
  return <f64>pairs;
}

/** Of one row, where own scores before `at` are below the row's and those after it are not. */
// @ts-ignore: decorator
@inline
function pairsFrom(own: usize, at: usize, count: i32, score: f64): i64 {
  const end = own + (<usize>count << 3);
  const first = at + (<usize>(load<f64>(at) < score) << 3);
  const above = 2 * <i64>((end - first) >> 3);
  if (first < end && load<f64>(first) == score) return above - <i64>((firstAbove(first, end, score) - first) >> 3);
  return above;
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
