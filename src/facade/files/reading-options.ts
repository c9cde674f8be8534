/** How files are read, as far as they do not say it themselves. */
import type { Dtype } from '../../matrix.js';
import { isInRange } from '../../options/check-options.js';
import { HEADER } from '../../options/common-rules.js';
import { DTYPE_NAMES, parseDtype } from '../../options/parse-dtype.js';
import { parseValue } from '../../options/parse-value.js';
import { boolean, choice, integer, other, text } from '../../options/rule.js';

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

/** Every option of reading; each function takes those of its files. */
export const READING_OPTIONS = {
  latentsMember: members('latents', 'a usual name'),
  factorsMember: members('factors', 'a usual name'),
  muMember: member('means', 'a usual name'),
  logvarMember: member('logarithms of variances', 'a usual name'),
  zMember: member('samples', 'a usual name, if there is one'),
  latentColumns: columns('latents'),
  factorColumns: columns('factors'),
  logvarColumns: { ...columns('logarithms of variances'), defaultText: 'as those of latents' },
  zColumns: { ...columns('samples'), defaultText: 'as those of latents' },
  latentsDtype: dtype('latents', 'float32'),
  factorsDtype: dtype('factors', 'int32'),
  transpose: choice(['latents', 'factors', 'both', 'none'], {
    description: 'turn columns into rows; none says that rows are samples',
  }),
  dropNan: boolean({ default: false, description: 'leave out rows in which a number is missing' }),
  header: HEADER,
};
