/** In the place of disk.ts in a browser, where no path leads to a file. */
import { optionTypeError } from '../../errors.js';

function refuse(): never {
  throw optionTypeError('data: expected a Blob or File in a browser, got a path');
}

/** No path leads anywhere, so a name that no data set has is an unknown name. */
export async function kindOfPath(): Promise<null> {
  return null;
}

export const refuseMissing = refuse;
export const openIfThere = refuse;
export const openFileSource = refuse;
export const writeFileAtomically = refuse;
export const listFolder = refuse;
export const lastStep = refuse;
export const besides = refuse;
export const absolutePath = refuse;
