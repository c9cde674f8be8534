/** Data sets by name or by file: the registry. */
import { optionRangeError } from '../errors.js';
import { didYouMean } from '../suggest.js';
import type { Dataset } from './dataset.js';
import { openFileDataset } from './files/open-file.js';
import {
  checkFileOptions,
  checkNamesOfOptions,
  FILE_OPTIONS,
  type FileOptions,
  givenFileOptions,
  refuseUseless,
} from './files/options.js';
import { openProcedural, procedural } from './procedural.js';

export { checkNamesOfFactors } from './check-factors.js';
export type { Dataset, Factor, ImageShape } from './dataset.js';
export { checkNamesOfOptions, FILE_OPTIONS, type FileOptions, givenFileOptions } from './files/options.js';

/** How to open a data set. */
export interface DatasetOptions extends FileOptions {
  /** Seed of procedural data sets, a whole number; default 0. */
  readonly seed?: number;
}

/**
 * Opens a data set: a procedural one by its name, or the file or folder of a path, told by what is in it. In a browser, a
 * Blob or File takes the place of the path, for formats of one file. Close it when done, where it has `close`.
 *
 * @throws RangeError (`ERR_OPTION`) for a name that is neither, with the names there are and the nearest of them, and for an option
 *   that the data set has no use for
 * @throws DataError for a file that is damaged or of another format
 *
 * @example
 * const dataset = await openDataset('dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz');
 */
export async function openDataset(given: string | Blob, options: DatasetOptions = {}): Promise<Dataset> {
  checkNamesOfOptions('openDataset', options, ['seed', ...FILE_OPTIONS]);
  checkFileOptions(options);
  if (typeof given !== 'string') return openFileDataset(given, options);
  const drawn = openProcedural(given, options);
  if (drawn !== undefined) {
    refuseUseless(options, [], `${given}, which is drawn`);
    return drawn;
  }
  if (!(await isThere(given))) {
    const names = procedural.map(({ name }) => name);
    throw optionRangeError(
      `data: expected one of ${names.join(', ')}, or the path of a file or folder, got '${given}'${didYouMean(given, names)}`,
    );
  }
  return openFileDataset(given, options);
}

async function isThere(path: string): Promise<boolean> {
  const disk = await import('./files/disk.js');
  return (await disk.kindOfPath(path)) !== null;
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
  if (given.unpackTo === undefined) return given;
  const disk = await import('./files/disk.js');
  return { ...given, unpackTo: disk.absolutePath(given.unpackTo) };
}
