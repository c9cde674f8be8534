/** Images in lines and columns, decoded from latents. */
import type { ImageShape } from '../data/index.js';
import { checkImageCount } from '../data/picture-size.js';
import type { Encoder } from '../encoder.js';
import { dataRangeError, wrongType } from '../errors.js';
import { pieces } from '../train/pieces.js';

export interface ImageGrid {
  /** (lines, columns, H, W, C), bytes. */
  readonly images: Uint8Array;
  readonly lines: number;
  readonly columns: number;
  readonly image: ImageShape;
}

/** What the size of a picture follows from. */
export type GridShape = Omit<ImageGrid, 'images'>;

export interface GridOptions {
  /** Told how many images there will be before the first is decoded; stops it by throwing. */
  readonly onShape?: (shape: GridShape) => void;
}

/**
 * @throws RangeError for more images than a picture can show, TypeError for an encoder that decodes
 *   none
 */
export function checkGrid({ decode }: Encoder, shape: GridShape, { onShape }: GridOptions): void {
  if (decode === undefined)
    throw wrongType({ option: 'encoder', problem: 'expected one that decodes, got one without decode' });
  checkImageCount(shape.lines * shape.columns, shape.image);
  onShape?.(shape);
}

/** Rows that are decoded at a time: as bytes images take a quarter of the memory. */
const ROWS_AT_A_TIME = 256;

/**
 * Images (R, H, W, C), bytes, of latents (R, D). What is darker than black or brighter than white
 * is cut off.
 */
export async function decodeImages(encoder: Encoder, z: Float32Array, image: ImageShape): Promise<Uint8Array> {
  const { latents } = encoder;
  const pixels = image.height * image.width * image.channels;
  const images = new Uint8ClampedArray((z.length / latents) * pixels);
  for (const [from, to] of pieces(z.length / latents, ROWS_AT_A_TIME)) {
    const values = (await encoder.decode?.(z.subarray(from * latents, to * latents))) ?? [];
    if (values.length !== (to - from) * pixels) {
      throw dataRangeError(
        `encoder: expected ${to - from} decoded rows of ${pixels} values, got ${values.length} values`,
      );
    }
    for (let i = 0; i < values.length; i++) images[from * pixels + i] = Math.round(values[i] * 255);
  }
  return new Uint8Array(images.buffer);
}
