/** What `agreement` can be asked for. */
import { parseWords } from '../options/parse-lists.js';
import { boolean, other, type Rule } from '../options/rule.js';

/** Options of `agreement`. */
export interface AgreementOptions {
  /** Which metrics, by name or alias; all that a report has unless told. */
  readonly metrics?: readonly string[];
  /**
   * Take scores as they are. Default false: where lower is better the sign is turned around, so
   * that to agree is positive.
   */
  readonly raw?: boolean;
  /** What to call the reports, in messages too; `report 0` and so on unless told. */
  readonly names?: readonly string[];
}

/** Every option of `agreement`. */
export const AGREEMENT_OPTIONS = {
  metrics: other<readonly string[]>({
    expected: 'an array of names',
    accepts: Array.isArray,
    parse: parseWords,
    placeholder: 'names',
    names: 'metrics',
    defaultText: 'all there are',
    description: 'metrics, with commas between, or all',
  }),
  raw: boolean({ default: false, description: 'do not negate metrics if lower is better' }),
  names: other<readonly string[]>({
    expected: 'an array of strings',
    accepts: Array.isArray,
    defaultText: 'report 0, report 1 ...',
    description: 'what to call the reports',
  }),
} satisfies Record<keyof AgreementOptions, Rule>;
