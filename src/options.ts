/** Checks options as users give them: kinds, ranges, names. */
import { optionRangeError, optionTypeError } from './errors.js';
import type { Metric, OptionValues } from './metrics/metric.js';
import { checkSampler } from './stats/row-source.js';
import type { CommonOptions } from './types.js';

/** Common options with every default filled in. */
export interface ResolvedOptions extends Omit<CommonOptions, 'seed' | 'interval' | 'level' | 'null'> {
  readonly seed: number;
  readonly interval: number;
  readonly level: number;
  readonly null: number;
}

/** The names of the options that every computing function takes. */
export const COMMON_OPTIONS = [
  'seed',
  'factorTypes',
  'sampler',
  'interval',
  'level',
  'null',
  'signal',
  'onProgress',
] as const satisfies ReadonlyArray<keyof CommonOptions>;

/** @throws TypeError for an option that is not among those known: a misspelt one would silently do nothing */
export function refuseUnknown(owner: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw optionTypeError(`${owner}: expected options ${known.join(', ')}, got an unknown one, '${unknown}'`);
  }
}

/** @throws TypeError or RangeError naming the option, what was expected and what was given */
export function resolveCommon(options: CommonOptions): ResolvedOptions {
  const whole = (name: 'seed' | 'interval' | 'null', most: number): number => {
    const value = options[name] ?? 0;
    if (typeof value !== 'number') throw optionTypeError(`${name}: expected a number, got ${typeof value}`);
    if (!Number.isInteger(value) || value < 0 || value > most) {
      throw optionRangeError(`${name}: expected a whole number from 0 to ${most}, got ${value}`);
    }
    return value;
  };
  const level = options.level ?? 0.95;
  if (!(level >= 0.5 && level <= 0.999)) throw optionRangeError(`level: expected 0.5 to 0.999, got ${level}`);
  if (options.sampler !== undefined) checkSampler(options.sampler);
  const resolved = {
    ...options,
    seed: whole('seed', Number.MAX_SAFE_INTEGER),
    interval: whole('interval', 1_000_000),
    null: whole('null', 1_000_000),
    level,
  };
  if (resolved.interval === 1) throw optionRangeError('interval: expected 0 or at least 2 resamples, got 1');
  if (resolved.null === 1) throw optionRangeError('null: expected 0 or at least 2 permutations, got 1');
  if (options.sampler && (resolved.interval > 0 || resolved.null > 0)) {
    throw optionRangeError(
      'sampler: expected no interval and no null beside it, got one; both resample the rows of the table, which a sampler replaces',
    );
  }
  return resolved;
}

/** A metric's defaults with what was given; `shared` are options that apply to every metric that knows them. */
export function resolveMetricOptions(metric: Metric, own: OptionValues, shared: OptionValues): OptionValues {
  const values: Record<string, number | boolean> = { ...metric.defaults };
  for (const [name, value] of Object.entries(shared)) if (name in values) values[name] = value;
  refuseUnknown(metric.name, own, Object.keys(values));
  Object.assign(values, own);
  for (const name of Object.keys(values)) checkValue(metric, name, values[name]);
  return values;
}

function checkValue(metric: Metric, name: string, value: unknown): void {
  const rule = metric.rules[name];
  const label = `${metric.name}: ${name}`;
  const kind = rule.type === 'boolean' ? 'boolean' : 'number';
  if (typeof value !== kind) throw optionTypeError(`${label}: expected a ${kind}, got ${typeof value}`);
  if (rule.type === 'boolean') return;
  const number = value as number;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = rule;
  const isRightKind = rule.type === 'integer' ? Number.isInteger(number) : Number.isFinite(number);
  if (!isRightKind || number < minimum || number > maximum) {
    const what = rule.type === 'integer' ? 'a whole number' : 'a number';
    const bounds = maximum === Number.POSITIVE_INFINITY ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw optionRangeError(`${label}: expected ${what} ${bounds}, got ${number}`);
  }
}
