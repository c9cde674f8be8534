/**
 * Gradients of convolutions and matrix products in plain JavaScript: typed arrays, loops in the
 * order of memory.
 */
import type { ConvolutionShape } from '../../bindings/training.js';

/**
 * For every output and every pixel that it sees: where the pixel's channels begin, where those of
 * dy, and where the part of the filter (channels, filters) that joins them.
 */
function forEachTap(images: number, shape: ConvolutionShape, visit: (x: number, w: number, dy: number) => void): void {
  const { height, width, channels, outHeight, outWidth, filters } = shape;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = shape;
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const dy = ((n * outHeight + y) * outWidth + x) * filters;
        for (let ky = 0; ky < kernelHeight; ky++) {
          const iy = y * strideHeight + ky - padTop;
          if (iy < 0 || iy >= height) continue;
          for (let kx = 0; kx < kernelWidth; kx++) {
            const ix = x * strideWidth + kx - padLeft;
            if (ix < 0 || ix >= width) continue;
            visit(((n * height + iy) * width + ix) * channels, (ky * kernelWidth + kx) * channels * filters, dy);
          }
        }
      }
    }
  }
}

/** y (images, outHeight, outWidth, filters). */
export function convolution(
  y: Float32Array,
  x: Float32Array,
  w: Float32Array,
  images: number,
  shape: ConvolutionShape,
) {
  const { channels, filters } = shape;
  y.fill(0);
  forEachTap(images, shape, (i, k, j) => {
    for (let c = 0; c < channels; c++, k += filters) {
      for (let f = 0; f < filters; f++) y[j + f] += x[i + c] * w[k + f];
    }
  });
}

/** dw (kernelHeight, kernelWidth, channels, filters). */
export function filterGradient(
  dw: Float32Array,
  x: Float32Array,
  dy: Float32Array,
  images: number,
  shape: ConvolutionShape,
) {
  const { channels, filters } = shape;
  dw.fill(0);
  forEachTap(images, shape, (i, k, j) => {
    for (let c = 0; c < channels; c++, k += filters) {
      for (let f = 0; f < filters; f++) dw[k + f] += x[i + c] * dy[j + f];
    }
  });
}

/** dx (images, height, width, channels). */
export function inputGradient(
  dx: Float32Array,
  dy: Float32Array,
  w: Float32Array,
  images: number,
  shape: ConvolutionShape,
) {
  const { channels, filters } = shape;
  dx.fill(0);
  forEachTap(images, shape, (i, k, j) => {
    for (let c = 0; c < channels; c++, k += filters) {
      let sum = 0;
      for (let f = 0; f < filters; f++) sum += dy[j + f] * w[k + f];
      dx[i + c] += sum;
    }
  });
}

/** c (rows, columns) = a (rows, inner) b (inner, columns). */
export function multiply(
  c: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rows: number,
  columns: number,
  inner: number,
) {
  c.fill(0);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const x = a[i * inner + k];
      for (let j = 0; j < columns; j++) c[i * columns + j] += x * b[k * columns + j];
    }
  }
}
