/** What `score` can be asked for. */
import type { MetricSpelling } from '../metrics/index.js';
import type { Metric } from '../metrics/metric.js';
import { ZERO_BIN } from '../metrics/shared-options.js';
import { STRICT } from '../options/common-rules.js';
import { parseWords } from '../options/parse-lists.js';
import { boolean, integer, other, type Rule } from '../options/rule.js';
import type { Posterior, PosteriorInput } from '../posterior.js';
import type { ArrayOrigin, CommonOptions } from '../types.js';
import { COMMON_OPTIONS } from './common-options.js';
import { SAMPLED_ROWS } from './sample-rows.js';

/**
 * Options of `score`. `Name` is what `metrics` may hold beside metrics themselves:
 * `ScoreOptions<string>` takes names found at run time.
 */
export interface ScoreOptions<Name extends string = MetricSpelling> extends CommonOptions {
  /**
   * Which metrics: names or aliases (whatever their case, hyphens, underscores and spaces), `all`,
   * or metrics of your own. Default: all but the slow ones (`dci`, `dci-es`). Those that need a
   * posterior (`mig-posterior`) are left out of both where there is none. Of the default, what
   * would take more than a minute of one thread or 4 GiB, by a formula of the shape, is skipped,
   * and says so.
   */
  readonly metrics?: ReadonlyArray<Name | Metric>;
  /** Options of single metrics, by name: `{ mig: { bins: 10 } }`. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Equal-width bins, for every metric that has them. Default 20, of `rmig` 100. */
  readonly bins?: number;
  /**
   * Gives exact zeros of a latent a bin of their own, in every metric of histograms. Default false.
   */
  readonly zeroBin?: boolean;
  /** How many rows to score, drawn from the seed without replacement. Default: all. */
  readonly rows?: number;
  /** Adds `timings` to the report. Default false, so that equal inputs give equal bytes. */
  readonly timings?: boolean;
  /**
   * The posteriors q(z|x) that the latents are of: mu and logvar as large as the latents, and z,
   * drawn from the seed where there is none.
   */
  readonly posterior?: PosteriorInput;
  /** What the factors are called, one name per column, to be named in the report. */
  readonly factorNames?: readonly string[];
  /** Where the arrays were read from, to be told in the report. */
  readonly origin?: ScoreOrigin;
  /** Joins neighbouring columns of factors of which each row has one 1. Default false. */
  readonly oneHot?: boolean;
  /** Refuses what would be decided about the data unasked, and noted. Default false. */
  readonly strict?: boolean;
}

/** Where the arrays that are scored were read from. */
export interface ScoreOrigin {
  readonly latents?: ArrayOrigin;
  readonly factors?: ArrayOrigin;
  /** The archive members, or the arguments. */
  readonly posterior?: Partial<Posterior<string>>;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every option of `score`. */
export const SCORE_OPTIONS = {
  metrics: other<ReadonlyArray<string | Metric>>({
    expected: 'an array of at least one name or metric',
    accepts: Array.isArray,
    parse: (text, previous) => [...(previous ?? []), ...parseWords(text)],
    placeholder: 'names',
    names: 'metrics',
    defaultText: 'all but the slow ones',
    description: 'metrics, with commas between, or all',
  }),
  options: other<ScoreOptions['options']>({
    expected: 'an object of options by metric',
    accepts: isObject,
    description: 'options of single metrics',
  }),
  bins: integer({ minimum: 2, description: 'bins of every metric that counts in bins' }),
  zeroBin: boolean({ description: ZERO_BIN.description, defaultText: 'false' }),
  rows: { ...SAMPLED_ROWS, excludes: ['trainRows', 'testRows'] },
  timings: boolean({ description: 'seconds per metric' }),
  posterior: other<PosteriorInput>({
    expected: '{ mu, logvar }, and z if there is one',
    accepts: isObject,
    description: 'posteriors that the latents are of',
  }),
  factorNames: other<readonly string[]>({
    expected: 'an array of strings',
    accepts: Array.isArray,
    description: 'what the factors are called',
  }),
  origin: other<ScoreOrigin>({
    expected: 'an object of latents, factors and posterior',
    accepts: isObject,
    description: 'where the arrays were read from',
  }),
  oneHot: boolean({ default: false, description: 'join columns of factors that are one factor, one-hot' }),
  strict: STRICT,
  ...COMMON_OPTIONS,
} satisfies Record<keyof ScoreOptions, Rule>;
