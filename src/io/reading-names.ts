/** What the options of reading are called by functions that read files of several roles. */
import { DataError } from '../errors.js';
import type { Note } from '../note.js';
import { type Mention, renameMentions } from '../phrase.js';
import type { Role } from './roles.js';

/** The options that say how the file of a role is read. */
export interface ReadingNames {
  readonly member: string;
  readonly columns: string;
  readonly dtype: string;
}

const dtype = 'latentsDtype';

/** What they are called by functions that take files of several roles. */
export const READING_NAMES: Readonly<Record<Role, ReadingNames>> = {
  latents: { member: 'latentsMember', columns: 'latentColumns', dtype },
  factors: { member: 'factorsMember', columns: 'factorColumns', dtype: 'factorsDtype' },
  mu: { member: 'muMember', columns: 'latentColumns', dtype },
  logvar: { member: 'logvarMember', columns: 'logvarColumns', dtype },
  z: { member: 'zMember', columns: 'zColumns', dtype },
};

/**
 * Readers name the options of one file, and its role; functions of several files have one for each.
 */
export function nameReading(error: unknown): unknown {
  return error instanceof DataError ? error.renaming(nameOfRole) : error;
}

/** The same of what is noted when the file of a role is read. */
export function nameReadingNotes(notes: readonly Note[], role: Role): Note[] {
  return notes.map((given) => ({
    ...given,
    ...(given.option !== undefined && { option: nameOfRole({ option: given.option, owner: role }).option }),
    text: renameMentions(given.text, nameOfRole),
    ...(given.suggestion !== undefined && { suggestion: renameMentions(given.suggestion, nameOfRole) }),
  }));
}

function nameOfRole(mentioned: Mention): Mention {
  const { option, owner, value } = mentioned;
  if (owner === undefined || !Object.hasOwn(READING_NAMES, owner)) return mentioned;
  const names = READING_NAMES[owner as Role];
  return { option: names[option as keyof ReadingNames] ?? option, ...(value !== undefined && { value }) };
}
