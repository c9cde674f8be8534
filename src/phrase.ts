/**
 * Texts that name options. A program knows an option as `trainRows`, a command line as
 * `--train-rows`; so a text that names one keeps the name as data, and whoever shows it writes it.
 */

/** An option that a text names, with a value if one is meant. */
export interface Mention {
  readonly option: string;
  readonly value?: string | number | boolean;
  /** Whose option it is, if one name means several: a metric, an objective, or what is read. */
  readonly owner?: string;
}

/** A text in pieces. */
export type Phrase = ReadonlyArray<string | Mention>;

/** How options are written. */
export type NameOption = (mention: Mention) => string;

/** A {@link Phrase} as a template: ``phrase`expected none beside ${mention('metrics')}` ``. */
export function phrase(strings: TemplateStringsArray, ...values: ReadonlyArray<string | number | Mention>): Phrase {
  return strings.flatMap((text, i) => {
    const value = values[i];
    return i < values.length ? [text, typeof value === 'number' ? String(value) : value] : [text];
  });
}

/** Names an option within a {@link phrase}. */
export function mention(option: string, value?: Mention['value'], owner?: string): Mention {
  return { option, ...(value !== undefined && { value }), ...(owner !== undefined && { owner }) };
}

/** The text with other names of options. */
export function renameMentions(text: string | Phrase, rename: (mention: Mention) => Mention): string | Phrase {
  return typeof text === 'string' ? text : text.map((part) => (typeof part === 'string' ? part : rename(part)));
}

/** As a program writes an option: `trainRows`, `shortcuts: false`. */
export const asProgram: NameOption = ({ option, value }) => (value === undefined ? option : `${option}: ${value}`);

/** The text, with options written by `nameOption`; what it quotes of data is cut. */
export function renderPhrase(text: string | Phrase, nameOption: NameOption = asProgram): string {
  if (typeof text === 'string') return cut(text);
  return cut(text.map((part) => (typeof part === 'string' ? part : nameOption(part))).join(''));
}

/** Longer than any path or number that somebody wrote. */
const LONGEST_WORD = 300;
const LONGEST_TEXT = 4000;

/**
 * A text whose words, and which as a whole, is not as long as data make it: cells, names, lists.
 */
export function cut(text: string): string {
  if (text.length <= LONGEST_WORD) return text;
  const words = text.replace(/\S{301,}/g, (word) => `${word.slice(0, LONGEST_WORD / 5)}...`);
  return words.length <= LONGEST_TEXT
    ? words
    : `${words.slice(0, LONGEST_TEXT / 4)} ... ${words.slice(-LONGEST_TEXT / 4)}`;
}
