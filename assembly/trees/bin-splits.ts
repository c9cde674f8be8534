/**
 * The splits within one bin, row by row, and what is noted of any split that is found.
 *
 * Cost: O(rows of the bin), of whichever node.
 */

/** How much better a later split must be. */
export const TIE: f64 = 1.0 + 1e-10;

/**
 * Tries the splits within a bin, whose rows are at [from, to) of a sorted column, for gains of
 * `cut`; sum and l are of the node's rows below it.
 */
export function readBin(
  inOrder: usize,
  from: i32,
  to: i32,
  pairs: usize,
  nodeOf: usize,
  node: i32,
  sum: f64,
  l: f64,
  mean: f64,
  n: f64,
  cut: f64,
  peak: usize,
  place: usize,
): void {
  const stop = inOrder + (<usize>to << 3);
  let p = inOrder + (<usize>from << 3);
  // A bin of one value has no splits within.
  if (load<u32>(p, 4) == load<u32>(stop - 8, 4)) return;
  let bound = max(cut, load<f64>(peak));
  // The rank of the node's row before; none yet.
  let previous: u32 = u32.MAX_VALUE;
  for (; p < stop; p += 8) {
    const row = <usize>load<u32>(p);
    const rank = load<u32>(p, 4);
    const isOwn = load<u8>(nodeOf + row) == <u8>node;
    const diff = sum - l * mean;
    const between = l * (n - l);
    // Rarely so: asked first, since the other questions are harder to predict.
    if (diff * diff >= bound * between) {
      if (isOwn && rank != previous && previous != u32.MAX_VALUE) {
        offer(peak, place, (diff * diff) / between, <i32>((p - inOrder) >> 3));
        bound = max(bound, load<f64>(peak));
      }
    }
    previous = select(rank, previous, isOwn);
    // By bits, since engines make a branch of a choice between float64 values.
    sum += reinterpret<f64>(load<i64>(pairs + (row << 4)) & -(<i64>isOwn));
    l += f64(isOwn);
  }
}

/** Notes a gain of a column: its peak, and the first place to be as good. */
export function offer(peak: usize, place: usize, gain: f64, at: i32): void {
  if (gain > load<f64>(peak, 8) * TIE) {
    store<f64>(peak, gain, 8);
    store<i32>(place, at);
  }
  store<f64>(peak, max(gain, load<f64>(peak)));
}
