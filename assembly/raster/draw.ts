/**
 * Images of one shape or body each, 64 x 64 pixels, u8[count][64][64][channels]: the background is
 * black, or noise.
 *
 *   byte = round(255 coverage colour)             where edges are smooth
 *   byte = round(255 colour), coverage >= 1/2     where they are not
 *
 * Coverage is exact (see coverage.ts; outlines.ts and solids.ts say what is drawn), so an image
 * changes with any change of its place.
 * Cost: O(pixels). Precision: float64, and sines and cosines of AssemblyScript's library, so that
 * every engine draws the same bytes. What is drawn must stay inside the image.
 */
import { fillWords, openStream } from '../random';
import { addPolygon, CELL_ROW, CELLS, cosineOfTurn, sineOfTurn } from './coverage';
import {
  byteOf,
  centreX,
  centreY,
  colourOf,
  firstPixel,
  IMAGE,
  lastPixel,
  secondTurnOf,
  shapeOf,
  sizeOf,
  turnOf,
} from './image';
import { OUTLINE, TRIANGLE, writeCircle, writeOutline } from './outlines';
import { addCube, addPyramid, drawEllipsoid, writeRotation } from './solids';

const CUBE: i32 = 4;
const ELLIPSOID: i32 = 5;

// Scratch: cells, the outlines of the four plane shapes and of the circle, their numbers of points,
// points of one image, R, corners.
const OUTLINES: usize = CELLS;
const COUNTS: usize = OUTLINES + 5 * OUTLINE;
const POINTS: usize = COUNTS + 32;
const MATRIX: usize = POINTS + OUTLINE;
const CORNERS: usize = MATRIX + 80;
const MASK: usize = CORNERS + 96;
const PIXELS: i32 = 4096;

/** Bytes of the scratch that drawing takes. */
export function drawingScratch(): i32 {
  return <i32>MASK + PIXELS;
}

function prepare(scratch: usize): void {
  memory.fill(scratch, 0, CELLS);
  for (let shape = 0; shape <= TRIANGLE; shape++) {
    store<i32>(scratch + COUNTS + (<usize>shape << 2), writeOutline(scratch + OUTLINES + OUTLINE * <usize>shape, shape));
  }
  store<i32>(scratch + COUNTS + 16, writeCircle(scratch + OUTLINES + OUTLINE * 4));
}

/** Adds a plane shape to the cells. */
function addShape(image: usize, scratch: usize): void {
  const shape = shapeOf(image);
  const count = load<i32>(scratch + COUNTS + (<usize>shape << 2));
  const outline = scratch + OUTLINES + OUTLINE * <usize>shape;
  const cosine = sizeOf(image) * cosineOfTurn(turnOf(image));
  const sine = sizeOf(image) * sineOfTurn(turnOf(image));
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 4;
    const x = load<f64>(outline + at);
    const y = load<f64>(outline + at, 8);
    store<f64>(scratch + POINTS + at, centreX(image) + (x * cosine - y * sine));
    store<f64>(scratch + POINTS + at, centreY(image) - (x * sine + y * cosine), 8);
  }
  addPolygon(scratch, scratch + POINTS, count, 1.0);
}

/** Adds up the cells into the pixels of an image, and makes the cells zeros again. */
function sweep(out: usize, image: usize, channels: i32, isSharp: bool, cells: usize): void {
  const size = sizeOf(image);
  const left = firstPixel(centreX(image), size);
  const right = lastPixel(centreX(image), size);
  const bottom = lastPixel(centreY(image), size);
  const red = colourOf(image, 0);
  const green = colourOf(image, 1);
  const blue = colourOf(image, 2);
  for (let row = firstPixel(centreY(image), size); row < bottom; row++) {
    let value: f64 = 0;
    const line = cells + <usize>row * CELL_ROW;
    for (let column = left; column < right; column++) {
      value += load<f64>(line + (<usize>column << 3));
      // Sums round: what is covered by half to within that is drawn, whichever corner its outline
      // begins at.
      const shown = isSharp ? <f64>(value > 0.499999999) : value;
      const pixel = out + <usize>channels * <usize>((row << 6) + column);
      store<u8>(pixel, byteOf(shown * red));
      if (channels == 3) {
        store<u8>(pixel, byteOf(shown * green), 1);
        store<u8>(pixel, byteOf(shown * blue), 2);
      }
    }
    memory.fill(line + (<usize>left << 3), 0, <usize>(right - left + 2) << 3);
  }
}

function drawOne(out: usize, image: usize, channels: i32, isSharp: bool, scratch: usize): void {
  memory.fill(out, 0, <usize>(PIXELS * channels));
  const shape = shapeOf(image);
  if (shape < CUBE) {
    addShape(image, scratch);
  } else {
    const matrix = scratch + MATRIX;
    const points = scratch + POINTS;
    writeRotation(matrix, turnOf(image), secondTurnOf(image));
    if (shape == ELLIPSOID) {
      const circle = scratch + OUTLINES + OUTLINE * 4;
      drawEllipsoid(out, image, scratch, matrix, circle, load<i32>(scratch + COUNTS + 16), points);
      return;
    }
    if (shape == CUBE) addCube(scratch, image, matrix, scratch + CORNERS, points);
    else addPyramid(scratch, image, matrix, scratch + CORNERS, points);
  }
  sweep(out, image, channels, isSharp, scratch);
}

/**
 * Draws images on black. images: f64[count][9] as image.ts has them, of the shapes 0 square, 1
 * ellipse, 2 heart, 3 triangle and of the bodies 4 cube, 5 ellipsoid, 6 pyramid; bodies take 3
 * channels. scratch: as many bytes as drawingScratch says.
 */
export function drawShapes(out: usize, images: usize, count: i32, channels: i32, isSharp: bool, scratch: usize): void {
  prepare(scratch);
  for (let i = 0; i < count; i++) {
    drawOne(out, images, channels, isSharp, scratch);
    out += <usize>(PIXELS * channels);
    images += IMAGE;
  }
}

/**
 * Draws sharp white shapes on noise, in three channels: every byte of the background is uniform, a
 * function of the seed, the stream and its row, rows u32[count], alone.
 */
export function drawShapesOnNoise(
  out: usize,
  images: usize,
  rows: usize,
  count: i32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  state: usize,
  scratch: usize,
): void {
  prepare(scratch);
  const mask = scratch + MASK;
  for (let i = 0; i < count; i++) {
    drawOne(mask, images, 1, true, scratch);
    openStream(state, seedLow, seedHigh, stream, load<u32>(rows));
    fillWords(out, (PIXELS * 3) >> 2, state);
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      if (load<u8>(mask + <usize>pixel)) memory.fill(out + 3 * <usize>pixel, 255, 3);
    }
    out += <usize>(PIXELS * 3);
    images += IMAGE;
    rows += 4;
  }
}
