/** Rules in words, for messages, help and docs. */
import type { NumberRule, Rule } from './rule.js';

/** What values an option takes: `a whole number from 2 to 64`. */
export function describeValues(rule: Rule): string {
  switch (rule.kind) {
    case 'integer':
    case 'number':
      return describeNumbers(rule);
    case 'boolean':
      return 'true or false';
    case 'choice':
      return rule.choices.length === 2 ? rule.choices.join(' or ') : `one of ${rule.choices.join(', ')}`;
    case 'text':
      return rule.names === 'files' ? 'a path' : 'a text';
    case 'other':
      return rule.expected;
  }
}

/** The value that an option has if it is not given; null if there is none. */
export function describeDefault(rule: Rule): string | null {
  return rule.defaultText ?? (rule.default === null ? null : String(rule.default));
}

function describeNumbers({ kind, minimum, maximum, isOpen }: NumberRule): string {
  const what = kind === 'integer' ? 'a whole number' : 'a number';
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum === undefined) return isBounded ? `${what} of at most ${maximum}` : what;
  if (isOpen) return `${what} above ${minimum}${isBounded ? ` and at most ${maximum}` : ''}`;
  return isBounded ? `${what} from ${minimum} to ${maximum}` : `${what} of at least ${minimum}`;
}
