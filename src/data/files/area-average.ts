import type { ImageShape } from '../dataset.js';

/** Which source pixels a pixel is made of along one axis, and in what shares. */
interface Axis {
  /** First source pixel of every pixel. */
  readonly first: Int32Array;
  /**
   * Shares of the source pixels, one after the other; those of a pixel add up to the length of the
   * source.
   */
  readonly shares: Int32Array;
  /** Where the shares of every pixel begin; one more than there are pixels. */
  readonly starts: Int32Array;
}

/** Resizes images of one size to another. */
export type Resize = (from: Uint8Array, fromAt: number, out: Uint8Array, outAt: number) => void;

/**
 * Makes a function that resizes images by area averaging: a pixel is the mean of the part of the
 * source that it covers, in whole numbers, rounded half up. So the result is the same everywhere,
 * and the mean of the picture is kept.
 */
export function areaAverage(from: ImageShape, to: { readonly height: number; readonly width: number }): Resize {
  const { height, width, channels } = from;
  const rows = shareOut(height, to.height);
  const columns = shareOut(width, to.width);
  const line = new Float64Array(width * channels);
  const whole = height * width;
  return (source, fromAt, out, outAt) => {
    let at = outAt;
    for (let y = 0; y < to.height; y++) {
      line.fill(0);
      for (let k = rows.starts[y], row = rows.first[y]; k < rows.starts[y + 1]; k++, row++) {
        const share = rows.shares[k];
        const start = fromAt + row * line.length;
        for (let i = 0; i < line.length; i++) line[i] += share * source[start + i];
      }
      for (let x = 0; x < to.width; x++) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let k = columns.starts[x], i = columns.first[x] * channels + c; k < columns.starts[x + 1]; k++) {
            sum += columns.shares[k] * line[i];
            i += channels;
          }
          out[at++] = Math.floor((2 * sum + whole) / (2 * whole));
        }
      }
    }
  };
}

/**
 * In units of 1 / to of a source pixel: pixel i covers i * from .. (i + 1) * from, source pixel j
 * covers j * to .. (j + 1) * to.
 */
function shareOut(from: number, to: number): Axis {
  const first = new Int32Array(to);
  const starts = new Int32Array(to + 1);
  const shares: number[] = [];
  for (let i = 0; i < to; i++) {
    const begin = i * from;
    const end = begin + from;
    first[i] = Math.floor(begin / to);
    for (let j = first[i]; j * to < end; j++) shares.push(Math.min(end, (j + 1) * to) - Math.max(begin, j * to));
    starts[i + 1] = shares.length;
  }
  return { first, shares: Int32Array.from(shares), starts };
}
