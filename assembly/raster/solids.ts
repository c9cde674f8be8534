/**
 * Bodies, seen along z without perspective, x to the right, y up, z towards the eye:
 *
 *   cube       half side 8.9
 *   ellipsoid  half axes 15 (x), 9 (y), 6 (z)
 *   pyramid    on a square: tip 15.5 above its centre, base 15.5 / 3 below with corners (+-31/3, +-31/3)
 *
 *   p' = R p,   R = Rz(turn) Rx(30 degrees) Ry(second turn)
 *   shade = 1/4 + 3/4 max(0, n . l),   l = (-0.4, 0.6, sqrt(0.48)),   n the normal of the surface where it is
 *
 * Front faces of a convex body do not overlap, so all are added to the same cells, each with its
 * shade. An ellipsoid x' W x = 1 with W = R diag(a^-2) R' and M = R diag(a^2) R' has the silhouette
 * q' (M_xy)^-1 q = 1, which is the unit circle times Cholesky's factor of M_xy; its normal at a
 * pixel is W p with the larger root z of p' W p = 1, taken at the middle of the pixel.
 */
import { addPolygon, CELL_ROW, cosineOfTurn, sineOfTurn } from './coverage';
import { byteOf, centreX, centreY, colourOf, firstPixel, lastPixel, secondTurnOf, sizeOf, turnOf } from './image';

const CUBE_HALF: f64 = 8.9;
const TILT_COSINE: f64 = 0.8660254037844386;
const TILT_SINE: f64 = 0.5;
const LIGHT_X: f64 = -0.4;
const LIGHT_Y: f64 = 0.6;
const LIGHT_Z: f64 = 0.6928203230275509;

/** Writes R, f64[3][3]. */
export function writeRotation(matrix: usize, turn: f64, secondTurn: f64): void {
  const cosine = cosineOfTurn(turn);
  const sine = sineOfTurn(turn);
  const c = cosineOfTurn(secondTurn);
  const s = sineOfTurn(secondTurn);
  // The first two rows of Rx Ry.
  const x0 = c;
  const x2 = s;
  const y0 = TILT_SINE * s;
  const y1 = TILT_COSINE;
  const y2 = -TILT_SINE * c;
  store<f64>(matrix, cosine * x0 - sine * y0);
  store<f64>(matrix, -sine * y1, 8);
  store<f64>(matrix, cosine * x2 - sine * y2, 16);
  store<f64>(matrix, sine * x0 + cosine * y0, 24);
  store<f64>(matrix, cosine * y1, 32);
  store<f64>(matrix, sine * x2 + cosine * y2, 40);
  store<f64>(matrix, -TILT_COSINE * s, 48);
  store<f64>(matrix, TILT_SINE, 56);
  store<f64>(matrix, TILT_COSINE * c, 64);
}

// @ts-ignore: decorator
@inline
function shadeOf(x: f64, y: f64, z: f64): f64 {
  const along = (x * LIGHT_X + y * LIGHT_Y + z * LIGHT_Z) / Math.sqrt(x * x + y * y + z * z);
  return 0.25 + 0.75 * max(0.0, along);
}

/** Puts a corner of a face where R takes it, f64[3]. */
function putCorner(corner: usize, matrix: usize, x: f64, y: f64, z: f64): void {
  for (let axis: usize = 0; axis < 3; axis++) {
    const row = matrix + 24 * axis;
    store<f64>(corner + (axis << 3), load<f64>(row) * x + load<f64>(row, 8) * y + load<f64>(row, 16) * z);
  }
}

/**
 * Adds a face whose corners, f64[count][3], run counter-clockwise as seen from outside, unless it
 * looks away.
 */
function addFace(cells: usize, corners: usize, count: i32, points: usize, image: usize): void {
  const x1 = load<f64>(corners, 24) - load<f64>(corners);
  const y1 = load<f64>(corners, 32) - load<f64>(corners, 8);
  const z1 = load<f64>(corners, 40) - load<f64>(corners, 16);
  const x2 = load<f64>(corners, 48) - load<f64>(corners);
  const y2 = load<f64>(corners, 56) - load<f64>(corners, 8);
  const z2 = load<f64>(corners, 64) - load<f64>(corners, 16);
  const normalZ = x1 * y2 - y1 * x2;
  if (normalZ <= 0) return;
  const size = sizeOf(image);
  for (let i = 0; i < count; i++) {
    const corner = corners + 24 * <usize>i;
    store<f64>(points + (<usize>i << 4), centreX(image) + size * load<f64>(corner));
    store<f64>(points + (<usize>i << 4), centreY(image) - size * load<f64>(corner, 8), 8);
  }
  addPolygon(cells, points, count, shadeOf(y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, normalZ));
}

/**
 * Puts the point whose coordinate along `axis` is a, along the next b, and along the one after c.
 */
function putAlong(corner: usize, matrix: usize, axis: i32, a: f64, b: f64, c: f64): void {
  if (axis == 0) putCorner(corner, matrix, a, b, c);
  else if (axis == 1) putCorner(corner, matrix, c, a, b);
  else putCorner(corner, matrix, b, c, a);
}

/**
 * Adds the faces of a cube that are seen. matrix: R; corners: room for f64[4][3]; points: room for
 * f64[4][2].
 */
