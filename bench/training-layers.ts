/**
 * Layers of the `burgess` networks (and colour images), for benches: each halves images by a 4 x 4
 * convolution, or doubles them.
 */
import type { ConvolutionShape } from '../bindings/training.js';

const FILTERS = 32;

export const layers = [
  { size: 64, channels: 1 },
  { size: 64, channels: 3 },
  { size: 32, channels: 32 },
  { size: 16, channels: 32 },
  { size: 8, channels: 32 },
] as const;

/** The convolution that halves images of `size`. */
export function halving(size: number, channels: number): ConvolutionShape {
  return {
    height: size,
    width: size,
    channels,
    outHeight: size / 2,
    outWidth: size / 2,
    filters: FILTERS,
    kernelHeight: 4,
    kernelWidth: 4,
    strideHeight: 2,
    strideWidth: 2,
    padTop: 1,
    padLeft: 1,
  };
}
