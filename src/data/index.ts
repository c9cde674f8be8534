/** Data sets by name or by file: the registry. */
import { optionRangeError } from '../errors.js';
import { didYouMean } from '../suggest.js';
import type { Dataset } from './dataset.js';
import { openFileDataset } from './files/open-file.js';
import type { FileOptions } from './files/options.js';

export type { Dataset, Factor, ImageShape } from './dataset.js';
export type { FileOptions } from './files/options.js';

/** How to open a data set. */
export interface DatasetOptions extends FileOptions {
  /** Seed of procedural data sets. */
  readonly seed?: number;
}

/** Names of procedural data sets. */
const NAMES: readonly string[] = [];

/**
 * Opens a data set: a procedural one by its name, or the file or folder of a path, told by what is in it. In a browser, a
 * Blob or File takes the place of the path, for formats of one file. Close it when done, where it has `close`.
 *
 * @throws RangeError (`ERR_OPTION`) for a name that is neither, with the names there are and the nearest of them
 * @throws DataError for a file that is damaged or of another format
 *
 * @example
 * const dataset = await openDataset('dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz');
 */
export async function openDataset(given: string | Blob, options: DatasetOptions = {}): Promise<Dataset> {
  if (typeof given !== 'string') return openFileDataset(given, options);
  if (!(await isThere(given))) {
    const known = NAMES.length === 0 ? '' : `one of ${NAMES.join(', ')}, or `;
    throw optionRangeError(
      `data: expected ${known}the path of a file or folder, got '${given}'${didYouMean(given, NAMES)}`,
    );
  }
  return openFileDataset(given, options);
}

async function isThere(path: string): Promise<boolean> {
  const disk = await import('./files/disk.js');
  return (await disk.kindOfPath(path)) !== null;
}
