/**
 * What a reader of a result should know beside it: constant columns, rows left out, and so on.
 * Inside the program a note is data; reports hold texts, which name options as programs do.
 */
import { DataError, type Place } from './errors.js';
import { type NameOption, type Phrase, renderPhrase } from './phrase.js';

/** One thing to say beside a result. Plain data, which threads can hand to each other. */
export interface Note {
  /** Stable, in kebab-case; docs/notes.md lists all. */
  readonly code: string;
  readonly text: string | Phrase;
  /** The option that decided it. */
  readonly option?: string;
  /** What would change it; stands behind the text and a comma. */
  readonly suggestion?: string | Phrase;
  /** Whether something was decided about the data that they do not say: `strict` refuses it. */
  readonly isGuess?: boolean;
}

/** Makes a {@link Note}. */
export function note(code: string, text: Note['text'], more: Omit<Note, 'code' | 'text'> = {}): Note {
  return { code, text, ...more };
}

/** As reports write an option: `weights`, `weights = rows`. */
const inReports: NameOption = ({ option, value }) => (value === undefined ? option : `${option} = ${value}`);

/**
 * The text of a note, with options written by `nameOption`; metrics of a user's own may have texts.
 */
export function renderNote(given: Note | string, nameOption: NameOption = inReports): string {
  if (typeof given === 'string') return given;
  const { text, suggestion } = given;
  const help = suggestion === undefined ? '' : `, ${renderPhrase(suggestion, nameOption)}`;
  return renderPhrase(text, nameOption) + help;
}

/**
 * Refuses what was decided about data unasked, if `strict`: the first guess is the error, in the
 * words of its note.
 * @throws DataError
 */
export function refuseGuesses(notes: Iterable<Note>, strict: boolean | null | undefined, place: Place = {}): void {
  if (!strict) return;
  for (const { isGuess, text, suggestion } of notes) {
    if (!isGuess) continue;
    throw new DataError([...pieces(text), ...(suggestion === undefined ? [] : [', ', ...pieces(suggestion)])], place);
  }
}

const pieces = (text: string | Phrase): Phrase => (typeof text === 'string' ? [text] : text);

/**
 * A report is plain data that is printed and copied, so what its texts were made of is kept beside
 * it.
 */
const origins = new WeakMap<readonly string[], ReadonlyArray<Note | string>>();

/** Notes as a report has them; {@link notesOf} finds the data again. */
export function writeNotes(notes: ReadonlyArray<Note | string>): readonly string[] {
  const texts = notes.map((given) => renderNote(given));
  origins.set(texts, notes);
  return texts;
}

/** What the texts of a report were made of: of a report that was read or copied, the texts. */
export function notesOf(texts: readonly string[]): ReadonlyArray<Note | string> {
  return origins.get(texts) ?? texts;
}

/** The notes of a report with options written by `nameOption`, such as flags. */
export function rewriteNotes(texts: readonly string[], nameOption?: NameOption): string[] {
  return notesOf(texts).map((given) => renderNote(given, nameOption));
}

/**
 * What is said of several, each once behind the names of all that it is about:
 * `mig, sap: latent 3 is constant`.
 */
export function gatherNotes(notesByName: Iterable<readonly [name: string, notes: readonly string[]]>): string[] {
  const names = new Map<string, string[]>();
  for (const [name, notes] of notesByName) {
    for (const text of notes) names.set(text, [...(names.get(text) ?? []), name]);
  }
  return [...names].map(([text, about]) => `${about.join(', ')}: ${text}`);
}
