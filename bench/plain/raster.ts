/**
 * Polygons with exact coverage in plain JavaScript: the method of assembly/raster, written for
 * speed with typed arrays.
 */

const SIDE = 64;
const STRIDE = SIDE + 2;

/** Adds an edge of a polygon to the cells, whose sums along a row are coverage. */
function addEdge(cells: Float64Array, fromX: number, fromY: number, toX: number, toY: number): void {
  if (fromY === toY) return;
  const [x0, y0, x1, y1] = fromY < toY ? [fromX, fromY, toX, toY] : [toX, toY, fromX, fromY];
  const sign = fromY < toY ? 1 : -1;
  const slope = (x1 - x0) / (y1 - y0);
  for (let row = Math.floor(y0), x = x0, y = y0; y < y1; row++) {
    const nextY = Math.min(row + 1, y1);
    const nextX = nextY === y1 ? x1 : x0 + (nextY - y0) * slope;
    const [left, right] = x < nextX ? [x, nextX] : [nextX, x];
    const height = sign * (nextY - y);
    for (let at = left, column = Math.floor(left); ; column++) {
      const end = Math.min(column + 1, right);
      const part = right > left ? (height * (end - at)) / (right - left) : height;
      const fraction = (at + end) / 2 - column;
      cells[row * STRIDE + column] += part * (1 - fraction);
      cells[row * STRIDE + column + 1] += part * fraction;
      at = end;
      if (at >= right) break;
    }
    x = nextX;
    y = nextY;
  }
}

/**
 * Draws a white polygon, (x, y) after (x, y) counter-clockwise with y up, at a place, a size and an
 * angle: u8[64][64].
 */
export function drawPolygon(
  outline: Float64Array,
  [x, y, size, turn]: readonly [number, number, number, number],
  cells: Float64Array,
  out: Uint8Array,
): void {
  cells.fill(0);
  const [c, s] = [size * Math.cos(2 * Math.PI * turn), size * Math.sin(2 * Math.PI * turn)];
  const last = outline.length - 2;
  let fromX = x + outline[last] * c - outline[last + 1] * s;
  let fromY = y - outline[last] * s - outline[last + 1] * c;
  for (let i = 0; i < outline.length; i += 2) {
    const toX = x + outline[i] * c - outline[i + 1] * s;
    const toY = y - outline[i] * s - outline[i + 1] * c;
    addEdge(cells, fromX, fromY, toX, toY);
    fromX = toX;
    fromY = toY;
  }
  for (let row = 0; row < SIDE; row++) {
    let covered = 0;
    for (let column = 0; column < SIDE; column++) {
      covered += cells[row * STRIDE + column];
      out[row * SIDE + column] = Math.round(255 * covered);
    }
  }
}

/** Room for the cells of an image. */
export function makeCells(): Float64Array {
  return new Float64Array(SIDE * STRIDE);
}

/** The ellipse of 15 by 7.5 as a polygon of its area. */
export function ellipseOutline(points: number): Float64Array {
  const radius = Math.sqrt((2 * Math.PI) / points / Math.sin((2 * Math.PI) / points));
  return Float64Array.from({ length: 2 * points }, (_, i) => {
    const angle = (2 * Math.PI * (i >> 1)) / points;
    return i % 2 === 0 ? 15 * radius * Math.cos(angle) : 7.5 * radius * Math.sin(angle);
  });
}
