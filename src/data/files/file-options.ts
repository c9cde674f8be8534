/** What a file of images does not say itself. */
import { wrongValue } from '../../errors.js';
import { FACTOR_TYPES, HEADER } from '../../options/common-rules.js';
import { boolean, choice, type GivenOf, integer, other, text, ValueProblem } from '../../options/rule.js';
import type { FactorType } from '../../types.js';
import type { Reading } from '../dataset.js';

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
  /** 1 for grey, 3 for colour; default: grey if all pictures of the folder are. */
  channels: other<1 | 3>({
    expected: '1 or 3',
    accepts: (value) => value === 1 || value === 3,
    parse(words) {
      if (words === '1') return 1;
      if (words === '3') return 3;
      throw new ValueProblem(`expected 1 or 3, got '${words}'`);
    },
    placeholder: 'n',
    defaultText: '1 if all are grey, else 3',
    description: 'channels of pictures: 1 is grey, 3 is colour',
  }),
  /**
   * The value of a white pixel in an array of whole numbers, and in pictures of 16 bits. Default:
   * 255, or the largest one of an array if that is at most 16; 65,535 in pictures.
   */
  maximum: integer({
    minimum: 1,
    maximum: 65_535,
    defaultText: '255, or the largest up to 16; of pictures 65535',
    description: 'the value of a white pixel in an array of whole numbers, or in pictures of 16 bits',
  }),
  /** Where the channels of an array of four dimensions are, last or before the lines. */
  order: choice(['nhwc', 'nchw'], {
    defaultText: 'as the shape says, else nhwc',
    description: 'whether channels are the last dimension of an array of images, or the second',
  }),
  /** The member of an archive that holds the images. Default: by the usual names. */
  imagesMember: text({
    placeholder: 'name',
    defaultText: 'images, imgs, x_train or X',
    description: 'array of an archive to take as images',
  }),
  /** The member of an archive that holds the factors. Default: by the usual names. */
  factorsMember: text({
    placeholder: 'name',
    defaultText: 'factors, labels, y_train or y',
    description: 'array of an archive to take as factors of the images',
  }),
  /** A table of factors of the pictures of a folder, with a column of their names. */
  factorsFile: text({
    placeholder: 'file.csv',
    names: 'files',
    description: 'table of the factors of pictures, a column of which has their names',
  }),
  /** Which columns of that table are factors. Default: all but those of names. */
  factorColumns: text({
    placeholder: 'list',
    defaultText: 'all but names of pictures and rows',
    description: 'columns of the table of factors by name, as a,b,z* or 0:3',
    needs: { option: 'factorsFile' },
  }),
  /** Whether the first row of that table holds names. */
  header: {
    ...HEADER,
    description: 'whether the first row of the table of factors holds names',
    needs: { option: 'factorsFile' },
  },
  /** Kinds of the factors, a column each; null for those that their values tell. */
  factorTypes: FACTOR_TYPES,
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
  /** Whether what has to be guessed about the data is an error. */
  strict: boolean({ description: 'refuse what has to be guessed about the data' }),
};

/** See {@link FILE_OPTIONS}. */
export type FileOptions = GivenOf<typeof FILE_OPTIONS>;

/** The same, and how other data were read. */
export type FileSettings = FileOptions & { readonly like?: Reading };

/** The edge that images are resized to. */
export function edgeOf({ size, like }: FileSettings): number {
  return size ?? like?.size ?? 64;
}

/**
 * The kinds that were given of K factors; null of others.
 * @throws RangeError for another number of them
 */
export function typesGiven(types: FileOptions['factorTypes'], count: number): ReadonlyArray<FactorType | null> {
  if (types === undefined) return new Array(count).fill(null);
  if (types.length === count) return types;
  throw wrongValue({ option: 'factorTypes', problem: `expected ${count}, one for each factor, got ${types.length}` });
}

/** Their names. */
const NAMES = Object.keys(FILE_OPTIONS) as ReadonlyArray<keyof FileOptions>;

/** Those that decide what the data are; the rest says how strictly they are looked at. */
const DECIDING = NAMES.filter((name) => name !== 'strict');

/**
 * Refuses options that a data set has no use for: one that has no effect is a misunderstanding.
 * @param uses those that it has a use for
 * @param what the kind of data, for messages: `IDX files`
 */
export function refuseUseless(options: FileOptions, uses: ReadonlyArray<keyof FileOptions>, what: string): void {
  for (const option of DECIDING) {
    const value = options[option];
    if (value === undefined || uses.includes(option)) continue;
    throw wrongValue({ option, problem: `expected none for ${what}, got ${value}` });
  }
}

/** Those that were given and decide what the data are. */
export function givenFileOptions(options: FileOptions): FileOptions {
  return Object.fromEntries(DECIDING.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