export function addCube(cells: usize, image: usize, matrix: usize, corners: usize, points: usize): void {
  const h = CUBE_HALF;
  for (let axis = 0; axis < 3; axis++) {
    for (let side = h; side >= -h; side -= 2.0 * h) {
      // Seen from the other side, the way around is the other one.
      putAlong(corners, matrix, axis, side, -side, -h);
      putAlong(corners + 24, matrix, axis, side, side, -h);
      putAlong(corners + 48, matrix, axis, side, side, h);
      putAlong(corners + 72, matrix, axis, side, -side, h);
      addFace(cells, corners, 4, points, image);
    }
  }
}

const PYRAMID_TIP: f64 = 15.5;
const PYRAMID_FLOOR: f64 = -5.166666666666667;
const PYRAMID_HALF: f64 = 10.333333333333334;

/** Adds the sides of a pyramid that are seen; its base never is, being tilted away. */
export function addPyramid(cells: usize, image: usize, matrix: usize, corners: usize, points: usize): void {
  let x = PYRAMID_HALF;
  let z = PYRAMID_HALF;
  for (let side = 0; side < 4; side++) {
    // A quarter about the vertical axis.
    const nextX = z;
    const nextZ = -x;
    putCorner(corners, matrix, 0, PYRAMID_TIP, 0);
    putCorner(corners + 24, matrix, x, PYRAMID_FLOOR, z);
    putCorner(corners + 48, matrix, nextX, PYRAMID_FLOOR, nextZ);
    addFace(cells, corners, 3, points, image);
    x = nextX;
    z = nextZ;
  }
}

const HALF_X: f64 = 15;
const HALF_Y: f64 = 9;
const HALF_Z: f64 = 6;

/** An entry of R diag(a, b, c) R'. */
// @ts-ignore: decorator
@inline
function entry(matrix: usize, i: usize, j: usize, a: f64, b: f64, c: f64): f64 {
  const row = matrix + 24 * i;
  const column = matrix + 24 * j;
  return (
    load<f64>(row) * load<f64>(column) * a +
    load<f64>(row, 8) * load<f64>(column, 8) * b +
    load<f64>(row, 16) * load<f64>(column, 16) * c
  );
}

/**
 * Draws an ellipsoid in three channels. circle: its points, f64[count][2]; cells are zeros, and are
 * again afterwards.
 */
export function drawEllipsoid(
  out: usize,
  image: usize,
  cells: usize,
  matrix: usize,
  circle: usize,
  circlePoints: i32,
  points: usize,
): void {
  const x2 = HALF_X * HALF_X;
  const y2 = HALF_Y * HALF_Y;
  const z2 = HALF_Z * HALF_Z;
  const size = sizeOf(image);
  const l00 = Math.sqrt(entry(matrix, 0, 0, x2, y2, z2));
  const l10 = entry(matrix, 0, 1, x2, y2, z2) / l00;
  const l11 = Math.sqrt(entry(matrix, 1, 1, x2, y2, z2) - l10 * l10);
  for (let i = 0; i < circlePoints; i++) {
    const at = <usize>i << 4;
    const u = load<f64>(circle + at);
    const v = load<f64>(circle + at, 8);
    store<f64>(points + at, centreX(image) + size * (l00 * u));
    store<f64>(points + at, centreY(image) - size * (l10 * u + l11 * v), 8);
  }
  addPolygon(cells, points, circlePoints, 1.0);

  const w00 = entry(matrix, 0, 0, 1.0 / x2, 1.0 / y2, 1.0 / z2);
  const w01 = entry(matrix, 0, 1, 1.0 / x2, 1.0 / y2, 1.0 / z2);
  const w02 = entry(matrix, 0, 2, 1.0 / x2, 1.0 / y2, 1.0 / z2);
  const w11 = entry(matrix, 1, 1, 1.0 / x2, 1.0 / y2, 1.0 / z2);
  const w12 = entry(matrix, 1, 2, 1.0 / x2, 1.0 / y2, 1.0 / z2);
  const w22 = entry(matrix, 2, 2, 1.0 / x2, 1.0 / y2, 1.0 / z2);
  const left = firstPixel(centreX(image), size);
  const right = lastPixel(centreX(image), size);
  for (let row = firstPixel(centreY(image), size); row < lastPixel(centreY(image), size); row++) {
    let covered: f64 = 0;
    const line = cells + <usize>row * CELL_ROW;
    const y = (centreY(image) - (<f64>row + 0.5)) / size;
    for (let column = left; column < right; column++) {
      covered += load<f64>(line + (<usize>column << 3));
      if (covered < 1e-9) continue;
      const x = (<f64>column + 0.5 - centreX(image)) / size;
      const middle = w02 * x + w12 * y;
      const rest = w00 * x * x + 2.0 * w01 * x * y + w11 * y * y - 1.0;
      // A pixel on the silhouette may have its middle outside: it takes the shade of the edge.
      const z = (Math.sqrt(max(0.0, middle * middle - w22 * rest)) - middle) / w22;
      const value =
        covered * shadeOf(w00 * x + w01 * y + w02 * z, w01 * x + w11 * y + w12 * z, w02 * x + w12 * y + w22 * z);
      const pixel = out + 3 * <usize>((row << 6) + column);
      store<u8>(pixel, byteOf(value * colourOf(image, 0)));
      store<u8>(pixel, byteOf(value * colourOf(image, 1)), 1);
      store<u8>(pixel, byteOf(value * colourOf(image, 2)), 2);
    }
    memory.fill(line + (<usize>left << 3), 0, <usize>(right - left + 2) << 3);
  }
}
