/** What `openArrays` can be asked for. */
import { checkOptions } from '../options/check-options.js';
import { HEADER } from '../options/common-rules.js';
import { DTYPE_NAMES } from '../options/parse-dtype.js';
import { boolean, choice, integer, other, type Rule, type ValuesOf } from '../options/rule.js';
import type { OpenOptions, RawOptions } from './array-format.js';
import { ROLES, type Role } from './roles.js';

const RAW_OPTIONS = {
  columns: integer({ minimum: 1, description: 'columns of bare values' }),
  dtype: choice(DTYPE_NAMES, { description: 'type of bare values' }),
} satisfies Record<keyof RawOptions, Rule>;

/** Every option of `openArrays`. */
export const OPEN_OPTIONS = {
  raw: other<RawOptions>({
    expected: '{ columns, dtype }',
    accepts: (value) => typeof value === 'object' && value !== null,
    description: 'what bare values are',
  }),
  role: choice(Object.keys(ROLES) as Role[], { description: 'what the file is given as' }),
  expectedRows: integer({ minimum: 0, description: 'rows of the file it belongs to' }),
  besideNumbered: choice(['names', 'row'], { description: 'what a first line of numbers is in that file' }),
  header: HEADER,
  takesMissing: boolean({ description: 'whether missing numbers are read as NaN' }),
} satisfies Record<keyof OpenOptions, Rule>;

/**
 * Those that were given.
 * @throws OptionError for unknown names, other kinds, and values out of range
 */
export function checkOpenOptions(options: OpenOptions): OpenOptions {
  const values: ValuesOf<typeof OPEN_OPTIONS> = checkOptions({ name: 'openArrays' }, options, OPEN_OPTIONS);
  if (values.raw !== null) checkOptions({ name: 'raw' }, values.raw, RAW_OPTIONS);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
