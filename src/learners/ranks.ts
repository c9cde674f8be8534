/** Places of values among the different ones of a column, from which trees are grown. */

/** Ranks of the values within each column, [columns][rows]. */
export async function rankColumns(
  x: Float64Array,
  rows: number,
  columns: number,
  pause: () => void | Promise<void>,
): Promise<Uint32Array> {
  const out = new Uint32Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    await pause();
    const [first, last] = [column * rows, (column + 1) * rows];
    rankValues(out.subarray(first, last), x.subarray(first, last));
  }
  return out;
}

/**
 * Writes the rank of each value: how many different ones are below it. Returns how many different
 * ones there are.
 */
export function rankValues(ranks: Uint32Array, values: Float64Array): number {
  // + 0 makes one zero of both, which the sort would tell apart.
  const distinct = values.map((value) => value + 0).sort();
  let count = 0;
  for (const value of distinct) if (count === 0 || value !== distinct[count - 1]) distinct[count++] = value;
  for (let row = 0; row < values.length; row++) ranks[row] = rankOf(values[row], distinct, count);
  return count;
}

/** The place of a value among the first `count` of the sorted ones, of which it is one. */
function rankOf(value: number, sorted: Float64Array, count: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
