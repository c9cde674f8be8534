/**
 * Gradient of a convolution with respect to its input, which is a transposed convolution of dy:
 *
 *   dx[n][iy][ix][c] = sum over ky, kx, f with iy = y s + ky - top, ix = x s + kx - left of dy[n][y][x][f] w[ky][kx][c][f]
 *
 * Pixels that are equal modulo the stride have the same ky and kx, and their x are neighbours: what
 * they sum over is, line by line, a run of dy. So with many channels each class of pixels is a
 * matrix product, with the filter packed in that order. With few channels a tile would be mostly
 * empty: then the products of dy with all of the filter are made first, and added up where they
 * belong.
 */
import { packPanels } from './pack';
import { copyPadded } from './padding';
import { packBias, roundUpColumns, rowProducts, TILE_COLUMNS } from './tile';

/** From how many channels on pixels are gathered. */
// @ts-ignore: decorator
@inline
const MANY_CHANNELS: i32 = 8;
/**
 * Bytes of dy, or of products with all of the filter, that are worked on at a time, if one line
 * allows it.
 */
// @ts-ignore: decorator
@inline
const PIECE_BYTES: i32 = 20 * 1024;

// @ts-ignore: decorator
@inline
function divideUp(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** Bytes of the filter in panels, and of the bias behind them. */
// @ts-ignore: decorator
@inline
function panelBytes(channels: i32, taps: i32, filters: i32): i32 {
  const columns = channels >= MANY_CHANNELS ? channels : taps * channels;
  const perColumn = channels >= MANY_CHANNELS ? taps * filters : filters;
  return (roundUpColumns(columns) * (perColumn + 1)) << 2;
}

/** Lines of dy that are worked on at a time, of `all` that there are. */
function linesOf(lineBytes: i32, all: i32): i32 {
  return max(1, min(all, PIECE_BYTES / max(lineBytes, 1)));
}

/** Bytes of scratch that {@link inputGradient} needs. */
export function inputGradientScratchBytes(
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
): i32 {
  const panels = panelBytes(channels, kernelHeight * kernelWidth, filters);
  if (channels < MANY_CHANNELS) {
    const lineBytes = (outWidth * kernelHeight * kernelWidth * channels) << 2;
    return panels + linesOf(lineBytes, outHeight) * lineBytes + 64;
  }
  const tapsY = divideUp(kernelHeight, strideHeight);
  const tapsX = divideUp(kernelWidth, strideWidth);
  const lineBytes = ((tapsX + (width - 1 + padLeft) / strideWidth) * filters) << 2;
  const quotients = (height - 1 + padTop) / strideHeight + 1;
  return panels + (linesOf(lineBytes, quotients) + tapsY - 1) * lineBytes + 64;
}

/**
 * The filter as panels of 16 columns, [class of ky][class of kx][c / 16][taps of ky, from the
 * last][of kx][f][16].
 */
function packGathered(
  to: usize,
  w: usize,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
): void {
  for (let ry = 0; ry < min(strideHeight, kernelHeight); ry++) {
    for (let rx = 0; rx < min(strideWidth, kernelWidth); rx++) {
      for (let c = 0; c < channels; c += TILE_COLUMNS) {
        const there = min(TILE_COLUMNS, channels - c);
        for (let ky = ry + (divideUp(kernelHeight - ry, strideHeight) - 1) * strideHeight; ky >= 0; ky -= strideHeight) {
          for (let kx = rx + (divideUp(kernelWidth - rx, strideWidth) - 1) * strideWidth; kx >= 0; kx -= strideWidth) {
            const from = w + (<usize>(((ky * kernelWidth + kx) * channels + c) * filters) << 2);
            packPanels(to, from, <usize>filters << 2, 4, there, filters);
            to += <usize>(filters * TILE_COLUMNS) << 2;
          }
        }
      }
    }
  }
}

/**
 * dx, f32[images][height][width][channels], from dy, f32[images][outHeight][outWidth][filters], and
 * w, f32[kernelHeight][kernelWidth][channels][filters].
 */
export function inputGradient(
  dx: usize,
  dy: usize,
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
  scratch: usize,
): void {
  const pixels = <usize>(height * width);
  // Where the kernel is smaller than the stride some pixels see no output.
  const hasGaps = kernelHeight < strideHeight || kernelWidth < strideWidth;
  if (channels < MANY_CHANNELS || hasGaps) memory.fill(dx, 0, (<usize>images * pixels * <usize>channels) << 2);
  const piece = scratch + <usize>panelBytes(channels, kernelHeight * kernelWidth, filters);
  const columns = channels < MANY_CHANNELS ? kernelHeight * kernelWidth * channels : channels;
  const zeros = piece - (<usize>roundUpColumns(columns) << 2);
  packBias(zeros, 0, columns);
  if (channels < MANY_CHANNELS) {
    packPanels(scratch, w, <usize>filters << 2, 4, columns, filters);
    for (let n = 0; n < images; n++) {
      scatterImage(
        dx + (<usize>n * pixels * <usize>channels << 2),
        dy + (<usize>n * <usize>(outHeight * outWidth * filters) << 2),
        height,
        width,
        channels,
        outHeight,
        outWidth,
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        padTop,
        padLeft,
        scratch,
        zeros,
        piece,
      );
    }
    return;
  }
  packGathered(scratch, w, channels, filters, kernelHeight, kernelWidth, strideHeight, strideWidth);
  for (let n = 0; n < images; n++) {
    gatherImage(
      dx + (<usize>n * pixels * <usize>channels << 2),
      dy + (<usize>n * <usize>(outHeight * outWidth * filters) << 2),
      height,
      width,
      channels,
      outHeight,
      outWidth,
      filters,
      kernelHeight,
      kernelWidth,
      strideHeight,
      strideWidth,
      padTop,
      padLeft,
      scratch,
      zeros,
      piece,
    );
  }
}

/**
 * Many channels: with iy + top = s q + ry, a pixel of class ry sums over y = q, q - 1 .. for ky =
 * ry, ry + s ..
 */
function gatherImage(
  dx: usize,
  dy: usize,
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
  panels: usize,
  zeros: usize,
  piece: usize,
): void {
  const mostY = divideUp(kernelHeight, strideHeight);
  const mostX = divideUp(kernelWidth, strideWidth);
  const columns = mostX + (width - 1 + padLeft) / strideWidth;
  const quotients = (height - 1 + padTop) / strideHeight + 1;
  const outputBytes = <usize>filters << 2;
  const lineBytes = <usize>columns * outputBytes;
  const pixelBytes = <usize>channels << 2;
  const lines = linesOf(<i32>lineBytes, quotients);
  for (let q = 0; q < quotients; q += lines) {
    const qEnd = min(q + lines, quotients);
    const above = q - mostY + 1;
    copyPadded(piece, dy, outHeight, outWidth, filters, above, qEnd - above, 1 - mostX, columns);
    let panel = panels;
    for (let ry = 0; ry < min(strideHeight, kernelHeight); ry++) {
      const tapsY = divideUp(kernelHeight - ry, strideHeight);
      const qFirst = max(q, divideUp(max(padTop - ry, 0), strideHeight));
      const qLast = min(qEnd - 1, (height - 1 + padTop - ry + strideHeight) / strideHeight - 1);
      for (let rx = 0; rx < min(strideWidth, kernelWidth); rx++) {
        const tapsX = divideUp(kernelWidth - rx, strideWidth);
        const first = divideUp(max(padLeft - rx, 0), strideWidth);
        const last = (width - 1 + padLeft - rx + strideWidth) / strideWidth - 1;
        const a = piece + <usize>(qFirst - tapsY + 1 - above) * lineBytes + <usize>(first - tapsX + mostX) * outputBytes;
        const pixel = (qFirst * strideHeight + ry - padTop) * width + first * strideWidth + rx - padLeft;
        for (let c = 0; c < channels; c += TILE_COLUMNS) {
          rowProducts(
            dx + <usize>pixel * pixelBytes + (<usize>c << 2),
            <usize>strideWidth * pixelBytes,
            <usize>(strideHeight * width) * pixelBytes,
            min(TILE_COLUMNS, channels - c),
            a,
            outputBytes,
            lineBytes,
            qLast - qFirst + 1,
            last - first + 1,
            panel,
            tapsX * filters,
            tapsY,
            lineBytes,
            zeros + (<usize>c << 2),
            0,
            0,
          );
          panel += <usize>(tapsY * tapsX * filters * TILE_COLUMNS) << 2;
        }
      }
    }
  }
}

/**
 * Few channels: f32[kernelHeight][kernelWidth][channels] for each output, added to the window of dx
 * that the output saw.
 */
function scatterImage(
  dx: usize,
  dy: usize,
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
  panels: usize,
  zeros: usize,
  piece: usize,
): void {
  const run = kernelWidth * channels;
  const window = kernelHeight * run;
  const windowBytes = <usize>window << 2;
  const outputBytes = <usize>filters << 2;
  const lines = linesOf(<i32>windowBytes * outWidth, outHeight);
  const lineFloats = width * channels;
  for (let y = 0; y < outHeight; y += lines) {
    const count = min(lines, outHeight - y);
    const a = dy + <usize>(y * outWidth) * outputBytes;
    for (let j = 0; j < window; j += TILE_COLUMNS) {
      rowProducts(
        piece + (<usize>j << 2),
        windowBytes,
        0,
        min(TILE_COLUMNS, window - j),
        a,
        outputBytes,
        0,
        1,
        count * outWidth,
        panels + (<usize>(j * filters) << 2),
        filters,
        1,
        0,
        zeros,
        0,
        0,
      );
    }
    for (let i = 0; i < count; i++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        const iy = (y + i) * strideHeight + ky - padTop;
        if (iy < 0 || iy >= height) continue;
        const line = dx + (<usize>(iy * lineFloats) << 2);
        const from = piece + <usize>(i * outWidth) * windowBytes + (<usize>(ky * run) << 2);
        if (kernelWidth == 2 * strideWidth) {
          addHalves(line, lineFloats, from, windowBytes, outWidth, strideWidth * channels, -padLeft * channels);
        } else {
          addRuns(line, lineFloats, from, windowBytes, outWidth, strideWidth * channels, -padLeft * channels, run);
        }
      }
    }
  }
}

