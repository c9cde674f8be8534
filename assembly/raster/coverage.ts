/**
 * How much of each pixel polygons cover, exactly.
 *
 *   coverage(row, j) = sum_{i <= j} cell(row, i)
 *
 * An edge piece inside one pixel, of signed height d (positive downwards) and mean distance f from
 * the pixel's left side, puts d (1 - f) into that pixel's cell and d f into the next: what is right
 * of the piece is covered by d. Edges of a polygon that runs counter-clockwise as seen then add up
 * to 1 inside and 0 outside; a weight makes them add up to the weight, so that faces which do not
 * overlap are drawn into the same cells. Cost: O(pixels that edges cross), and one pass over the
 * pixels. Precision: float64.
 *
 * Cells are f64[64][66]; x is in [0, 64] to the right, y in [0, 64] downwards.
 */

/** Height and width of every image. */
export const SIDE: i32 = 64;
/** Bytes of a row of cells: an edge on the right side of the last pixel touches two more. */
export const CELL_ROW: usize = 66 * 8;
/** Bytes of all cells. */
export const CELLS: usize = 64 * CELL_ROW;

// @ts-ignore: decorator
@inline
function addPiece(cell: usize, height: f64, fraction: f64): void {
  store<f64>(cell, load<f64>(cell) + height * (1.0 - fraction));
  store<f64>(cell, load<f64>(cell, 8) + height * fraction, 8);
}

/** Adds the piece of an edge between two heights within a row of pixels. */
function addRowPiece(row: usize, x0: f64, x1: f64, height: f64): void {
  let left = min(x0, x1);
  const right = max(x0, x1);
  let column = Math.floor(left);
  let cell = row + (<usize>column << 3);
  if (right <= column + 1.0) {
    addPiece(cell, height, 0.5 * (left + right) - column);
    return;
  }
  const perPixel = height / (right - left);
  while (left < right) {
    const end = min(column + 1.0, right);
    addPiece(cell, (end - left) * perPixel, 0.5 * (left + end) - column);
    left = end;
    column += 1.0;
    cell += 8;
  }
}

/** Adds an edge from (x0, y0) to (x1, y1). */
export function addEdge(cells: usize, x0: f64, y0: f64, x1: f64, y1: f64, weight: f64): void {
  if (y0 == y1) return;
  if (y0 > y1) {
    weight = -weight;
    const x = x0;
    const y = y0;
    x0 = x1;
    y0 = y1;
    x1 = x;
    y1 = y;
  }
  const slope = (x1 - x0) / (y1 - y0);
  let x = x0;
  let y = y0;
  let bottom = Math.floor(y0);
  let row = cells + <usize>bottom * CELL_ROW;
  while (y < y1) {
    bottom += 1.0;
    const isLast = bottom >= y1;
    const nextY = isLast ? y1 : bottom;
    const nextX = isLast ? x1 : x0 + (bottom - y0) * slope;
    addRowPiece(row, x, nextX, weight * (nextY - y));
    x = nextX;
    y = nextY;
    row += CELL_ROW;
  }
}

/** Adds a polygon: points are f64[count][2]. */
export function addPolygon(cells: usize, points: usize, count: i32, weight: f64): void {
  const end = points + (<usize>count << 4);
  let x0 = load<f64>(end - 16);
  let y0 = load<f64>(end - 8);
  for (let point = points; point < end; point += 16) {
    const x1 = load<f64>(point);
    const y1 = load<f64>(point, 8);
    addEdge(cells, x0, y0, x1, y1, weight);
    x0 = x1;
    y0 = y1;
  }
}

/** The cosine of an angle in turns, as {@link sineOfTurn}. */
export function cosineOfTurn(turn: f64): f64 {
  return sineOfTurn(turn + 0.25);
}

/**
 * The sine of an angle in turns, which is taken to the nearest 2^-40 of a quarter: angles that
 * differ by quarters in all but rounding have sines and cosines that are the same but for sign and
 * place.
 */
export function sineOfTurn(turn: f64): f64 {
  const parts = nearest<f64>(turn * 4398046511104.0);
  const quarters = Math.floor(parts * 9.094947017729282e-13);
  const angle = (parts - quarters * 1099511627776.0) * 1.4286309367843356e-12;
  const quarter = <i32>quarters & 3;
  const value = quarter & 1 ? Math.cos(angle) : Math.sin(angle);
  return quarter & 2 ? -value : value;
}
