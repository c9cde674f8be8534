/** The architectures by name. */
import { findNamed } from '../../options/find-named.js';
import type { Architecture } from './architecture.js';
import { burgess } from './burgess.js';
import { locatello } from './locatello.js';
import { mlp } from './mlp.js';

export const ARCHITECTURES: readonly Architecture[] = [burgess, locatello, mlp];

/** @throws OptionError for a name that is none of theirs */
export function findArchitecture(name: string): Architecture {
  return findNamed('architecture', name, ARCHITECTURES);
}
