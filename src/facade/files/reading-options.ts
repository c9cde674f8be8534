/** How files are read, as far as they do not say it themselves. */
import { DataError } from '../../errors.js';
import type { OpenOptions, Role } from '../../io/index.js';
import type { Dtype } from '../../matrix.js';
import type { Note } from '../../note.js';
import { isInRange } from '../../options/check-options.js';
import { DTYPE_NAMES, parseDtype } from '../../options/parse-dtype.js';
import { parseValue } from '../../options/parse-value.js';
import { boolean, choice, integer, other, text, ValueProblem } from '../../options/rule.js';
import { type Mention, renameMentions } from '../../phrase.js';

const member = (what: string, usual: string) =>
  text({ placeholder: 'name', defaultText: usual, description: `array of an archive to take as ${what}` });

/** Of several arrays a column each. */
const members = (what: string, usual: string) => ({
  ...member(what, usual),
  description: `array of an archive to take as ${what}; as a,b one for each column`,
});

const COUNT = integer({ minimum: 1, description: 'columns' });

/** How many columns bare values have, or which columns of a table are taken. */
const columns = (whose: string) =>
  other<number | string>({
    expected: 'a number of columns, or names and ranges of columns',
    accepts: (value) => (typeof value === 'string' ? value.trim() !== '' : isInRange(value as number, COUNT)),
    parse: (words) => (/^[+-]?[\d.]+$/.test(words) ? (parseValue(words, COUNT) as number) : words),
    placeholder: 'list',
    defaultText: 'all',
    description: `columns of ${whose} by name, as a,b,z* or 0:3; of bare values their number`,
  });

const dtype = (whose: string, usual: Dtype) =>
  choice<readonly Dtype[]>(DTYPE_NAMES, {
    parse: parseDtype,
    defaultText: usual,
    description: `type of ${whose} that are bare values`,
  });

const HEADERS: Readonly<Record<string, NonNullable<OpenOptions['header']>>> = { yes: true, no: false, auto: 'auto' };

/** Every option of reading; each function takes those of its files. */
export const READING_OPTIONS = {
  latentsMember: members('latents', 'a usual name'),
  factorsMember: members('factors', 'a usual name'),
  muMember: member('means', 'a usual name'),
  logvarMember: member('logarithms of variances', 'a usual name'),
  zMember: member('samples', 'a usual name, if there is one'),
  latentColumns: columns('latents'),
  factorColumns: columns('factors'),
  latentsDtype: dtype('latents', 'float32'),
  factorsDtype: dtype('factors', 'int32'),
  transpose: choice(['latents', 'factors', 'both'], { description: 'turn columns into rows' }),
  dropNan: boolean({ default: false, description: 'leave out rows in which a number is missing' }),
  header: other<NonNullable<OpenOptions['header']>>({
    expected: "'auto', true or false",
    accepts: (value) => typeof value === 'boolean' || value === 'auto',
    parse: parseHeader,
    words: Object.keys(HEADERS),
    placeholder: 'yes|no',
    defaultText: 'auto, which looks',
    description: 'whether the first row of a text table holds names',
  }),
};

function parseHeader(text: string) {
  if (Object.hasOwn(HEADERS, text)) return HEADERS[text];
  throw new ValueProblem(`expected yes, no or auto, got '${text}'`);
}

/** The options that say how the file of a role is read. */
export interface ReadingNames {
  readonly member: string;
  readonly columns: string;
  readonly dtype: string;
}

const ofLatents = { columns: 'latentColumns', dtype: 'latentsDtype' };

/** What they are called by functions that take files of several roles. */
export const READING_NAMES: Readonly<Record<Role, ReadingNames>> = {
  latents: { member: 'latentsMember', ...ofLatents },
  factors: { member: 'factorsMember', columns: 'factorColumns', dtype: 'factorsDtype' },
  mu: { member: 'muMember', ...ofLatents },
  logvar: { member: 'logvarMember', ...ofLatents },
  z: { member: 'zMember', ...ofLatents },
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
