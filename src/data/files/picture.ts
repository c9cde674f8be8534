import { DataError } from '../../errors.js';

/** What the header of a picture says. */
export interface PictureHeader {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Bits of a sample. */
  readonly depth: number;
  /** Whether its EXIF turns or mirrors it. */
  readonly isTurned: boolean;
  /** Whether its file does not end with the marker of its end. */
  readonly hasMore: boolean;
}

/** A picture as bytes, (H, W, C). */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** The most of a file that is read, and what a picture may have. */
export const MOST_FILE_BYTES = 2 ** 28;

/** @throws DataError for a picture of no pixels, or of more than `most` */
export function checkSize({ height, width }: Pick<Picture, 'height' | 'width'>, most: number, path: string): void {
  if (height >= 1 && width >= 1 && height * width <= most) return;
  throw new DataError(`expected a picture of 1 to ${most} pixels, got ${width} x ${height}`, { path });
}
