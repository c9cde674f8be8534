/** What the rasteriser draws, by shooting rays at the shapes themselves: no polygons, no cells. */
import type { Drawing } from '../../src/data/generated.js';

const [SQUARE, ELLIPSE, HEART, TRIANGLE, CUBE, ELLIPSOID] = [0, 1, 2, 3, 4, 5];

/**
 * The height of the centre of the smallest circle around a heart of half side h: as far from its
 * tip as from its lobes.
 */
function riseOf(h: number): number {
  const lobe = (t: number) => Math.hypot(h / Math.SQRT2, h / Math.SQRT2 - t) + h;
  let [low, high] = [0, h];
  for (let i = 0; i < 60; i++) {
    const t = (low + high) / 2;
    if (t + h * Math.SQRT2 < lobe(t)) low = t;
    else high = t;
  }
  return low;
}

const HEART_HALF = 15 / (riseOf(1) + Math.SQRT2);
const HEART_RISE = riseOf(HEART_HALF);

/** Whether a point of the plane, at full size around the centre with y up, is in a shape. */
export function isInside(shape: number, x: number, y: number): boolean {
  if (shape === SQUARE) return Math.max(Math.abs(x), Math.abs(y)) <= 10.5;
  if (shape === ELLIPSE) return (x / 15) ** 2 + (y / 7.5) ** 2 <= 1;
  if (shape === TRIANGLE) {
    return [90, 210, 330].every((degrees) => {
      // Each side is opposite of a corner, half as far away.
      const angle = (degrees * Math.PI) / 180;
      return x * Math.cos(angle) + y * Math.sin(angle) >= -7.75;
    });
  }
  if (shape !== HEART) throw new Error(`no shape ${shape}`);
  const h = HEART_HALF;
  const up = y + HEART_RISE;
  const [a, b] = [(x + up) / Math.SQRT2, (up - x) / Math.SQRT2];
  const disc = (cx: number, cy: number) => (a - cx) ** 2 + (b - cy) ** 2 <= h * h;
  return Math.max(Math.abs(a), Math.abs(b)) <= h || disc(h, 0) || disc(0, h);
}

type Vector = readonly [number, number, number];
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const LIGHT: Vector = [-0.4, 0.6, Math.sqrt(0.48)];

/** Turns a vector about an axis, counter-clockwise as seen from its positive end. */
function turned(vector: Vector, axis: 0 | 1 | 2, angle: number): Vector {
  const result: [number, number, number] = [...vector];
  const [i, j] = [(axis + 1) % 3, (axis + 2) % 3];
  result[i] = vector[i] * Math.cos(angle) - vector[j] * Math.sin(angle);
  result[j] = vector[i] * Math.sin(angle) + vector[j] * Math.cos(angle);
  return result;
}

/** Planes of a body: outward normals of unit length, and how far they are from its centre. */
function planesOf(shape: number): ReadonlyArray<readonly [Vector, number]> {
  if (shape === CUBE) {
    return [0, 1, 2].flatMap((axis) =>
      [1, -1].map((sign) => [[0, 1, 2].map((i) => (i === axis ? sign : 0)) as unknown as Vector, 8.9] as const),
    );
  }
  const slant = Math.hypot(62 / 3, 31 / 3);
  const sides = [0, 1, 2, 3].map((quarter) => {
    const normal = turned([0, 31 / 3 / slant, 62 / 3 / slant], 1, (quarter * Math.PI) / 2);
    return [normal, normal[1] * 15.5] as const;
  });
  return [...sides, [[0, -1, 0], 15.5 / 3]];
}

/** Columns of a rotation: where it takes the axes. */
type Frame = readonly [Vector, Vector, Vector];

function frameOf(turn: number, secondTurn: number): Frame {
  const forth = (axis: Vector) =>
    turned(turned(turned(axis, 1, 2 * Math.PI * secondTurn), 0, Math.PI / 6), 2, 2 * Math.PI * turn);
  return [forth([1, 0, 0]), forth([0, 1, 0]), forth([0, 0, 1])];
}

/** The shade of a body where the ray along z at (x, y) hits it first; 0 where it does not. */
function castRay(shape: number, planes: ReturnType<typeof planesOf>, x: number, y: number, [i, j, k]: Frame): number {
  const origin: Vector = [i[0] * x + i[1] * y, j[0] * x + j[1] * y, k[0] * x + k[1] * y];
  const direction: Vector = [i[2], j[2], k[2]];
  const light: Vector = [dot(i, LIGHT), dot(j, LIGHT), dot(k, LIGHT)];
  const shade = (normal: Vector) => 0.25 + 0.75 * Math.max(0, dot(normal, light));
  if (shape === ELLIPSOID) {
    const scaled = (v: Vector): Vector => [v[0] / 15, v[1] / 9, v[2] / 6];
    const [o, d] = [scaled(origin), scaled(direction)];
    const discriminant = dot(o, d) ** 2 - dot(d, d) * (dot(o, o) - 1);
    if (discriminant < 0) return 0;
    const t = (Math.sqrt(discriminant) - dot(o, d)) / dot(d, d);
    const at = scaled([o[0] + t * d[0], o[1] + t * d[1], o[2] + t * d[2]]);
    const length = Math.sqrt(dot(at, at));
    return shade([at[0] / length, at[1] / length, at[2] / length]);
  }
  // The ray is in the body between the last plane it enters by and the first it leaves by.
  let [near, far] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let seen: Vector = LIGHT;
  for (const [normal, distance] of planes) {
    const [speed, gap] = [dot(normal, direction), distance - dot(normal, origin)];
    if (Math.abs(speed) < 1e-12) {
      if (gap < 0) return 0;
    } else if (speed > 0) {
      if (gap / speed < far) {
        far = gap / speed;
        seen = normal;
      }
    } else near = Math.max(near, gap / speed);
  }
  return near < far ? shade(seen) : 0;
}

/** How bright a white drawing makes each pixel, (64, 64), by `side` x `side` rays each. */
export function castDrawing({ shape, x, y, size, turn, secondTurn }: Drawing, side: number): Float64Array {
  const [c, s] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
  const frame = frameOf(turn, secondTurn);
  const planes = shape === ELLIPSOID ? [] : planesOf(shape);
  return Float64Array.from({ length: 4096 }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / 64), pixel % 64];
    if (Math.hypot(column + 0.5 - x, row + 0.5 - y) > 17 * size) return 0;
    let sum = 0;
    for (let ray = 0; ray < side * side; ray++) {
      const right = (column + ((ray % side) + 0.5) / side - x) / size;
      const up = (y - row - (Math.floor(ray / side) + 0.5) / side) / size;
      if (shape >= CUBE) sum += castRay(shape, planes, right, up, frame);
      else if (isInside(shape, right * c + up * s, up * c - right * s)) sum++;
    }
    return sum / (side * side);
  });
}
