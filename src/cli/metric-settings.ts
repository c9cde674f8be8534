import type { OptionRule, OptionValue } from '../metrics/metric.js';
import { didYouMean } from '../suggest.js';
import type { Facade } from './facade.js';
import { findNamedMetric } from './metric-names.js';
import { numberBetween, wholeNumber } from './parse-values.js';
import { UsageError } from './usage-error.js';

type Settings = Record<string, Record<string, OptionValue>>;

/** Reads `metric.option=value` settings by the rules of the registry. */
export function parseSettings(texts: readonly string[], facade: Facade): Settings {
  const settings: Settings = {};
  for (const text of texts) {
    const match = /^([^.=]+)\.([^.=]+)=(.*)$/.exec(text);
    if (match === null) throw new UsageError(`--set: expected metric.option=value, got '${text}'`);
    const metric = findNamedMetric(match[1], facade);
    const names = Object.keys(metric.rules);
    // On a command line `batch-rows` is as good as `batchRows`.
    const option = match[2].replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!names.includes(option)) {
      const known = names.length === 0 ? 'it has none' : `known: ${names.join(', ')}`;
      throw new UsageError(
        `--set: ${metric.name} has no option '${match[2]}'${didYouMean(option, names) || ';'} ${known}`,
      );
    }
    settings[metric.name] = {
      ...settings[metric.name],
      [option]: parseSetting(`--set ${metric.name}.${option}`, match[3], metric.rules[option]),
    };
  }
  return settings;
}

function parseSetting(name: string, text: string, rule: OptionRule): OptionValue {
  if (rule.type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw new UsageError(`${name}: expected true or false, got '${text}'`);
    return text === 'true';
  }
  if (rule.type === 'choice') {
    const { choices = [] } = rule;
    if (choices.includes(text)) return text;
    throw new UsageError(`${name}: expected one of ${choices.join(', ')}, got '${text}'${didYouMean(text, choices)}`);
  }
  if (rule.type === 'integer') return wholeNumber(name, rule.minimum ?? Number.MIN_SAFE_INTEGER, rule.maximum)(text);
  return numberBetween(name, rule.minimum ?? Number.NEGATIVE_INFINITY, rule.maximum ?? Number.POSITIVE_INFINITY)(text);
}
