/** Checks options of objectives as users give them. */
import { optionRangeError, optionTypeError } from '../../errors.js';
import { didYouMean } from '../../suggest.js';
import type { Objective, ObjectiveOption, ObjectiveOptions, OptionValue } from './objective.js';

/**
 * An objective's defaults with what was given; an option that is given as undefined or null is as one that is not.
 *
 * @throws TypeError or RangeError naming the option, what was expected and what was given
 */
export function resolveObjectiveOptions(
  { name: owner, options = {} }: Objective,
  given: Readonly<Record<string, unknown>> = {},
): ObjectiveOptions {
  const isGiven = (name: string): boolean => given[name] !== undefined && given[name] !== null;
  const known = Object.keys(options);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const expected = known.length === 0 ? 'no options' : `options ${known.join(', ')}`;
    throw optionTypeError(`${owner}: expected ${expected}, got an unknown one, '${name}'${didYouMean(name, known)}`);
  }
  for (const [name, { excludes = [], needs }] of Object.entries(options)) {
    if (!isGiven(name)) continue;
    const other = excludes.find(isGiven);
    if (other !== undefined) throw optionTypeError(`${owner}: expected ${name} or ${other}, got both`);
    if (needs === undefined) continue;
    const { option, value } = needs;
    const isThere = value === undefined ? isGiven(option) : (given[option] ?? options[option].default) === value;
    if (!isThere)
      throw optionTypeError(
        `${owner}: ${name} has no effect without ${option}${value === undefined ? '' : ` ${value}`}`,
      );
  }
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      isGiven(name) ? checkOption(`${owner}: ${name}`, given[name], option) : option.default,
    ]),
  );
}

function checkOption(label: string, value: unknown, option: ObjectiveOption): OptionValue {
  const { values } = option;
  if (values) {
    if (typeof value !== 'string') {
      throw optionTypeError(`${label}: expected one of ${values.join(', ')}, got ${typeof value}`);
    }
    if (values.includes(value)) return value;
    throw optionRangeError(
      `${label}: expected one of ${values.join(', ')}, got '${value}'${didYouMean(value, values)}`,
    );
  }
  if (typeof option.default === 'boolean') {
    if (typeof value !== 'boolean') throw optionTypeError(`${label}: expected a boolean, got ${typeof value}`);
    return value;
  }
  if (typeof value !== 'number') throw optionTypeError(`${label}: expected a number, got ${typeof value}`);
  const { range: [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], isWhole = false } = option;
  if (!Number.isFinite(value) || value < least || value > most || (isWhole && !Number.isInteger(value))) {
    const what = isWhole ? 'a whole number' : 'a number';
    throw optionRangeError(`${label}: expected ${what} from ${least} to ${most}, got ${value}`);
  }
  return value;
}
