/** Checks options as programs give them, and fills in defaults. */
import { type OptionError, wrongType, wrongValue } from '../errors.js';
import { mention, type Phrase, phrase } from '../phrase.js';
import { simplifyName, suggest } from '../suggest.js';
import { describeValues } from './describe-rule.js';
import type { Rule, Rules, ValuesOf } from './rule.js';

/** Whose options they are. */
export interface OptionOwner {
  /** The function called, for messages about names: `score`. */
  readonly name: string;
  /**
   * Whether errors name it: options of a metric are `mig: bins`, those of a function stand alone.
   */
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
  }
  const valueNamed = (name: string) =>
    isGiven(name) ? checkValue({ option: name, ...ownerOf }, values[name], rules[name]) : rules[name].default;
  return Object.fromEntries(names.map((name) => [name, valueNamed(name)])) as ValuesOf<R>;
}

/** Every option with its default. */
export function defaultsOf<R extends Rules>(rules: R): ValuesOf<R> {
  return checkOptions({ name: '' }, {}, rules);
}

/** @throws TypeError for anything but an object: a number of options would silently do nothing */
export function checkRecord(owner: string, given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Record<string, unknown>;
  throw wrongType({ option: owner, problem: `expected an object of options, got ${kindOf(given)}` });
}

/** @throws TypeError for an option that is not known: a misspelt one would silently do nothing */
export function refuseUnknown(owner: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownOption({ name: owner }, unknown, known);
}

/**
 * The error for an option that is not known: it gives the nearest names, or all if none is near.
 */
export function unknownOption(
  { name, isNamed = false }: OptionOwner,
  option: string,
  known: readonly string[],
): TypeError & OptionError {
  const owner = isNamed ? name : undefined;
  const suggestion = suggestOptions(option, known, owner);
  return wrongType({ option, ...(isNamed && { owner: name }), problem: `not an option of ${name}`, suggestion });
}

/** `did you mean bins?`, or all names if none is near. */
function suggestOptions(option: string, known: readonly string[], owner?: string): Phrase {
  if (known.length === 0) return phrase`expected none`;
  const near = suggest(option, known);
  const list = (names: readonly string[], between: string) =>
    names.flatMap((name, i) =>
      i === 0 ? [mention(name, undefined, owner)] : [between, mention(name, undefined, owner)],
    );
  return near.length === 0 ? ['expected ', ...list(known, ', ')] : ['did you mean ', ...list(near, ' or '), '?'];
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

/**
 * The value, a choice by the name that the rule has for it.
 * @throws OptionError for a value of another kind, or out of range
 */
export function checkValue(
  named: { readonly option: string; readonly owner?: string },
  value: unknown,
  rule: Rule,
): unknown {
  if (!isOfKind(value, rule)) {
    const got = rule.kind === 'other' || value === '' ? showValue(value) : kindOf(value);
    throw wrongType({ ...named, problem: `expected ${describeValues(rule)}, got ${got}` });
  }
  if (rule.kind === 'choice' && typeof value === 'string') return chooseWord(named, value, rule);
  if ((rule.kind === 'integer' || rule.kind === 'number') && !isInRange(value as number, rule)) {
    throw wrongValue({ ...named, problem: `expected ${describeValues(rule)}, got ${value}` });
  }
  return value;
}

function chooseWord(
  named: { readonly option: string; readonly owner?: string },
  word: string,
  rule: Extract<Rule, { kind: 'choice' }>,
): string {
  const found = findChoice(word, rule.choices);
  if (found !== null) return found;
  const near = suggest(word, rule.choices);
  const suggestion = near.length === 0 ? {} : { suggestion: `did you mean '${near.join("' or '")}'?` };
  throw wrongValue({ ...named, problem: `expected ${describeValues(rule)}, got '${word}'`, ...suggestion });
}

/** The choice that a word names; null if there is none. */
export function findChoice(word: string, choices: readonly string[]): string | null {
  const wanted = simplifyName(word);
  return choices.find((known) => known === word) ?? choices.find((known) => simplifyName(known) === wanted) ?? null;
}

function isOfKind(value: unknown, rule: Rule): boolean {
  switch (rule.kind) {
    case 'integer':
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' || (typeof value === 'object' && value !== null && (rule.own?.(value) ?? false));
    case 'text':
      return typeof value === 'string' && value !== '';
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

/** A value, for messages: itself if it is short, else what it is. */
function showValue(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
