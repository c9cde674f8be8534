/** Reads the values of options from text: flags, settings, forms. */
import { didYouMean } from '../suggest.js';
import { findChoice, isInRange } from './check-options.js';
import { describeValues } from './describe-rule.js';
import { type Rule, ValueProblem } from './rule.js';

/**
 * The value that a text stands for.
 *
 * @param previous the value so far, of an option that may be given several times
 * @throws ValueProblem saying what was expected and what was given
 */
export function parseValue(text: string, rule: Rule, previous?: unknown): unknown {
  switch (rule.kind) {
    case 'integer':
      return parseNumber(text, /^[+-]?\d+(e\d+)?$/i.test(text) ? Number(text) : Number.NaN, rule);
    case 'number':
      return parseNumber(text, text.trim() === '' ? Number.NaN : Number(text), rule);
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw unexpected(text, rule);
    case 'choice': {
      if (rule.parse !== undefined) return rule.parse(text);
      const found = findChoice(text, rule.choices);
      if (found !== null) return found;
      throw unexpected(text, rule, didYouMean(text, rule.choices));
    }
    case 'text':
      return text;
    case 'other':
      if (rule.parse === undefined) throw new ValueProblem(`expected ${rule.expected}, which no text can be`);
      return rule.parse(text, previous);
  }
}

function parseNumber(text: string, value: number, rule: Extract<Rule, { kind: 'integer' | 'number' }>): number {
  if (isInRange(value, rule)) return value;
  throw unexpected(text, rule);
}

function unexpected(text: string, rule: Rule, help = ''): ValueProblem {
  return new ValueProblem(`expected ${describeValues(rule)}, got '${text}'${help}`);
}
