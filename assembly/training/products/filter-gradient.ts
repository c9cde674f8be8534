/**
 * Gradient of a convolution with respect to its filter:
 *
 *   dw[ky][kx][c][f] = sum over images n and outputs (y, x) of x[n][y s + ky - top][x s + kx - left][c] dy[n][y][x][f]
 *
 * For one ky and output, what kx and c go over is a run of neighbours in a line of the image, so
 * the gradient for a ky is a sum of outer products of runs and pixels of dy, whatever the channels.
 * Pieces of the images are copied with their margins, so much that what one ky needs stays in the
 * first-level cache.
 */
import { copyPadded, widen } from './padding';
import { outerProducts, roundUpColumns, TILE_COLUMNS, TILE_ROWS } from './tile';

/**
 * Bytes that lines of images for one ky, and lines of dy, may take, if one line of outputs allows
 * it: they are read again and again.
 */
// @ts-ignore: decorator
@inline
const LINES_BYTES: i32 = 32 * 1024;

/** Lines of outputs that are worked on at a time. */
function linesOf(lineBytes: i32, outputBytes: i32): i32 {
  return max(1, LINES_BYTES / (lineBytes + outputBytes));
}

/** Columns that outputs of one line look at. */
// @ts-ignore: decorator
@inline
function columnsOf(outWidth: i32, kernelWidth: i32, stride: i32): i32 {
  return (outWidth - 1) * stride + kernelWidth;
}

/** Bytes of scratch that {@link filterGradient} needs. */
export function filterGradientScratchBytes(
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
): i32 {
  const lineBytes = (columnsOf(outWidth, kernelWidth, strideWidth) * channels) << 2;
  const outputBytes = (outWidth * roundUpColumns(filters)) << 2;
  const lines = linesOf(lineBytes, outputBytes);
  const together = lines / outHeight;
  const pieces = together > 0 ? together : 1;
  const height = (min(lines, outHeight) - 1) * strideHeight + kernelHeight;
  // A tile reads a float past the last.
  return pieces * height * lineBytes + lines * outputBytes + 64;
}

/**
 * dw, f32[kernelHeight][kernelWidth][channels][filters], from x,
 * f32[images][height][width][channels], and dy, f32[images][outHeight][outWidth][filters].
 */
export function filterGradient(
  dw: usize,
  x: usize,
  dy: usize,
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
  scratch: usize,
): void {
  const columns = columnsOf(outWidth, kernelWidth, strideWidth);
  const padded = roundUpColumns(filters);
  const lineBytes = (columns * channels) << 2;
  const outputBytes = (outWidth * padded) << 2;
  const most = linesOf(lineBytes, outputBytes);
  // Small images are taken several at a time.
  const together = max(1, most / outHeight);
  const lines = min(most, outHeight);
  const run = kernelWidth * channels;
  const stepA = <usize>(strideWidth * channels) << 2;
  const pitchA = <usize>strideHeight * <usize>lineBytes;
  const strideC = <usize>filters << 2;
  memory.fill(dw, 0, <usize>(kernelHeight * run) * strideC);
  for (let n = 0; n < images; n += together) {
    const blocks = min(together, images - n);
    for (let y = 0; y < outHeight; y += lines) {
      const count = min(lines, outHeight - y);
      const inner = (count - 1) * strideHeight + kernelHeight;
      const blockA = <usize>(inner * lineBytes);
      for (let i = 0; i < blocks; i++) {
        const image = x + (<usize>(n + i) * <usize>height * <usize>(width * channels) << 2);
        const to = scratch + <usize>i * blockA;
        copyPadded(to, image, height, width, channels, y * strideHeight - padTop, inner, -padLeft, columns);
      }
      let b = dy + (<usize>((n * outHeight + y) * outWidth) * <usize>filters << 2);
      if (padded != filters) {
        const from = b;
        b = scratch + ((<usize>blocks * blockA + 15) & ~15);
        widen(b, from, blocks * count * outWidth, filters, padded);
      }
      for (let f = 0; f < filters; f += TILE_COLUMNS) {
        const wide = min(TILE_COLUMNS, filters - f);
        for (let ky = 0; ky < kernelHeight; ky++) {
          const a = scratch + <usize>(ky * lineBytes);
          const c = dw + <usize>(ky * run) * strideC + (<usize>f << 2);
          for (let i = 0; i < run; i += TILE_ROWS) {
            outerProducts(
              c + <usize>i * strideC,
              strideC,
              min(TILE_ROWS, run - i),
              wide,
              true,
              a + (<usize>i << 2),
              stepA,
              pitchA,
              blockA,
              b + (<usize>f << 2),
              <usize>padded << 2,
              blocks,
              count,
              outWidth,
            );
          }
        }
      }
    }
  }
}
