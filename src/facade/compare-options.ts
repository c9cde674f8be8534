/** What `compare` can be asked for. */
import { SEED, STRICT } from '../options/common-rules.js';
import { number, other, type Rule, text, ValueProblem } from '../options/rule.js';
import { AGREEMENT_OPTIONS } from './agreement-options.js';

/** Options of `compare`. */
export interface CompareOptions {
  /** Which metrics, by name or alias; all that a report has unless told. */
  readonly metrics?: readonly string[];
  /** What to call the reports, in messages too; `report 0` and so on unless told. */
  readonly names?: readonly string[];
  /**
   * The group of each report. Default: names without the number of a repetition at their end; each
   * report by itself if there are no names.
   */
  readonly groups?: readonly string[];
  /**
   * Groups reports by what this matches in their names: by its first capture, or by all of it.
   */
  readonly group?: string | RegExp;
  /** Puts groups in the order of this metric, the best first. Default: as they came. */
  readonly sort?: string;
  /** Compares all groups with this one alone, with intervals of the differences. */
  readonly against?: string;
  /** Largest corrected p-value at which groups are told apart. Default 0.05. */
  readonly level?: number;
  /** Of the draws, if there are too many ways to deal scores out. Default 0. */
  readonly seed?: number;
  /** Refuses groups that are guessed from names. Default false. */
  readonly strict?: boolean;
}

/** Every option of `compare`. */
export const COMPARE_OPTIONS = {
  metrics: AGREEMENT_OPTIONS.metrics,
  names: AGREEMENT_OPTIONS.names,
  groups: other<readonly string[]>({
    expected: 'an array of strings',
    accepts: Array.isArray,
    excludes: ['group'],
    defaultText: 'names without the number at their end',
    description: 'the group of each report',
  }),
  group: other<RegExp | string>({
    expected: 'a regular expression',
    accepts: (value) => typeof value === 'string' || value instanceof RegExp,
    parse: parsePattern,
    placeholder: 'regex',
    description: 'models whose names match alike are a group: by the first capture, or all that matches',
  }),
  sort: text({
    placeholder: 'metric',
    names: 'metrics',
    description: 'groups in the order of this metric, the best first',
  }),
  against: text({ placeholder: 'group', description: 'compare with this group alone, with intervals of differences' }),
  level: number({
    default: 0.05,
    minimum: 0,
    maximum: 1,
    isOpen: true,
    description: 'largest corrected p-value at which groups are told apart',
  }),
  seed: SEED,
  strict: STRICT,
} satisfies Record<keyof CompareOptions, Rule>;

function parsePattern(words: string): RegExp {
  try {
    return new RegExp(words);
  } catch (error) {
    throw new ValueProblem(`expected a regular expression: ${(error as Error).message}`);
  }
}
