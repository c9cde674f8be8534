/** The architectures by name. */
import { optionRangeError } from '../../errors.js';
import type { Architecture } from './architecture.js';
import { burgess } from './burgess.js';
import { locatello } from './locatello.js';
import { mlp } from './mlp.js';

export const ARCHITECTURES: readonly Architecture[] = [burgess, locatello, mlp];

/** @throws RangeError for a name that is none of theirs */
export function findArchitecture(name: string): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.name === name);
  if (found !== undefined) return found;
  const names = ARCHITECTURES.map((architecture) => architecture.name).join(', ');
  throw optionRangeError(`architecture: expected one of ${names}, got '${name}'`);
}
