/**
 * The best classifier of a single number by thresholds: the line is cut into at most m intervals,
 * each named by one of the classes, so that the weights of the rows told right are as many as can
 * be.
 *
 *   best_j(i) = max over classes c of  s_c(i) + gain_jc(i)
 *   gain_jc(i) = max over rows h <= i that begin a value of  best_{j-1}(before h) - s_c(before h)
 *
 * best_j(i): the most that the first i sorted rows give with at most j intervals; s_c(i): the
 * weight of those of class c. A row of class c changes s_c alone; between two such rows s_c stays
 * while best_{j-1} only grows, so that an interval named c begins best just before one of them:
 * gain_jc is looked at in the rows of class c alone. Rows of one value are not cut apart:
 * best_{j-1} is that before the first of them.
 *
 * Source: Bellman 1961, On the approximation of curves by line segments using dynamic programming.
 * Cost: O(rows * levels), two levels at a time. src/learners/thresholds.ts drives it.
 * Precision: float64; s_c is a count times a weight, so that errors grow with the intervals and not
 * with the rows.
 */

/**
 * Takes rows from..end of a sorted column of `rows` for levels 1 .. levels above those that `below`
 * is of; an even number. x: f64[rows], increasing; labels: i32[rows], the class of each, below 0
 * for one to leave out. weights: f64[classes], of a row of each.
 *
 * below: f64[rows], best_j of the level below before each row's value; is left with that of the
 * last level. best: f64[levels] after the rows so far; frozen: f64[levels] before the value at
 * hand, where several rows have it. gains: f64[classes][levels], counts: f64[classes]. But for
 * weights and frozen all are 0 at the start, and below for the lowest levels.
 */
export function cutColumn(
  best: usize,
  frozen: usize,
  gains: usize,
  counts: usize,
  weights: usize,
  below: usize,
  x: usize,
  labels: usize,
  levels: i32,
  from: i32,
  end: i32,
  rows: i32,
): void {
  const bytes = <usize>levels << 3;
  for (let i = from; i < end; i++) {
    const at = <usize>i << 3;
    const value = load<f64>(x + at);
    const isFirst = i == 0 || load<f64>(x + at - 8) != value;
    const isLast = i + 1 == rows || load<f64>(x + at + 8) != value;
    const before = isFirst && isLast ? best : frozen;
    if (isFirst && !isLast) memory.copy(frozen, best, bytes);
    let lower_f64x2 = f64x2.splat(load<f64>(below + at));
    store<f64>(below + at, load<f64>(before + bytes - 8));
    const label = load<i32>(labels + (<usize>i << 2));
    if (label < 0) continue;
    const weight = load<f64>(weights + (<usize>label << 3));
    const count = load<f64>(counts + (<usize>label << 3));
    store<f64>(counts + (<usize>label << 3), count + 1);
    const known_f64x2 = f64x2.splat(count * weight);
    const grown_f64x2 = f64x2.splat((count + 1) * weight);
    const own = gains + <usize>label * bytes;
    for (let j: usize = 0; j < bytes; j += 16) {
      const level_f64x2 = v128.load(before + j);
      // Of the level below each.
      const shifted_f64x2 = i64x2.shuffle(lower_f64x2, level_f64x2, 1, 2);
      const gain_f64x2 = f64x2.pmax(v128.load(own + j), f64x2.sub(shifted_f64x2, known_f64x2));
      v128.store(own + j, gain_f64x2);
      v128.store(best + j, f64x2.pmax(v128.load(best + j), f64x2.add(gain_f64x2, grown_f64x2)));
      lower_f64x2 = level_f64x2;
    }
  }
}
