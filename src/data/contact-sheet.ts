/** Many images as one picture. */
import { dataRangeError } from '../errors.js';
import type { ImageShape } from './dataset.js';
import { GAP_PIXELS, sheetSize } from './picture-size.js';

/** A grey that no image of shapes has. */
const GAP_BYTE = 96;

/** A picture, (height, width, channels) bytes. */
export interface Picture extends ImageShape {
  readonly data: Uint8Array;
}

/**
 * Lays images out row by row.
 *
 * @param images (count, H, W, C) with one channel or three, bytes
 * @param columns how many stand side by side
 */
export function layOut(images: Uint8Array, image: ImageShape, columns: number): Picture {
  const { height, width, channels } = image;
  if (channels !== 1 && channels !== 3) {
    throw dataRangeError(`contact sheet: expected images of 1 or 3 channels, got ${channels}`);
  }
  const imageBytes = height * width * channels;
  const count = images.length / imageBytes;
  if (!Number.isInteger(count) || count === 0) {
    throw dataRangeError(`contact sheet: expected whole images of ${imageBytes} bytes, got ${images.length} bytes`);
  }
  const across = Math.min(columns, count);
  const { width: sheetWidth, height: sheetHeight } = sheetSize(count, image, columns);
  const data = new Uint8Array(sheetWidth * sheetHeight * channels).fill(GAP_BYTE);
  for (let i = 0; i < count; i++) {
    const left = GAP_PIXELS + (i % across) * (width + GAP_PIXELS);
    const top = GAP_PIXELS + Math.floor(i / across) * (height + GAP_PIXELS);
    for (let y = 0; y < height; y++) {
      const line = i * imageBytes + y * width * channels;
      data.set(images.subarray(line, line + width * channels), ((top + y) * sheetWidth + left) * channels);
    }
  }
  return { width: sheetWidth, height: sheetHeight, channels, data };
}

/** The same as `layOut`, encoded as PNG. */
export async function contactSheet(images: Uint8Array, image: ImageShape, columns: number): Promise<Uint8Array> {
  const { width, height, channels, data } = layOut(images, image, columns);
  const { encode } = await import('fast-png');
  return encode({ width, height, data, channels, depth: 8 });
}
