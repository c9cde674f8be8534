/** Data sets by name or by file: the registry. */
import { isOptionError, wrongType, wrongValue } from '../errors.js';
import { notesOf, refuseGuesses } from '../note.js';
import { checkOptions, kindOf } from '../options/check-options.js';
import { SEED } from '../options/common-rules.js';
import { type GivenOf, other } from '../options/rule.js';
import { didYouMean } from '../suggest.js';
import type { Dataset, Reading } from './dataset.js';
import { FILE_OPTIONS, type FileOptions, givenFileOptions, refuseUseless } from './files/file-options.js';
import { openFileDataset } from './files/open-file.js';
import { openProcedural, procedural } from './procedural.js';

export { checkNamesOfFactors } from './check-factors.js';
export type { Dataset, Factor, ImageShape, Reading } from './dataset.js';
export { FILE_OPTIONS, type FileOptions, givenFileOptions } from './files/file-options.js';

const DATASET_OPTIONS = {
  /** Seed of procedural data sets, a whole number; default 0. */
  seed: SEED,
  ...FILE_OPTIONS,
  /** How other data were read, and these are to be; options that are given go before. */
  like: other<Reading>({
    expected: 'the reading of a data set',
    accepts: (value) => typeof value === 'object' && value !== null,
    description: 'how other data were read, and these are to be',
  }),
};

/** How to open a data set. */
export type DatasetOptions = GivenOf<typeof DATASET_OPTIONS>;

/**
 * Opens a data set: a procedural one by its name, or the file or folder of a path, told by what is
 * in it. In a browser, a Blob or File takes the place of the path, for formats of one file. Close
 * it when done, where it has `close`.
 *
 * @throws RangeError (`ERR_OPTION`) for a name that is neither, with the names there are and the
 * nearest of them, and for an option
 *   that the data set has no use for
 * @throws NoInputError (`ERR_NO_INPUT`) for a path, with folders or an ending, that leads to
 * nothing or may not be followed
 * @throws DataError for a file that is damaged or of another format
 *
 * @example
 * const dataset = await openDataset('dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz');
 */
export async function openDataset(given: string | Blob, options: DatasetOptions = {}): Promise<Dataset> {
  checkOptions({ name: 'openDataset' }, options, DATASET_OPTIONS);
  if (typeof given !== 'string' && !(given instanceof Blob)) {
    const got = given === undefined ? 'nothing' : kindOf(given);
    const isBytes = ArrayBuffer.isView(given) || (given as unknown) instanceof ArrayBuffer;
    throw wrongType({
      option: 'data',
      problem: `expected the name of a data set, a path, or a Blob, got ${isBytes ? 'bytes' : got}`,
      ...(isBytes && { suggestion: 'new Blob([bytes]) makes one of bytes' }),
    });
  }
  if (typeof given !== 'string') return withoutGuesses(await openFileDataset(given, options), options);
  const drawn = openProcedural(given, options);
  if (drawn !== undefined) {
    refuseUseless(options, [], `${given}, which is drawn`);
    return drawn;
  }
  const disk = await import('./files/disk.js');
  if ((await disk.kindOfPath(given)) !== null) return withoutGuesses(await openFileDataset(given, options), options);
  if (LIKE_A_PATH.test(given)) disk.refuseMissing(given, NOTHING_THERE);
  const names = procedural.map(({ name }) => name);
  throw wrongValue({
    option: 'data',
    problem: `${NO_SUCH_NAME} ${names.join(', ')}, or the path of a file or folder, got '${given}'${didYouMean(given, names)}`,
  });
}

/** @throws DataError for the first guess, if there may be none */
async function withoutGuesses(dataset: Dataset, { strict }: FileOptions): Promise<Dataset> {
  try {
    const notes = notesOf(dataset.notes ?? []).filter((note) => typeof note !== 'string');
    refuseGuesses(notes, strict, { path: dataset.name });
    return dataset;
  } catch (error) {
    await dataset.close?.();
    throw error;
  }
}

/** Folders before the name, or an ending: no drawn data set is called so. */
const LIKE_A_PATH = /[/\\]|\.[^.]+$/;
const NOTHING_THERE = 'no such file or folder';
const NO_SUCH_NAME = 'expected one of';

/** Whether an error says that nothing is there by the name or path of a data set. */
export function isNothingThere(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  if (isOptionError(error)) return error.option === 'data' && error.problem.startsWith(NO_SUCH_NAME);
  return code === 'ERR_NO_INPUT' && message.endsWith(`: ${NOTHING_THERE}`);
}

/** Whether there is something by a name or path, whatever it is. */
export async function isSomethingThere(given: string): Promise<boolean> {
  if (procedural.some(({ name }) => name === given)) return true;
  const disk = await import('./files/disk.js');
  return (await disk.kindOfPath(given)) !== null;
}

/** What leads to a data set from any folder: a name stays one, a path becomes absolute. */
export async function absoluteNameOf(given: string): Promise<string> {
  if (procedural.some(({ name }) => name === given)) return given;
  const disk = await import('./files/disk.js');
  return disk.absolutePath(given);
}

/** The options that were given, fit for any folder: a path in them becomes absolute. */
export async function absoluteOptionsOf(options: FileOptions): Promise<FileOptions> {
  const given = givenFileOptions(options);
  const { unpackTo, factorsFile } = given;
  if (unpackTo === undefined && factorsFile === undefined) return given;
  const { absolutePath } = await import('./files/disk.js');
  return {
    ...given,
    ...(unpackTo !== undefined && { unpackTo: absolutePath(unpackTo) }),
    ...(factorsFile !== undefined && { factorsFile: absolutePath(factorsFile) }),
  };
}
