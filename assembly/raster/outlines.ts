/**
 * Outlines of the plane shapes at full size, in pixels around the centre of rotation, x to the
 * right and y up, counter-clockwise:
 *
 *   square    half side 10.5                                                 area 441
 *   ellipse   half axes 15 (along x) and 7.5                                 area 112.5 pi = 353.4
 *   heart     a square of side 2 h on its corner and half discs of radius h on its upper sides, h = 8.41; about the centre of the smallest
 *             circle around it                                               area (4 + pi) h^2 = 505.1
 *   triangle  equal sides, corners 15.5 from the centre, one of them upwards area 3/4 sqrt(3) 15.5^2 = 312.1
 *
 * None reaches further than 15.5 from its centre. Curves are polygons whose area is that of the
 * curve: the circle has 128 corners, which are 0.003 pixels outside of one of radius 15, the half
 * discs are such circles' halves with the same bound. An outline is f64[count][2].
 */

/** A point of each kind of shape: what images call them. */
export const SQUARE: i32 = 0;
export const ELLIPSE: i32 = 1;
export const HEART: i32 = 2;
export const TRIANGLE: i32 = 3;

/** The largest number of points of an outline. */
export const MOST_POINTS: i32 = 160;
/** Bytes between outlines. */
export const OUTLINE: usize = 160 * 16;

const CIRCLE_POINTS: i32 = 128;
/** Cosine and sine of an angle between neighbouring points of the circle. */
const STEP_COSINE: f64 = 0.9987954562051724;
const STEP_SINE: f64 = 0.049067674327418015;
/** The radius of a regular polygon of 128 corners whose area is that of the unit disc. */
const POLYGON_RADIUS: f64 = 1.0002008339103527;

const SQRT_HALF: f64 = 0.7071067811865476;
const HEART_RADIUS: f64 = 8.40990257669732;
/** How far the centre of the smallest circle around the heart is above the middle of its square. */
const HEART_RISE: f64 = 3.1066017177982124;

// @ts-ignore: decorator
@inline
function putPoint(outline: usize, i: i32, x: f64, y: f64): void {
  store<f64>(outline + (<usize>i << 4), x);
  store<f64>(outline + (<usize>i << 4), y, 8);
}

/** Writes 128 points around the unit circle, enclosing its area. */
export function writeCircle(outline: usize): i32 {
  let x = POLYGON_RADIUS;
  let y: f64 = 0;
  for (let i = 0; i < CIRCLE_POINTS; i++) {
    putPoint(outline, i, x, y);
    const next = x * STEP_COSINE - y * STEP_SINE;
    y = x * STEP_SINE + y * STEP_COSINE;
    x = next;
  }
  return CIRCLE_POINTS;
}

/**
 * Writes an arc of 64 steps of half a turn from direction (x, y) on; returns the number of the next
 * point.
 */
function writeHalfDisc(outline: usize, i: i32, centreX: f64, centreY: f64, x: f64, y: f64): i32 {
  // End points stay on the square's corners; what is between encloses the half disc's area.
  const end = i + (CIRCLE_POINTS >> 1);
  let radius = HEART_RADIUS;
  for (; i < end; i++) {
    putPoint(outline, i, centreX + radius * x, centreY + radius * y);
    radius = HEART_RADIUS * POLYGON_RADIUS;
    const next = x * STEP_COSINE - y * STEP_SINE;
    y = x * STEP_SINE + y * STEP_COSINE;
    x = next;
  }
  return i;
}

/** Writes the outline of a shape and returns how many points it has. */
export function writeOutline(outline: usize, shape: i32): i32 {
  if (shape == SQUARE) {
    putPoint(outline, 0, -10.5, -10.5);
    putPoint(outline, 1, 10.5, -10.5);
    putPoint(outline, 2, 10.5, 10.5);
    putPoint(outline, 3, -10.5, 10.5);
    return 4;
  }
  if (shape == ELLIPSE) {
    const count = writeCircle(outline);
    for (let i = 0; i < count; i++) {
      const at = outline + (<usize>i << 4);
      putPoint(outline, i, 15.0 * load<f64>(at), 7.5 * load<f64>(at, 8));
    }
    return count;
  }
  if (shape == HEART) {
    // Corners of the square are 2 h sqrt(1/2) from its middle; the half discs begin at the right
    // one and at the upper one.
    const side = HEART_RADIUS * SQRT_HALF;
    putPoint(outline, 0, 0, -2.0 * side - HEART_RISE);
    let next = writeHalfDisc(outline, 1, side, side - HEART_RISE, SQRT_HALF, -SQRT_HALF);
    next = writeHalfDisc(outline, next, -side, side - HEART_RISE, SQRT_HALF, SQRT_HALF);
    putPoint(outline, next, -2.0 * side, -HEART_RISE);
    return next + 1;
  }
  putPoint(outline, 0, 0, 15.5);
  putPoint(outline, 1, -13.423393758658799, -7.75);
  putPoint(outline, 2, 13.423393758658799, -7.75);
  return 3;
}