/**
 * Adds `count` runs of floats, `step` bytes apart, to a line of `length` floats; each begins
 * `stride` floats behind the last, the first at `start`.
 */
function addRuns(
  line: usize,
  length: i32,
  runs: usize,
  step: usize,
  count: i32,
  stride: i32,
  start: i32,
  run: i32,
): void {
  for (let i = 0; i < count; i++, start += stride, runs += step) {
    const last = min(run, length - start);
    for (let j = max(0, -start); j < last; j++) {
      const to = line + (<usize>(start + j) << 2);
      store<f32>(to, load<f32>(to) + load<f32>(runs + (<usize>j << 2)));
    }
  }
}

/**
 * {@link addRuns} of runs twice as long as they are apart: what lies between two starts gets the
 * first half of a run and the second of the one before, so that no float is written twice.
 */
function addHalves(line: usize, length: i32, runs: usize, step: usize, count: i32, half: i32, start: i32): void {
  const halfBytes = <usize>half << 2;
  // The first run has nothing before it, and nothing follows the last.
  addRuns(line, length, runs, step, 1, half, start, half);
  for (let i = 1; i < count; i++) {
    const before = runs + halfBytes;
    runs += step;
    start += half;
    if (start >= 0 && start + half <= length) {
      let p = line + (<usize>start << 2);
      let q: usize = 0;
      for (; q + 8 <= halfBytes; q += 8, p += 8) {
        const both = f32x4.add(v128.load64_zero(before + q), v128.load64_zero(runs + q));
        v128.store_lane<i64>(p, f32x4.add(v128.load64_zero(p), both), 0);
      }
      if (q < halfBytes) store<f32>(p, load<f32>(p) + (load<f32>(before + q) + load<f32>(runs + q)));
    } else {
      addRuns(line, length, before, step, 1, half, start, half);
      addRuns(line, length, runs, step, 1, half, start, half);
    }
  }
  addRuns(line, length, runs + halfBytes, step, 1, half, start + half, half);
}
