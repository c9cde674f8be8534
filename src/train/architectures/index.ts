/** The architectures by name. */

import { wrongValue } from '../../errors.js';
import { pickPart } from '../named-parts.js';
import { type Architecture, INITIALISATIONS, type ListedArchitecture } from './architecture.js';
import { burgess } from './burgess.js';
import { locatello } from './locatello.js';
import { mlp } from './mlp.js';

export const ARCHITECTURES: readonly ListedArchitecture[] = [burgess, locatello, mlp];

/**
 * @throws TypeError or RangeError for what is neither a name of theirs nor one of the caller's own
 */
export function findArchitecture(given: string | Architecture): Architecture {
  const found = pickPart<Architecture>('architecture', ARCHITECTURES, given, ['build']);
  if (INITIALISATIONS.includes(found.initialisation)) return found;
  throw wrongValue({
    option: 'architecture',
    problem: `${found.name}: expected an initialisation of ${INITIALISATIONS.join(', ')}, got '${found.initialisation}'`,
  });
}
