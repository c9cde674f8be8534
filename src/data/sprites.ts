/**
 * `sprites`: one white shape on black, on the grid of dSprites (L. Matthey, I. Higgins, D.
 * Hassabis, A. Lerchner, 2017): the same factors in the same order, drawn anew, not its bytes. Rows
 * count as in C order, the vertical position fastest.
 *
 *   shape 3 (square, ellipse, heart) · scale 6 (0.5 .. 1) · orientation 40 (k / 40 of a turn) · x 32 · y 32
 *
 * The middle is that of pixel 16 + x, 16 + y: a step of a position moves all pixels by one.
 *
 * Variants (F. Locatello et al., "Challenging common assumptions in the unsupervised learning of
 * disentangled representations", ICML 2019): `sprites-colour` gives the shape a colour, red, green
 * and blue uniform in [0.5, 1); `sprites-noise` fills the background with uniform noise of three
 * channels. Neither is a factor; each is drawn from the seed and the row.
 */
import { RandomStream, STREAMS } from '../random.js';
import type { Factor } from './dataset.js';
import { type Drawing, type Generator, MARGIN, SHAPES } from './generated.js';

const FACTORS: readonly Factor[] = [
  { name: 'shape', size: 3 },
  { name: 'scale', size: 6 },
  { name: 'orientation', size: 40 },
  { name: 'x', size: 32 },
  { name: 'y', size: 32 },
];

const SIZE = FACTORS.reduce((product, { size }) => product * (size as number), 1);
const KINDS = [SHAPES.square, SHAPES.ellipse, SHAPES.heart];

function factorsOf(row: number): number[] {
  const values: number[] = [];
  let left = row;
  for (let k = FACTORS.length - 1; k >= 0; k--) {
    const size = FACTORS[k].size as number;
    values[k] = left % size;
    left = Math.floor(left / size);
  }
  return values;
}

function drawingOf([shape, scale, orientation, x, y]: ArrayLike<number> & Iterable<number>): Drawing {
  return {
    shape: KINDS[shape],
    x: MARGIN + 0.5 + x,
    y: MARGIN + 0.5 + y,
    size: (5 + scale) / 10,
    turn: orientation / 40,
    secondTurn: 0,
    colour: [1, 1, 1],
  };
}

function colourOf(seed: number, index: number): [number, number, number] {
  const words = new RandomStream(seed, STREAMS.generatedNoise, index);
  const next = () => 0.5 + words.word() / 2 ** 33;
  return [next(), next(), next()];
}

const plain = { size: SIZE, factors: FACTORS, edges: 'sharp', factorsOf } as const;

/** Black and white. */
export const sprites: Generator = {
  ...plain,
  name: 'sprites',
  channels: 1,
  background: 'black',
  isSeeded: false,
  drawingOf: (values) => drawingOf(Array.from(values)),
};

/** Coloured shapes. */
export const spritesColour: Generator = {
  ...plain,
  name: 'sprites-colour',
  channels: 3,
  background: 'black',
  isSeeded: true,
  drawingOf: (values, seed, index) => ({ ...drawingOf(Array.from(values)), colour: colourOf(seed, index) }),
};

/** White shapes on noise. */
export const spritesNoise: Generator = {
  ...plain,
  name: 'sprites-noise',
  channels: 3,
  background: 'noise',
  isSeeded: true,
  drawingOf: (values) => drawingOf(Array.from(values)),
};
