/**
 * A convolution:
 *
 *   y[n][y][x][f] = activation(bias[f] + sum over ky, kx, c of x[n][y s + ky - top][x s + kx - left][c] w[ky][kx][c][f])
 *
 * For one ky, what kx and c go over is a run of neighbours in a line of the image: a matrix product
 * whose rows are read where they are, in a copy of a few lines with their margins.
 */
import { packPanels } from './pack';
import { copyPadded } from './padding';
import { packBias, roundUpColumns, rowProducts, TILE_COLUMNS } from './tile';

/** Bytes of an image that are worked on at a time, if one line of outputs allows it. */
// @ts-ignore: decorator
@inline
const PIECE_BYTES: i32 = 24 * 1024;

/** Lines of outputs that are worked on at a time. */
function linesOf(lineBytes: i32, outHeight: i32, kernelHeight: i32, stride: i32): i32 {
  return max(1, min(outHeight, (PIECE_BYTES / lineBytes - kernelHeight) / stride + 1));
}

/** Bytes of scratch that {@link convolution} needs. */
export function convolutionScratchBytes(
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
): i32 {
  const lineBytes = (((outWidth - 1) * strideWidth + kernelWidth) * channels) << 2;
  const lines = linesOf(lineBytes, outHeight, kernelHeight, strideHeight);
  const panels = (roundUpColumns(filters) * (kernelHeight * kernelWidth * channels + 1)) << 2;
  return panels + ((lines - 1) * strideHeight + kernelHeight) * lineBytes + 64;
}

/**
 * y, f32[images][outHeight][outWidth][filters], from x, f32[images][height][width][channels], w,
 * f32[kernelHeight][kernelWidth][channels][filters], and bias, f32[filters] or 0 for none;
 * activation 0 is none.
 */
export function convolution(
  y: usize,
  x: usize,
  w: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  padTop: i32,
  padLeft: i32,
  bias: usize,
  activation: i32,
  alpha: f32,
  scratch: usize,
): void {
  const columns = (outWidth - 1) * strideWidth + kernelWidth;
  const lineBytes = (columns * channels) << 2;
  const lines = linesOf(lineBytes, outHeight, kernelHeight, strideHeight);
  const run = kernelWidth * channels;
  const depth = kernelHeight * run;
  const pixelBytes = <usize>filters << 2;
  const biases = scratch + (<usize>(depth * roundUpColumns(filters)) << 2);
  const piece = packBias(biases, bias, filters);
  packPanels(scratch, w, 4, pixelBytes, filters, depth);
  for (let n = 0; n < images; n++) {
    const image = x + (<usize>n * <usize>height * <usize>(width * channels) << 2);
    for (let top = 0; top < outHeight; top += lines) {
      const count = min(lines, outHeight - top);
      const inner = (count - 1) * strideHeight + kernelHeight;
      copyPadded(piece, image, height, width, channels, top * strideHeight - padTop, inner, -padLeft, columns);
      const to = y + <usize>((n * outHeight + top) * outWidth) * pixelBytes;
      for (let f = 0; f < filters; f += TILE_COLUMNS) {
        rowProducts(
          to + (<usize>f << 2),
          pixelBytes,
          <usize>outWidth * pixelBytes,
          min(TILE_COLUMNS, filters - f),
          piece,
          <usize>(strideWidth * channels) << 2,
          <usize>(strideHeight * lineBytes),
          count,
          outWidth,
          scratch + (<usize>(f * depth) << 2),
          run,
          kernelHeight,
          lineBytes,
          biases + (<usize>f << 2),
          activation,
          alpha,
        );
      }
    }
  }
}
