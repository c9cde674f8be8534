/** The architectures by name. */
import { pickPart } from '../named-parts.js';
import type { Architecture } from './architecture.js';
import { burgess } from './burgess.js';
import { locatello } from './locatello.js';
import { mlp } from './mlp.js';

export const ARCHITECTURES: readonly Architecture[] = [burgess, locatello, mlp];

/** @throws TypeError or RangeError for what is neither a name of theirs nor one of the caller's own */
export function findArchitecture(given: string | Architecture): Architecture {
  return pickPart('architecture', ARCHITECTURES, given, ['build']);
}
