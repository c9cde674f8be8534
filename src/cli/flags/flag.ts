/** A flag: an option of the library, or of the command alone, as commander takes it. */
import { Option } from 'commander';
import { wrongValue } from '../../errors.js';
import { describeDefault } from '../../options/describe-rule.js';
import { parseValue } from '../../options/parse-value.js';
import { type Rule, ValueProblem } from '../../options/rule.js';
import type { Mention } from '../../phrase.js';

/** What a flag has beside the rule of its option. */
export interface FlagStyle {
  /** A single letter: `o`. */
  readonly short?: string;
  /** What stands for the value in help. */
  readonly placeholder?: string;
  /** The option of the library that it sets, if that has another name or belongs to something. */
  readonly sets?: Mention;
}

/** Letters that mean the same in every command. */
const LETTERS: Readonly<Record<string, string>> = { metrics: 'm', out: 'o', quiet: 'q', verbose: 'v' };

/** The flag of an option: of a boolean that is true by default, the one that turns it off. */
export class Flag extends Option {
  /** The name of the option. */
  readonly optionName: string;
  readonly rule: Rule;
  readonly sets: Mention;

  constructor(optionName: string, rule: Rule, style: FlagStyle, isNegative = false) {
    const { short = LETTERS[optionName], placeholder = placeholderOf(rule) } = style;
    const long = `--${isNegative ? 'no-' : ''}${toKebab(optionName)}${placeholder === null ? '' : ` <${placeholder}>`}`;
    super(short === undefined || isNegative ? long : `-${short}, ${long}`, describe(rule));
    this.optionName = optionName;
    this.rule = rule;
    this.sets = style.sets ?? { option: optionName };
    if (rule.kind !== 'boolean') this.argParser((text, previous) => readValue(optionName, text, rule, previous));
  }
}

/** The flags of an option: a boolean that is true by default has only the one that turns it off. */
export function flagsOf(name: string, rule: Rule, style: FlagStyle = {}): Flag[] {
  if (rule.kind !== 'boolean') return [new Flag(name, rule, style)];
  if (rule.default === true) return [new Flag(name, rule, style, true)];
  return [new Flag(name, rule, style)];
}

/** `learningRate` is `learning-rate`. */
export function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readValue(option: string, text: string, rule: Rule, previous: unknown): unknown {
  try {
    return parseValue(text, rule, previous);
  } catch (error) {
    if (error instanceof ValueProblem) throw wrongValue({ option, problem: error.message });
    throw error;
  }
}

function placeholderOf(rule: Rule): string | null {
  switch (rule.kind) {
    case 'integer':
      return 'n';
    case 'number':
      return 'x';
    case 'boolean':
      return null;
    case 'choice':
      return 'name';
    case 'text':
      return rule.placeholder;
    case 'other':
      return rule.placeholder ?? 'value';
  }
}

function describe(rule: Rule): string {
  const choices = rule.kind === 'choice' ? `: ${rule.choices.join(', ')}` : '';
  const usual = rule.kind === 'boolean' ? null : describeDefault(rule);
  return `${rule.description}${choices}${usual === null ? '' : ` (default: ${usual})`}`;
}
