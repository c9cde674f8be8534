/** In the place of disk.ts in a browser, where no path leads to a file. */
import { wrongType, wrongValue } from '../../errors.js';

function refuse(): never {
  throw wrongType({ option: 'data', problem: 'expected a Blob or File in a browser, got a path' });
}

/** No path leads anywhere, so a name that no data set has is an unknown name. */
export async function kindOfPath(): Promise<null> {
  return null;
}

/** What looks like a path is the name of a file that was handed in, or nobody's. */
export function refuseMissing(path: string): never {
  throw wrongValue({
    option: 'data',
    problem: `expected one of the data sets that are drawn, or a Blob or File, got '${path}'`,
  });
}

export const openIfThere = refuse;
export const openFileSource = refuse;
export const writeFileAtomically = refuse;
export const listFolder = refuse;
export const lastStep = refuse;
export const besides = refuse;
export const absolutePath = refuse;
