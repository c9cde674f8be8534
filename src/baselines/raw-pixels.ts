import type { Baseline } from './baseline.js';
import { imagesOf, pixelsOf } from './images.js';

/** Every value of a pixel is a latent, from 0 (black) to 1. */
export const rawPixels: Baseline = {
  name: 'raw-pixels',
  summary: 'a latent for each value of the image',
  options: {},
  fit({ image }) {
    const latents = pixelsOf(image);
    return {
      latents,
      notes: [],
      encode: (rows) => ({ mu: Float32Array.from(imagesOf(rows, latents), (byte) => byte / 255) }),
      decode: (z) => z.slice(),
    };
  },
};
