import { optionRangeError, optionTypeError } from '../../errors.js';

/** What a file does not say itself. */
export interface FileOptions {
  /** Edge of images that are resized (pictures of a folder, cars, smallNORB), in pixels. Default 64. */
  readonly size?: number;
  /** Edge of the centred square that is cut out of every picture before it is resized. Default: as large as fits. */
  readonly crop?: number;
  /** 1 for grey, 3 for colour; default: as the first picture of the folder. */
  readonly channels?: 1 | 3;
  /** The value of a white pixel in an array of whole numbers. Default: 255, or the largest one where that is at most 16. */
  readonly maximum?: number;
  /**
   * An .npy file, in Node, for images that cannot be read in pieces as they are: deflated ones, or HDF5 in wide chunks. They
   * are written there once; a file of the same images that is there already is taken as it is.
   */
  readonly unpackTo?: string;
}

/** Refuses options out of range. */
export function checkFileOptions({ size, crop, channels, maximum }: FileOptions): void {
  checkWhole('size', size, 1, 4096);
  checkWhole('crop', crop, 1, 65_535);
  checkWhole('maximum', maximum, 1, 255);
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw optionRangeError(`channels: expected 1 or 3, got ${channels}`);
  }
}

function checkWhole(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw optionTypeError(`${name}: expected a number, got ${typeof value}`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw optionRangeError(`${name}: expected a whole number from ${least} to ${most}, got ${value}`);
  }
}
