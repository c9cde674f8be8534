/** Data as callers name them. */
import {
  checkNamesOfFactors,
  type Dataset,
  FILE_OPTIONS,
  type FileOptions,
  givenFileOptions,
  openDataset,
  type Reading,
} from '../data/index.js';
import { dataRangeError, wrongType } from '../errors.js';
import { checkOptions } from '../options/check-options.js';

/** A data set by name, the path of a file or folder, a Blob, or one that is open already. */
export type GivenData = string | Blob | Dataset;

/** Whether a caller names data that are to be opened; what is open already stays open. */
export function isToOpen(data: GivenData): data is string | Blob {
  return typeof data === 'string' || data instanceof Blob;
}

/** @throws TypeError for options of other names, and for options of what is open already */
export function checkDataOptions(data: GivenData | undefined, options: FileOptions): void {
  checkOptions({ name: 'dataOptions' }, options, FILE_OPTIONS);
  if (data === undefined || isToOpen(data)) return;
  const names = Object.keys(givenFileOptions(options));
  if (names.length === 0) return;
  throw wrongType({
    option: 'dataOptions',
    problem: `expected none for ${data.name}, which is open already, got ${names.join(', ')}`,
    suggestion: 'give them to openDataset',
  });
}

/**
 * Opens data, or hands back what is open already.
 * @param seed of images that are drawn
 * @param like how the data of a run were read
 */
export async function openGiven(data: GivenData, options: FileOptions, seed: number, like?: Reading): Promise<Dataset> {
  checkDataOptions(data, options);
  if (isToOpen(data)) return openDataset(data, { ...options, seed, ...(like && { like }) });
  // Those that we open have been checked.
  checkNamesOfFactors(
    data.name,
    data.factors.map(({ name }) => name),
  );
  return data;
}

/** What is said where the data of a run are not where they were. */
export function dataAreGone(where: string): RangeError {
  return dataRangeError(`data: the run was trained on '${where}', which is not there: say where its images are`);
}
