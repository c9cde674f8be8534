/**
 * What a tree of a forest says of rows.
 *
 * Cost: O(rows depth). Precision: float64.
 */

/**
 * Adds the shares of the leaf of each row of x, f64[columns][rows], to votes, f64[rows][classes],
 * one class for values.
 */
export function addForestTree(
  votes: usize,
  x: usize,
  columnOf: usize,
  thresholds: usize,
  links: usize,
  shareClasses: usize,
  shares: usize,
  rows: i32,
  classes: i32,
): void {
  const columnBytes = <usize>rows << 3;
  for (let row = 0; row < rows; row++) {
    const offset = <usize>row << 3;
    let node: usize = 0;
    let column = load<i32>(columnOf);
    while (column >= 0) {
      const goesRight = load<f64>(x + <usize>column * columnBytes + offset) > load<f64>(thresholds + (node << 3));
      node = <usize>load<i32>(links + (node << 3) + (goesRight ? 4 : 0));
      column = load<i32>(columnOf + (node << 2));
    }
    const own = votes + (<usize>row * <usize>classes << 3);
    const end = <usize>load<i32>(links + (node << 3), 4);
    for (let i = <usize>load<i32>(links + (node << 3)); i < end; i++) {
      const at = own + (<usize>load<i32>(shareClasses + (i << 2)) << 3);
      store<f64>(at, load<f64>(at) + load<f64>(shares + (i << 3)));
    }
  }
}
