/** Checks options as programs give them, and fills in defaults. */
import { type OptionError, wrongType, wrongValue } from '../errors.js';
import { mention, type Phrase, phrase } from '../phrase.js';
import { suggest } from '../suggest.js';
import { describeValues } from './describe-rule.js';
import type { Rule, Rules, ValuesOf } from './rule.js';

/** Whose options they are. */
export interface OptionOwner {
  /** The function called, for messages about names: `score`. */
  readonly name: string;
  /** Whether errors name it: options of a metric are `mig: bins`, those of a function stand alone. */
  readonly isNamed?: boolean;
}

/**
 * Every option with its value. An option given as undefined or null counts as not given.
 *
 * @throws OptionError for unknown names, wrong kinds, values out of range, and options that exclude
 *   or need each other
 */
export function checkOptions<R extends Rules>(owner: OptionOwner, given: unknown, rules: R): ValuesOf<R> {
  const values = checkRecord(owner.name, given);
  refuseUnknown(owner.name, values, Object.keys(rules));
  const ownerOf = owner.isNamed ? { owner: owner.name } : {};
  const isGiven = (name: string) => values[name] !== undefined && values[name] !== null;
  const names = Object.keys(rules);
  for (const name of names.filter(isGiven)) {
    const problem = findConflict(name, rules, values, isGiven);
    if (problem !== null) throw wrongType({ option: name, ...ownerOf, problem });
    checkValue({ option: name, ...ownerOf }, values[name], rules[name]);
  }
  return Object.fromEntries(names.map((name) => [name, isGiven(name) ? values[name] : rules[name].default])) as never;
}

/** @throws TypeError for anything but an object: a number of options would silently do nothing */
export function checkRecord(owner: string, given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Record<string, unknown>;
  throw wrongType({ option: owner, problem: `expected an object of options, got ${kindOf(given)}` });
}

/** @throws TypeError for an option that is not known: a misspelt one would silently do nothing */
export function refuseUnknown(owner: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownOption(owner, unknown, known);
}

/** The error for an option that is not known: the nearest names, or all if none is near. */
export function unknownOption(owner: string, name: string, known: readonly string[]): TypeError & OptionError {
  if (known.length === 0)
    return wrongType({ option: name, owner, problem: 'unknown option', suggestion: 'there are none' });
  return wrongType({ option: name, owner, problem: 'unknown option', suggestion: suggestFrom(name, known) });
}

/** `did you mean 'bins'?`, or all names if none is near. */
export function suggestFrom(name: string, known: readonly string[]): Phrase {
  const near = suggest(name, known);
  if (near.length === 0) return phrase`expected ${known.join(', ')}`;
  return ['did you mean ', ...near.flatMap((one, i) => (i === 0 ? [mention(one)] : [' or ', mention(one)])), '?'];
}

/** Why an option cannot stand beside the others; null if it can. */
function findConflict(
  name: string,
  rules: Rules,
  values: Readonly<Record<string, unknown>>,
  isGiven: (name: string) => boolean,
): Phrase | null {
  const { excludes = [], needs } = rules[name];
  const excluded = excludes.find(isGiven);
  if (excluded !== undefined) return phrase`expected none beside ${mention(excluded)}, got both`;
  if (needs === undefined) return null;
  const { option, values: wanted } = needs;
  if (wanted === undefined) return isGiven(option) ? null : phrase`has no effect without ${mention(option)}`;
  const value = isGiven(option) ? values[option] : rules[option].default;
  if ((wanted as readonly unknown[]).includes(value)) return null;
  return phrase`has no effect without ${mention(option, wanted[0])}`;
}

/** @throws OptionError for a value of another kind, or out of range */
export function checkValue(
  named: { readonly option: string; readonly owner?: string },
  value: unknown,
  rule: Rule,
): void {
  if (!isOfKind(value, rule)) {
    throw wrongType({ ...named, problem: `expected ${describeValues(rule)}, got ${kindOf(value)}` });
  }
  if (rule.kind === 'choice' && !rule.choices.includes(value as string)) {
    const near = suggest(value as string, rule.choices);
    const suggestion = near.length === 0 ? {} : { suggestion: `did you mean '${near.join("' or '")}'?` };
    throw wrongValue({ ...named, problem: `expected ${describeValues(rule)}, got '${value}'`, ...suggestion });
  }
  if ((rule.kind === 'integer' || rule.kind === 'number') && !isInRange(value as number, rule)) {
    throw wrongValue({ ...named, problem: `expected ${describeValues(rule)}, got ${value}` });
  }
}

function isOfKind(value: unknown, rule: Rule): boolean {
  switch (rule.kind) {
    case 'integer':
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
    case 'text':
      return typeof value === 'string';
    case 'other':
      return rule.accepts(value);
  }
}

/** Whether a number is of the rule's kind and between its bounds. */
export function isInRange(
  value: number,
  {
    kind,
    minimum = Number.NEGATIVE_INFINITY,
    maximum = Number.POSITIVE_INFINITY,
    isOpen,
  }: Extract<Rule, { kind: 'integer' | 'number' }>,
): boolean {
  const isRightKind = kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isRightKind && (isOpen ? value > minimum : value >= minimum) && value <= maximum;
}

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
