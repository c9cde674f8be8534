/** Encoders whose latents are products of the image with directions. */
import { withCore } from '../../bindings/core.js';
import { directionLines, directionsOf } from '../../bindings/kernels/subspace.js';
import type { Encoder } from '../encoder.js';
import { dataRangeError } from '../errors.js';
import { imagesOf } from './images.js';

/** Images x are bytes (F). */
export interface LinearMap {
  /** (F). */
  readonly means: Float64Array;
  /** (rank, F), row-major: a latent is the product of a line and x / 255 less the means / 255. */
  readonly directions: Float64Array;
  /** (rank, F): an image, from 0 to 1, is the means / 255 and the sum of latents times lines. */
  readonly mixing: Float64Array;
  readonly rank: number;
}

/** An encoder of so many latents; those beyond the rank are 0. */
export function linearEncoder({ means, directions, mixing, rank }: LinearMap, latents: number): Encoder {
  const columns = means.length;
  const width = directionsOf(rank);
  const q = new Float32Array(directionLines(columns) * width);
  for (let i = 0; i < rank; i++) {
    for (let column = 0; column < columns; column++) q[column * width + i] = directions[i * columns + column];
  }

  return {
    latents,

    encode: (rows) => {
      const images = imagesOf(rows, columns);
      const mu = new Float32Array(rows.count * latents);
      return withCore((core) => {
        const { arena } = core;
        const x = arena.upload('u8', images);
        const table = { x, rows: rows.count, columns, means: arena.upload('f64', means), scale: 1 / 255 };
        const p = arena.alloc('f32', rows.count * width);
        core.subspace.project(p, table, arena.upload('f32', q), width, 0, rows.count);
        const products = p.array;
        for (let row = 0; row < rows.count; row++) {
          mu.set(products.subarray(row * width, row * width + rank), row * latents);
        }
        return { mu };
      });
    },

    decode(z) {
      const rows = z.length / latents;
      if (!Number.isInteger(rows))
        throw dataRangeError(`latents: expected a whole number of rows of ${latents} values, got ${z.length} values`);
      const images = new Float32Array(rows * columns);
      const image = new Float64Array(columns);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) image[column] = means[column] / 255;
        for (let i = 0; i < rank; i++) {
          const latent = z[row * latents + i];
          for (let column = 0; column < columns; column++) image[column] += latent * mixing[i * columns + column];
        }
        // Sums of directions go beyond black and white.
        for (let column = 0; column < columns; column++) {
          images[row * columns + column] = Math.min(1, Math.max(0, image[column]));
        }
      }
      return images;
    },
  };
}
