/** Options that every computing function takes, and those of metrics, checked and filled in. */
import { wrongType, wrongValue } from '../errors.js';
import type { Metric } from '../metrics/metric.js';
import { checkOptions, kindOf } from '../options/check-options.js';
import { FACTOR_TYPES, ON_PROGRESS, SEED, SIGNAL, THREADS } from '../options/common-rules.js';
import { parseRows } from '../options/parse-lists.js';
import { choice, integer, number, other, type Rule, type Rules, type ValuesOf } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import { checkSampler } from '../stats/row-source.js';
import type { CommonOptions, Preset, RowSelection, Sampler } from '../types.js';

/** Common options with every default filled in. */
export interface ResolvedOptions extends Omit<CommonOptions, 'seed' | 'interval' | 'level' | 'null' | 'threads'> {
  readonly seed: number;
  readonly interval: number;
  readonly level: number;
  readonly null: number;
  readonly threads: number;
}

/** Every preset. */
export const PRESETS = ['paper', 'disentanglement-lib', 'ubisoft'] as const satisfies readonly Preset[];

/** What is wrong with the entries of a selection depends on the rows: whoever has those says it. */
const isObject = (value: unknown) => typeof value === 'object' && value !== null;

const rows = (description: string) =>
  other<RowSelection>({
    expected: '{ from, to } or an array of row numbers',
    accepts: isObject,
    parse: parseRows,
    placeholder: 'range',
    description,
  });

/** The options that every computing function takes. */
export const COMMON_OPTIONS = {
  seed: SEED,
  factorTypes: FACTOR_TYPES,
  preset: choice(PRESETS, {
    description: 'settings of the paper or of a library; options that are given override them',
  }),
  trainRows: {
    ...rows('rows to learn from, as 0:6666'),
    defaultText: 'a random part',
    needs: { option: 'testRows' },
  },
  testRows: { ...rows('rows to be judged on, as 6666:10000'), needs: { option: 'trainRows' } },
  sampler: other<Sampler>({
    expected: 'an object with sizes and encode',
    accepts: isObject,
    description: 'encodes fresh samples in place of drawing rows of the table',
  }),
  interval: integer({
    default: 0,
    minimum: 0,
    maximum: 1_000_000,
    description: 'resamples for a confidence interval; 0 computes none',
  }),
  level: number({
    default: 0.95,
    minimum: 0.5,
    maximum: 0.999,
    description: 'confidence level of the interval',
    needs: { option: 'interval' },
  }),
  null: integer({
    default: 0,
    minimum: 0,
    maximum: 1_000_000,
    description: 'permutations of the factors for a null distribution; 0 computes none',
  }),
  threads: THREADS,
  signal: SIGNAL,
  onProgress: ON_PROGRESS,
} satisfies Record<keyof CommonOptions, Rule>;

/** Those of the common options that were given. */
export function pickCommon(options: object): CommonOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in COMMON_OPTIONS));
}

/** @throws TypeError or RangeError for anything but `count` strings */
export function checkNames(names: unknown, count: number, what: string, option = 'names'): void {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) {
    throw wrongType({ option, problem: `expected an array of strings, got ${kindOf(names)}` });
  }
  if (names.length !== count) {
    throw wrongValue({ option, problem: `expected ${count}, one for each ${what}, got ${names.length}` });
  }
}

/** @throws TypeError or RangeError for names that are not one for each factor, and different */
export function checkFactorNames(names: readonly string[], count: number): void {
  checkNames(names, count, 'factor', 'factorNames');
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) {
    throw wrongValue({ option: 'factorNames', problem: `expected different names, got '${twice}' twice` });
  }
}

/** @throws TypeError or RangeError naming the option, what was expected and what was given */
export function resolveCommon(options: CommonOptions): ResolvedOptions {
  const values = checkOptions({ name: 'options' }, options, COMMON_OPTIONS);
  const { interval, null: permutations, trainRows, sampler } = values;
  if (interval === 1) throw wrongValue({ option: 'interval', problem: 'expected 0 or at least 2 resamples, got 1' });
  if (permutations === 1) throw wrongValue({ option: 'null', problem: 'expected 0 or at least 2 permutations, got 1' });
  if (trainRows !== null && interval > 0) {
    throw wrongValue({
      option: 'trainRows',
      problem: phrase`expected no ${mention('interval')} beside it, got one; intervals score random halves of the rows`,
    });
  }
  if (sampler !== null) checkSampler(sampler);
  if (sampler !== null && (interval > 0 || permutations > 0)) {
    throw wrongValue({
      option: 'sampler',
      problem: phrase`expected no ${mention('interval')} and no ${mention('null')} beside it, got one; both resample the rows of the table, which a sampler replaces`,
    });
  }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as never;
}

/**
 * A metric's defaults, or those of a preset, with what was given; `shared` are options that apply
 * to every metric that knows them.
 */
export function resolveMetricOptions(
  metric: Metric,
  own: object,
  shared: Readonly<Record<string, unknown>>,
  preset: Preset | undefined,
): ValuesOf<Rules> {
  const { name, options: rules } = metric;
  const ofPreset = preset === undefined ? {} : metric.presets?.[preset];
  const known = Object.entries(shared).filter(([option]) => option in rules);
  return checkOptions({ name, isNamed: true }, { ...ofPreset, ...Object.fromEntries(known), ...own }, rules);
}
