/** Data sets by name. */
import { optionRangeError } from '../errors.js';
import type { Dataset } from './dataset.js';
import { openProcedural, procedural } from './procedural.js';

export type { Dataset, Factor, ImageShape } from './dataset.js';

/**
 * Opens a data set.
 *
 * @param nameOrPath the name of one that is drawn (`sprites`, `shapes-5` ...)
 * @param options `seed`, a whole number, of what is drawn; default 0
 * @throws RangeError for a name that no data set has
 */
export async function openDataset(nameOrPath: string, options: { readonly seed?: number } = {}): Promise<Dataset> {
  const dataset = openProcedural(nameOrPath, options);
  if (dataset !== undefined) return dataset;
  const known = procedural.map(({ name }) => name).join(', ');
  throw optionRangeError(`data: expected one of ${known}, got '${nameOrPath}'`);
}
