/** Copies of chosen rows, for subsamples and permutations. Cost: O(count * words). */

/** out[i] = x[rows[i]]: rows of `words` 32-bit words each. rows: i32[count]. */
export function gatherRows(out: usize, x: usize, rows: usize, count: i32, words: i32): void {
  const bytes = <usize>words << 2;
  for (let i = 0; i < count; i++) {
    const from = x + <usize>load<i32>(rows + (<usize>i << 2)) * bytes;
    memory.copy(out + <usize>i * bytes, from, bytes);
  }
}

/** out[i] = x[rows[i]] for one column of 32-bit elements. rows: i32[count]. */
export function gatherColumn(out: usize, x: usize, rows: usize, count: i32): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<i32>(out + i, load<i32>(x + (<usize>load<i32>(rows + i) << 2)));
  }
}
