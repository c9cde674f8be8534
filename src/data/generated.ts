/**
 * Data sets whose images are drawn when they are asked for: a row is a function of the generator,
 * the seed and its number.
 */
import { type Core, withCore } from '../../bindings/core.js';
import { IMAGE_NUMBERS, IMAGE_SIDE } from '../../bindings/kernels/raster.js';
import { STREAMS } from '../random.js';
import { checkFactorValues, checkRoom, checkRows } from './check-rows.js';
import type { Dataset, Factor } from './dataset.js';

/** What is drawn: assembly/raster has their sizes. */
export const SHAPES = { square: 0, ellipse: 1, heart: 2, triangle: 3, cube: 4, ellipsoid: 5, pyramid: 6 } as const;

/** One shape or body. */
export interface Drawing {
  /** One of {@link SHAPES}. */
  readonly shape: number;
  /** The centre in pixels, to the right and down. */
  readonly x: number;
  readonly y: number;
  /** As a share of full size. */
  readonly size: number;
  /** Counter-clockwise in the plane, in turns. */
  readonly turn: number;
  /** About the vertical axis, in turns; bodies only. */
  readonly secondTurn: number;
  /** Red, green and blue in [0, 1]. */
  readonly colour: readonly [number, number, number];
}

/** What makes a data set of its own out of the rasteriser. */
export interface Generator {
  readonly name: string;
  readonly size: number;
  readonly factors: readonly Factor[];
  readonly channels: 1 | 3;
  readonly edges: 'smooth' | 'sharp';
  readonly background: 'black' | 'noise';
  /** Whether rows depend on the seed. */
  readonly isSeeded: boolean;
  /** The K factors of a row. */
  factorsOf(row: number, seed: number): readonly number[];
  /** What factors look like; what is not a factor is drawn from the seed and `index`. */
  drawingOf(values: ArrayLike<number>, seed: number, index: number): Drawing;
}

/** Changes whenever the bytes of any image would: a run that is resumed compares it. */
const GENERATION = 1;

/** Images that are drawn at a time: 3 MB of colours. */
const PIECE = 256;

/**
 * The middles of what is drawn keep this far from the edges, in pixels: nothing reaches further.
 */
export const MARGIN = 16;

/** Opens a generator. */
export function openGenerated(generator: Generator, seed: number): Dataset {
  const { name, size, factors, channels, edges, background } = generator;
  const imageBytes = IMAGE_SIDE * IMAGE_SIDE * channels;
  const isBinary = edges === 'sharp' && channels === 1;
  const K = factors.length;

  /** Draws (rows, H, W, C) from (rows, K), with what is not a factor by index. */
  async function draw(values: Float64Array, indices: ArrayLike<number>, out: Uint8Array): Promise<void> {
    for (let from = 0; from < indices.length; from += PIECE) {
      const count = Math.min(PIECE, indices.length - from);
      const piece = out.subarray(from * imageBytes, (from + count) * imageBytes);
      await withCore((core) =>
        drawPiece(core, values.subarray(from * K), Array.prototype.slice.call(indices, from, from + count), piece),
      );
    }
  }

  function drawPiece(core: Core, values: Float64Array, indices: readonly number[], out: Uint8Array): void {
    const images = core.arena.alloc('f64', indices.length * IMAGE_NUMBERS);
    const numbers = images.array;
    indices.forEach((index, i) => {
      const { shape, x, y, size, turn, secondTurn, colour } = generator.drawingOf(
        values.subarray(i * K, (i + 1) * K),
        seed,
        index,
      );
      numbers.set([shape, x, y, size, turn, secondTurn, ...colour], i * IMAGE_NUMBERS);
    });
    const drawn = core.arena.alloc('u8', out.length);
    if (background === 'noise') {
      const rows = core.arena.upload('u32', indices);
      core.raster.drawShapesOnNoise(drawn, images, rows, { seed, stream: STREAMS.generatedNoise });
    } else {
      core.raster.drawShapes(drawn, images, indices.length, channels, edges === 'sharp');
    }
    out.set(drawn.array);
  }

  function writeFactors(rows: ArrayLike<number>, out: Float64Array): void {
    for (let i = 0; i < rows.length; i++) out.set(generator.factorsOf(rows[i], seed), i * K);
  }

  return {
    name,
    identity: { generator: name, generation: GENERATION, ...(generator.isSeeded && { seed }) },
    size,
    image: { height: IMAGE_SIDE, width: IMAGE_SIDE, channels },
    isBinary,
    factors,
    async readImages(rows, out) {
      checkRows(name, size, rows);
      checkRoom(name, 'bytes', rows.length * imageBytes, out.length);
      const values = new Float64Array(rows.length * K);
      writeFactors(rows, values);
      await draw(values, rows, out);
    },
    readFactors(rows, out) {
      checkRows(name, size, rows);
      checkRoom(name, 'factors', rows.length * K, out.length);
      writeFactors(rows, out);
    },
    async renderFactors(values, out, index) {
      const rows = checkFactorValues(name, factors, values);
      checkRoom(name, 'bytes', rows * imageBytes, out.length);
      // Noise wraps around where numbers of rows end.
      await draw(
        values,
        Array.from({ length: rows }, (_, i) => (index + i) % 2 ** 32),
        out,
      );
    },
  };
}
