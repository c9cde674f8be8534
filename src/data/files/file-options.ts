/** What a file of images does not say itself. */
import { wrongValue } from '../../errors.js';
import { type GivenOf, integer, other, text, ValueProblem } from '../../options/rule.js';

export const FILE_OPTIONS = {
  /**
   * Edge of images that are resized (pictures of a folder, cars, smallNORB), in pixels. Default 64.
   */
  size: integer({
    minimum: 1,
    maximum: 4096,
    defaultText: '64',
    unit: 'pixels',
    description: 'edge that pictures, cars and smallNORB images are resized to',
  }),
  /**
   * Edge of the centred square that is cut out of every picture before it is resized. Default: as
   * large as fits.
   */
  crop: integer({
    minimum: 1,
    maximum: 65_535,
    defaultText: 'as large as fits',
    unit: 'pixels',
    description: 'edge of the square that is cut from the centre of a picture before it is resized',
  }),
  /** 1 for grey, 3 for colour; default: as the first picture of the folder. */
  channels: other<1 | 3>({
    expected: '1 or 3',
    accepts: (value) => value === 1 || value === 3,
    parse(words) {
      if (words === '1') return 1;
      if (words === '3') return 3;
      throw new ValueProblem(`expected 1 or 3, got '${words}'`);
    },
    placeholder: 'n',
    defaultText: 'as the first picture',
    description: 'channels of pictures: 1 is grey, 3 is colour',
  }),
  /**
   * The value of a white pixel in an array of whole numbers. Default: 255, or the largest one if
   * that is at most 16.
   */
  maximum: integer({
    minimum: 1,
    maximum: 255,
    defaultText: '255, or the largest up to 16',
    description: 'the value of a white pixel in an array of whole numbers',
  }),
  /**
   * An .npy file, in Node, for images that cannot be read in pieces as they are: deflated ones, or
   * HDF5 in wide chunks. They are written there once; a file of the same images that is there
   * already is taken as it is.
   */
  unpackTo: text({
    placeholder: 'file.npy',
    names: 'files',
    description: 'file to which images are written once if they cannot be read in pieces',
  }),
};

/** See {@link FILE_OPTIONS}. */
export type FileOptions = GivenOf<typeof FILE_OPTIONS>;

/** Their names. */
const NAMES = Object.keys(FILE_OPTIONS) as ReadonlyArray<keyof FileOptions>;

/**
 * Refuses options that a data set has no use for: one that has no effect is a misunderstanding.
 * @param uses those that it has a use for
 * @param what the kind of data, for messages: `IDX files`
 */
export function refuseUseless(options: FileOptions, uses: ReadonlyArray<keyof FileOptions>, what: string): void {
  for (const option of NAMES) {
    const value = options[option];
    if (value === undefined || uses.includes(option)) continue;
    throw wrongValue({ option, problem: `expected none for ${what}, got ${value}` });
  }
}

/** Those that were given. */
export function givenFileOptions(options: FileOptions): FileOptions {
  return Object.fromEntries(NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
