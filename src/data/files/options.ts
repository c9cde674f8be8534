import { optionRangeError, optionTypeError } from '../../errors.js';
import { didYouMean } from '../../suggest.js';

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

/** Their names. */
export const FILE_OPTIONS = ['size', 'crop', 'channels', 'maximum', 'unpackTo'] as const satisfies ReadonlyArray<
  keyof FileOptions
>;

/** Refuses options of another name: a misspelt one would silently do nothing. */
export function checkNamesOfOptions(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw optionTypeError(`${owner}: expected an object of options, got ${options === null ? 'null' : typeof options}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw optionTypeError(
      `${owner}: expected options ${known.join(', ')}, got an unknown one, '${name}'${didYouMean(name, known)}`,
    );
  }
}

/**
 * Refuses options that a data set has no use for: one that has no effect is a misunderstanding.
 * @param uses those that it has a use for
 * @param what the kind of data, for messages: `IDX files`
 */
export function refuseUseless(options: FileOptions, uses: ReadonlyArray<keyof FileOptions>, what: string): void {
  for (const name of FILE_OPTIONS) {
    const value = options[name];
    if (value === undefined || uses.includes(name)) continue;
    throw optionRangeError(`${name}: expected none for ${what}, got ${value}`);
  }
}

/** Those that were given. */
export function givenFileOptions(options: FileOptions): FileOptions {
  return Object.fromEntries(
    FILE_OPTIONS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
}

/** Refuses options out of range. */
export function checkFileOptions({ size, crop, channels, maximum, unpackTo }: FileOptions): void {
  checkWhole('size', size, 1, 4096);
  checkWhole('crop', crop, 1, 65_535);
  checkWhole('maximum', maximum, 1, 255);
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw optionRangeError(`channels: expected 1 or 3, got ${channels}`);
  }
  if (unpackTo !== undefined && (typeof unpackTo !== 'string' || unpackTo === '')) {
    throw optionTypeError(`unpackTo: expected the path of a file, got ${JSON.stringify(unpackTo)}`);
  }
}

function checkWhole(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw optionTypeError(`${name}: expected a number, got ${typeof value}`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw optionRangeError(`${name}: expected a whole number from ${least} to ${most}, got ${value}`);
  }
}
