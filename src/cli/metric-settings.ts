import { wrongValue } from '../errors.js';
import { unknownOption } from '../options/check-options.js';
import { findNamed } from '../options/find-named.js';
import { parseValue } from '../options/parse-value.js';
import { ValueProblem } from '../options/rule.js';
import type { Facade } from './facade.js';

type Settings = Record<string, Record<string, unknown>>;

/** Reads `metric.option=value` settings by the options that metrics declare. */
export function parseSettings(texts: readonly string[], facade: Facade): Settings {
  const settings: Settings = {};
  for (const text of texts) {
    const match = /^([^.=]+)\.([^.=]+)=(.*)$/.exec(text);
    if (match === null) {
      throw wrongValue({ option: 'options', problem: `expected metric.option=value, got '${text}'` });
    }
    const { name: owner, options } = findNamed('options', match[1], facade.metrics);
    // On a command line `batch-rows` is as good as `batchRows`.
    const option = match[2].replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const rule = options[option];
    if (rule === undefined) throw unknownOption({ name: owner, isNamed: true }, match[2], Object.keys(options));
    try {
      settings[owner] = { ...settings[owner], [option]: parseValue(match[3], rule) };
    } catch (error) {
      if (!(error instanceof ValueProblem)) throw error;
      throw wrongValue({ option, owner, problem: error.message });
    }
  }
  return settings;
}
