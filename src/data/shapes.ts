/**
 * `shapes-1` .. `shapes-7`: one shape on black with the first k of seven factors, each uniform and
 * independent of the others: a million rows, each a function of the seed and its number. A row has
 * the same values of the same factors in all seven.
 *
 *   1 x in [0, 1)          2 y in [0, 1)         3 scale in [0, 1)            4 shape: square, ellipse, triangle
 *   5 rotation in [0, 2 pi), counter-clockwise   6 hue in [0, 1) of HSV(hue, 1, 1)
 *   7 second rotation in [0, 2 pi), of bodies (cube, ellipsoid, pyramid) about their vertical axis
 *
 * x and y are where the middle is within the middle half of the image, to the right and down; the
 * size is (1 + scale) / 2 of full size. A factor that does not vary yet stays at x = y = scale =
 * 1/2, a square, upright, white. Images have one channel up to the fifth factor and three from the
 * sixth on. Edges are smooth: a pixel is as bright as its part that is covered, so that no small
 * change is lost.
 */
import { IMAGE_SIDE } from '../../bindings/kernels/raster.js';
import { RandomStream, STREAMS } from '../random.js';
import type { Factor } from './dataset.js';
import { type Generator, MARGIN, SHAPES } from './generated.js';

const FACTORS: readonly Factor[] = [
  { name: 'x', size: null, range: [0, 1] },
  { name: 'y', size: null, range: [0, 1] },
  { name: 'scale', size: null, range: [0, 1] },
  { name: 'shape', size: 3 },
  { name: 'rotation', size: null, range: [0, 2 * Math.PI] },
  { name: 'hue', size: null, range: [0, 1] },
  { name: 'second-rotation', size: null, range: [0, 2 * Math.PI] },
];

/** The most factors there are. */
export const SHAPES_MOST = FACTORS.length;

const ROWS = 1_000_000;
const FLAT = [SHAPES.square, SHAPES.ellipse, SHAPES.triangle];
const BODIES = [SHAPES.cube, SHAPES.ellipsoid, SHAPES.pyramid];
/**
 * Words of the stream in the order of the factors; the shape's comes last, because it may take more
 * than one.
 */
const CONTINUOUS = FACTORS.flatMap(({ range }, k) => (range === undefined ? [] : [{ k, range }]));
const SHAPE = 3;

function factorsOf(row: number, seed: number): number[] {
  const words = new RandomStream(seed, STREAMS.generatedFactors, row);
  const values: number[] = [];
  for (const { k, range } of CONTINUOUS) values[k] = range[0] + (range[1] - range[0]) * (words.word() / 2 ** 32);
  values[SHAPE] = words.below(FLAT.length);
  return values;
}

/** Red, green and blue of HSV(hue, 1, 1). */
function colourOf(hue: number): [number, number, number] {
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  const sixths = 6 * hue;
  return [inside(Math.abs(sixths - 3) - 1), inside(2 - Math.abs(sixths - 2)), inside(2 - Math.abs(sixths - 4))];
}

/** The generator with the first `k` factors, 1 to 7. */
export function shapesOf(k: number): Generator {
  const hasColour = k >= 6;
  const kinds = k >= 7 ? BODIES : FLAT;
  return {
    name: `shapes-${k}`,
    size: ROWS,
    factors: FACTORS.slice(0, k),
    channels: hasColour ? 3 : 1,
    edges: 'smooth',
    background: 'black',
    isSeeded: true,
    factorsOf: (row, seed) => factorsOf(row, seed).slice(0, k),
    drawingOf(values) {
      const [x = 0.5, y = 0.5, scale = 0.5, shape = 0, rotation = 0, hue, secondRotation = 0] = Array.from(values);
      return {
        shape: kinds[shape],
        x: MARGIN + (IMAGE_SIDE - 2 * MARGIN) * x,
        y: MARGIN + (IMAGE_SIDE - 2 * MARGIN) * y,
        size: (1 + scale) / 2,
        turn: rotation / (2 * Math.PI),
        secondTurn: secondRotation / (2 * Math.PI),
        colour: hue === undefined ? [1, 1, 1] : colourOf(hue),
      };
    },
  };
}
