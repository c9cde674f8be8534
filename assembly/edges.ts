/**
 * Bins by a table of edges: for edges that are not those of numpy.histogram in float64
 * (histogram.ts), such as edges that were rounded to float32, or latents that are scaled to 0 .. 1
 * first.
 *
 * bin = (number of edges 0..n-1 that are <= x * scale + shift) - 1, at least 0: what numpy.digitize
 * counts, from 0. The product and the sum are rounded one after the other, as numpy does. A guess
 * by equal widths is checked against the very edges, and where they deny it, found by bisection.
 * Float64 throughout. Cost: O(rows).
 */

/**
 * Bins rows [firstRow, lastRow) of one column of x (rows, columns). out: u16[rows]; edges:
 * f64[bins], never decreasing; scale, shift: finite. bins: 1..65535.
 */
function binColumnByEdges<T>(
  out: usize,
  x: usize,
  columns: i32,
  column: i32,
  edges: usize,
  bins: i32,
  scale: f64,
  shift: f64,
  firstRow: i32,
  lastRow: i32,
): void {
  const stride = <usize>columns * sizeof<T>();
  const first = load<f64>(edges);
  const last = load<f64>(edges + (<usize>(bins - 1) << 3));
  const width = (last - first) / <f64>(bins - 1);
  const perWidth = width > 1e-300 ? 1 / width : 0;
  const most = <f64>(bins - 1);
  let p = x + <usize>firstRow * stride + <usize>column * sizeof<T>();
  for (let row = firstRow; row < lastRow; row++) {
    const y = <f64>load<T>(p) * scale + shift;
    let bin = <i32>min(max((y - first) * perWidth, 0), most);
    const below = edges + (<usize>bin << 3);
    const isAtMost = bin == 0 || load<f64>(below) <= y;
    if (!isAtMost || (bin + 1 < bins && load<f64>(below, 8) <= y)) bin = bisectEdges(edges, bins, y);
    store<u16>(out + (<usize>row << 1), <u16>bin);
    p += stride;
  }
}

export function binColumnByEdgesF32(
  out: usize,
  x: usize,
  columns: i32,
  column: i32,
  edges: usize,
  bins: i32,
  scale: f64,
  shift: f64,
  firstRow: i32,
  lastRow: i32,
): void {
  binColumnByEdges<f32>(out, x, columns, column, edges, bins, scale, shift, firstRow, lastRow);
}

export function binColumnByEdgesF64(
  out: usize,
  x: usize,
  columns: i32,
  column: i32,
  edges: usize,
  bins: i32,
  scale: f64,
  shift: f64,
  firstRow: i32,
  lastRow: i32,
): void {
  binColumnByEdges<f64>(out, x, columns, column, edges, bins, scale, shift, firstRow, lastRow);
}

/** The number of edges 1..bins-1 that are <= y. */
function bisectEdges(edges: usize, bins: i32, y: f64): i32 {
  let below = 0;
  let above = bins;
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (load<f64>(edges + (<usize>middle << 3)) <= y) below = middle;
    else above = middle;
  }
  return below;
}
