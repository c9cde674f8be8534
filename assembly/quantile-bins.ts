/**
 * Bins that have as many rows each: by ranks, so that a column is sorted once for any number of
 * bins.
 *
 * Of n sorted numbers and m bins, cut j = 1 .. m - 1 is the number at place floor(j n / m), from 0,
 * and the bin of a row is how many cuts are at most its number. Let r be how many numbers are at
 * most that of the row. Then cut j is one of them if floor(j n / m) < r, which is j n < r m as r is
 * whole: the bin is floor((r m - 1) / n).
 *
 * Source: L. Mahon, L. Sha, T. Lukasiewicz 2023, Correcting Flaws in Common Disentanglement Metrics
 * (the bins of single-neuron classification).
 * Cost: O(rows). Exact: rounding takes no quotient of such whole numbers up to the next one.
 */

/**
 * Ranks the rows from..end of a sorted column, and those that share the last one's number: out,
 * i32[rows], has at the place of each row, order, i32[rows], how many numbers are at most its own.
 * x: f64[rows], increasing. Returns the row behind them.
 */
export function rankInOrder(out: usize, x: usize, order: usize, from: i32, end: i32, rows: i32): i32 {
  let row = from;
  while (row < end) {
    const value = load<f64>(x + (<usize>row << 3));
    let last = row + 1;
    while (last < rows && load<f64>(x + (<usize>last << 3)) == value) last++;
    for (; row < last; row++) store<i32>(out + (<usize>load<i32>(order + (<usize>row << 2)) << 2), last);
  }
  return row;
}

/** Bins of the ranks from..end, i32, of `total` numbers, into out, u16. */
export function quantileBins(out: usize, ranks: usize, bins: i32, total: i32, from: i32, end: i32): void {
  const per = <f64>bins;
  const all = <f64>total;
  for (let row = from; row < end; row++) {
    const rank = <f64>load<i32>(ranks + (<usize>row << 2));
    store<u16>(out + (<usize>row << 1), <u16>(<i32>((rank * per - 1) / all)));
  }
}
