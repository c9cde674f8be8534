/**
 * Gradients of a convolution from the definition, in float64, with the sums of absolute values that
 * bound their rounding.
 */
import * as fc from 'fast-check';
import type { ConvolutionShape } from '../../../bindings/training.js';

export interface Sums {
  readonly values: Float64Array;
  /** What rounding may change each value by: that of float32, once for every term and product. */
  readonly bounds: Float64Array;
}

/** Calls `visit` with indices into x, w and dy for every product that the convolution makes. */
export function visitProducts(
  images: number,
  shape: ConvolutionShape,
  visit: (x: number, w: number, dy: number) => void,
): void {
  const { height, width, channels, outHeight, outWidth, filters } = shape;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = shape;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const iy = y * strideHeight + ky - padTop;
            const ix = x * strideWidth + kx - padLeft;
            if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
            for (let c = 0; c < channels; c++) {
              for (let f = 0; f < filters; f++) {
                visit(
                  ((n * height + iy) * width + ix) * channels + c,
                  ((ky * kernelWidth + kx) * channels + c) * filters + f,
                  ((n * outHeight + y) * outWidth + x) * filters + f,
                );
              }
            }
          }
        }
      }
    }
  }
}

/** Adds products a[i] b[j] to element `to`, and says at the end what was added up. */
export function summer(length: number) {
  const values = new Float64Array(length);
  const sizes = new Float64Array(length);
  const terms = new Float64Array(length);
  return {
    add(to: number, product: number): void {
      values[to] += product;
      sizes[to] += Math.abs(product);
      terms[to]++;
    },
    sums(): Sums {
      return { values, bounds: sizes.map((size, i) => (terms[i] + 2) * 2 ** -24 * size) };
    },
  };
}

/** Lengths of the tensors of a convolution. */
export function lengthsOf(images: number, shape: ConvolutionShape) {
  const { height, width, channels, outHeight, outWidth, filters, kernelHeight, kernelWidth } = shape;
  return {
    x: images * height * width * channels,
    w: kernelHeight * kernelWidth * channels * filters,
    dy: images * outHeight * outWidth * filters,
  };
}

/**
 * Convolutions of every kind: any size of kernel, stride, margins and channels; some kernels are
 * smaller than the stride.
 */
export const convolutions: fc.Arbitrary<{ images: number; shape: ConvolutionShape }> = fc
  .record({
    images: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17),
    filters: fc.constantFrom(1, 2, 3, 4, 5, 8, 11, 16, 20),
    kernelHeight: fc.integer({ min: 1, max: 5 }),
    kernelWidth: fc.integer({ min: 1, max: 5 }),
    strideHeight: fc.integer({ min: 1, max: 3 }),
    strideWidth: fc.integer({ min: 1, max: 3 }),
    pads: fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 4 }))),
  })
  .map(({ images, pads, ...sizes }) => {
    const { height, width, kernelHeight, kernelWidth, strideHeight, strideWidth } = sizes;
    const [padTop, padBottom] = [pads[0] % kernelHeight, pads[1] % kernelHeight];
    const [padLeft, padRight] = [pads[2] % kernelWidth, pads[3] % kernelWidth];
    const outHeight = Math.floor((height + padTop + padBottom - kernelHeight) / strideHeight) + 1;
    const outWidth = Math.floor((width + padLeft + padRight - kernelWidth) / strideWidth) + 1;
    return { images, shape: { ...sizes, padTop, padLeft, outHeight, outWidth } };
  })
  .filter(({ shape }) => shape.outHeight > 0 && shape.outWidth > 0);

/** A 4 x 4 convolution of stride 2 that halves images of `size`, as the models have them. */
export function halving(size: number, channels: number, filters: number): ConvolutionShape {
  return {
    height: size,
    width: size,
    channels,
    outHeight: size / 2,
    outWidth: size / 2,
    filters,
    kernelHeight: 4,
    kernelWidth: 4,
    strideHeight: 2,
    strideWidth: 2,
    padTop: 1,
    padLeft: 1,
  };
}
