/** Images as baselines take them. */
import type { ImageShape } from '../data/index.js';
import type { EncoderRows } from '../encoder.js';
import { dataRangeError, dataTypeError } from '../errors.js';

/** Values of an image. */
export function pixelsOf({ height, width, channels }: ImageShape): number {
  return height * width * channels;
}

/** @throws TypeError for vectors, RangeError for images of another size */
export function imagesOf({ values, count }: EncoderRows, pixels: number): Uint8Array {
  if (!(values instanceof Uint8Array)) throw dataTypeError('rows: expected images as bytes, got vectors');
  if (values.length === count * pixels) return values;
  throw dataRangeError(`rows: expected images of ${pixels} bytes, got ${values.length} bytes in ${count} rows`);
}
