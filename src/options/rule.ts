/**
 * What an option accepts, as data. Checks, defaults, flags, help, completion and the tables in
 * docs derive from it. A declaration is a record of rules by option name.
 */

interface RuleBase<Value> {
  /** The value if none is given; null if there is none, or if it depends on the input. */
  readonly default: Value;
  /** What the default is, in words, if `default` does not say it. */
  readonly defaultText?: string;
  /** A few words, for help and docs. */
  readonly description: string;
  /** What its words name, so that a shell can complete them. */
  readonly names?: 'files' | 'metrics' | 'settings';
  /** What numbers count: `nats`, `pixels`, `steps`. */
  readonly unit?: string;
  /** Options that must not be given beside this one. */
  readonly excludes?: readonly string[];
  /**
   * The option without which this one has no effect: it must be given, or have one of those values.
   */
  readonly needs?: { readonly option: string; readonly values?: ReadonlyArray<string | number | boolean> };
}

/** A number, both bounds included. */
export interface NumberRule<Value = number | null> extends RuleBase<Value> {
  readonly kind: 'integer' | 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  /** Whether the minimum itself is too small. */
  readonly isOpen?: boolean;
}

/** True or false. */
export interface BooleanRule<Value = boolean | null> extends RuleBase<Value> {
  readonly kind: 'boolean';
}

/** One of several words. */
export interface ChoiceRule<Value = string | null> extends RuleBase<Value> {
  readonly kind: 'choice';
  /** In any case, with or without hyphens, underscores and blanks: `FactorVAE` is `factor-vae`. */
  readonly choices: readonly string[];
  /** Whether a value that is no word is one of the caller's own that takes the place of a word. */
  readonly own?: (value: object) => boolean;
  /**
   * Reads other spellings than the words from text.
   * @throws ValueProblem saying what was expected
   */
  readonly parse?: (text: string) => string;
}

/** Words of the user's own: a name, a path. */
export interface TextRule<Value = string | null> extends RuleBase<Value> {
  readonly kind: 'text';
  /** What the words are, for help: `name`, `file.npz`. */
  readonly placeholder: string;
}

/** What none of the others is. */
export interface OtherRule<Value = unknown> extends RuleBase<Value> {
  readonly kind: 'other';
  /** What is expected, for messages: `an AbortSignal`. */
  readonly expected: string;
  /** Whether a value is of the right kind; what else may be wrong with it is the owner's to say. */
  accepts(value: unknown): boolean;
  /**
   * Reads the value from text; an option without it cannot be given as text.
   * @param previous the value so far, if an option may be given several times
   * @throws ValueProblem saying what was expected
   */
  parse?(text: string, previous?: Value): Value;
  /** All words that it may be given as, if they are few. */
  readonly words?: readonly string[];
  readonly placeholder?: string;
}

/** What one option accepts. */
export type Rule = NumberRule | BooleanRule | ChoiceRule<unknown> | TextRule | OtherRule;

/** The options of something, by name. */
export type Rules = Readonly<Record<string, Rule>>;

/** What is wrong with a value, without the name of its option. */
export class ValueProblem extends Error {}

/** Every option with its value: null only for those without a default. */
export type ValuesOf<R extends Rules> = { readonly [Name in keyof R]: R[Name]['default'] };

/** Options as users give them. */
export type GivenOf<R extends Rules> = { readonly [Name in keyof R]?: NonNullable<R[Name]['default']> };

type Spec<R extends RuleBase<unknown>> = Omit<R, 'kind' | 'default'>;

export function integer(spec: Spec<NumberRule> & { readonly default: number }): NumberRule<number>;
export function integer(spec: Spec<NumberRule>): NumberRule;
export function integer(spec: Spec<NumberRule> & { readonly default?: number }): NumberRule {
  return { ...spec, kind: 'integer', default: spec.default ?? null };
}

export function number(spec: Spec<NumberRule> & { readonly default: number }): NumberRule<number>;
export function number(spec: Spec<NumberRule>): NumberRule;
export function number(spec: Spec<NumberRule> & { readonly default?: number }): NumberRule {
  return { ...spec, kind: 'number', default: spec.default ?? null };
}

export function boolean(spec: Spec<BooleanRule> & { readonly default: boolean }): BooleanRule<boolean>;
export function boolean(spec: Spec<BooleanRule>): BooleanRule;
export function boolean(spec: Spec<BooleanRule> & { readonly default?: boolean }): BooleanRule {
  return { ...spec, kind: 'boolean', default: spec.default ?? null };
}

type ChoiceSpec = Omit<Spec<ChoiceRule>, 'choices' | 'own'>;

export function choice<const Words extends readonly string[], Own extends object>(
  choices: Words,
  spec: ChoiceSpec & { readonly default: Words[number]; readonly own: (value: object) => value is Own },
): ChoiceRule<Words[number] | Own>;
export function choice<const Words extends readonly string[]>(
  choices: Words,
  spec: ChoiceSpec & { readonly default: Words[number] },
): ChoiceRule<Words[number]>;
export function choice<const Words extends readonly string[]>(
  choices: Words,
  spec: ChoiceSpec,
): ChoiceRule<Words[number] | null>;
export function choice(
  choices: readonly string[],
  spec: Omit<Spec<ChoiceRule>, 'choices'> & { readonly default?: string },
): ChoiceRule<unknown> {
  return { ...spec, choices, kind: 'choice', default: spec.default ?? null };
}

export function text(spec: Spec<TextRule>): TextRule {
  return { ...spec, kind: 'text', default: null };
}

export function other<Value>(spec: Spec<OtherRule<Value>>): OtherRule<Value | null> {
  return { ...spec, kind: 'other', default: null } as OtherRule<Value | null>;
}
