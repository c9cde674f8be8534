/** Checks options as users give them: kinds, ranges, names. */
import { optionRangeError, optionTypeError } from '../errors.js';
import type { Metric, OptionRule, OptionValue, OptionValues } from '../metrics/metric.js';
import { checkSampler } from '../stats/row-source.js';
import type { CommonOptions, Preset } from '../types.js';

/** Common options with every default filled in. */
export interface ResolvedOptions extends Omit<CommonOptions, 'seed' | 'interval' | 'level' | 'null' | 'threads'> {
  readonly seed: number;
  readonly interval: number;
  readonly level: number;
  readonly null: number;
  readonly threads: number;
}

/** The names of the options that every computing function takes. */
export const COMMON_OPTIONS = [
  'seed',
  'factorTypes',
  'preset',
  'trainRows',
  'testRows',
  'sampler',
  'interval',
  'level',
  'null',
  'threads',
  'signal',
  'onProgress',
] as const satisfies ReadonlyArray<keyof CommonOptions>;

/** Every preset. */
export const PRESETS = ['paper', 'disentanglement-lib', 'ubisoft'] as const satisfies readonly Preset[];

/** @throws TypeError for an option that is not among those known: a misspelt one would silently do nothing */
export function refuseUnknown(owner: string, options: object, known: readonly string[]): void {
  checkRecord(owner, options);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw optionTypeError(`${owner}: expected options ${known.join(', ')}, got an unknown one, '${unknown}'`);
  }
}

/** @throws TypeError for anything but an object of options: a number would silently do nothing */
export function checkRecord(owner: string, options: unknown): void {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw optionTypeError(`${owner}: expected an object of options, got ${kindOf(options)}`);
}

/** @throws TypeError or RangeError for anything but `count` strings */
export function checkNames(names: unknown, count: number, what: string, option = 'names'): void {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) {
    throw optionTypeError(`${option}: expected an array of strings, got ${kindOf(names)}`);
  }
  if (names.length !== count) {
    throw optionRangeError(`${option}: expected ${count}, one for each ${what}, got ${names.length}`);
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}

/** @throws TypeError or RangeError naming the option, what was expected and what was given */
export function resolveCommon(options: CommonOptions): ResolvedOptions {
  const number = (name: 'seed' | 'interval' | 'null' | 'level' | 'threads', otherwise: number): number => {
    const value: unknown = options[name] ?? otherwise;
    if (typeof value !== 'number') throw optionTypeError(`${name}: expected a number, got ${typeof value}`);
    return value;
  };
  const whole = (name: 'seed' | 'interval' | 'null' | 'threads', least: number, most: number): number => {
    const value = number(name, least);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw optionRangeError(`${name}: expected a whole number from ${least} to ${most}, got ${value}`);
    }
    return value;
  };
  const level = number('level', 0.95);
  if (!(level >= 0.5 && level <= 0.999)) throw optionRangeError(`level: expected 0.5 to 0.999, got ${level}`);
  const { signal, onProgress } = options;
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw optionTypeError(`signal: expected an AbortSignal, got ${kindOf(signal)}`);
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw optionTypeError(`onProgress: expected a function, got ${kindOf(onProgress)}`);
  }
  if (options.sampler !== undefined) checkSampler(options.sampler);
  if (options.preset !== undefined) checkChoice('preset', options.preset, PRESETS);
  if ((options.trainRows === undefined) !== (options.testRows === undefined)) {
    throw optionTypeError('trainRows, testRows: expected both or neither, got one');
  }
  const resolved = {
    ...options,
    seed: whole('seed', 0, Number.MAX_SAFE_INTEGER),
    interval: whole('interval', 0, 1_000_000),
    null: whole('null', 0, 1_000_000),
    level,
    threads: whole('threads', 1, 64),
  };
  if (resolved.interval === 1) throw optionRangeError('interval: expected 0 or at least 2 resamples, got 1');
  if (resolved.null === 1) throw optionRangeError('null: expected 0 or at least 2 permutations, got 1');
  if (options.trainRows !== undefined && resolved.interval > 0) {
    throw optionRangeError(
      'trainRows: expected no interval beside it, got one; intervals score random halves of the rows',
    );
  }
  if (options.sampler && (resolved.interval > 0 || resolved.null > 0)) {
    throw optionRangeError(
      'sampler: expected no interval and no null beside it, got one; both resample the rows of the table, which a sampler replaces',
    );
  }
  return resolved;
}

/**
 * A metric's defaults, or those of a preset, with what was given; `shared` are options that apply to every metric that
 * knows them.
 */
export function resolveMetricOptions(
  metric: Metric,
  own: OptionValues,
  shared: OptionValues,
  preset: Preset | undefined,
): OptionValues {
  const ofPreset = preset === undefined ? {} : metric.presets?.[preset];
  const values: Record<string, OptionValue> = { ...metric.defaults, ...(ofPreset as OptionValues | undefined) };
  for (const [name, value] of Object.entries(shared)) if (name in values) values[name] = value;
  refuseUnknown(metric.name, own, Object.keys(values));
  Object.assign(values, own);
  for (const name of Object.keys(values)) checkValue(metric, name, values[name]);
  return values;
}

function checkValue(metric: Metric, name: string, value: unknown): void {
  const rule = metric.rules[name];
  const label = `${metric.name}: ${name}`;
  if (rule.type === 'boolean') {
    if (typeof value !== 'boolean') throw optionTypeError(`${label}: expected a boolean, got ${typeof value}`);
  } else if (rule.type === 'choice') checkChoice(label, value, rule.choices ?? []);
  else checkNumber(label, value, rule);
}

function checkNumber(label: string, value: unknown, rule: OptionRule): void {
  if (typeof value !== 'number') throw optionTypeError(`${label}: expected a number, got ${typeof value}`);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = rule;
  const isRightKind = rule.type === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  if (!isRightKind || value < minimum || value > maximum) {
    const what = rule.type === 'integer' ? 'a whole number' : 'a number';
    const bounds = maximum === Number.POSITIVE_INFINITY ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw optionRangeError(`${label}: expected ${what} ${bounds}, got ${value}`);
  }
}

function checkChoice(label: string, value: unknown, choices: readonly string[]): void {
  if (typeof value !== 'string') {
    throw optionTypeError(`${label}: expected one of ${choices.join(', ')}, got ${typeof value}`);
  }
  if (!choices.includes(value)) {
    throw optionRangeError(`${label}: expected one of ${choices.join(', ')}, got '${value}'`);
  }
}
